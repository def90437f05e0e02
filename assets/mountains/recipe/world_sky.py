"""Sky of the illustrated world: gradient, stars, aurora, rainbow, sun and moon, clouds, birds and balloons."""
import math
import random

import numpy as np

from world_paint import bar, blend, clip, colour, cover, disc, hashed, high, lenses, low, mix, polygon, ragged, shown, smooth, stroke, wave

WHITE = colour("ffffff")


def sky(win, p, label):
    """The gradient, and the glow about sun or moon."""
    t = (win.y / p.horizon).astype(np.float32)
    a, b = smooth(0, 0.62, t), smooth(0.42, 1.0, t)
    gx = np.exp(-((win.x - p.sun_x) ** 2) * 9).astype(np.float32)
    gy = np.exp(-((win.y - p.sun_y) ** 2) * 12).astype(np.float32)
    glow = gy[:, None] * (0.42 * gx)[None, :]
    for c in range(3):
        column = mix(mix(p.zenith[c], p.mid[c], a), p.horizon_colour[c], b)[:, None]
        win.rgb[c] = column + (mix(p.disc[c], p.horizon_colour[c], 0.35) - column) * glow
    if win.owner is not None:
        win.owner[...] = label("sky")
        win.owner[glow > 0.3] = label("glow")


def stars(win, p, label, strength):
    """Four-pointed stars in cells of two sizes; the larger ones have a halo."""
    top = win.cut(-9, -9, 9, p.horizon)
    if top is None:
        return
    light = mix(p.light, WHITE, 0.6)
    for cell, share, salt in ((0.105, 0.6, 5), (0.043, 0.55, 6), (0.013, 0.3, 7), (0.0023, 0.2, 8)):
        pixels = cell / top.s
        if pixels < 5:
            continue
        u, v, i0, j0 = top.cells(0, 0, cell)
        i, j = np.floor(u), np.floor(v)
        h = hashed(i.astype(np.int32) + i0, j.astype(np.int32) + j0, salt + p.salt)
        g = hashed(h, 1, salt)
        a, b, size = low(h), high(h), low(g)
        x, y = np.abs(u - i - 0.2 - 0.6 * a), np.abs(v - j - 0.2 - 0.6 * b)
        r = (0.016 + 0.02 * size) * (1.0 if cell > 0.1 else 0.75)
        soft = 0.02 + 0.5 / pixels
        d = r - np.maximum(np.sqrt(x * x + y * y), 1.9 * (np.sqrt(x + soft * 0.1) + np.sqrt(y + soft * 0.1)) ** 2 * 0.36)
        on = (high(g) < share) * np.float32(strength * min(1.0, r.max() * pixels))
        top.over(light, cover(d, 1 / pixels) * on, label("star"))
        top.over(light, cover(2.6 * r - np.sqrt(x * x + y * y), 1 / pixels) * on * 0.13)


def aurora(win, p, label):
    """Curtains of light with a crisp lower hem, in rays."""
    for k in range(3):
        top = win.cut(-9, -9, 9, p.horizon)
        if top is None:
            return
        salt, s = p.salt + 40 + 7 * k, top.s
        hem = p.horizon * (0.62 - 0.17 * k) + 0.10 * wave(top.x * 1.7 + 3 * k, salt) + 0.035 * wave(top.x * 5.3, salt + 1)
        hem += 0.012 * ragged(top.x * 24, s * 24, salt + 5, 0.5, 8)
        tall = 0.20 + 0.09 * ragged(top.x * 9, s * 9, salt + 2, 0.6, 9)
        strength = 0.42 + 0.3 * ragged(top.x * 17, s * 17, salt + 3, 0.62, 9)
        up = (hem[None, :] - top.y[:, None]) / tall[None, :]
        up = up.astype(np.float32)
        a = cover(up * 0.2, s) * clip(1 - up, 0, 1) ** 1.5 * clip(strength, 0.05, 0.8).astype(np.float32)[None, :]
        tone = clip(up * 1.2, 0, 1)
        top.over(blend(colour("6ef0b4"), colour("8a6be0") if k % 2 == 0 else colour("4fa8e8"), tone), a, label("aurora"))


BOW = [colour(c) for c in "e8505b f29a4b f6d55c 6bbf73 4b9fd8 7a62b8".split()]


