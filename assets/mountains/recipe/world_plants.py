"""Plants of the illustrated world that are things of their own: pines, broad-leaved trees, flowers, reeds."""
import functools
import math
import random

import numpy as np

from world_paint import (blend, clip, colour, cover, disc, hashed, high, low, mix, ragged, shown, slabs, smooth, stroke, teeth)

WHITE = colour("ffffff")
BARK = colour("5a4030")


def needles(u, v, e, cell, salt):
    """Twigs with needles, pointing along +u: tint about [-1, 1], stems [0, 1], cones [0, 1]; u, v in units of the tree."""
    w = shown(cell / e)
    if w <= 0:
        return None
    t = v / cell
    j = np.floor(t)
    f = t - j - 0.5
    px = e / cell
    row = hashed(j.astype(np.int32), 5, salt)
    along = u / cell + 6 * low(row)
    tint = (high(row) - 0.5) * clip((0.5 - np.abs(f)) * (1 / px), 0, 1) * (1.3 * w)
    for k, n in enumerate((0.16, 0.045)):
        fine = shown(n / px)
        if fine <= 0:
            break
        q = (along - 0.75 * np.abs(f)) / n
        i = np.floor(q)
        g = q - i
        h = hashed(i.astype(np.int32), row, salt + k + (f > 0) * 3)
        tint = tint + (low(h) - 0.5) * clip(np.minimum(g, 1 - g) * (n / px), 0, 1) * (0.9 * fine)
        dark = clip((0.11 - np.minimum(g, 1 - g)) * (n / px) + 0.5, 0, 1) * (high(h) > 0.2)
        tint = tint - dark * (0.75 * fine)
        rib = clip((0.05 - np.abs(g - 0.5)) * (n / px) + 0.5, 0, 1) * min(1.0, 0.2 * n / px)
        tint = tint + rib * (0.6 * fine)
    stem = clip((0.045 - np.abs(f)) * (1 / px) + 0.5, 0, 1) * w * shown(0.12 / px)
    cone = 0.0
    if shown(0.5 / px) > 0:
        c = np.floor(along / 2.2)
        h = hashed(c.astype(np.int32), row, salt + 9)
        x, y = along - (c + 0.5) * 2.2, f - 0.08
        body = 0.34 - np.sqrt((x * 0.55) ** 2 + (y * 1.0) ** 2)
        scale = np.abs(np.modf(np.abs(x + 3) * 6 + np.abs(np.modf(np.abs(y + 4) * 6)[0] - 0.5))[0] - 0.5)
        cone = (clip(body * (1 / px) + 0.5, 0, 1) * (low(h) < 0.08) * shown(0.5 / px), clip((0.16 - scale) * (1 / px / 6) + 0.5, 0, 1))
    return tint, stem, cone


SNOW = 0.06  # thickness of snow on branches
ROWS = 512  # of the tables below, over the height of a pine


def tiers(n, spread):
    """Rows at which the n tiers of a pine end, and their half widths, in units of its height."""
    return [0.10 + 0.80 * ((k + 1) / n) ** 0.92 for k in range(n)], [0.045 + (spread - 0.045) * ((k + 1) / n) ** 0.9 for k in range(n)]


@functools.lru_cache(None)
def outline(n, spread):
    """Running sums over rows of a pine seen from afar: its half width, its shadows below tiers, its rims that carry snow."""
    v = (np.arange(ROWS) + 0.5) / ROWS
    half, shadow, rim = np.where(v > 0.9, 0.022, 0.0), np.zeros(ROWS), np.zeros(ROWS)
    ends, halves = tiers(n, spread)
    for k in range(n):
        start = ends[k - 2] - 0.05 if k > 1 else (0.0 if k == 0 else 0.03)
        q = (v - start) / (ends[k] - start)
        slope = halves[k] * clip(q, 0, 1.2) ** 1.15
        hem = ends[k] - 0.018
        reach = halves[k] * np.sqrt(clip((0.28 - (v - hem) / (0.5 * halves[k])) / 0.42, 0, 1))
        half = np.maximum(half, np.where(q > 0, np.minimum(slope, reach), 0))
        shadow = np.maximum(shadow, (v > hem + 0.09 * halves[k]) & (v < hem + 0.09 * halves[k] + 0.022) & (k < n - 1))
        rim = np.maximum(rim, np.abs(v - hem - 0.07 * halves[k] + 0.5 * SNOW) < 0.5 * SNOW)
    return [np.concatenate([[0.0], np.cumsum(t) / ROWS]) for t in (half, shadow, rim)]


