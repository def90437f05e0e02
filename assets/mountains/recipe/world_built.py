"""What people built in the illustrated world: houses, a church, a viaduct with its train, a tent with its fire, boats, a jetty."""
import math
import random

import numpy as np

from world_paint import (bar, clip, colour, cover, disc, hashed, high, lenses, low, mix, polygon, ragged, shown, slabs, smooth, stroke)
from world_plants import WHITE, flower
from world_sky import CLOTHES, person, stripes

LAMP, TIMBER, STONE, PLASTER = colour("ffd27a"), colour("6d4930"), colour("9a948c"), colour("eadfcb")
ROOFS = [colour(c) for c in "a8483a 7d3f3a b56a3c 4f5a68 5e6b52".split()]


def lit(p, c):
    """A paint of its own in the light of the picture."""
    return mix(c * (0.42 + 0.58 * p.light), p.far if p.time == "night" else p.haze, 0.30 if p.time == "night" else 0.10)


def house(win, p, label, x, foot, w, seed, kind="cabin"):
    """A house; w: half its width. kind: "cabin" of logs, "house" plastered."""
    part = win.cut(x - 1.4 * w, foot - 4.2 * w, x + 1.4 * w, foot + 0.12 * w)
    if part is None:
        return
    dice = random.Random(seed)
    u, v, e = part.axes(x, foot, w)
    logs = kind == "cabin"
    high_wall = 0.92 if logs else dice.uniform(0.9, 1.25)
    pitch = dice.uniform(0.72, 0.88) if logs else dice.uniform(0.85, 1.15)
    top = high_wall + pitch * 1.12
    timber = mix(lit(p, TIMBER), p.near, 0.22)
    if dice.random() < (0.8 if logs else 0.35):
        smoke(part, p, x + 0.5 * w, foot - (top + 0.12) * w, 0.13 * w, dice.random())
    chimney(part, p, u - 0.5, v, e, top, x + 0.5 * w, foot, w, seed, label)
    wall = np.minimum(bar(u, v + high_wall * 0.5, 0.93, high_wall * 0.5), 9)
    gable = polygon(u, v, (0.0, -top + 0.1), (0.95, -high_wall + 0.02), (-0.95, -high_wall + 0.02))
    a = cover(np.maximum(wall, gable), e)
    base = timber if logs else mix(lit(p, PLASTER), mix(p.far, p.near, 0.35), 0.15)
    part.over(base, a, label)
    (log_wall if logs else plaster_wall)(part, p, u, v, e, a, x, foot, w, seed, base)
    below = v + top - pitch * np.abs(u)  # the shadow of the eaves
    part.over(p.near, a * cover(np.minimum(below - 0.28, 0.42 - below) * 0.75, e) * 0.35)
    footing = bar(u, v + 0.05, 0.97, 0.06)
    part.over(mix(lit(p, STONE), p.near, 0.35), cover(footing, e), label)
    _, crack = slabs(part, x, foot, w * 0.12, seed % 997, 0.0, 1.6)
    if not isinstance(crack, float):
        part.over(p.near, cover(footing, e) * crack * 0.6)
    spots = ((-0.50, -0.50), (0.52, -0.50)) if logs or dice.random() < 0.6 else ((-0.5, -0.5), (0.52, -0.5), (0.0, -high_wall - 0.22))
    for k, (wx, wy) in enumerate(spots):
        window(part, p, x + wx * w, foot + wy * w, (0.21 if wy > -1 else 0.14) * w, seed + k, label, glow=p.lamps or dice.random() < 0.2, box=k < 2)
    door(part, p, x + 0.02 * w, foot, w, seed, label)
    roof(part, p, x, foot, w, top, pitch, seed, label)


def log_wall(win, p, u, v, e, a, x, foot, w, seed, base):
    """Round logs one on another, grain along them, rings on their ends at the corners."""
    t = v * 8.5
    j = np.floor(t)
    f = t - j - 0.5
    fine = shown(0.118 / e)
    if not fine:
        return
    h = low(hashed(j.astype(np.int32), 1, seed))
    win.over(mix(base, p.light, 0.25), a * cover(0.22 - np.abs(f + 0.16), e * 8.5) * (0.75 * fine))
    win.over(mix(base, p.near, 0.55), a * cover(np.abs(f) - 0.42, e * 8.5) * fine)
    win.over(mix(base, colour("c08a50"), 0.5), a * (0.45 * fine) * clip(h - 0.3, 0, 1))
    grain = lenses(win, x, foot, w * 0.03, seed % 991, 0.0, 14.0, 0.8, 0.2)
    if not isinstance(grain, float):
        win.over(mix(base, p.near, 0.6), a * clip(grain, 0, 1) * 0.45)
        win.over(mix(base, p.light, 0.4), a * clip(-grain, 0, 1) * 0.4)
    for corner in (-0.93, 0.93):
        r = np.sqrt((u - corner) ** 2 + (f / 8.5) ** 2)
        end = cover(0.056 - r, e) * cover(-0.02 - v, e) * cover(v + 0.95, e)
        win.over(mix(base, colour("d9a66a") * (0.4 + 0.6 * p.light), 0.6), end * fine)
        win.over(mix(base, p.near, 0.3), end * stripes(r, 0.014, e) * (0.6 * fine))