def rainbow(win, p, label):
    cx, cy, r, wide = p.bow_x, p.horizon + 0.12, p.bow_r, 0.013
    part = win.cut(cx - r - 0.01, cy - r - 0.01, cx + r + 0.01, cy)
    if part is None:
        return
    u, v, e = part.axes(cx, cy, 1.0)
    out = np.sqrt(u * u + v * v)
    low_down = smooth(0.0, -0.25, v) * 0.62
    for k, c in enumerate(BOW):
        a = np.minimum(cover(r - wide * k - out, e), cover(out - (r - wide * (k + 1)), e))
        part.over(mix(c, p.haze, 0.25), a * low_down, label("rainbow"))


def sun(win, p, label):
    """The sun, or the moon with its seas and craters; rings about them."""
    x, y, r = p.sun_x, p.sun_y, p.radius
    if p.rings:
        for m, w in ((4.4, 0.10), (2.9, 0.13), (1.8, 0.18)):
            part = win.cut(x - r * m, y - r * m, x + r * m, y + r * m)
            if part is not None:
                u, v, e = part.axes(x, y, r)
                part.over(mix(p.disc, p.horizon_colour, 0.2), cover(disc(u, v, m), e) * w, label("glow"))
    part = win.cut(x - r, y - r, x + r, y + r)
    if part is None:
        return
    u, v, e = part.axes(x, y, r)
    a = cover(disc(u, v, 1.0), e)
    if p.time != "night":
        part.over(p.disc, a, label("sun"))
        part.over(mix(p.disc, WHITE, 0.55), cover(disc(u, v, 0.86), e) * 0.5)
        spots = lenses(part, x, y, r * 0.34, p.salt + 9, 0.4, 2.4, 0.5, 0.9)
        part.over(mix(p.disc, p.horizon_colour, 0.5), a * np.abs(spots) * 0.22)
        return
    bright, grey = p.disc, mix(p.disc, p.mid, 0.38)
    if p.crescent:
        away = -p.side
        a = a * cover(np.sqrt((u - 0.42 * away) ** 2 + (v + 0.1) ** 2) - 0.86, e)
    part.over(bright, a, label("moon"))
    seas = np.full(np.broadcast(u, v).shape, -9.0, np.float32)
    for cx, cy, rr in ((-0.34, -0.40, 0.24), (-0.50, -0.12, 0.20), (-0.22, -0.06, 0.13), (0.20, -0.46, 0.15), (0.40, -0.28, 0.20), (0.52, 0.02, 0.13),
                       (-0.10, 0.50, 0.17), (-0.36, 0.42, 0.11)):
        seas = np.maximum(seas, disc(u - cx, (v - cy) * 1.15, rr))
    if shown(0.2 / e):
        seas = seas + 0.025 * (shards_of(u, 13) + shards_of(v, 11))
    part.over(grey, a * cover(seas, e) * 0.6)
    for cell, salt in ((0.16, 2), (0.075, 3), (0.03, 4), (0.011, 5), (0.004, 6)):
        if cell / e < 6:
            break
        cu, cv, i0, j0 = part.cells(x, y, cell * r, 0.3 + salt)
        i, j = np.floor(cu), np.floor(cv)
        h = hashed(i.astype(np.int32) + i0, j.astype(np.int32) + j0, salt + p.salt)
        q, z = low(h), high(h)
        ring = np.sqrt((cu - i - 0.5) ** 2 + (cv - j - 0.5) ** 2)
        rr = 0.12 + 0.25 * z
        px = e / cell
        on = a * (q < 0.35) * np.float32(shown(cell / e / 2))
        part.over(mix(bright, grey, 0.5), cover(rr - ring, px) * on * 0.7)
        lit = cover(rr - ring, px) * cover(np.sqrt((cu - i - 0.5 - 0.25 * rr) ** 2 + (cv - j - 0.5 - 0.2 * rr) ** 2) - rr * 0.93, px)
        part.over(mix(grey, p.zenith, 0.35), lit * on * 0.7)


def shards_of(t, f):
    """A cheap crisp wobble of a float32 coordinate."""
    q = t * f
    return np.abs(q - np.floor(q) - 0.5) * 2 - 0.5