def averaged(sums, v, e):
    """Mean of a table over pixels of height e about rows v, from its running sums."""
    a, b = ((v + d * 0.5 * e) * ROWS for d in (-1, 1))
    at = np.arange(ROWS + 1)
    return ((np.interp(b, at, sums) - np.interp(a, at, sums)) / e).astype(np.float32)


def distant_pine(part, p, label, x, foot, tall, n, spread, dark, bright, snow):
    """A pine of few pixels: the outline of the one with branches, lit on a side."""
    u, v, e = part.axes(x, foot - tall, tall)
    tables = outline(n, spread)
    half = averaged(tables[0], v, e)
    reach = np.minimum(np.abs(u) / np.maximum(half, 0.02), 1)
    hang = v + 0.21 * half * (reach * reach - 0.33)  # branches hang: a rim is higher outside
    shadow, rim = averaged(tables[1], hang, e), averaged(tables[2], hang, e) if snow is not None else None
    a = cover((half - np.abs(u)) * 0.9, e)
    a *= clip((v + 0.5 * e) / e, 0, 1)
    lit = cover(u * p.side - 0.010, e)
    rgb = blend(dark, bright, 0.12 + 0.62 * lit)
    rgb = [c * (1 - 0.22 * shadow) for c in rgb]
    if snow is not None:
        rgb = [c + (mix(snow[0][k], snow[1][k], lit) - c) * rim for k, c in enumerate(rgb)]
    part.over(rgb, a, label)


SPREADS = (0.19, 0.21, 0.235, 0.26)


def pine(win, p, label, x, foot, tall, t, seed, snowy):
    """A spruce on the ground at (x, foot): trunk, tiers of drooping branches with ragged hems, twigs, needles, cones. t: depth of tone, 0 far."""
    wide = 0.30
    part = win.cut(x - wide * tall, foot - 1.02 * tall, x + wide * tall, foot + 0.01 * tall)
    if part is None:
        return
    dice = random.Random(seed)
    base = mix(mix(p.far, p.near, min(t, 1.0)), p.tree, 0.35 + 0.35 * t)
    base = base * dice.uniform(0.93, 1.05)
    dark, bright = mix(base, p.near, 0.42), mix(base, p.light, 0.17 + 0.05 * p.bright)
    n, spread = dice.choice((4, 5) if snowy else (6, 7, 8)), dice.choice(SPREADS)
    white = mix(mix(p.light, p.haze, 0.25), base, 0.12 + 0.2 * (1 - t))
    detail = float(smooth(40, 90, tall / win.s))  # from some ninety pixels on it has branches
    if detail < 1:
        distant_pine(part, p, label, x, foot, tall, n, spread, dark, bright, (mix(white, p.mid, 0.35), white) if snowy else None)
    if detail <= 0:
        return
    before = part.rgb.copy() if detail < 1 else None
    near_pine(part, p, label, x, foot, tall, seed, n, spread, dark, bright, white if snowy else None)
    if before is not None:
        part.rgb += (before - part.rgb) * (1 - detail)


