"""Land of the illustrated world: peaks with lit and shaded faces, snow, mist, hills with their woods, meadows, water."""
import random

import numpy as np

from world_paint import (blades, blend, clip, colour, cover, disc, hashed, high, lenses, low, mix, ragged, ridge, shards, shown, slabs, smooth,
                         teeth, wave)

WHITE = colour("ffffff")


class Peak:
    """A mountain of a range: apex, slopes to both sides, and the gullies that part its faces."""

    def __init__(self, p, dice, ax, ay, wide, base, t, alpine, snow_line):
        self.p, self.ax, self.ay, self.base, self.t, self.alpine, self.snow_line = p, ax, ay, base, t, alpine, snow_line
        self.tall = base - ay
        self.left, self.right = (self.tall / (wide * dice.uniform(0.8, 1.25)) for _ in range(2))
        self.salt = dice.randrange(10**6)
        self.rough = dice.uniform(0.75, 1.2) * (1.0 if alpine else 0.6)
        self.drift = dice.uniform(-0.22, 0.22) - 0.12 * p.side  # the crest line wanders away from the light
        self.wedges = []
        for side in (-1, 1):
            start = dice.uniform(0.04, 0.14)
            while start < 0.9:
                a = dice.uniform(0.15, 0.55)
                self.wedges.append((side, start, a, a + dice.uniform(0.22, 0.6), dice.uniform(0.55, 1.0)))
                start += dice.uniform(0.12, 0.30)
        reach = 0.14 * self.tall
        self.bounds = (ax - (self.tall + reach + 0.12) / self.left, ay - 0.05 * self.tall, ax + (self.tall + reach + 0.12) / self.right, base + 0.14)

    def top(self, x, s):
        d = x - self.ax
        slope = np.where(d < 0, -self.left, self.right)
        f = 2.6 / self.tall
        jag = ragged(d * f, s * f, self.salt, 0.5) * clip(np.abs(d) * 7 / self.tall, 0.05, 1)
        return self.ay + slope * d + 0.085 * self.tall * self.rough * jag

    def hides(self, win):
        return bool((self.top(win.x, win.s) < win.y.min() - win.s).all()) and win.y.max() < self.base

    def paint(self, win, label):
        p, t, s, tall = self.p, self.t, win.s, self.tall
        top = self.top(win.x, s)
        win = win.cut(-9, float(top.min()), 9, 9)
        if win is None:
            return
        down = (win.y[:, None] - top[None, :]).astype(np.float32)
        a = cover(down * 0.75, s)
        # the crest line from the apex down, a polyline of all scales; across: how far right of it
        v = (win.y - self.ay) / tall
        line = self.ax + tall * (self.drift * v + clip(v, 0, 1) ** 0.8 * 0.20 * ragged(v * 3.1, s / tall * 3.1, self.salt + 5, 0.52))
        across = (win.x[None, :] - line[:, None]).astype(np.float32)
        lit = cover(across * p.side, s)
        for side, start, inner, outer, strength in self.wedges:
            top_row = self.ay + start * tall
            rows = win.cut(-9, top_row, 9, 9)
            if rows is None:
                continue
            n = len(win.y) - len(rows.y)
            part = slice(n, None) if win.y[0] <= win.y[-1] else slice(0, len(rows.y))
            w = across[part] * side
            q = rows.y - top_row
            wob = tall * 0.055 * clip(q / tall * 4, 0, 1)
            f = 5.0 / tall
            near = inner * q + wob * ragged(rows.y * f, s * f, self.salt + int(start * 999), 0.46)
            far = outer * q + wob * 1.3 * ragged(rows.y * f, s * f, self.salt + int(start * 777), 0.46)
            inside = cover(np.minimum(w - near[:, None].astype(np.float32), far[:, None].astype(np.float32) - w) * 0.8, s)
            if inside.max() > 0:
                target = 0.0 if side == p.side else 1.0
                lit[part] += (target - lit[part]) * inside * strength
        texture, cracks = 0.0, 0.0
        ground = mix(p.far, p.near, t**1.1)
        if self.alpine:
            texture = 0.9 * shards(win, self.ax, self.ay, tall * 0.065, self.salt)
            slab, cracks = slabs(win, self.ax, self.ay, tall * 0.05, self.salt + 3, 0.35 * p.side, masonry=False)
            texture = texture + 0.5 * slab
            rock_lit, rock_shade = mix(ground, p.light, 0.30 - 0.08 * t), mix(ground, p.near, 0.16 + 0.08 * t) * 0.97
        else:
            rock_lit, rock_shade = mix(mix(ground, p.tree, 0.25 + 0.3 * t), p.light, 0.20), mix(mix(ground, p.tree, 0.25 + 0.3 * t), p.near, 0.18)
            texture = 0.5 * shards(win, self.ax, self.ay, tall * 0.08, self.salt, levels=3)
        tone = lit if isinstance(texture, float) else clip(lit + (0.30 - 0.12 * t) * texture, -0.2, 1.2)
        rgb = blend(rock_shade, rock_lit, tone)
        if not self.alpine:
            rgb = wood(win, rgb, self.ax, self.ay, 0.005 + 0.002 * t, self.salt, 0.24, p.side)
        if not isinstance(cracks, float):
            rgb = blend(rgb, rock_shade * 0.62, cracks * 0.75)
        snow = None
        if self.alpine and self.snow_line is not None:
            f = 5.0 / tall
            hem = self.snow_line + tall * (0.12 * (1 - 2 * teeth(win.x * f, s * f, self.salt + 8)) + 0.07 * ragged(win.x * f * 1.7, s * f * 1.7, self.salt + 9))
            gap = (hem[None, :] - win.y[:, None]).astype(np.float32) + (0.05 * tall) * (lit - 0.5)
            if not isinstance(texture, float):
                gap = gap + (0.02 * tall) * texture
            snow = cover(gap * 0.4, s)
            if snow.max() > 0:
                drift = lenses(win, self.ax, self.ay, tall * 0.03, self.salt + 11, 0.25 * p.side, 4.0, 0.5, 0.5)
                snow_lit = mix(mix(p.light, p.haze, 0.16 + 0.15 * t), ground, 0.06)
                snow_shade = mix(mix(p.light, p.mid, 0.52), ground, 0.30)
                bright = tone if isinstance(drift, float) else tone - 0.28 * clip(drift, 0, 1) + 0.22 * clip(-drift, 0, 1)
                white = blend(snow_shade, snow_lit, bright)
                rgb = [rgb[c] + (white[c] - rgb[c]) * snow for c in range(3)]
            else:
                snow = None
        fog = smooth(self.ay + 0.35 * tall, self.base + 0.02, win.y) * (0.62 - 0.38 * t) + 0.10 * (1 - t)
        fog = clip(fog + p.mist * 0.4 * smooth(self.base - 0.4 * tall, self.base, win.y), 0, 0.9).astype(np.float32)[:, None]
        rgb = [rgb[c] + (p.haze[c] - rgb[c]) * fog for c in range(3)]
        win.over(rgb, a, label("rock" if self.alpine else "slope"))
        if snow is not None and win.owner is not None:
            win.owner[(a > 0.5) & (snow > 0.5)] = label("snow")