# ---------------------------------------------------------------------------------------------------------- clouds
def _bumps(win, cx, cy, r, tone, shade, floor, depth, seed, label, strength=1.0):
    """Smaller discs about the upper rim of a disc of a cloud, and soft curls within it, while they can be seen."""
    fine = float(smooth(5, 12, r * 0.3 / win.s)) * strength
    part = win.cut(cx - r * 1.3, cy - r * 1.3, cx + r * 1.3, min(cy + r * 1.3, floor)) if fine else None
    if part is None:
        return
    dice = random.Random(seed)
    u, v, e = part.axes(cx, cy, r)
    below = cover(((floor - part.y) / r).astype(np.float32)[:, None], e) * np.float32(fine)
    for k in range(8):
        angle = math.pi * (1.02 + 0.96 * (k + dice.uniform(-0.3, 0.3)) / 7)
        rr, seed = dice.uniform(0.17, 0.31), dice.random()
        x, y = (1 - rr * 0.78) * math.cos(angle), (1 - rr * 0.78) * math.sin(angle)
        part.over(tone, cover(disc(u - x, v - y, rr), e) * below, label)
        if depth:
            _bumps(win, cx + r * x, cy + r * y, r * rr, tone, shade, floor, depth - 1, seed, label, fine)
    for k in range(3):
        q, t, rr = dice.uniform(-0.5, 0.45), dice.uniform(-0.6, 0.3), dice.uniform(0.14, 0.26)
        arc = np.minimum(disc(u - q, v - t, rr), np.sqrt((u - q + 0.05) ** 2 + (v - t + 0.05) ** 2) - rr * 0.96)
        part.over(shade, cover(arc, e) * below * 0.35)


def cloud(win, p, label, cx, cy, w, seed):
    """A cloud with a flat floor: a row of discs, the largest in the middle, in the shade on the side away from the light."""
    floor = cy + 0.12 * w
    part = win.cut(cx - 1.5 * w, cy - 1.1 * w, cx + 1.5 * w, floor)
    if part is None:
        return
    dice = random.Random(seed)
    light = mix(mix(p.light, p.haze, 0.22), p.horizon_colour, 0.22 + 0.25 * (p.time == "night"))
    if p.time == "night":
        light = mix(light, p.mid, 0.5)
    shade = mix(light, p.mid, 0.42)
    n = dice.choice((4, 5, 6))
    puffs = []
    for k in range(n):
        t = 2 * k / (n - 1) - 1
        r = 0.17 + 0.34 * (1 - abs(t) ** 1.6) * dice.uniform(0.75, 1.15)
        puffs.append((t * 1.05, 0.12 - max(r * dice.uniform(0.45, 0.8) * (1.2 - t * t), r * 0.7), r))
    u, v, e = part.axes(cx, cy, w)
    near = smooth(5, 12, 0.12 * w / part.s)  # bumps stand out of the rim that is drawn wider until they can be seen
    base = 0.09 - np.sqrt(np.maximum(np.abs(u) - 1.18, 0) ** 2 + (v - 0.03) ** 2)
    inside, lit = base, base - 0.045
    for x, y, r in puffs:
        inside = np.maximum(inside, disc(u - x, v - y, r * (1.025 - 0.025 * near)))
        lit = np.maximum(lit, disc(u - x - 0.07 * p.side, v - y + 0.09, r * 0.97))
    below = cover(0.12 - v, e)
    a = cover(inside, e) * below
    part.over(light, a, label("cloud"))
    for x, y, r in puffs:
        _bumps(part, cx + x * w, cy + y * w, r * w, light, shade, floor, 3, dice.random(), label("cloud"))
    part.over(shade, a * cover(-lit, e) * 0.75)


# ---------------------------------------------------------------------------------------------------------- balloons
HUES = [colour(c) for c in "d9483b f2b542 2f7f95 efe6d2 8c5a94 5f9a5e e8793a 34507f f3cfc0 b23a5a".split()]
PAIRS = ((0, 3), (1, 0), (2, 3), (4, 1), (5, 3), (6, 3), (7, 1), (9, 8), (2, 6), (3, 2))