def plaster_wall(win, p, u, v, e, a, x, foot, w, seed, base):
    """Plaster with a few cracks, half-timbered above."""
    beam = mix(lit(p, TIMBER), p.near, 0.3)
    d = np.maximum(0.035 - np.abs(v + 0.92), np.maximum(0.03 - np.abs(u), 0.03 - np.abs(np.abs(u) - 0.62 - 0.25 * v - 0.4)))
    part = cover(np.minimum(d, -0.9 - v), e)
    win.over(beam, a * part * 0.85)
    shade, crack = slabs(win, x, foot, w * 0.35, seed % 983, 0.7, 1.4)
    if not isinstance(crack, float):
        win.over(mix(base, p.near, 0.4), a * crack * 0.35)
        win.over(WHITE, a * clip(shade, 0, 1) * 0.12)


def smoke(win, p, x, y, r, seed):
    """One plume of round puffs that grow as they rise and drift."""
    dice = random.Random(seed)
    puffs = [(r * 0.11 * k * k * -p.side, -r * (0.5 + 1.15 * k), r * (0.45 + 0.17 * k)) for k in range(8)]
    part = win.cut(x - 8 * r, y - 11 * r, x + 8 * r, y)
    if part is None:
        return
    u, v, e = part.axes(x, y, r)
    inside, curls = np.full((1, 1), -9.0, np.float32), np.full((1, 1), -9.0, np.float32)
    for cx, cy, rr in puffs:
        cx, cy, rr = cx / r, cy / r, rr / r
        one = disc(u - cx, v - cy, rr)
        curl = np.minimum(one - 0.18 * rr, np.sqrt((u - cx - 0.22 * rr * p.side) ** 2 + (v - cy + 0.28 * rr) ** 2) - dice.uniform(0.68, 0.82) * rr)
        curls = np.maximum(np.minimum(curls, -one), curl)
        inside = np.maximum(inside, one)
    tone = mix(p.haze, p.light, 0.4)
    a = cover(inside, e) * (0.72 - 0.5 * smooth(0.0, 10.0, -v))
    part.over(tone, a)
    part.over(mix(tone, p.mid, 0.45), a * cover(curls, e) * 0.6)


def chimney(win, p, u, v, e, top, x, foot, w, seed, label):
    stack = bar(u, v + top - 0.22, 0.12, 0.42)
    a = cover(stack, e)
    brick = mix(lit(p, colour("a05a48")), p.near, 0.15)
    win.over(brick, a, label)
    part = win.cut(x - 0.14 * w, foot - (top + 0.3) * w, x + 0.14 * w, foot - (top - 0.7) * w)
    if part is not None and shown(0.05 * w / win.s):
        b, c, q = part.axes(x, foot, w)
        shape = cover(bar(b, c + top - 0.22, 0.12, 0.42), q)
        shade, crack = slabs(part, x, foot, w * 0.055, seed % 977, 0.0, 1.9)
        if not isinstance(crack, float):
            part.over(mix(brick, p.light, 0.5), shape * crack * 0.6)
            part.over(brick * 0.7, shape * clip(shade, 0, 1) * 0.6)
    win.over(p.near, a * cover(-p.side * u - 0.02, e) * 0.3)
    win.over(mix(brick, p.near, 0.3), cover(bar(u, v + top + 0.20, 0.15, 0.035), e), label)