def wood(win, rgb, ox, oy, cell, salt, strength, side):
    """Woods seen from afar: pointed crowns with tiers, each row before the one behind it; facets on them from near. Three arrays."""
    w = shown(cell / win.s / 2.2)  # later than other patterns: crowns of few pixels look like rain
    if w <= 0:
        return rgb
    u, v, i0, j0 = win.cells(ox, oy, cell, 0.0, 1.1)
    j = np.floor(v)
    field, px = -0.35, cell / win.s
    for before in (2, 1):  # crowns stand on the rows below, with feet here and there, and reach up into this one
        row = hashed(j.astype(np.int32) + (j0 + before), 7, salt)
        uu = u + 5 * low(row)
        i = np.floor(uu)
        h = hashed(i.astype(np.int32) + i0, row, salt)
        r, q = low(h), high(h)
        d = v - j - before + 0.25 * r + 0.95 + 0.3 * q  # below the tip
        step = d * 3.0
        whole = np.floor(step)
        half = 0.46 * (0.62 * whole + 0.95 * (step - whole) + 0.1) / (0.7 * 3.4)
        off = uu - i - 0.5 - 0.2 * (r - 0.5)
        inside = clip(np.minimum(half - np.abs(off), np.minimum(d, 0.95 + 0.3 * q - d)) * px + 0.5, 0, 1)
        lit = clip(off * (side * px) + 0.5, 0, 1)
        field = field + ((q - 0.55) * 0.8 + 0.55 * (lit - 0.5) - 0.25 * (1 - (step - whole)) - field) * inside
    facets = shards(win, ox, oy, cell * 0.22, salt + 4, 0.8, 4)
    field = (field + 0.21) * w + 0.35 * facets
    return [c * (1 + field * strength) for c in rgb]