def near_pine(part, p, label, x, foot, tall, seed, n, spread, dark, bright, white):
    """A pine with branches, tier by tier from the lowest up."""
    u, _, e = part.axes(x, foot - tall, tall)
    stem = part.cut(x - 0.05 * tall, foot - tall * 0.25, x + 0.05 * tall, foot + 0.01 * tall)
    if stem is not None:
        a, b, q = stem.axes(x, foot, tall)
        trunk = np.minimum(0.016 - 0.028 * b - np.abs(a) + 0.012 * clip(b * 30 + 1, 0, 2) ** 2, -b)
        shape = cover(trunk, q)
        bark = mix(BARK * (0.5 + 0.5 * p.light), p.near, 0.55)
        stem.over(bark, shape, label)
        stem.over(mix(bark, p.light, 0.22), shape * cover(a * p.side - 0.002, q))
        slab, crack = slabs(stem, x, foot, tall * 0.02, seed % 9973, math.pi / 2, 2.4)
        if not isinstance(crack, float):
            stem.over(bark * 0.55, shape * crack * 0.8)
            stem.over(mix(bark, p.light, 0.3), shape * clip(slab, 0, 1) * 0.6)
    side = np.abs(u)
    salt = seed % 99991
    ends, halves = tiers(n, spread)
    hems = []
    for k in range(n):
        half = halves[k]
        reach = side / half
        f = 2.1 + 0.55 * k
        column = (part.x - x) / (half * tall) * f
        cut_out = (0.022 if white is not None else 0.045) * teeth(column + 9.3 * k, e / half * f, salt + k, 0.6)
        cut_out += 0.016 * teeth(column * 3.3, e / half * f * 3.3, salt + k + 20, 0.6)
        cut_out += 0.006 * teeth(column * 12, e / half * f * 12, salt + k + 40, 0.8)
        cut_out += 0.002 * teeth(column * 47, e / half * f * 47, salt + k + 60, 0.8)
        smooth_hem = ends[k] - 0.035 + (0.5 * half) * (0.28 - reach * reach * 0.42)
        hems.append((half, smooth_hem + cut_out[None, :].astype(np.float32), smooth_hem + 0.012))
    for k in range(n - 1, -1, -1):
        half, hem, smooth_hem = hems[k]
        start = ends[k - 2] - 0.05 if k > 1 else (0.0 if k == 0 else 0.03)
        rows = part.cut(x - half * tall * 1.1, foot - tall + start * tall, x + half * tall * 1.1, foot - tall + (ends[k] + 0.07) * tall)
        if rows is None:
            continue
        ru, rv, _ = rows.axes(x, foot - tall, tall)
        first = np.searchsorted(part.x, rows.x[0])
        columns = slice(first, first + len(rows.x))
        rside = side[:, columns]
        q = (rows.y - (foot - tall + start * tall)) / ((ends[k] - start) * tall)
        rim = half * clip(q, 0, 1.2) ** 1.15 + 0.004 * ragged(q * 9, e * 9 / (ends[k] - start), salt + 80 + k, 0.6) * smooth(0, 0.2, q)
        shape = np.minimum((rim.astype(np.float32)[:, None] - rside) * 0.9, (hem[:, columns] - rv) * 0.65)
        if k == 0:
            shape = np.minimum(shape, rv + 0.002)
        a = cover(shape, e)
        if a.max() <= 0:
            continue
        lean = 0.018 * ragged(q * 3, e * 3 / (ends[k] - start), salt + k)
        lit = cover(ru * p.side - 0.010 - lean.astype(np.float32)[:, None], e)
        rgb = blend(dark, bright, 0.12 + 0.62 * lit)
        slant = 0.62
        fine = needles(rside * math.cos(slant) + rv * math.sin(slant), rv * math.cos(slant) - rside * math.sin(slant), e, 0.026, salt + k)
        cone = 0.0
        if fine is not None:
            tint, twig, cone = fine
            rgb = [c * (1 + 0.30 * tint) for c in rgb]
            rgb = blend(rgb, mix(BARK, p.near, 0.35), twig * 0.7)
        rows.over(rgb, a, label)
        if not isinstance(cone, float):
            brown = mix(colour("9a6236") * (0.5 + 0.5 * p.light), p.near, 0.25)
            rows.over(brown, a * cone[0])
            rows.over(mix(brown, p.near, 0.6), a * cone[0] * cone[1] * 0.8)
        if k:
            above = hems[k - 1][1][:, columns] + 0.020 - rv
            rows.over(mix(dark, p.near, 0.4), a * cover(above, e) * 0.55)
        if white is not None:
            thick = SNOW + 0.012 * ragged((rows.x - x) / tall * 21, e * 21, salt + 90 + k).astype(np.float32)[None, :]
            cap = np.minimum((rv - (smooth_hem[:, columns] - thick)) * 0.8, shape - 0.002)
            rows.over(blend(mix(white, p.mid, 0.35), white, lit), cover(cap, e), label)