def roof(win, p, x, foot, w, top, pitch, seed, label):
    """Two slopes seen from the gable end: a thick edge of shingles; snow in winter and on high cabins."""
    u, v, e = win.axes(x, foot, w)
    side = np.abs(u)
    edge = v + top - pitch * side  # 0 along the ridge of the gable, growing downwards
    band = np.minimum(np.minimum(edge * 0.75, (0.30 - edge) * 0.75), 1.22 - side)
    a = cover(band, e)
    tile = mix(lit(p, ROOFS[seed % len(ROOFS)]), p.near, 0.12)
    win.over(tile, a, label)
    fine = shown(0.075 / e)
    if fine:
        row, along = edge / 0.10, side * 9.0
        j = np.floor(row)
        i = np.floor(along + 0.5 * (j % 2))
        h = hashed(i.astype(np.int32), j.astype(np.int32), seed)
        fx, fy = along + 0.5 * (j % 2) - i, row - j
        gap = np.minimum(np.minimum(fx, 1 - fx) / 9.0, (1 - fy) * 0.08)
        win.over(mix(tile, p.light, 0.35), a * low(h) * (0.6 * fine) * clip(gap / e, 0, 1))
        win.over(mix(tile, p.near, 0.7), a * cover(0.008 - gap, e) * fine)
        grain = np.abs(np.modf(fx * 7 + 0.4 * high(h))[0] - 0.5) / 63
        win.over(mix(tile, p.near, 0.6), a * cover(0.0025 - grain, e) * (0.5 * shown(0.016 / e)))
    win.over(mix(tile, p.near, 0.55), cover(np.minimum(band, 0.035 - np.abs(edge - 0.28)), e), label)
    if p.winter:
        white = mix(p.light, p.haze, 0.25)
        drip = 0.15 + 0.05 * ragged((win.x - x) / w * 7, e * 7, seed % 971).astype(np.float32)[None, :]
        cap = np.minimum(np.minimum(edge + 0.07, (drip - edge)) * 0.75, 1.25 - side)
        win.over(white, cover(cap, e), label)
        win.over(mix(white, p.mid, 0.45), cover(np.minimum(cap, edge - drip + 0.05), e) * 0.7)
        drift = lenses(win, x, foot, w * 0.06, seed % 967, 0.2, 4.0, 0.5)
        if not isinstance(drift, float):
            win.over(mix(white, p.mid, 0.4), cover(cap, e) * clip(drift, 0, 1) * 0.5)


def window(win, p, x, y, r, seed, label, glow, box=True):
    """A window of four panes: frame, light or sky behind, curtains, a plant or a lamp on the sill, shutters, a flower box."""
    part = win.cut(x - 2.2 * r, y - 1.5 * r, x + 2.2 * r, y + 1.9 * r)
    if part is None:
        return
    dice = random.Random(seed * 31 + 7)
    u, v, e = part.axes(x, y, r)
    frame, paint = mix(lit(p, colour("f1e8d8")), p.near, 0.12), lit(p, dice.choice(CLOTHES))
    for k in (-1, 1):  # shutters
        shutter = bar(u - 1.5 * k, v, 0.40, 1.06)
        part.over(paint, cover(shutter, e), label)
        part.over(mix(paint, p.near, 0.5), cover(shutter - 0.09, e) * stripes(v, 0.2, e) * 0.7)
        heart = np.maximum(disc(u - 1.5 * k - 0.06, v + 0.06, 0.09), disc(u - 1.5 * k + 0.06, v + 0.06, 0.09))
        part.over(mix(paint, WHITE, 0.6), cover(heart, e))
    part.over(frame, cover(bar(u, v, 1.1, 1.16), e), label)
    pane = cover(bar(u, v, 0.95, 1.0), e)
    room = mix(LAMP, colour("ff9d4a"), 0.25) if glow else mix(mix(p.near, p.mid, 0.45), p.zenith, 0.3)
    part.over(room, pane, label)
    if glow:
        part.over(colour("fff0b8"), pane * cover(disc(u - 0.3, v + 0.35, 0.55), e) * 0.6)
    else:
        part.over(p.horizon_colour, pane * cover(np.minimum(0.12 - np.abs(u + v * 0.6 - 0.25), 0.3), e) * 0.35)
    inside = part.cut(x - r, y - r, x + r, y + r)
    if inside is not None and shown(0.25 / e):
        a, b, q = inside.axes(x, y, r)
        square = cover(bar(a, b, 0.95, 1.0), q)
        lamp = polygon(a - 0.3, b + 0.35, (-0.10, -0.18), (0.10, -0.18), (0.22, 0.10), (-0.22, 0.10))
        inside.over(mix(room, colour("b8492f"), 0.75), square * cover(lamp, q))
        inside.over(mix(room, p.near, 0.8), square * cover(np.maximum(bar(a - 0.3, b + 0.8, 0.02, 0.32), bar(a - 0.3, b + 0.23, 0.10, 0.02)), q))
        pot = polygon(a + 0.42, b - 0.75, (-0.17, -0.16), (0.17, -0.16), (0.12, 0.22), (-0.12, 0.22))
        inside.over(mix(colour("b4623c"), room, 0.2), square * cover(pot, q))
        for k in range(6):
            leaf = stroke(a, b, -0.42, 0.6, -0.42 + 0.5 * math.sin(k - 2.5), 0.6 - 0.55 * abs(math.cos(0.5 * (k - 2.5))), 0.035, 0.004)
            inside.over(mix(colour("3f7a4a"), room, 0.2), square * cover(leaf, q))
        cloth = mix(colour(dice.choice(("d8574a", "6f8fb8", "f0e2c4", "7f9f6a"))), room, 0.35)
        for k in (-1, 1):
            fold = 0.36 + 0.22 * clip(-b, -1, 1) ** 2 - 0.10 * b
            drape = np.minimum(fold - (0.97 - a * k), 1.0 - np.abs(b))
            d = square * cover(drape, q)
            inside.over(cloth, d)
            inside.over(mix(cloth, p.near, 0.35), d * stripes(a + 0.08 * b, 0.09, q) * 0.6)
            if shown(0.05 / q):
                dot = disc(np.modf(a * 9 + 20)[0] - 0.5, np.modf(b * 9 + 20)[0] - 0.5, 0.22)
                inside.over(mix(cloth, WHITE, 0.6), d * cover(dot, q * 9) * 0.7)
                inside.over(mix(cloth, p.near, 0.5), d * stripes(a, 0.008, q) * 0.25)
    bars = np.maximum(0.055 - np.abs(u), 0.055 - np.abs(v))
    part.over(frame, pane * cover(bars, e), label)
    part.over(mix(frame, p.near, 0.45), pane * cover(np.minimum(bars, np.minimum(u, v) + 9) - 0.035, e) * 0.7)
    part.over(mix(frame, p.near, 0.2), cover(bar(u, v - 1.2, 1.25, 0.08), e), label)
    if box and not p.winter:
        planter = bar(u, v - 1.42, 1.1, 0.17)
        part.over(mix(lit(p, TIMBER), p.near, 0.2), cover(planter, e), label)
        for k in range(9):
            flower(part, p, x + r * (-1.0 + 0.25 * k), y + 1.32 * r, r * dice.uniform(0.45, 0.65), seed + k, label)