class Hill:
    """A rounded hill line; its body reaches down to the bottom of the picture."""

    def __init__(self, dice, base, amplitude, f, lift=0.0, at=0.5):
        self.base, self.amplitude, self.f, self.lift, self.at = base, amplitude, f, lift, at
        self.salt, self.phase = dice.randrange(10**6), dice.uniform(0, 50)

    def top(self, x):
        x = np.asarray(x, np.float64)
        y = self.base - self.amplitude * (wave(x * self.f + self.phase, self.salt) + 0.35 * wave(x * self.f * 2.6 + self.phase, self.salt + 3))
        return y - self.lift * (2 * (x - self.at)) ** 2

    def hides(self, win):
        return bool((self.top(win.x) + 0.02 < win.y.min()).all())

    def highest(self):
        return self.base - 1.4 * self.amplitude - self.lift * max((2 * (x - self.at)) ** 2 for x in (-0.1, 1.1))


def wooded_hill(win, p, label, hill, t, cell, deep=0.16):
    """A hill under trees; the pines on its crest are things of their own. deep: how far down mist thins out."""
    top = hill.top(win.x)
    win = win.cut(-9, float(top.min()) - 0.01, 9, 9)
    if win is None:
        return
    down = (win.y[:, None] - hill.top(win.x)[None, :]).astype(np.float32)
    a = cover(down, win.s)
    base = mix(mix(p.far, p.near, t), p.tree, 0.25 + 0.4 * t)
    if p.winter and t > 0.55:
        base = mix(mix(p.light, p.haze, 0.35), p.mid, 0.24)
    rgb = [np.full((1, 1), c, np.float32) for c in base]
    if not p.winter or t <= 0.55:
        rgb = wood(win, rgb, 0.5, hill.base, cell, hill.salt + 1, 0.36, p.side)
    fog = (smooth(0.0, deep, down) * (0.42 - 0.25 * t + 0.4 * p.mist * (1 - t)))
    rgb = [rgb[c] + (p.haze[c] - rgb[c]) * fog for c in range(3)]
    win.over(rgb, a, label("slope"))


def mist(win, p, label, y, seed, strength):
    """Banks of mist: long flat shapes with round ends."""
    dice = random.Random(seed)
    for _ in range(7):
        cx, cy, half, r = dice.uniform(-0.1, 1.1), y + dice.uniform(-0.035, 0.035), dice.uniform(0.10, 0.30), dice.uniform(0.007, 0.017)
        part = win.cut(cx - half - r, cy - 2.2 * r, cx + half + r, cy + r)
        bumps = [(dice.uniform(-0.7, 0.6), dice.uniform(0.2, 0.5), dice.uniform(0.5, 1.0)) for _ in range(2)]
        if part is None:
            continue
        u, v, e = part.axes(cx, cy, r)
        long = half / r
        d = disc(np.maximum(np.abs(u) - long, 0), v, 1.0)
        for q, wide, up in bumps:
            d = np.maximum(d, disc(np.maximum(np.abs(u - q * long) - wide * long * 0.5, 0), v + up, 0.75))
        part.over(mix(p.haze, p.light, 0.25), cover(d * 0.9, e) * strength, label("mist"))
        streak = lenses(part, cx, cy, r * 0.5, int(seed) + 5, 0.0, 9.0, 0.6, 0.15)
        if not isinstance(streak, float):
            part.over(mix(p.haze, p.light, 0.7), cover(d, e) * clip(streak, 0, 1) * (0.35 * strength))