def balloon(win, p, label, cx, cy, w, hue, seed):
    """A hot-air balloon; cx, cy: centre of the envelope, w: half its width. Gores, seams, bands, flame, ropes, wicker, two people."""
    part = win.cut(cx - w * 1.05, cy - w * 1.05, cx + w * 1.05, cy + w * 2.25)
    if part is None:
        return
    dice = random.Random(seed)
    u, v, e = part.axes(cx, cy, w)
    bottom = 1.32
    below = clip(v, 0, bottom)
    half = np.where(v < 0, np.sqrt(clip(1 - v * v, 0, 1)), 1 - 0.12 * below - 0.36 * below * below)  # (H, 1)
    inside = np.minimum(np.where(v < 0, disc(u, v, 1.0), (half - np.abs(u)) * 0.8), bottom - v)
    a = cover(inside, e)
    one, two = (HUES[k] for k in PAIRS[int(hue) % len(PAIRS)])
    q = clip(u / np.maximum(half, 0.04), -0.999, 0.999)
    n = dice.choice((6, 8, 8))
    gore = (np.arcsin(q) * (1 / math.pi) + 0.5) * n
    gap = np.abs(gore - np.round(gore)) * np.maximum(half, 0.04) * np.sqrt(1 - q * q) * (math.pi / n)
    odd = np.floor(gore) % 2
    pick = 0.5 + (odd - 0.5) * clip(2 * gap / e, 0, 1)
    bands = dice.random() < 0.6
    if bands:
        chevron = v - 0.10 - 0.18 * np.abs(gore - np.floor(gore) - 0.5)
        pick = np.where(v > -0.2, pick, pick)
        band = cover(0.14 - np.abs(chevron), e)
        pick = pick + (1 - 2 * pick) * band
    light = 0.52 + 0.48 * mix(p.light, p.haze, 0.3)
    part.over(blend(one * light, two * light, pick), a, label("balloon"))
    shade = cover(-p.side * u - 0.42 + 0.22 * v * v, e) * 0.17 + cover(-p.side * u - 0.66 + 0.25 * v * v, e) * 0.12
    part.over(mix(p.near, p.zenith, 0.5), a * shade)
    glint = np.minimum(disc(u - 0.42 * p.side, v + 0.38, 0.34), np.sqrt((u - 0.36 * p.side) ** 2 + (v + 0.32) ** 2) - 0.35)
    part.over(WHITE, a * cover(glint, e) * 0.35)
    fine = shown(0.16 / e)
    if fine:
        part.over(p.near, a * cover(0.006 - gap, e) * (0.4 * fine))
        seam = v * 9 - 0.35 * (gore - np.floor(gore) - 0.5) ** 2
        across = np.abs(seam - np.round(seam)) / 9
        part.over(p.near, a * cover(0.0035 - across, e) * (0.28 * fine))
        panel = hashed(np.floor(gore).astype(np.int32), np.round(seam - 0.5).astype(np.int32), 3)
        part.over(WHITE, a * (low(panel) * clip(np.minimum(gap, across) / e, 0, 1)) * (0.12 * fine))
        folds = lenses(part, cx, cy, w * 0.11, 77, math.pi / 2, 3.5, 0.5, 0.4)
        part.over(p.near, a * clip(folds, 0, 1) * 0.10)
        part.over(WHITE, a * clip(-folds, 0, 1) * 0.12)
        if shown(0.012 / e):  # the weave of the cloth
            part.over(p.near, a * stripes(u + v, 0.006, e) * 0.07)
            part.over(WHITE, a * stripes(u - v, 0.006, e) * 0.07)
    rig = part.cut(cx - 0.5 * w, cy + 1.2 * w, cx + 0.5 * w, cy + 2.25 * w)
    if rig is None:
        return
    u, v, e = rig.axes(cx, cy, w)
    dark = mix(p.near, p.far, 0.2)
    rig.over(mix(two * light, p.near, 0.3), cover(bar(u, v - 1.355, 0.262, 0.05), e), label("balloon"))
    rig.over(mix(one * light, p.near, 0.15), cover(bar(u, v - 1.355, 0.262, 0.05), e) * stripes(u, 0.087, e), label("balloon"))
    flame = np.minimum(disc(u, (v - 1.47) * 0.5, 0.05), 1.55 - v)
    rig.over(colour("ffb545"), cover(flame, e) * 0.95)
    rig.over(colour("fff3c0"), cover(disc(u, (v - 1.5) * 0.55, 0.022), e))
    rig.over(dark, cover(bar(u, v - 1.57, 0.06, 0.018), e))
    for k in (-1.0, -0.36, 0.36, 1.0):
        d = stroke(u, v, 0.25 * k, 1.4, 0.185 * k, 1.86, 0.012)
        rig.over(dark, cover(d, e), label("balloon"))
        if shown(0.02 / e):
            rig.over(mix(dark, p.light, 0.45), cover(d - 0.004, e) * stripes(v + 0.7 * u, 0.012, e))
    for k, (x, tall) in enumerate(((-0.085, 0.0), (0.08, 0.02))):
        person(rig, p, cx + x * w, cy + 1.95 * w, 0.34 * w * (1 + tall), seed=k + int(hue), label=label("balloon"), arm=k)
    wicker(rig, p, cx, cy, w, label)