def door(win, p, x, foot, w, seed, label):
    part = win.cut(x - 0.26 * w, foot - 0.75 * w, x + 0.26 * w, foot)
    if part is None:
        return
    u, v, e = part.axes(x, foot, w)
    paint = mix(lit(p, CLOTHES[seed % len(CLOTHES)]), p.near, 0.30)
    part.over(mix(lit(p, TIMBER), p.near, 0.45), cover(bar(u, v + 0.34, 0.215, 0.355), e), label)
    panel = cover(bar(u, v + 0.33, 0.175, 0.32), e)
    part.over(paint, panel, label)
    part.over(mix(paint, p.near, 0.55), panel * cover(0.006 - np.abs(np.modf(u / 0.07 + 9.5)[0] - 0.5) * 0.07, e) * shown(0.07 / e))
    grain = lenses(part, x, foot, w * 0.018, seed % 953, math.pi / 2, 9.0, 0.8, 0.2)
    if not isinstance(grain, float):
        part.over(mix(paint, p.near, 0.5), panel * np.abs(grain) * 0.4)
    part.over(mix(paint, p.near, 0.6), panel * cover(0.012 - np.abs(np.abs(v + 0.33) - 0.22), e))
    part.over(colour("e8b94e"), cover(disc(u - 0.12, v + 0.33, 0.018), e))
    pane = bar(u, v + 0.48, 0.09, 0.07)
    part.over(LAMP if p.lamps else mix(p.near, p.mid, 0.5), cover(pane, e))
    part.over(mix(paint, p.near, 0.4), cover(np.minimum(pane + 0.012, 0.008 - np.minimum(np.abs(u), np.abs(v + 0.48))), e))