def broad_tree(win, p, label, x, foot, tall, t, seed):
    """A broad-leaved tree: a forked trunk and a crown of discs, its leaves seen from near."""
    part = win.cut(x - 0.42 * tall, foot - 1.02 * tall, x + 0.42 * tall, foot)
    if part is None:
        return
    dice = random.Random(seed)
    u, v, e = part.axes(x, foot, tall)
    bark = mix(BARK * (0.5 + 0.5 * p.light), p.near, 0.5)
    for points in ((0, 0, 0.0, -0.5, 0.035, 0.02), (0, -0.28, 0.16, -0.55, 0.018, 0.01), (0, -0.33, -0.15, -0.6, 0.016, 0.008)):
        part.over(bark, cover(stroke(u, v, *points), e), label)
    leaf = mix(p.tree, p.leaf, 0.75)
    leaf = mix(leaf, mix(p.far, p.near, t), 0.25)
    dark, bright = mix(leaf, p.near, 0.35), mix(leaf, p.light, 0.25)
    crown = [(dice.uniform(-0.20, 0.20), -0.40 - 0.42 * dice.random(), dice.uniform(0.13, 0.2)) for _ in range(9)] + [(0.0, -0.66, 0.24)]
    d = np.full(np.broadcast(u, v).shape, -9.0, np.float32)
    lit = np.zeros_like(d)
    for cx, cy, r in sorted(crown, key=lambda c: c[1]):
        one = disc(u - cx, v - cy, r)
        inside = cover(one, e)
        glow = cover(disc(u - cx - 0.3 * r * p.side, v - cy + 0.35 * r, 0.75 * r), e)
        lit += (glow - lit) * inside
        d = np.maximum(d, one)
    f = 34.0
    edge = leaves(part, x, foot, tall / f, seed % 9973)
    a = cover(d + (0.0 if edge is None else (edge[0] - 0.5) * 0.02), e)
    rgb = blend(dark, bright, lit)
    if edge is not None:
        rgb = [c * (1 + 0.34 * edge[1]) for c in rgb]
    part.over(rgb, a, label)


def leaves(win, ox, oy, cell, salt):
    """Leaves in cells, two layers and two sizes: outline in [0, 1] and tint, or None."""
    out, tint = None, 0.0
    for k in range(3):
        w = shown(cell / win.s)
        if w <= 0:
            return None if out is None else (out, tint)
        u, v, i0, j0 = win.cells(ox, oy, cell, 0.5 + 0.8 * k)
        i, j = np.floor(u), np.floor(v)
        h = hashed(i.astype(np.int32) + i0, j.astype(np.int32) + j0, salt + k)
        x, y, px = u - i - 0.5, v - j - 0.5, win.s / cell
        turn = low(h) * 6.283
        c, s = np.cos(turn), np.sin(turn)
        a, b = c * x + s * y, c * y - s * x
        shape = 0.30 * (1 - (a * 2.1) ** 2) - np.abs(b)
        inside = cover(shape * 0.8, px)
        tint = tint + inside * ((high(h) - 0.45) * 1.4 * w)
        vein = np.maximum(0.022 - np.abs(b), 0.016 - np.abs(np.modf((a - np.abs(b)) * 9 + 9)[0] - 0.5) / 9)
        tint = tint - inside * cover(vein, px) * (0.5 * shown(0.12 / px))
        out = inside if out is None else np.maximum(out, inside)
        cell /= 3.3
    return out, tint


