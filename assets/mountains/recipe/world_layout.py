"""Layout of the illustrated world: palettes, and the pieces of a scene from back to front.

Positions and sizes are fractions of the picture's side; (x, y) has its origin at the top left, y down.
"""
import random

import numpy as np

import world_built as built
import world_land as land
import world_plants as plants
import world_sky as air
from world_paint import colour, mix
from world_words import LABELS

COLOURS = "zenith mid horizon_colour disc far near light haze grass tree".split()
PALETTES = {  # per time of day: one colour for each name in COLOURS
    "dawn": ["4d6390 b4aebf fbc9a2 fff4dc a7b6c2 22384c ffeed6 efdcc6 74875f 2f5058",
             "5a5a98 bb9cbc fac2a8 fff0dd b4a4b8 302e52 ffe3cf f3d3c5 77776f 3a3f5c",
             "4f7793 b7b4bd fcc4b2 fffaf0 9fbcb9 1f3f4b fff0e2 f0dfd2 679070 24555a",
             "6b78a6 cdb3b4 ffcf8e fff6d8 bdb0ae 3b3a50 fff0cf fbdcae 948850 4a4a52"],
    "day": ["2a78bd 79b7de dff0ee fffbe6 98bccf 1d4b57 ffffff d5e8ec 7fae55 1f5c4c",
            "2f8fc4 8fd0dc f0f6e6 fffdf0 a3c6c2 22524c fffff4 dff0df 86b65e 216049",
            "1f5fa8 5fa3d8 cfe6f2 ffffff 8fb0cc 21405c ffffff c9dcea 8bb04f 2a5a3c",
            "2f7fc0 93c6e0 eef3ea fffbe8 b0b8b8 2f4347 fffaf0 e6e4d8 cfa445 4d6040",
            "3a93b0 9fd0d0 eef5e2 fff6dd b3bfa6 3a4a3c fff7e0 efe5c4 a9b05a 3f6b45"],
    "sunset": ["3b2a5c b2486a f7a25b ffe6a8 c8707a 2a1838 ffc58a f3a684 6b4a52 3a2244",
               "512b4f d0574e fbbd62 fff0b8 cf7a62 331a2c ffd79a f6b987 7a5440 43222f",
               "27345f a0598a f5947c ffe0b5 b0708f 1c1b3a ffbfa0 eaa394 56506a 232a4a",
               "1f4e66 7f8f8f fbb26a fff0c0 a98a7c 15303f ffd9a0 f0b98a 5c6a54 1a3d44",
               "4a1f3f c23b4e ff9c5b ffe9a6 c2616a 2b1029 ffc08c f59b7a 6a3a48 3c1735"],
    "night": ["0b1430 1c2f5a 49689a f2f4ff 40597f 070d1f a9c0ec 4d6a98 1d3348 0d1c33",
              "101233 2a2a5e 5e5f9c fff6e6 4b4c80 0a0a20 b5b3ee 6263a0 25274f 13132f",
              "062029 0f4250 3f8288 f6f6e4 346870 04141b a8dcd8 467f86 123a3c 082428",
              "0a1a3a 143a6a 3d7fa0 f0f8ff 35607f 06101f b4d4f4 4680a0 143448 0a2034"],
}
FLOWERS = "f3d24f e8697f f4f1ea b488d0 ef8a4a".split()
LEAVES = "5f9a4a 7fae4a d99a3a c9632f 4f8a5a".split()


class Look:
    """A scene's colours as arrays, and what all painters need to know."""

    def __init__(self, scene):
        r = random.Random(scene["layout"])
        self.salt = r.randrange(10**6)
        tone = np.array([scene["tone_r"], scene["tone_g"], scene["tone_b"]], np.float32)
        for name, c in zip(COLOURS, PALETTES[scene["time"]][scene["palette"]].split()):
            setattr(self, name, np.clip(colour(c) + tone, 0, 1))
        self.time, self.horizon, self.radius, self.mist = scene["time"], scene["horizon"], scene["radius"], scene["mist"]
        self.sun_x, self.sun_y = scene["sun_x"], scene["horizon"] - scene["sun_up"]
        self.rings, self.crescent, self.winter = scene["rings"] > 0, scene["crescent"] > 0, scene["winter"] > 0
        self.side = 1 if self.sun_x > 0.5 else -1
        self.open = 1 if scene["focus"] > 0.5 else -1  # the side where no tall tree stands in front
        self.bright = {"day": 1.0, "dawn": 0.6, "sunset": 0.5, "night": 0.2}[self.time]
        self.lamps = self.time != "day"
        light = 0.35 + 0.65 * self.light if self.time != "night" else 0.5 * self.light
        self.flower = mix(colour(FLOWERS[int(scene["flower"])]) * light, self.haze, 0.12)
        self.leaf = colour(LEAVES[int(scene["leaf"])]) * light
        self.water = mix(self.zenith, self.near, 0.42)
        self.glitter = 0.9 if self.time != "day" else 0.5
        self.bow_x, self.bow_r = 0.5 - self.side * 0.22, 0.46 + 0.1 * r.random()