def church(win, p, label, x, foot, w, seed):
    """A small church: nave, tower with a spire, clock, cross; w: half the width of the tower."""
    part = win.cut(x - 1.2 * w, foot - 7.2 * w, x + 4.2 * w, foot + 0.1 * w)
    if part is None:
        return
    u, v, e = part.axes(x, foot, w)
    wall, slate = mix(lit(p, colour("f2ead8")), p.far, 0.08), mix(lit(p, ROOFS[seed % len(ROOFS)]), p.near, 0.15)
    nave = cover(bar(u - 2.2, v + 0.9, 1.7, 0.95), e)
    part.over(mix(wall, p.near, 0.10), nave, label)
    nave_roof = polygon(u, v, (0.6, -3.0), (3.4, -3.0), (4.05, -1.75), (0.6, -1.75))
    part.over(slate, cover(nave_roof, e), label)
    part.over(mix(slate, p.near, 0.5), cover(nave_roof, e) * stripes(v, 0.16, e) * 0.4 * shown(0.16 / e))
    tower = cover(bar(u, v + 1.9, 1.0, 1.95), e)
    part.over(wall, tower, label)
    part.over(p.near, tower * cover(-p.side * u - 0.25, e) * 0.2)
    spire = polygon(u, v, (0.0, -6.6), (1.18, -3.75), (-1.18, -3.75))
    part.over(slate, cover(spire, e), label)
    part.over(mix(slate, p.near, 0.45), cover(np.minimum(spire, -p.side * u), e) * 0.5)
    part.over(mix(slate, p.near, 0.5), cover(spire, e) * stripes(v, 0.2, e) * 0.35 * shown(0.2 / e))
    cross = np.maximum(bar(u, v + 6.75, 0.05, 0.38), bar(u, v + 6.85, 0.2, 0.05))
    part.over(colour("d9a83f") * (0.4 + 0.6 * p.light), cover(cross, e), label)
    _, crack = slabs(part, x, foot, w * 0.3, seed % 947, 0.0, 1.8)
    if not isinstance(crack, float):
        part.over(p.near, np.maximum(tower, nave) * crack * 0.22)
    part.over(WHITE * (0.5 + 0.5 * p.light), cover(disc(u, v + 3.1, 0.42), e))
    part.over(mix(p.near, slate, 0.3), cover(np.abs(disc(u, v + 3.1, 0.42)) * -1 + 0.04, e))
    part.over(p.near, cover(np.maximum(stroke(u, v, 0, -3.1, 0.2, -3.25, 0.03), stroke(u, v, 0, -3.1, -0.05, -3.42, 0.025)), e))
    glow = LAMP if p.lamps else mix(p.near, p.mid, 0.4)
    for wx, wy, wide in ((0.0, -1.9, 0.24), (1.5, -0.95, 0.2), (2.3, -0.95, 0.2), (3.1, -0.95, 0.2)):
        arch = np.maximum(bar(u - wx, v - wy, wide, 0.4), disc(u - wx, v - wy + 0.4, wide))
        part.over(glow, cover(arch, e), label)
        bars = np.maximum(0.018 - np.abs(np.modf((u - wx) * 6 + 9.5)[0] - 0.5) / 6, 0.018 - np.abs(np.modf((v - wy) * 5 + 9.5)[0] - 0.5) / 5)
        part.over(mix(p.near, glow, 0.2), cover(np.minimum(arch, bars), e) * shown(0.17 / e))
    gate = np.maximum(bar(u, v + 0.35, 0.3, 0.36), disc(u, v + 0.7, 0.3))
    part.over(mix(lit(p, TIMBER), p.near, 0.4), cover(gate, e), label)
    part.over(p.near, cover(gate, e) * stripes(u, 0.12, e) * 0.4 * shown(0.12 / e))


# ---------------------------------------------------------------------------------------------------------- viaduct
def viaduct(win, p, label, x0, x1, deck, foot, span, t, seed, train):
    """A stone bridge on arches from x0 to x1; deck, foot: rows of its road and of its piers' feet; span: from pier to pier;
    train: the label of one on it, or None."""
    part = win.cut(x0, deck - 0.05, x1, foot)
    if part is None:
        return
    u, v, e = part.axes(x0, deck, span)
    length, deep = (x1 - x0) / span, (foot - deck) / span
    stone = mix(mix(p.far, p.near, t * 0.75), lit(p, colour("b8a890")), 0.45)
    f = u - np.floor(u) - 0.5
    r = 0.36
    opening = np.maximum(np.minimum(r - np.abs(f), v - 0.30 - r), disc(f, v - 0.30 - r, r))
    body = np.minimum(np.minimum(v, deep - v), np.minimum(u, length - u))
    shape = np.minimum(body, -opening)
    a = cover(shape, e)
    if train is not None:
        carriages(part, p, x0, x1, deck, span, seed, train)
    part.over(stone, a, label)
    part.over(mix(stone, p.near, 0.45), a * cover(np.minimum(opening + 0.055, 9), e) * 0.5)
    part.over(mix(stone, p.light, 0.35), a * cover(np.minimum(f * p.side - 0.40, 9), e) * 0.45)
    part.over(mix(stone, p.near, 0.6), a * cover(0.02 - np.abs(v - 0.14), e) * 0.8)
    part.over(mix(stone, p.light, 0.3), a * cover(0.045 - v, e))
    shade, crack = slabs(part, x0, deck, span * 0.09, seed % 941, 0.0, 2.0)
    if not isinstance(crack, float):
        part.over(mix(stone, p.near, 0.6), a * crack * 0.7)
        part.over(mix(stone, p.light, 0.4), a * clip(shade, 0, 1) * 0.5)