def flower(win, p, x, foot, tall, seed, label):
    """A flower on its stem with two leaves; petals with veins, stamens."""
    part = win.cut(x - 0.4 * tall, foot - 1.25 * tall, x + 0.4 * tall, foot)
    if part is None:
        return
    dice = random.Random(seed)
    u, v, e = part.axes(x, foot, tall)
    green = mix(p.grass, p.near, 0.35)
    lean = dice.uniform(-0.12, 0.12)
    stem = 0.018 - np.abs(u - lean * v * v)
    part.over(green, cover(np.minimum(stem, np.minimum(-v, v + 0.95)), e), label)
    for k, (y, length) in enumerate(((-0.28, 0.26), (-0.45, 0.22))):
        sign = 1 if (k + seed) % 2 else -1
        along = (u - lean * y * y) * sign / length
        rise = v - y + 0.16 * clip(along, 0, 1)
        leaf = 0.05 * 4 * along * (1 - along) - np.abs(rise)
        inside = cover(np.minimum(leaf, np.minimum(along, 1 - along) * length), e)
        part.over(mix(green, p.light, 0.16), inside, label)
        part.over(green, inside * cover(0.006 - np.abs(rise), e))
    light = 0.45 + 0.55 * mix(p.light, p.haze, 0.4)
    hue = (p.flower if dice.random() < 0.6 else mix(p.flower, colour(dice.choice(("ffffff", "f6c945", "d95f76"))), 0.75)) * light
    n, r = dice.choice((5, 6, 8)), 0.24
    x0, y0 = u - lean, v + 0.95
    angle, out = np.arctan2(y0, x0), np.sqrt(x0 * x0 + y0 * y0) + 1e-6
    turn = angle * (n / (2 * math.pi)) + dice.random()
    f = turn - np.floor(turn) - 0.5
    petal = r * (0.45 + 0.55 * np.sqrt(clip(1 - (2 * f) ** 2, 0, 1))) - out
    inside = cover(petal * 0.85, e)
    part.over(hue, inside, label)
    shade = cover(0.25 * out - np.abs(f) * out * (2 * math.pi / n) * 0.6, e) * 0.0 + cover((np.abs(f) - 0.40) * out, e) * 0.5
    part.over(mix(hue, p.near, 0.45), inside * shade)
    if shown(0.08 / e):
        vein = np.abs(np.modf(np.abs(f) * 7)[0] - 0.5) * out * (2 * math.pi / n) / 7
        part.over(mix(hue, p.near, 0.35), inside * cover(0.0035 - vein, e) * 0.6)
    part.over(colour("f2bd3c") * light, cover(0.085 - out, e), label)
    if shown(0.04 / e):
        i, j = np.floor(x0 / 0.022), np.floor(y0 / 0.022)
        dot = 0.38 - np.sqrt((x0 / 0.022 - i - 0.5) ** 2 + (y0 / 0.022 - j - 0.5) ** 2)
        part.over(colour("b5741f") * light, cover(0.085 - out, e) * cover(dot, e / 0.022) * 0.8)


def reeds(win, p, x, foot, tall, seed, label):
    """A clump of reeds with brown heads."""
    part = win.cut(x - 0.45 * tall, foot - 1.1 * tall, x + 0.45 * tall, foot)
    if part is None:
        return
    dice = random.Random(seed)
    u, v, e = part.axes(x, foot, tall)
    green = mix(mix(p.grass, p.near, 0.55), p.tree, 0.3)
    for k in range(11):
        root, lean, length = dice.uniform(-0.2, 0.2), dice.uniform(-0.22, 0.22), dice.uniform(0.5, 1.0)
        t = clip(-v / length, 0, 1.2)
        d = np.minimum(0.022 * (1 - t) + 0.004 - np.abs(u - root - lean * t * t), np.minimum(-v, v + length))
        tone = mix(green, p.light, 0.2 * dice.random())
        part.over(tone, cover(d, e), label)
        if k % 3 == 0:
            cx = root + lean
            part.over(colour("6b4226") * (0.5 + 0.5 * p.light), cover(stroke(u, v, cx, -length, cx + 0.1 * lean, -length - 0.12, 0.028), e), label)