def wicker(rig, p, cx, cy, w, label):
    u, v, e = rig.axes(cx, cy, w)
    basket = polygon(u, v, (-0.205, 1.86), (0.205, 1.86), (0.175, 2.15), (-0.175, 2.15))
    a = cover(basket + 0.012, e)
    brown = mix(colour("9a6a3c"), p.near, 0.3) * (0.55 + 0.45 * p.light)
    rig.over(brown, a, label("balloon"))
    rig.over(p.near, a * cover(-p.side * u - 0.05, e) * 0.22)
    weave(rig, u, v, e, a, brown, p, 0.055)
    for y in (1.865, 2.14):
        rig.over(mix(brown, p.near, 0.45), cover(bar(u, v - y, 0.215 - (y - 1.86) * 0.1, 0.02), e), label("balloon"))


def weave(win, u, v, e, a, base, p, cell):
    """Over and under: canes that cross, and within each the fibres."""
    for k in range(3):
        fine = shown(cell / e)
        if not fine:
            return
        i, j = np.floor(u / cell), np.floor(v / (cell * 0.5))
        fu, fv = np.abs(u / cell - i - 0.5), np.abs(v / (cell * 0.5) - j - 0.5)
        over = ((i + j) % 2).astype(np.float32)
        cane = np.minimum(0.46 - fv, 0.5) * cell * 0.5
        post = (0.16 - fu) * cell
        win.over(mix(base, p.light, 0.25), a * cover(cane, e) * (0.35 + 0.65 * over) * (0.6 * fine))
        win.over(mix(base, p.near, 0.5), a * cover(post, e) * (1 - over) * (0.8 * fine))
        cell = cell / 4.2


def stripes(t, period, pixel):
    """Half of every period, anti-aliased, the mean where it cannot be seen."""
    q = t / period
    d = (0.25 - np.abs(q - np.floor(q) - 0.5)) * period
    return mix(np.float32(0.5), cover(d, pixel), shown(period / pixel))


CLOTHES = [colour(c) for c in "c8443c 2f6f8f e0a93f 5b8a57 7a4f83 e9e2d0 3c4a6b".split()]
SKIN = [colour(c) for c in "f0c9a4 c98f66 8d5a3b".split()]
HAIR = [colour(c) for c in "3a2a20 7a4a22 d8a84e 1d1a1c".split()]