def carriages(win, p, x0, x1, deck, span, seed, label):
    """A locomotive with four carriages."""
    dice = random.Random(seed)
    n, long, tall = 5, 0.62 * span, 0.22 * span
    start = x0 + dice.uniform(0.1, 0.9) * max((x1 - x0) - n * long, 0.0)
    paint = lit(p, dice.choice((colour("b23a34"), colour("2f6b58"), colour("35507f"))))
    for k in range(n):
        cx = start + (k + 0.5) * long
        part = win.cut(cx - long / 2, deck - 1.6 * tall, cx + long / 2, deck)
        if part is None:
            continue
        u, v, e = part.axes(cx, deck, tall)
        half = long / tall / 2
        if k == 0:
            part.over(mix(paint, p.near, 0.55), cover(np.maximum(bar(u, v + 0.50, half * 0.86, 0.28), bar(u - 0.6, v + 0.72, 0.5, 0.5)), e), label)
            part.over(mix(paint, p.near, 0.75), cover(bar(u + 0.75, v + 0.95, 0.14, 0.35), e), label)
        else:
            body = cover(bar(u, v + 0.58, half * 0.93, 0.42) + 0.03, e)
            part.over(paint, body, label)
            part.over(mix(paint, WHITE, 0.5), body * cover(0.05 - np.abs(v + 0.32), e))
            q = np.modf(u * 1.6 + 20)[0] - 0.5
            pane = cover(np.minimum((0.30 - np.abs(q)) / 1.6, 0.17 - np.abs(v + 0.68)), e) * body
            part.over(LAMP if p.lamps else mix(p.light, p.mid, 0.45), pane)
            part.over(mix(paint, p.near, 0.6), cover(bar(u, v + 1.0, half * 0.95, 0.06), e), label)
        wheel = np.modf(u * 1.05 + 20)[0] - 0.5
        part.over(mix(p.near, paint, 0.15), cover(0.15 - np.sqrt((wheel / 1.05) ** 2 + (v + 0.14) ** 2), e) * cover(half * 0.9 - np.abs(u), e), label)


# ---------------------------------------------------------------------------------------------------------- camp
def tent(win, p, label, x, foot, w, seed):
    """A ridge tent, open at the front: panels with seams, a glowing inside, guy ropes with pegs. w: half its width."""
    part = win.cut(x - 1.8 * w, foot - 1.45 * w, x + 1.8 * w, foot + 0.1 * w)
    if part is None:
        return
    dice = random.Random(seed)
    u, v, e = part.axes(x, foot, w)
    cloth = lit(p, dice.choice([colour(c) for c in ("e0823d", "d9594c", "e3b34a", "4f8f86", "c9644f")]))
    dark = mix(cloth, p.near, 0.38)
    for k in (-1, 1):
        rope = stroke(u, v, 0.0, -1.28, 1.55 * k, 0.0, 0.012)
        part.over(mix(p.light, p.near, 0.45), cover(rope, e) * 0.9, label)
        part.over(mix(lit(p, TIMBER), p.near, 0.3), cover(stroke(u, v, 1.55 * k, -0.1, 1.6 * k, 0.06, 0.025), e), label)
    main = polygon(u, v, (0.0, -1.30), (1.08, 0.0), (-1.08, 0.0))
    a = cover(main, e)
    part.over(cloth, a, label)
    part.over(dark, a * cover(-p.side * u - 0.0, e) * 0.8)
    mouth = polygon(u, v, (0.0, -1.10), (0.44, 0.0), (-0.44, 0.0))
    inner = cover(mouth, e)
    glow = p.lamps
    part.over(mix(LAMP, colour("f08a3c"), 0.35) if glow else mix(p.near, cloth, 0.3), inner, label)
    if glow:
        part.over(colour("fff1be"), inner * cover(disc(u, v + 0.28, 0.26), e) * 0.7)
    part.over(mix(p.near, cloth, 0.5), inner * cover(bar(u, v + 0.08, 0.4, 0.10), e))
    part.over(mix(cloth, WHITE, 0.5), cover(bar(u, v + 1.14, 0.02, 0.2), e))
    for k in (-1, 1):
        flap = polygon(u * k, v, (0.0, -1.12), (0.52, 0.0), (0.36, 0.0), (0.12, -0.62))
        part.over(mix(cloth, WHITE, 0.25 if k == p.side else 0.05), cover(flap, e), label)
    fine = shown(0.1 / e)
    if fine:
        seam = np.abs(u) - 0.72 * (v + 1.3) * 0.83
        part.over(p.near, a * cover(0.006 - np.abs(seam), e) * (0.5 * fine))
        part.over(WHITE, a * cover(0.006 - np.abs(seam + 0.022), e) * stripes(v, 0.035, e) * (0.8 * fine))
        folds = lenses(part, x, foot, w * 0.09, seed % 937, 0.9, 4.0, 0.5, 0.4)
        if not isinstance(folds, float):
            part.over(p.near, a * clip(folds, 0, 1) * 0.18)
            part.over(WHITE, a * clip(-folds, 0, 1) * 0.14)
        part.over(p.near, a * stripes(u + 0.8 * v, 0.008, e) * (0.10 * shown(0.008 / e)))
        part.over(WHITE, a * stripes(u - 0.8 * v, 0.008, e) * (0.10 * shown(0.008 / e)))
    part.over(mix(p.light, p.near, 0.2), cover(disc(u, v + 1.31, 0.035), e), label)