def meadow(win, p, label, hill, k):
    """Grassland: a smooth hill in one colour, blades along its edge, tufts, light and dark swathes; snow in winter."""
    s = win.s
    top = hill.top(win.x)
    cell = (0.008, 0.012, 0.018)[k]
    for m, f in ((1.0, 1 / (0.14 * cell)), (0.7, 1 / (0.05 * cell))):
        if not p.winter:
            top = top - 0.25 * cell * m * teeth(win.x * f, s * f, hill.salt + 5, 0.9)
    win = win.cut(-9, float(top.min()), 9, 9)
    if win is None:
        return
    down = (win.y[:, None] - top[None, :]).astype(np.float32)
    a = cover(down, s)
    if p.winter:
        green = mix(mix(p.light, p.haze, 0.30 - 0.08 * k), p.mid, 0.16 + 0.10 * k)
        dark, bright = mix(green, p.zenith, 0.32), mix(green, p.light, 0.55)
    else:
        green = mix(p.grass, mix(p.far, p.near, 0.55), (0.42, 0.16, 0.05)[k]) * (1.0, 0.94, 0.80)[k]
        dark, bright = mix(green, p.near, 0.45), mix(green, p.light, 0.42)
    edge = cover((0.010 + 0.008 * k) - down, s) * (0.34 if not p.winter else 0.5)
    win.over(green, a, label("meadow"))
    win.over(bright, a * edge)
    swathes = lenses(win, 0.5, hill.base, (0.04, 0.06, 0.10)[k], hill.salt + 6, 0.06 * p.side, 7.0, 0.45, 0.3, 1)
    if not isinstance(swathes, float):
        win.over(dark, a * clip(-swathes, 0, 1) * 0.22)
        win.over(bright, a * clip(swathes, 0, 1) * 0.16)
    if p.winter:
        drift = lenses(win, 0.5, hill.base, 0.012 + 0.006 * k, hill.salt + 7, 0.1, 3.5, 0.5, 0.5)
        if not isinstance(drift, float):
            win.over(dark, a * clip(-drift, 0, 1) * 0.28)
            win.over(bright, a * clip(drift, 0, 1) * 0.5)
        return
    tufts = blades(win, 0.5, hill.base, cell, hill.salt + 8)
    if not isinstance(tufts, float):
        win.over(bright, a * clip(tufts, 0, 1) * 0.55)
        win.over(dark, a * clip(-tufts, 0, 1) * 0.6)
    petals(win, p, a, hill.salt, cell * 0.8)


class Course:
    """Where a path or a river runs: from (x0, y0) far away to the bottom at x1, in bends that grow towards the viewer."""

    def __init__(self, dice, x0, y0, x1, narrow, wide):
        self.x0, self.y0, self.x1, self.narrow, self.wide = x0, y0, x1, narrow, wide
        self.bend, self.phase, self.turns = dice.uniform(0.06, 0.11) * dice.choice((-1, 1)), dice.uniform(-0.5, 0.5), dice.uniform(1.0, 1.5)
        self.salt = dice.randrange(10**6)

    def at(self, y):
        """Centre and half width at rows y."""
        t = clip((y - self.y0) / (1.0 - self.y0), 0, 1.2)
        sway = np.sin(2 * np.pi * self.turns * t**0.6 + self.phase) - np.sin(self.phase)
        return self.x0 + (self.x1 - self.x0) * t + self.bend * sway * (0.12 + t), self.narrow + (self.wide - self.narrow) * t**1.4


def forest_floor(win, p, label, hill, t, cell):
    """Ground under tall pines: moss in low light, or snow; grass, needles and small growth from near."""
    top = hill.top(win.x)
    win = win.cut(-9, float(top.min()) - 0.01, 9, 9)
    if win is None:
        return
    down = (win.y[:, None] - hill.top(win.x)[None, :]).astype(np.float32)
    a = cover(down, win.s)
    base = mix(mix(mix(p.far, p.near, t), p.tree, 0.5), p.grass, 0.28)
    if p.winter:
        base = mix(mix(p.light, p.haze, 0.35), p.mid, 0.30 - 0.10 * t)
    fog = mix(base, p.haze, 0.40 * (1 - 0.5 * t))
    win.over(blend(fog, base, smooth(0.0, 0.11, down)), a, label("meadow"))
    swathes = lenses(win, 0.5, hill.base, 0.05 + 0.05 * t, hill.salt + 6, 0.05 * p.side, 6.0, 0.5, 0.3, 1)
    tufts = blades(win, 0.5, hill.base, cell, hill.salt + 8) if not p.winter else lenses(win, 0.5, hill.base, cell, hill.salt + 7, 0.1, 3.5, 0.5, 0.5)
    for field, bright, dark in ((swathes, 0.10, 0.16), (tufts, 0.20, 0.35)):
        if not isinstance(field, float):
            win.over(mix(base, p.light, 0.6), a * clip(field, 0, 1) * bright)
            win.over(mix(base, p.near, 0.7), a * clip(-field, 0, 1) * dark)