def person(win, p, x, foot, tall, seed, label, arm=0):
    """A standing person: coat with buttons, scarf, head with hat or hair, eyes; tall: height."""
    part = win.cut(x - 0.45 * tall, foot - 1.05 * tall, x + 0.45 * tall, foot)
    if part is None or tall < 3 * win.s:
        return
    dice = random.Random(seed)
    light = 0.5 + 0.5 * mix(p.light, p.haze, 0.3)
    if p.time == "night":
        light = mix(light, p.mid, 0.35)
    coat, skin, hair, scarf = dice.choice(CLOTHES) * light, dice.choice(SKIN) * light, dice.choice(HAIR) * light, dice.choice(CLOTHES) * light
    u, v, e = part.axes(x, foot, tall)
    for k in (-1, 1):
        part.over(mix(p.near, coat, 0.25), cover(bar(u - 0.075 * k, v + 0.17, 0.055, 0.19), e), label)
        hand = (0.30 * k, -0.90) if k == 1 and arm else (0.24 * k, -0.36)
        part.over(mix(coat, p.near, 0.12), cover(stroke(u, v, 0.12 * k, -0.66, *hand, 0.05), e), label)
        part.over(skin, cover(disc(u - hand[0], v - hand[1], 0.048), e), label)
    body = polygon(u, v, (-0.13, -0.72), (0.13, -0.72), (0.17, -0.28), (-0.17, -0.28))
    a = cover(body + 0.02, e)
    part.over(coat, a, label)
    part.over(mix(coat, p.near, 0.5), a * cover(-p.side * u - 0.04, e) * 0.35)
    part.over(mix(coat, p.near, 0.6), a * cover(0.004 - np.abs(u), e))
    for k in range(4):
        part.over(mix(scarf, WHITE, 0.4), cover(disc(u - 0.03, v + 0.62 - 0.09 * k, 0.014), e))
    part.over(skin, cover(disc(u, v + 0.86, 0.125), e), label)
    part.over(hair, cover(np.minimum(disc(u, v + 0.875, 0.135), -0.87 - v + 0.25 * np.abs(u)), e), label)
    part.over(scarf, cover(bar(u, v + 0.725, 0.11, 0.035), e), label)
    part.over(mix(scarf, WHITE, 0.35), cover(bar(u, v + 0.725, 0.11, 0.035), e) * stripes(u + v, 0.03, e) * 0.6)
    for k in (-1, 1):
        part.over(colour("241c1c"), cover(disc(u - 0.045 * k, v + 0.85, 0.014), e))
    part.over(mix(skin, colour("a03c34"), 0.6), cover(np.minimum(disc(u, v + 0.81, 0.04), v + 0.80), e))
    if dice.random() < 0.5:
        part.over(scarf, cover(np.minimum(disc(u, v + 0.92, 0.13), -0.91 - v), e), label)
        part.over(mix(scarf, WHITE, 0.5), cover(bar(u, v + 0.92, 0.14, 0.025), e), label)


# ---------------------------------------------------------------------------------------------------------- birds
def bird(win, p, label, cx, cy, w, lift, seed):
    """A gliding bird seen from afar; w: half its span, lift: how high the wings are held."""
    part = win.cut(cx - w, cy - 0.6 * w, cx + w, cy + 0.35 * w)
    if part is None:
        return
    u, v, e = part.axes(cx, cy, w)
    ink = mix(p.near, p.mid, 0.18 if p.time != "night" else 0.0)
    if p.time == "night":
        ink = mix(p.light, p.mid, 0.35)
    q = np.abs(u)
    arch = -lift * (clip(q, 0, 1) ** 0.8) * (1.55 - q)  # (1, W)
    chord = 0.17 * clip(1 - q, 0, 1) ** 0.75
    fringe = np.abs(np.modf(clip(q - 0.35, 0, 1) * 11)[0] - 0.5) * 0.09 * smooth(0.3, 0.8, q) * shown(0.09 / e)
    d = np.minimum(v - arch + 0.35 * chord, arch + chord * 0.8 - fringe - v) * 0.85
    wing = cover(np.minimum(d, 1 - q), e)
    part.over(ink, wing, label("birds"))
    body = disc(u * 2.6, v - 0.02, 0.17)
    part.over(ink, cover(np.minimum(body, 9), e), label("birds"))
    part.over(ink, cover(polygon(u, v, (-0.03, 0.12), (0.03, 0.12), (0.07, 0.30), (-0.07, 0.30)), e), label("birds"))
    fine = shown(0.05 / e)
    if fine:
        pale = mix(ink, p.light, 0.35)
        vane = np.abs(np.modf(q * 11 + 0.35 * v)[0] - 0.5) / 11
        part.over(pale, wing * cover(0.004 - vane, e) * (0.8 * fine))
        part.over(pale, wing * cover(0.035 - np.abs(v - arch - 0.1 * chord), e) * (0.5 * fine))
        barb = np.modf((q + 1.7 * v) * 90)[0]
        part.over(pale, wing * cover((0.18 - np.abs(barb - 0.5)) / 90, e) * 0.35 * shown(0.011 / e))
        part.over(colour("e6a23c"), cover(polygon(u, v, (-0.02, -0.155), (0.0, -0.215), (0.02, -0.155)), e))
        for k in (-1, 1):
            part.over(p.light, cover(disc(u - 0.028 * k, v + 0.12, 0.012), e))