class Piece:
    """Something to paint: the rectangle that it stays within, a painter, and whether it hides all of a window (None: never)."""

    __slots__ = ("bounds", "paint", "hides", "kind", "spot")

    def __init__(self, bounds, paint, hides=None, kind="", spot=None):
        self.bounds, self.paint, self.hides, self.kind, self.spot = bounds, paint, hides, kind, spot


def label(name):
    return LABELS.index(name)


def camper(win, p, x, foot, tall, seed):
    air.person(win, p, x, foot, tall, seed, label("tent"), 1)


EVERYWHERE = (-9.0, -9.0, 9.0, 9.0)


class Composition:
    """Pieces of a scene: `land` is what a lake mirrors, `front` what lies before it."""

    def __init__(self, scene):
        self.scene, self.p, self.dice = scene, Look(scene), random.Random(scene["layout"] + 1)
        self.land, self.front, self.shore = [], [], scene["shore"]
        self._sky()
        self._mountains()
        getattr(self, "_" + scene["front"])()
        self._in_the_air()

    def add(self, pieces, bounds, paint, *more, hides=None):
        p = self.p
        hill = next((m for m in more if isinstance(m, land.Hill)), None)
        if hill is not None:
            def spot(rng):
                x = rng.random()
                return x, float(hill.top(x)) + rng.choice((0.0, 0.06 * rng.random()))
        elif bounds[0] > -1:
            def spot(rng):
                return tuple(bounds[k] + (bounds[k + 2] - bounds[k]) * rng.uniform(0.3, 0.7) for k in (0, 1))
        else:
            spot = None
        pieces.append(Piece(bounds, lambda win: paint(win, p, *more), hides, paint.__name__, spot))

    def place(self, rng):
        """A place (x, y) on some piece, all kinds of pieces alike; no open sky or water."""
        kinds = {}
        for piece in self.land + self.front:
            if piece.spot:
                kinds.setdefault(piece.kind, []).append(piece)
        for _ in range(20):
            piece = rng.choice(kinds[rng.choice(list(kinds))])
            x, y = piece.spot(rng)
            if 0.02 < x < 0.98 and 0.02 < y < 0.98:
                return x, y
        return 0.5, 0.8

    # ------------------------------------------------------------------------------------------------ light
    def _sky(self):
        p, s, dice = self.p, self.scene, self.dice
        self.add(self.land, EVERYWHERE, air.sky, label)
        if p.time == "night":
            self.add(self.land, (-9, -9, 9, p.horizon), air.stars, label, 0.5 if s["aurora"] else 0.9)
        elif p.time == "dawn" and s["palette"] == 1:
            self.add(self.land, (-9, -9, 9, p.horizon * 0.5), air.stars, label, 0.35)
        if s["aurora"]:
            self.add(self.land, (-9, -9, 9, p.horizon), air.aurora, label)
        r = p.radius * 4.5
        self.add(self.land, (p.sun_x - r, p.sun_y - r, p.sun_x + r, p.sun_y + r), air.sun, label)
        for k in range(int(s["cloud"])):
            w = dice.uniform(0.07, 0.15)
            x, y = (k + dice.uniform(0.1, 0.9)) / s["cloud"], dice.uniform(0.07, 0.30)
            self.add(self.land, (x - 1.5 * w, y - 1.2 * w, x + 1.5 * w, y + 0.2 * w), air.cloud, label, x, y, w, dice.randrange(10**6))

    def _in_the_air(self):
        """Balloons and birds: before the mountains, behind what stands in front."""
        p, s, dice, pieces = self.p, self.scene, self.dice, self.air
        taken = [(p.sun_x, p.sun_y, p.radius * 1.5)]

        def place(w, top, bottom):
            for _ in range(40):
                x, y = 0.5 + p.open * dice.uniform(-0.20, 0.42 - w), dice.uniform(top, bottom)
                if all(abs(x - a) > (w + b) * 1.15 or abs(y - c) > (w + b) * 2.0 for a, c, b in taken):
                    break
            taken.append((x, y, w))
            return x, y

        for k in range(int(s["balloon"])):
            w = dice.uniform(0.052, 0.085) * (1.0, 0.66, 0.48)[k]
            x, y = place(w, 0.13, p.horizon - 0.12)
            self.add(pieces, (x - w * 1.1, y - w * 1.1, x + w * 1.1, y + 2.3 * w), air.balloon, label, x, y, w, dice.randrange(10), dice.randrange(10**6))
        if s["birds"]:
            x0, y0 = place(0.08, 0.10, p.horizon - 0.22)
            for k in range(int(s["birds"])):
                w = dice.uniform(0.024, 0.034)
                x, y = x0 + 0.06 * (k - s["birds"] / 2) + dice.uniform(-0.01, 0.01), y0 + 0.02 * abs(k - s["birds"] / 2) + dice.uniform(-0.012, 0.012)
                self.add(pieces, (x - w, y - 0.7 * w, x + w, y + 0.4 * w), air.bird, label, x, y, w, dice.uniform(0.45, 0.8), k)

    # ------------------------------------------------------------------------------------------------ land
    @staticmethod
    def _piece_of(peak):
        def spot(rng):
            x = rng.gauss(peak.ax, 0.35 * peak.tall)
            return x, float(peak.top(np.array([x]), 1e-3)[0]) + rng.choice((0.0, 0.4 * peak.tall * rng.random()))

        return Piece(peak.bounds, lambda win: peak.paint(win, label), peak.hides, "peak", spot)

    def _peak(self, *more):
        peak = land.Peak(self.p, self.dice, *more)
        self.land.append(self._piece_of(peak))

    def _mountains(self):
        p, s, dice = self.p, self.scene, self.dice
        alpine, h, hz = s["biome"] == "alpine", s["height"], p.horizon
        base = hz - 0.03
        for k in range(5):  # the far range, pale
            tall = h * dice.uniform(0.42, 0.72)
            line = base - h * 0.5 if alpine else None
            self._peak(0.02 + 0.24 * k + dice.uniform(-0.09, 0.09), base - tall, tall * dice.uniform(0.9, 1.2), base, 0.05, alpine, line)
        if s["rainbow"]:
            self.add(self.land, (p.bow_x - 0.7, 0, p.bow_x + 0.7, hz + 0.12), air.rainbow, label)
        line = hz + 0.02 - h * (1 - s["snow"]) * 0.82
        base = hz + 0.02
        crowd = [(s["focus"] + o * dice.uniform(0.9, 1.1), h * q * dice.uniform(0.88, 1.1)) for o, q in
                 ((-0.62, 0.52), (0.60, 0.55), (-0.36, 0.72), (0.33, 0.66), (-0.17, 0.58), (0.16, 0.50))]
        for x, tall in sorted(crowd, key=lambda c: -c[1]):
            self._peak(x, base - tall, tall * dice.uniform(0.72, 1.0), base, 0.30, alpine, line if alpine else None)
        tall = h * 1.04
        middle = land.Peak(p, dice, s["focus"], base - tall, tall * dice.uniform(0.78, 0.95), base, 0.27, alpine, line if alpine else None)
        self.land.insert(len(self.land) - 4, self._piece_of(middle))
        if p.mist:
            self.add(self.land, (-9, hz - 0.12, 9, hz + 0.09), land.mist, label, hz + 0.01, dice.randrange(10**6), 0.75)
        down = 0.025 if s["bridge"] else 0.0
        hills = ((hz + 0.055, 0.026, 1.5, 0.48, 0.0055, 0.062), (hz + 0.105 + down, 0.024, 1.9, 0.64, 0.007, 0.088))
        at = dice.uniform(0.35, 0.65)
        for k, (y, amplitude, f, t, cell, tree) in enumerate(hills):
            hill = land.Hill(dice, y, amplitude, f, (0.05, 0.03 + 1.6 * down)[k], at)
            if k == 1:
                self._valley(hill)
            self.add(self.land, (-9, hill.highest(), 9, 9), land.wooded_hill, label, hill, t, cell, hides=hill.hides)
            self._row(self.land, hill, t + 0.04, tree, (0.030, 0.024)[k], 0.5, gap=(at, 0.26) if k and s["bridge"] else None, wander=0.008)
            if k == 0 and p.mist:
                self.add(self.land, (-9, hz, 9, hz + 0.13), land.mist, label, hz + 0.085, dice.randrange(10**6), 0.5 * p.mist)

    def _valley(self, hill):
        """A viaduct between the two wooded hills."""
        s, dice = self.scene, self.dice
        if s["bridge"]:
            deck = hill.base - 0.11
            span = dice.uniform(0.09, 0.115)
            self.add(self.land, (-9, deck - 0.06, 9, hill.base + 0.1), built.viaduct, label("bridge"), -0.02, 1.02, deck, hill.base + 0.1, span, 0.6,
                     dice.randrange(10**6), label("train") if s["train"] else None)

    def _row(self, pieces, hill, t, tall, step, share, gap, wander=0.006, low=0.0, avoid=None):
        """Pines along a hill in clumps, their feet on it; gap: (place, half width) left open."""
        dice = self.dice
        x, clump = -0.03, dice.random()
        placed = []
        while x < 1.03:
            x += step * dice.uniform(0.6, 1.4) * tall / 0.05
            clump = (clump + dice.uniform(-0.25, 0.25)) % 1.0
            if clump > share and dice.random() < 0.8:
                continue
            if gap and abs(x - gap[0]) < gap[1]:
                continue
            h = tall * dice.uniform(0.7, 1.25)
            foot = float(hill.top(x)) + 0.004 + low + wander * dice.random()
            if avoid and abs(x - avoid.at(foot)[0]) < avoid.at(foot)[1] + 0.06 * tall:
                continue
            placed.append((foot, x, h))
        for foot, x, h in sorted(placed):
            self._pine(pieces, x, foot, h, t)

    def _pine(self, pieces, x, foot, h, t):
        self.add(pieces, (x - 0.3 * h, foot - 1.02 * h, x + 0.3 * h, foot + 0.01), plants.pine, label("forest"), x, foot, h, t,
                 self.dice.randrange(10**6), self.p.winter)

    def _house(self, pieces, x, foot, w, kind="cabin", name="cabin"):
        self.add(pieces, (x - 1.5 * w, foot - 4.2 * w, x + 1.5 * w, foot + 0.12 * w), built.house, label(name), x, foot, w,
                 self.dice.randrange(10**6), kind)

    def _village(self, pieces, ground, x, w):
        """A church among houses, along a ground line."""
        dice = self.dice
        houses = [(dice.uniform(-4.6, 4.6) * w, dice.uniform(0.0, 0.010)) for _ in range(7)]
        houses = sorted((o for k, o in enumerate(houses) if all(abs(o[0] - q[0]) > 1.15 * w for q in houses[:k])), key=lambda o: o[1])
        cw = 0.42 * w
        foot = float(ground(x)) + 0.003
        self.add(pieces, (x - 1.3 * cw, foot - 7.3 * cw, x + 4.3 * cw, foot + cw), built.church, label("village"), x, foot, cw, dice.randrange(10**6))
        for dx, dy in houses:
            self._house(pieces, x + dx, float(ground(x + dx)) + 0.006 + dy, w * dice.uniform(0.42, 0.6), "house", "village")

    # ------------------------------------------------------------------------------------------------ foregrounds
    def _frame(self, hill, side, alone, t=1.0):
        """One or two large trees at a side, which frame the picture; alone: none at the other side."""
        dice = self.dice
        places = [(0.5 + side * dice.uniform(0.37, 0.46), dice.uniform(0.40, 0.60))]
        if dice.random() < 0.6:
            places.append((places[0][0] - side * dice.uniform(0.10, 0.14), dice.uniform(0.22, 0.34)))
        if not alone and dice.random() < 0.5:
            places.append((0.5 - side * dice.uniform(0.42, 0.5), dice.uniform(0.26, 0.42)))
        for x, h in sorted(places, key=lambda q: q[1]):
            self._pine(self.front, x, float(hill.top(x)) + 0.02 + 0.03 * dice.random(), h, t)

    def _course(self, pieces, way, hill, water):
        self.add(pieces, (-9, way.y0 - 0.01, 9, 9), land.course, label("river" if water else "path"), way, hill, water)

    def _lake(self):
        s, dice, y = self.scene, self.dice, self.shore
        bank = land.Hill(dice, y - 0.012, 0.006, 2.6)
        opening = (s["focus"] + dice.uniform(-0.05, 0.05), dice.uniform(0.10, 0.2))
        self.add(self.land, (-9, bank.highest() - 0.02, 9, 9), land.meadow, label, bank, 0, hides=bank.hides)
        side = 1 if s["focus"] < 0.5 else -1
        home = 0.5 - side * dice.uniform(-0.04, 0.30)
        self._row(self.land, bank, 0.80, 0.085, 0.020, 0.55, (home, 0.10) if s["cabin"] or s["village"] else opening, 0.003)
        if s["village"]:
            self._village(self.land, bank.top, home, dice.uniform(0.044, 0.052))
        for k in range(int(s["cabin"])):
            x = home + k * dice.choice((-1, 1)) * dice.uniform(0.14, 0.2)
            self._house(self.land, x, float(bank.top(x)) + 0.005, dice.uniform(0.042, 0.056) * (1.0, 0.8)[k])
        self.air = self.land
        for k in range(3):
            x = dice.uniform(0, 1)
            self.add(self.land, (x - 0.03, y - 0.03, x + 0.03, y + 0.01), land.stones, label, x, y, dice.uniform(0.006, 0.012), dice.randrange(10**6))
        if s["cabin"] and dice.random() < 0.5:
            q = 1 if home < 0.5 else -1
            self.add(self.front, (home - 0.2, y - 0.1, home + 0.2, y + 0.05), built.jetty, label("cabin"),
                     home + q * 0.05, y + 0.012, 0.085, q, dice.randrange(10**6))
        if s["boat"]:
            x, level, w = 0.5 - side * dice.uniform(-0.06, 0.28), y + dice.uniform(0.045, 0.085), dice.uniform(0.048, 0.068)
            if (s["cabin"] or s["village"]) and abs(x - home) < 0.17:
                x = home + (0.19 if home < 0.5 else -0.19)
            self.add(self.front, (x - 1.3 * w, level - 2.7 * w, x + 1.3 * w, level + 2.7 * w), built.boat, label("boat"), x, level, w,
                     dice.randrange(10**6), s["sail"] > 0)
        near = land.Hill(dice, 1.03, 0.012, 2.0, 0.105, 0.5 - side * 0.25)
        self.add(self.front, (-9, near.highest() - 0.05, 9, 9), land.meadow, label, near, 2, hides=near.hides)
        x = 0.5 + side * dice.uniform(0.40, 0.47)
        self._pine(self.front, x, float(near.top(x)) + 0.03, dice.uniform(0.36, 0.55), 1.0)
        if dice.random() < 0.6:
            x -= side * dice.uniform(0.08, 0.12)
            self._pine(self.front, x, float(near.top(x)) + 0.03, dice.uniform(0.18, 0.28), 0.95)
        if s["tent"]:
            self._camp(near, 0.5 + side * dice.uniform(0.20, 0.25), dice.uniform(0.054, 0.066), side)
        for _ in range(3):
            x = dice.uniform(0.0, 1.0)
            foot = min(float(near.top(x)), 1.0) + 0.012
            h = dice.uniform(0.08, 0.13)
            self.add(self.front, (x - 0.5 * h, foot - 1.1 * h, x + 0.5 * h, foot), plants.reeds, x, foot, h, dice.randrange(10**6), label("meadow"))

    def _camp(self, hill, x, w, q):
        """A tent at x, and its fire on the side q of it."""
        dice, foot = self.dice, min(float(hill.top(x)) + 0.02, 0.955)
        self.add(self.front, (x - 1.8 * w, foot - 1.5 * w, x + 1.8 * w, foot + 0.1 * w), built.tent, label("tent"), x, foot, w, dice.randrange(10**6))
        fx = x + q * 1.75 * w
        ff = min(float(hill.top(fx)) + 0.028, 0.965)
        self.add(self.front, (fx - w, ff - w, fx + w, ff + 0.1 * w), built.fire, label("tent"), fx, ff, 0.26 * w, dice.randrange(10**6))
        px = fx + q * 0.62 * w
        pf = min(float(hill.top(px)) + 0.026, 0.963)
        self.add(self.front, (px - w, pf - w, px + w, pf), camper, px, pf, 0.66 * w, dice.randrange(10**6))

    def _meadow(self):
        p, s, dice, y = self.p, self.scene, self.dice, self.shore
        self.air, pieces = self.land, self.front
        at, side = dice.uniform(0.3, 0.7), 1 if s["focus"] < 0.5 else -1
        hills = [land.Hill(dice, y + b, a, f, lift, at) for b, a, f, lift in
                 ((-0.005, 0.016, 1.6, 0.02), (0.075, 0.022, 1.4, 0.025), (0.165, 0.022, 1.3, 0.05))]
        home = 0.5 - side * dice.uniform(0.02, 0.28)
        way = None
        if s["path"]:
            x = home + 0.06 if s["village"] else home
            way = land.Course(dice, x, float(hills[1].top(x)) + 0.014, 0.5 + side * dice.uniform(-0.1, 0.25), 0.006, 0.10)
        elif s["river"]:
            x = s["focus"]
            way = land.Course(dice, x, float(hills[0].top(x)) + 0.004, 0.5 - side * dice.uniform(-0.2, 0.2), 0.007, dice.uniform(0.12, 0.2))
        gap = (home, 0.14) if s["cabin"] or s["village"] else (way.x0, 0.10) if way else None
        for k, hill in enumerate(hills):
            self.add(pieces, (-9, hill.highest() - 0.04, 9, 9), land.meadow, label, hill, k, hides=hill.hides if not way else None)
            if way:
                self._course(pieces, way, hill, s["river"] > 0)
            if k == 0:
                self._row(pieces, hill, 0.78, 0.105, 0.024, 0.42, gap, 0.010)
                if s["village"]:
                    self._village(pieces, hill.top, home, dice.uniform(0.050, 0.060))
            if k == 1:
                for i in range(int(s["cabin"])):
                    x = home + i * dice.choice((-1, 1)) * dice.uniform(0.19, 0.26)
                    self._house(pieces, x, float(hill.top(x)) + 0.010, dice.uniform(0.056, 0.074) * (1.0, 0.78)[i])
                self._row(pieces, hill, 0.90, 0.17, 0.022, 0.20, (home, 0.17), 0.015, avoid=way)
                if dice.random() < 0.5 and not p.winter and s["cabin"] < 2:
                    x = home + (1 if home < 0.5 else -1) * dice.uniform(0.24, 0.36)
                    foot, h = float(hill.top(x)) + 0.012, dice.uniform(0.15, 0.21)
                    self.add(pieces, (x - 0.45 * h, foot - 1.02 * h, x + 0.45 * h, foot), plants.broad_tree, label("forest"), x, foot, h, 0.85,
                             dice.randrange(10**6))
        self._frame(hills[2], side, s["cabin"] > 0 or s["village"] > 0)
        if s["tent"]:
            self._camp(hills[2], 0.5 - side * dice.uniform(0.05, 0.22), dice.uniform(0.064, 0.080), side)
        self._flowers(hills[2], way)

    def _flowers(self, hill, way):
        """Some stones, and flowers in two clumps at the bottom of the picture."""
        p, dice = self.p, self.dice
        for _ in range(dice.choice((1, 2))):
            x = dice.uniform(0.05, 0.95)
            foot, r = float(hill.top(x)) + dice.uniform(0.03, 0.07), dice.uniform(0.020, 0.036)
            if not way or abs(x - way.at(foot)[0]) > way.at(foot)[1] + r:
                self.add(self.front, (x - 1.6 * r, foot - 1.3 * r, x + 1.6 * r, foot + 0.3 * r), land.stones, label, x, foot, r, dice.randrange(10**6))
        if p.winter:
            return
        clumps = dice.uniform(0.0, 0.45), dice.uniform(0.55, 1.0)
        spots = [(dice.gauss(centre, 0.07), dice.uniform(0.3, 1.0)) for centre in clumps for _ in range(dice.choice((3, 5, 7)))]
        for x, q in sorted(spots, key=lambda o: o[1]):
            foot, h = float(hill.top(x)) + 0.03 + 0.12 * q, 0.045 + 0.040 * q
            if not way or abs(x - way.at(foot)[0]) > way.at(foot)[1] + 0.02:
                self.add(self.front, (x - 0.4 * h, foot - 1.25 * h, x + 0.4 * h, foot), plants.flower, x, foot, h, dice.randrange(10**6), label("meadow"))

    def _forest(self):
        """Ranks of pines, taller towards the viewer, open where the focus is; a river in the opening."""
        s, dice, y = self.scene, self.dice, self.shore
        self.air = self.land
        focus, side = s["focus"], 1 if s["focus"] < 0.5 else -1
        ranks = ((-0.01, 0.13, 0.70, 0.07, 0.9), (0.075, 0.20, 0.84, 0.15, 0.9), (0.185, 0.32, 1.0, 0.25, 0.9))
        hills = [land.Hill(dice, y + rank[0], 0.012, 1.7 + 0.3 * k, 0.02 + 0.03 * k, focus) for k, rank in enumerate(ranks)]
        way = None
        if s["river"]:
            way = land.Course(dice, focus, float(hills[0].top(focus)) + 0.004, focus + side * dice.uniform(0.0, 0.2), 0.007, dice.uniform(0.12, 0.18))
        for k, (hill, (_, tall, t, gap, share)) in enumerate(zip(hills, ranks)):
            self.add(self.front, (-9, hill.highest() - 0.02, 9, 9), land.forest_floor, label, hill, t - 0.06, 0.010 + 0.004 * k,
                     hides=hill.hides if not way else None)
            if way:
                self._course(self.front, way, hill, True)
            self._row(self.front, hill, t, tall, 0.0185, share, (focus, gap), 0.03, 0.010 + 0.012 * k, avoid=way)
            if k == 1 and s["cabin"]:
                x = focus - side * (0.07 if way else 0.0)
                self._house(self.front, x, float(hill.top(x)) + 0.03, dice.uniform(0.050, 0.062))
        if s["tent"]:
            self._camp(hills[2], focus + (0.15 * side if s["cabin"] else 0.0), dice.uniform(0.060, 0.072), side)
        x = 0.5 + side * dice.uniform(0.32, 0.43)
        self._pine(self.front, x, min(float(hills[2].top(x)) + 0.05, 1.04), dice.uniform(0.55, 0.72), 1.0)

    # ------------------------------------------------------------------------------------------------ painting
    def paint(self, win):
        if self.scene["front"] != "lake":
            paint_all(self.land + self.front, win)
            return
        if any(f.hides and f.hides(win) for f in self.front):
            paint_all(self.front, win)
            return
        above = win.cut(-9, -9, 9, self.shore)
        if above is not None:
            paint_all(self.land, above)
        below = win.mirror(self.shore)
        if below is not None:
            paint_all(self.land, below)
            land.water(win, self.p, label, self.shore)
        paint_all(self.front, win)


def paint_all(pieces, win):
    """Back to front, from the last piece on that hides all others."""
    x0, x1, y0, y1, m = win.x[0], win.x[-1], min(win.y[0], win.y[-1]), max(win.y[0], win.y[-1]), win.s
    near = [q for q in pieces if q.bounds[0] < x1 + m and q.bounds[2] > x0 - m and q.bounds[1] < y1 + m and q.bounds[3] > y0 - m]
    first = next((k for k in range(len(near) - 1, -1, -1) if near[k].hides and near[k].hides(win)), 0)
    for q in near[first:]:
        part = win.cut(*q.bounds)
        if part is not None:
            q.paint(part)


_COMPOSED = {}  # the last scenes laid out


def compose(scene):
    key = tuple(sorted((k, v) for k, v in scene.items() if k != "mirror"))
    if key not in _COMPOSED:
        while len(_COMPOSED) >= 64:
            del _COMPOSED[next(iter(_COMPOSED))]
        _COMPOSED[key] = Composition(scene)
    return _COMPOSED[key]