def course(win, p, label, way, hill, water):
    """A path of sand and stones or a river, on one hill."""
    top = hill.top(win.x)
    win = win.cut(-9, max(float(top.min()) - 0.02, way.y0), 9, 9)
    if win is None:
        return
    centre, half = way.at(win.y)
    off = (win.x[None, :] - centre[:, None]).astype(np.float32)
    half = half.astype(np.float32)[:, None]
    s = win.s
    if not half.size or float(np.abs(off).min()) > float(half.max()) * 1.3 + s:
        return
    edge = 0.05 * half * ragged(win.y * 60, s * 60, way.salt, 0.6).astype(np.float32)[:, None]
    on = cover((win.y[:, None] - top[None, :]).astype(np.float32) + 0.02, s)  # over the blades along the hill's edge, too * cover((win.y - way.y0).astype(np.float32)[:, None], s)
    inside = (half + edge - np.abs(off)) * 0.85
    bank = mix(mix(p.grass, p.near, 0.45), p.haze, 0.08) if not p.winter else mix(mix(p.light, p.haze, 0.3), p.mid, 0.45)
    win.over(bank, cover(inside + 0.14 * half, s) * on)
    a = cover(inside, s) * on
    if water:
        near = smooth(way.y0, 1.0, win.y).astype(np.float32)[:, None]
        far_tone, near_tone = mix(p.horizon_colour, p.haze, 0.3), mix(p.mid, p.water, 0.35)
        win.over(blend(far_tone, near_tone, near), a, label)
        win.over(mix(near_tone, p.light, 0.5), cover(np.minimum(inside - 0.30 * half, 0.62 * half - inside), s) * on * cover(off * p.side, s) * 0.30)
        waves = lenses(win, 0.5, way.y0, 0.012, way.salt, 0.0, 6.0, 0.6, 0.3)
        if not isinstance(waves, float):
            win.over(mix(p.light, p.haze, 0.3), a * clip(waves, 0, 1) * 0.36)
            win.over(mix(p.water, p.near, 0.3), a * clip(-waves, 0, 1) * 0.3)
        return
    sand = mix(mix(p.haze, p.light, 0.25), mix(p.grass, p.near, 0.4), 0.34) if not p.winter else mix(mix(p.light, p.haze, 0.3), p.mid, 0.28)
    win.over(sand, a, label)
    win.over(mix(sand, p.near, 0.25), a * cover(-off * p.side - 0.45 * half, s) * 0.5)
    grit, crack = slabs(win, 0.5, way.y0, 0.011, way.salt, 0.1, 1.8)
    if not isinstance(crack, float):
        win.over(mix(sand, p.near, 0.45), a * crack * 0.5)
        win.over(mix(sand, p.light, 0.4), a * clip(grit, 0, 1) * 0.7)
        win.over(mix(sand, p.near, 0.3), a * clip(-grit, 0, 1) * 0.5)


def petals(win, p, a, salt, cell):
    """Small flowers in cells, away from the tufts."""
    for k in range(3):
        w = shown(cell / win.s * 0.5)
        if w <= 0:
            return
        u, v, i0, j0 = win.cells(0.13, 0.71, cell, 0.4 + k)
        i, j = np.floor(u), np.floor(v)
        h = hashed(i.astype(np.int32) + i0, j.astype(np.int32) + j0, salt + 60 + k)
        g = hashed(h, 3, salt)
        x, y, px = u - i - 0.3 - 0.4 * low(h), v - j - 0.3 - 0.4 * high(h), win.s / cell
        on = a * (low(g) < 0.16) * np.float32(w)
        r = np.sqrt(x * x + y * y)
        turn = np.arctan2(y, x) * (5 / (2 * np.pi)) + high(g)
        leaf = 0.16 * (0.55 + 0.45 * np.sqrt(np.abs(np.cos(np.pi * turn)))) - r
        first, second = p.flower, mix(p.flower, WHITE, 0.55)
        win.over(blend(first, second, (high(g) > 0.5).astype(np.float32)), cover(leaf * 0.8, px) * on)
        win.over(colour("f3c440"), cover(0.05 - r, px) * on)
        cell /= 3.1