def fire(win, p, label, x, foot, r, seed):
    """A camp fire: crossed logs, tongues of flame, sparks, a ring of stones."""
    part = win.cut(x - 1.6 * r, foot - 3.4 * r, x + 1.6 * r, foot + 0.3 * r)
    if part is None:
        return
    dice = random.Random(seed)
    u, v, e = part.axes(x, foot, r)
    part.over(colour("ffb04a"), clip(1 - np.sqrt(u * u + (v + 0.5) ** 2) / 1.6, 0, 1) ** 2 * 0.6)
    for tone, scale in (("e8542e", 1.0), ("f79a3a", 0.72), ("ffe08a", 0.42)):
        d = np.full((1, 1), -9.0, np.float32)
        for q, tall in ((-0.32, 1.2), (0.05, 2.1), (0.36, 1.4)):
            t = clip(-v / (tall * scale + 0.05), 0, 1)
            bend = 0.10 * np.sin(t * 5 + q * 9)
            d = np.maximum(d, np.minimum(0.36 * scale * (1 - t) * (0.55 + 1.3 * t) - np.abs(u - q * scale - bend), np.minimum(-v, v + tall * scale + 0.05)))
        part.over(colour(tone), cover(d, e), label)
    for k in range(6):
        part.over(colour("ffd27a"), cover(disc(u - dice.uniform(-0.8, 0.8), v + dice.uniform(1.6, 3.2), 0.035), e))
    timber = mix(lit(p, TIMBER), p.near, 0.3)
    for k in (-1, 1):
        log = stroke(u, v, -0.75 * k, -0.04, 0.75 * k, -0.30, 0.13)
        part.over(timber, cover(log, e), label)
        part.over(mix(timber, colour("ff8a3c"), 0.6), cover(np.minimum(log, -v - 0.17), e) * 0.8)
        part.over(mix(timber, p.near, 0.5), cover(log, e) * stripes(v + 0.17 * k * u, 0.06, e) * 0.5)
        ring = disc(u + 0.8 * k, v + 0.04, 0.13)
        part.over(mix(timber, colour("d9a66a"), 0.7), cover(ring, e), label)
        part.over(timber, cover(ring, e) * stripes(ring, 0.045, e) * 0.7)
    for k in range(7):
        cx = -1.2 + 0.4 * k
        stone = disc((u - cx) * 0.9, v - 0.06, 0.18 + 0.04 * dice.random())
        part.over(mix(lit(p, STONE), p.near, 0.3), cover(stone, e), label)
        part.over(mix(lit(p, STONE), colour("ffb04a"), 0.35), cover(np.minimum(stone, -v - 0.02), e))


# ---------------------------------------------------------------------------------------------------------- on the water
def boat(win, p, label, x, level, w, seed, sail):
    """A boat on the water and its reflection; w: half its length. With a sail, or rowed by a person."""
    paint_boat(win, p, label, x, level, w, seed, sail)
    below = win.mirror(level)
    if below is None:
        return
    shallow = below.cut(x - 1.3 * w, level - 2.6 * w, x + 1.3 * w, level)
    if shallow is None:
        return
    before = shallow.rgb.copy()
    owner = None if shallow.owner is None else shallow.owner.copy()
    paint_boat(shallow, p, label, x, level, w, seed, sail)
    shallow.rgb += (before - shallow.rgb) * 0.45
    if owner is not None:
        shallow.owner[...] = owner