# ---------------------------------------------------------------------------------------------------------- water
def water(win, p, label, shore):
    """Turns the mirrored world below the shore into water: a tint that deepens towards the viewer, and strokes of light."""
    part = win.cut(-9, shore, 9, 9)
    if part is None:
        return
    depth = np.maximum(part.y - shore, 0)
    under = cover((part.y - shore).astype(np.float32)[:, None], part.s)
    part.over(p.water, under * (0.18 + 0.36 * smooth(0.0, 0.28, depth)).astype(np.float32)[:, None])
    if part.owner is not None:
        part.owner[under[:, 0] > 0.5] = label("lake")
    # strokes: cells whose height grows with the distance from the shore
    grow = 0.055
    rows = np.log1p(depth / grow)
    for k in range(6):
        n = 13.0 * 2.6**k
        slim = grow / n  # least height of a row
        if shown(slim * 2.0 / part.s) <= 0:
            break
        v = rows * n
        j = np.floor(v)
        fv = (v - j).astype(np.float32)[:, None]
        tall = (np.exp((j + 0.5) / n) * grow / n)[:, None]
        row = hashed(j[:, None], k, p.salt + 90)
        wide = tall * (9.0 + 10 * low(row))
        uu = part.x[None, :] / wide + 9.0 * high(row)
        i = np.floor(uu)
        u = (2 * (uu - i) - 1).astype(np.float32)
        h = hashed(i, row, p.salt + 91 + k)
        centre = ((i + 0.5 - 9.0 * high(row)) * wide).astype(np.float32)
        near_sun = np.exp(-(((centre - p.sun_x) / 0.10) ** 2)) * p.glitter
        r, q = low(h), high(h)
        thick = (0.08 + 0.16 * q) * (1 - u * u)
        px = (part.s / tall).astype(np.float32)
        inside = clip((thick - np.abs(fv - 0.5)) / px + 0.5, 0, 1) * clip(thick * 3 / px, 0, 1) * under
        w = smooth(2.0, 4.5, 1 / px) * 0.85**k
        share = 0.20 + 0.6 * near_sun
        light = (r < share).astype(np.float32) * w
        dark = (r > 0.85).astype(np.float32) * w
        part.over(mix(p.disc, p.horizon_colour, 0.45), inside * light * (0.28 + 0.5 * near_sun))
        part.over(mix(p.water, p.near, 0.35), inside * dark * 0.34)
    line = win.cut(-9, shore - 0.002, 9, shore + 0.002)
    if line is not None:
        d = (0.0012 - np.abs(line.y - shore)).astype(np.float32)[:, None]
        line.over(mix(p.light, p.haze, 0.5), cover(d, line.s) * 0.45 + np.zeros((1, len(line.x)), np.float32))


def stones(win, p, label, x, y, r, seed):
    """A boulder: faces, cracks, moss or snow on top."""
    part = win.cut(x - 1.6 * r, y - 1.2 * r, x + 1.6 * r, y + 0.3 * r)
    if part is None:
        return
    dice = random.Random(seed)
    u, v, e = part.axes(x, y, r)
    d = np.full((1, 1), 9.0, np.float32)
    for k in range(6):
        angle = np.pi * (0.06 + 0.176 * k + dice.uniform(-0.05, 0.05))
        c, s = float(np.cos(angle)), float(np.sin(angle))
        d = np.minimum(d, dice.uniform(0.75, 1.0) - (u * c * 0.72 - v * s * 1.15))
    d = np.minimum(d, 0.12 + 0.03 * ragged((part.x / r * 5), e * 5, int(dice.random() * 999)).astype(np.float32)[None, :] - v)
    a = cover(d, e)
    base = mix(mix(p.far, p.near, 0.55), colour("8a8580") * p.light, 0.4)
    bright, dark = mix(base, p.light, 0.28), mix(base, p.near, 0.5)
    lit = cover(u * p.side - 0.1 * v - dice.uniform(-0.3, 0.1), e)
    texture = 0.5 * shards(part, x, y, r * 0.5, int(dice.random() * 9999))
    slab, cracks = slabs(part, x, y, r * 0.4, int(dice.random() * 9999), 0.5)
    part.over(blend(dark, bright, clip(lit + texture + 0.4 * slab, 0, 1)), a, label("rock"))
    part.over(dark * 0.7, a * cracks * 0.6 if not isinstance(cracks, float) else 0.0)
    moss = cover(-v - 0.62 + 0.18 * ridge(part.x / r * 3, int(dice.random() * 999)).astype(np.float32)[None, :], e)
    part.over(mix(p.light, p.haze, 0.3) if p.winter else mix(p.grass, p.near, 0.25), a * moss * 0.9)