def paint_boat(win, p, label, x, level, w, seed, sail):
    part = win.cut(x - 1.3 * w, level - 2.7 * w, x + 1.3 * w, level)
    if part is None:
        return
    dice = random.Random(seed)
    u, v, e = part.axes(x, level, w)
    hull_paint = lit(p, dice.choice([colour(c) for c in ("b5483b", "e7dcc6", "34617f", "c98a43", "3f6f5c")]))
    timber = mix(lit(p, colour("8a5a36")), p.near, 0.15)
    if sail:
        mast = bar(u - 0.02, v + 1.25, 0.022, 1.25)
        part.over(timber, cover(mast, e), label)
        cloth = mix(lit(p, colour("fbf4e4")), p.haze, 0.1)
        stripe = lit(p, dice.choice(CLOTHES))
        for points, k in ((((0.06, -2.42), (0.92, -0.42), (0.06, -0.36)), 0), (((-0.04, -2.2), (-0.04, -0.36), (-0.80, -0.40)), 1)):
            d = polygon(u, v, *points)
            a = cover(d, e)
            part.over(mix(cloth, p.mid, 0.22 * k), a, label)
            part.over(stripe, a * cover(0.13 - np.abs(v + 1.0 + 0.1 * u), e) * 0.85)
            fine = shown(0.12 / e)
            if fine:
                part.over(p.near, a * cover(0.005 - np.abs(np.modf((v + 0.12 * u) * 4 + 20)[0] - 0.5) / 4, e) * (0.4 * fine))
                part.over(p.near, a * cover(np.abs(d - 0.03) * -1 + 0.004, e) * stripes(u + v, 0.03, e) * (0.7 * fine))
                part.over(p.near, a * stripes(u + 0.3 * v, 0.010, e) * (0.10 * shown(0.01 / e)))
        part.over(mix(p.near, timber, 0.4), cover(stroke(u, v, 0.02, -2.5, 0.95, -0.36, 0.006), e), label)
        flag = polygon(u, v, (0.03, -2.66), (0.28, -2.58), (0.03, -2.48))
        part.over(stripe, cover(flag, e), label)
    else:
        person(part, p, x - 0.05 * w, level - 0.13 * w, 0.95 * w, seed, label, arm=0)
        oar = stroke(u, v, -0.1, -0.5, 0.78, -0.02, 0.018)
        part.over(mix(timber, p.light, 0.25), cover(oar, e), label)
    q = clip(np.abs(u), 0, 1.2)
    sheer = -0.26 - 0.16 * q * q
    side = np.minimum(np.minimum(v - sheer, -v), (1.0 - q + 0.30 * (v + 0.26)) * 0.9)
    a = cover(side, e)
    part.over(hull_paint, a, label)
    part.over(p.near, a * cover(-p.side * u - 0.05 + 0.2 * v, e) * 0.18)
    part.over(mix(hull_paint, WHITE, 0.55), a * cover(0.022 - np.abs(v - sheer - 0.06), e))
    part.over(timber, a * cover(0.035 - (v - sheer), e), label)
    fine = shown(0.06 / e)
    if fine:
        plank = (v - sheer) / 0.062
        part.over(p.near, a * cover(0.0045 - np.abs(plank - np.round(plank)) * 0.062, e) * (0.7 * fine))
        nail = disc(np.modf(u / 0.12 + 20)[0] * 0.12 - 0.06, (plank - np.floor(plank) - 0.5) * 0.062, 0.006)
        part.over(mix(p.near, p.light, 0.3), a * cover(nail, e) * fine)
        grain = lenses(part, x, level, w * 0.018, seed % 929, 0.0, 12.0, 0.7, 0.2)
        if not isinstance(grain, float):
            part.over(mix(hull_paint, p.near, 0.5), a * np.abs(grain) * 0.35)


def jetty(win, p, label, x, level, long, side, seed):
    """A wooden jetty from the bank into the lake: boards on posts, a lantern at its end."""
    far = x + side * long
    part = win.cut(min(x, far) - 0.01, level - 0.12, max(x, far) + 0.01, level + 0.05)
    if part is None:
        return
    u, v, e = part.axes(x, level, 0.01)
    u = u * side
    n = long / 0.01
    timber = mix(lit(p, colour("9a6f48")), p.near, 0.25)
    post = np.modf(u / 2.6 + 20)[0] - 0.5
    d = np.minimum(np.minimum(0.22 - np.abs(post) * 2.6, np.minimum(u, n - u)), np.minimum(v + 1.4, 2.2 - v))
    part.over(mix(timber, p.near, 0.4), cover(d, e), label)
    deck = np.minimum(np.minimum(u + 0.4, n + 0.3 - u), 0.34 - np.abs(v + 0.3))
    a = cover(deck, e)
    part.over(timber, a, label)
    part.over(mix(timber, p.light, 0.4), a * cover(0.1 - np.abs(v + 0.55), e))
    board = np.abs(np.modf(u / 0.45 + 20)[0] - 0.5) * 0.45
    part.over(mix(timber, p.near, 0.6), a * cover(0.025 - board, e) * shown(0.45 / e))
    grain = lenses(part, x, level, 0.0008, seed % 919, math.pi / 2, 8.0, 0.8, 0.2)
    if not isinstance(grain, float):
        part.over(mix(timber, p.near, 0.5), a * np.abs(grain) * 0.4)
    part.over(mix(timber, p.near, 0.5), cover(bar(u - n + 0.8, v + 2.0, 0.14, 1.6), e), label)
    part.over(mix(timber, p.near, 0.5), cover(bar(u - n + 0.8, v + 3.7, 0.5, 0.12), e), label)
    part.over(LAMP if p.lamps else mix(p.light, p.mid, 0.4), cover(bar(u - n + 0.8, v + 3.1, 0.34, 0.45), e), label)
    part.over(mix(p.near, timber, 0.3), cover(np.minimum(bar(u - n + 0.8, v + 3.1, 0.36, 0.48), 0.06 - np.minimum(np.abs(u - n + 0.8), np.abs(v + 3.1))), e))
