#!/usr/bin/env python3
"""Mountain landscapes as functions of continuous image coordinates.

A scene is a small dictionary of numbers drawn from an integer seed. `render` evaluates any square box of the unit
square at any pixel density and touches only the pixels of that box. Octaves of noise fade out before the Nyquist
limit of the local pixel footprint and edges are anti-aliased over one pixel, so a small picture is close to an
area-reduced large one, while zooming in keeps showing new detail. The same pass can return label weights per pixel,
from which captions of the whole picture and of any box are composed.

The world is narrow on purpose (three times of day, two kinds of mountains, three foregrounds): what a small model
sees often it learns well. Its energy is placed where a field model can use it: large coherent forms that fit a small
latent, and fine texture that starts below the pixels of a 256-pixel picture.

Axis order is (row, column) = (y, x), origin at the top left. Colours are RGB in [0, 1].

    python3 scenes.py --seed 7 --size 1024 --out x.png [--box y0 x0 y1 x1]
"""
import argparse
import functools
import math
import random

import torch
import torch.nn.functional as F

VERSION = 2  # changes whenever the same seed would give another picture
LABELS = "sky cloud sun glow snow rock slope lake forest meadow mist".split()
PERIOD, TEXELS, PAD = 64, 8, 2  # noise lattice period, texels per lattice cell, wrap padding
OCTAVES = 13
LACUNARITY, ROTATION = 2.03, 0.62  # frequency ratio and rotation between octaves
COLOURS = "zenith mid horizon_glow glow sun amb haze cloud_lit cloud_dark".split()
PALETTES = {  # per time of day one colour for each name in COLOURS, full scale 1.2
    "dawn": "42619a 8a93b4 d6b9a2 d9a288 e0ad92 4e5678 a9a0b8 d8bdb2 7d78a0",
    "day": "1f4c98 5086be aec2d0 d4ccb7 dfd2bc 4a5b7d 93adc8 d6d6d6 97a5b8",
    "sunset": "28306a 80526f d68a4a d4752a f27e46 44395c b0705f d6875e 5d425e",
}


# ---------------------------------------------------------------------------------------------------------- noise
def _noise_texture():
    """Periodic gradient noise and its two derivatives: (1, 3, S, S)."""
    angle = torch.rand(PERIOD, PERIOD, generator=torch.Generator().manual_seed(20240607)) * 2 * math.pi
    t = torch.arange(PERIOD * TEXELS).float() / TEXELS
    cell = t.floor().long()
    fy, fx = (t - cell)[:, None], (t - cell)[None, :]

    def fade(w):
        return w * w * w * (w * (w * 6 - 15) + 10)

    n = 0.0
    for j, k in ((0, 0), (0, 1), (1, 0), (1, 1)):
        a = angle[(cell + j) % PERIOD][:, (cell + k) % PERIOD]
        weight = fade(1 - (fy - j).abs()) * fade(1 - (fx - k).abs())
        n = n + weight * 1.5 * (a.cos() * (fx - k) + a.sin() * (fy - j))
    dx, dy = ((n.roll(-1, d) - n.roll(1, d)) * TEXELS / 2 for d in (1, 0))
    return F.pad(torch.stack([n, dx, dy])[None], (PAD,) * 4, mode="circular")


@functools.lru_cache(None)
def _tables(device):
    return _noise_texture().to(device), torch.rand(4096, generator=torch.Generator().manual_seed(99)).to(device)


def cell_random(i, j, salt):
    """A number in [0, 1) for the integer cell (i, j), given as float tensors, and a salt."""
    return _tables(i.device)[1][(i * 73 + j * 911 + salt).long() & 4095]


def noise(u, v, derivatives=False):
    """Noise (and, if asked, its two derivatives) at lattice coordinates that broadcast to (B, H, W)."""
    texture = _tables(u.device)[0] if derivatives else _tables(u.device)[0][:, :1]
    u, v = torch.broadcast_tensors(u, v)
    grid = torch.empty(u.shape + (2,), device=u.device)
    for k, c in enumerate((u, v)):
        c = c / PERIOD
        grid[..., k] = ((c - c.floor()) * (PERIOD * TEXELS) + PAD + 0.5) * (2 / texture.shape[-1]) - 1
    out = F.grid_sample(
        texture.expand(u.shape[0], -1, -1, -1), grid, align_corners=False, padding_mode="border")
    return out.unbind(1) if derivatives else out[:, 0]


def smooth(a, b, x):
    t = ((x - a) / (b - a)).clamp(0, 1)
    return t * t * (3 - 2 * t)


def mix(a, b, w):
    return a + (b - a) * w


def octaves(u, v, footprint, limit):
    """Rotated, scaled coordinates octave by octave with a band weight, until the footprint silences them all."""
    for k in range(limit):
        f = LACUNARITY**k
        c, s, cell = f * math.cos(ROTATION * k), f * math.sin(ROTATION * k), footprint * f
        weight = smooth(0.95, 0.30, cell)
        if k and not bool((weight > 0).any()):
            return
        yield c * u - s * v + 17.3 * k, s * u + c * v + 9.1 * k, weight, cell, c / f, s / f


def fbm(u, v, footprint, limit=OCTAVES, gain=0.5):
    """Sum of octaves of noise, each `gain` times as strong as the one before."""
    out, amplitude = 0.0, 1.0
    for a, b, w, _, _, _ in octaves(u, v, footprint, limit):
        out, amplitude = out + amplitude * w * noise(a, b), amplitude * gain
    return out


def ridged(u, v, footprint, limit=OCTAVES, gain=0.45, shade_gain=0.58, fine_gain=0.84):
    """Ridged multifractal: height, and its slopes along u and v with a gentler decay (for lighting): quick at first, so
    that a small picture shows large forms, and slow from the fifth octave on, so that zooming in shows crisp relief."""
    h, gu, gv, amplitude, slope_amplitude, previous = 0.0, 0.0, 0.0, 1.0, 1.0, 1.0
    for k, (a, b, w, cell, c, s) in enumerate(octaves(u, v, footprint, limit)):
        n, nx, ny = noise(a, b, True)
        crest = 1 - n.abs()
        crease = (n / (cell * 0.7 + 0.05)).clamp(-1, 1)  # softened over a pixel
        d = -2 * slope_amplitude * crest * crease * previous * w
        gu, gv = gu + d * (c * nx + s * ny), gv + d * (c * ny - s * nx)
        h = h + amplitude * w * previous * (crest * crest - 0.52)
        previous = (crest * crest * 1.7).clamp(0, 1) * w + 0.6 * (1 - w)
        amplitude, slope_amplitude = amplitude * gain, slope_amplitude * (shade_gain if k < 3 else fine_gain)
    return h, gu, gv


# ---------------------------------------------------------------------------------------------------------- scenes
def sample_scene(seed):
    """All parameters of one scene: strings, floats, colours (3 floats) and lists of noise offsets."""
    r = random.Random(seed * 7919 + 13)
    u = r.uniform

    def jitter(colour, amount):
        return [max(0.0, x + r.uniform(-amount, amount)) for x in colour]

    time = r.choices(list(PALETTES), [0.25, 0.40, 0.35])[0]
    biome = r.choices(["alpine", "green"], [0.6, 0.4])[0]
    front = r.choices(["lake", "meadow", "forest"], [0.45, 0.35, 0.20])[0]
    scene = dict(seed=seed, time=time, biome=biome, front=front)
    for name, c in zip(COLOURS, PALETTES[time].split()):
        scene[name] = jitter([b * 1.2 / 255 for b in bytes.fromhex(c)], 0.025)
    side = r.choice([-1, 1])
    low = {"dawn": (-0.02, 0.06), "sunset": (0.0, 0.12), "day": (0.30, 0.48)}[time]
    scene.update(
        horizon=u(0.56, 0.64),
        sun_x=0.5 + side * u(0.12, 0.42),
        sun_y=u(*low),
        cloud=r.choice([0.0, u(0.25, 0.4), u(0.4, 0.6)]),
        cloud_softness=u(0.25, 0.45),
        cloud_scale=u(0.7, 1.2),
        height=u(0.26, 0.40) * (0.75 if biome == "green" else 1.0),
        sharp=u(1.0, 1.5),
        snow=u(0.10, 0.40) if biome == "alpine" else 9.0,
        tree=u(0.0, 0.2) if biome == "alpine" else u(0.7, 1.1),
        mist=r.choice([0.0, 0.0, u(0.6, 1.1)]),
        distance=u(0.8, 1.2),
        shore=u(0.72, 0.79),
        ripple=u(0.3, 1.0),
        rock=jitter((0.40, 0.39, 0.40) if biome == "alpine" else (0.40, 0.38, 0.33), 0.04),
        leaf=jitter((0.11, 0.20, 0.10), 0.025),
        grass=jitter(r.choice([(0.30, 0.42, 0.14), (0.42, 0.44, 0.16), (0.25, 0.38, 0.16)]), 0.03),
        flowers=float(r.random() < 0.6),
        flower=jitter(r.choice([(0.95, 0.85, 0.25), (0.85, 0.35, 0.45), (0.92, 0.92, 0.95)]), 0.05),
        salt=[u(0, 64) for _ in range(16)],
        cell=[float(r.randint(0, 4095)) for _ in range(4)],
    )
    return scene


def mirrored(image, scene):
    """The scene seen in a mirror is as good a scene: flips (..., H, W) and needs no other change of the caption."""
    del scene
    return image.flip(-1)


class _Parameters:
    """Scene parameters as tensors: scalars (B,1,1), colours (B,3,1,1), lists indexable by position."""

    def __init__(self, scenes, device):
        self.scenes, self.device = scenes, device
        for k, v in scenes[0].items():
            if isinstance(v, str):
                continue
            t = torch.tensor([q[k] for q in scenes], dtype=torch.float32, device=device)
            if t.dim() == 1:
                t = t[:, None, None]
            else:
                t = t[..., None, None] if t.shape[1] == 3 else t.t()[..., None, None]
            setattr(self, k, t)

    def is_(self, key, *values):
        return torch.tensor([float(q[key] in values) for q in self.scenes], device=self.device)[:, None, None]

    def rgb(self, *c):
        return torch.tensor(c, device=self.device)[None, :, None, None]


class _Canvas:
    """Back-to-front compositing of colour and label weights, in place, so that row ranges can share storage."""

    def __init__(self, rgb, labels):
        self.rgb, self.labels = rgb, labels

    def rows(self, part):
        return _Canvas(self.rgb[:, :, part], None if self.labels is None else self.labels[:, :, part])

    def over(self, rgb, alpha, **labels):
        self.rgb.copy_(mix(self.rgb, rgb, alpha[:, None]))
        if self.labels is not None:
            self.labels.mul_(1 - alpha[:, None])
            for k, w in labels.items():
                self.labels[:, LABELS.index(k)] += alpha * w


# ---------------------------------------------------------------------------------------------------------- layers
# Every layer: p parameters, cv canvas, y and x coordinates (B,H,W), s pixel footprint (B,1,1) or (B,H,1).
def _sky(p, cv, x, y, s):
    t = ((p.horizon - y).clamp(min=0) / p.horizon).clamp(0, 1)[:, None]
    rgb = mix(mix(p.horizon_glow, p.mid, smooth(0, 0.45, t)), p.zenith, smooth(0.25, 1.0, t))
    dx, dy = x - p.sun_x, y - p.horizon + p.sun_y
    low = 1 - smooth(0.05, 0.3, p.sun_y)  # low sun: wide warm glow along the horizon
    d2 = dx * dx / (1 + 3 * low) + dy * dy * (1 + 2 * low)
    glow = torch.exp(-d2 * 14) * 0.55 + torch.exp(-d2 * 110) * 0.45
    warm = (glow * 1.3 * p.is_("time", "sunset", "dawn")).clamp(0, 1)
    lit = 1 - (1 - rgb) * (1 - p.glow.clamp(max=0.97) * glow[:, None])
    cv.over(lit, torch.ones_like(x), sky=1 - warm, glow=warm)
    disc = ((0.024 - (dx * dx + dy * dy).sqrt()) / s + 0.5).clamp(0, 1)
    cv.over(mix(p.glow, 1.0, 0.75), disc, sun=1.0)


def _clouds(p, cv, x, y, s):
    e, k = p.horizon - y, p.cloud_scale
    z = 1 / (e.clamp(min=0) + 0.20)  # a cloud plane seen in perspective
    u, v = (x - 0.5) * z * 0.8 * k + p.salt[3], z * 1.05 * k + p.salt[4]
    footprint = s * k * (0.8 * z + 0.35 * z * z)
    u, v = u + 0.4 * fbm(u * 0.9 + 5, v * 0.9, footprint, 3), v + 0.4 * fbm(u * 0.9 + 31, v * 0.9 + 7, footprint, 3)
    d = fbm(u, v, footprint, OCTAVES, 0.47)
    toward = fbm(u + 0.11 * (p.sun_x - x), v - 0.13 * (p.sun_y + 0.25), footprint.clamp(min=0.02), 5, 0.47)
    cover = 1.05 - 1.75 * p.cloud
    a = smooth(0.0, 1.0, (d + 0.05 - cover * 0.62) / (p.cloud_softness * 2 + 0.12))
    a = a * smooth(-0.01, 0.12, e) * (p.cloud > 0)
    near = torch.exp(-5 * ((x - p.sun_x) ** 2 + (e - p.sun_y) ** 2).sqrt())
    lit = (0.62 + 0.9 * (d - toward) - 0.35 * smooth(0.1, 1.1, d - cover * 0.4)).clamp(0, 1) + 0.35 * near
    rgb = mix(p.cloud_dark, p.cloud_lit, lit.clamp(0, 1)[:, None])
    cv.over(mix(rgb, p.horizon_glow, 0.75 * torch.exp(-e.clamp(min=0) * 7)[:, None]), a * 0.92, cloud=1.0)


RANGES = 4  # ranges of mountains, one behind another


def _range(p, cv, x, y, s, i):
    """Range i of mountains (0 is the farthest). The crest is a level set of the relief that is lit, so light, ridge
    lines and outline share their detail; spurs run down from the peaks because the relief is stretched vertically."""
    t = i / (RANGES - 1)
    height = p.height * (1.0, 0.80, 0.52, 0.26)[i]
    base = p.horizon + (-0.06, -0.01, 0.05, 0.10)[i]
    o, f = p.salt[5 + i], (1.2, 1.5, 1.9, 2.4)[i]

    def profile(c):
        v = 0.0
        for q, w, k in ((1, 1.0, 1.0), (2, 0.38, 2.3)):
            v = v + w * (1 - noise(c * f * k + o * q, o * 3.7 + q).abs() * 1.5)
        return (v / 1.38).clamp(min=0) ** p.sharp

    outline = profile(x)
    warp = noise(x * 2.5 + o, y * 2.5 + o)
    depth = y - base + height * (outline * 1.5 - 0.55)  # below the crest
    fx, fy = 4.2 + 2.0 * t, 2.0 + 0.8 * t
    lean = 0.35 * depth.clamp(-0.1, 0.5)
    h, gu, gv = ridged((x + warp * 0.05) * fx + o * 2, (y + lean) * fy + o, s * fx)
    inside = depth + h * height * 0.26 * (0.35 + smooth(-0.02, 0.2, depth + 0.06))
    alpha = (inside / (s * 1.3) + 0.5).clamp(0, 1)
    # light: the large form of the peak, then the spurs
    macro = (profile(x + 0.015) - outline) * height / 0.015 * torch.exp(-depth.clamp(min=0) * 5)
    nx, ny = -0.42 * gu - 0.60 * macro, -0.28 * gv - 0.45
    lx = (p.sun_x - 0.5) * 2.0 + torch.sign(p.sun_x - 0.5) * 0.6
    ly, lz = -0.30 - p.sun_y, 0.55
    cosine = (nx * lx + ny * ly + lz) / ((1 + nx * nx + ny * ny) * (lx * lx + ly * ly + lz * lz)).sqrt()
    grain = fbm(x * 70 + o, y * 60, s * 70, OCTAVES, 0.66)  # texture: below the pixels of a small picture
    lit = smooth(0.08, 0.95, cosine) * (1 + 0.26 * grain)
    # cover: snow above, forest below, rock between and where it is steep
    elevation = (p.horizon - y) / p.height  # the same for all ranges: above about 0.4 snow may lie, below 0 trees grow
    steep = (gu * gu + gv * gv).sqrt()
    line = elevation - p.snow + 0.14 * grain + 0.25 * h + 0.10 - 0.45 * smooth(0.35, 1.7, steep)
    snow = smooth(-0.06 - 2 * s, 0.06 + 2 * s, line) * (p.snow < 5)
    wood = smooth(-0.07, 0.07, p.tree - elevation + 0.20 * grain - 0.15 * h)
    snow = snow * (1 - 0.8 * wood)
    sunny = (p.is_("biome", "green") * 0.45)[:, None]
    crowns = 0.0  # of single trees, lit from above and from the side of the sun
    for f, strength in ((170.0, 0.30), (370.0, 0.40), (800.0, 0.30)):
        n, dx, dy = noise(x * f * 1.3 + o, y * f + 3.1 * o, True)
        crowns = crowns + smooth(0.95, 0.30, s * f * 1.3) * strength * (0.5 * n + 0.35 * dy - 0.30 * torch.sign(lx) * dx)
    leaf = p.leaf * mix(1.0, p.rgb(1.9, 1.75, 1.2), sunny) * (1 + 0.25 * grain + crowns).clamp(min=0.25)[:, None]
    albedo = mix(p.rock * (1 + 0.22 * grain)[:, None], leaf, wood[:, None])
    albedo = mix(albedo, p.rgb(0.84, 0.86, 0.90) * (1 + 0.07 * grain)[:, None], snow[:, None])
    rgb = albedo * (p.amb * (0.85 + 0.25 * h)[:, None] + p.sun * (lit * 1.08)[:, None])
    fog = p.distance * (1.05, 0.66, 0.34, 0.12)[i] * (0.8 + 0.8 * smooth(0, 0.22, depth))
    valley = p.mist * smooth(0.01, 0.16, depth + 0.04 * warp) * (1.3 - 0.9 * t)
    haze = mix(p.haze, p.horizon_glow, 0.35 * (1 - t))
    cv.over(
        mix(rgb, haze, 1 - torch.exp(-(fog + valley))[:, None]), alpha,
        mist=smooth(0.3, 0.9, valley), **{k: w * (1 - smooth(0.3, 0.9, valley)) for k, w in
                                          (("snow", snow), ("slope", (1 - snow) * wood), ("rock", (1 - snow) * (1 - wood)))})


def _conifers(p, cv, x, y, s, rows, top, step, size, haze, contrast):
    """Rows of conifers, back to front; each tree is a serrated cone in a jittered cell, the ground behind is filled."""
    for k in range(rows):
        h = size * (1 + 0.30 * k)
        width = h * 0.36
        foot = top + step * k + 0.35 * h * fbm(x / h * 0.12 + k * 7.7 + p.salt[9], 0.0 * x + k, s / h * 0.12, 3)
        best, tone = torch.full_like(x, -9.0), torch.zeros_like(x)
        for q in (-1, 0, 1):
            c = (x / width).floor() + q
            r1, r2, r3 = (cell_random(c, 0 * c + k, p.cell[1] + 17 * j) for j in range(3))
            tall, dx = h * (0.55 + 0.6 * r2), x - (c + 0.2 + 0.6 * r1) * width
            d = y - foot + tall  # below the tip
            tiers = (d + 0.45 * dx.abs()) / tall * (9 + 4 * r3) + 0.8 * noise(x / tall * 5 + c, y / tall * 3) + r1 * 5
            tiers, fade = tiers - tiers.floor(), smooth(1.1, 0.4, s / tall * 11)  # drooping branches
            half = (d * 0.27).clamp(max=tall * 0.27) * (1 - 0.40 * (1 - tiers) * fade - 0.20 * (1 - fade))
            ragged = fbm(x / tall * 30 + c * 3.1, y / tall * 30, s / h * 40, 4, 0.6) * 0.04 * tall
            v = torch.minimum(half - dx.abs() + ragged, d * 3)
            side = (dx / (half + 0.1 * tall) * torch.sign(p.sun_x - x)).clamp(-1, 1)
            shade = 0.36 + 0.28 * side + 0.30 * (r3 - 0.5) + 0.35 * (tiers - 0.5) * fade - 0.25 * (d / tall).clamp(0, 1)
            tone, best = torch.where(v > best, shade, tone), torch.maximum(best, v)
        fill = y - foot + 0.12 * h
        tone = torch.where(fill > best, torch.full_like(tone, 0.02), tone)
        bark = contrast * (tone + 0.35 * fbm(x / h * 9 + k * 3.3, y / h * 9, s / h * 9, 8, 0.65))
        leaf = p.leaf * (0.72 + 1.4 * bark).clamp(min=0.15)[:, None] + 0.008
        rgb = leaf * (mix(p.amb, p.sun, 0.35) * 1.05 + p.sun * (tone.clamp(0, 1) * 0.5 * contrast)[:, None])
        alpha = (torch.maximum(best, fill) / s + 0.5).clamp(0, 1)
        cv.over(mix(rgb, p.haze, haze * (1 - k / rows) ** 1.5), alpha, forest=1.0)


def _meadow(p, cv, x, y, s):
    """Grass below the shore line, textured in perspective."""
    d = y - p.shore - 0.035 * noise(x * 1.7 + p.salt[10], p.salt[11])
    alpha, d = (d / s + 0.5).clamp(0, 1), d.clamp(min=0)
    z = 1 / (d + 0.06)
    u, v, footprint = (x - 0.5) * z * 0.5 + p.salt[12], z * 0.8 + p.salt[13], s * (0.5 * z + 0.5 * z * z)
    soft = fbm(u * 1.4, v * 1.4, footprint * 1.4, 3, 0.5)
    blade = fbm(u * 90, v * 20, s * (35 * z + 12 * z * z), 7, 0.70)
    albedo = p.grass * (1 + 0.16 * soft + 0.34 * blade)[:, None]
    dry = 0.5 * smooth(-0.3, 0.5, noise(u * 0.7 + 4, v * 0.7))
    albedo = mix(albedo, albedo * p.rgb(1.35, 1.15, 0.8), dry[:, None])
    rgb = albedo * (p.amb * 1.2 + mix(p.sun, p.haze, 0.35) * (0.70 + 0.16 * soft)[:, None])
    n = 17.0
    ci, cj = (u * n).floor(), (v * n).floor()
    px, py, m = (cell_random(ci, cj, p.cell[2] + 5 * q) for q in range(3))
    r2 = (u * n - ci - 0.3 - 0.4 * px) ** 2 + (v * n - cj - 0.3 - 0.4 * py) ** 2
    rr = 0.02 + (footprint * n * 0.5) ** 2
    f = torch.exp(-r2 / rr) * (0.02 / rr) * (m > 0.6) * p.flowers * smooth(-0.3, 0.3, noise(u * 1.1, v * 1.1))
    rgb = mix(rgb, p.flower * (mix(p.amb, p.sun, 0.55) + 0.25), f.clamp(0, 1)[:, None])
    cv.over(mix(rgb, p.haze, (0.45 * torch.exp(-d * 18) * p.distance)[:, None]), alpha, meadow=1.0)


def _water(p, cv, y, s, water, wave):
    """Turns the mirrored world below the shore into water: darker with depth of view, a bright line at the shore."""
    fresnel = (0.14 + 0.34 * smooth(0, 0.3, water) + 0.10 * wave).clamp(0, 1)
    deep = mix(p.zenith * 0.55, p.amb * 0.5, 0.5) * p.rgb(0.75, 1.0, 1.1)
    cv.over(mix(cv.rgb, deep, fresnel[:, None]), ((y - p.shore) / s + 0.5).clamp(0, 1), lake=1.0)
    line = 0.35 * torch.exp(-(((y - p.shore) / (0.0016 + s)) ** 2)) * (0.0016 / (0.0016 + s))
    cv.rgb.add_(p.haze * line[:, None])


def _render_front(scenes, front, boxes, size, device, rgb, labels):
    """Scenes that share a foreground; each layer is evaluated only on the rows where it can show."""
    p, r = _Parameters(scenes, device), (torch.arange(size, device=device) + 0.5) / size
    s, cv = ((boxes[:, 2] - boxes[:, 0]) / size)[:, None, None], _Canvas(rgb, labels)
    pixel = s
    y, x = ((boxes[:, k, None] + s[:, 0] * size * r) for k in (0, 1))
    y, x = y[:, :, None].expand(-1, -1, size), x[:, None, :].expand(-1, size, -1)
    x0, y0 = x, y
    if front == "lake":  # everything above is seen again, mirrored, blurred by the ripples
        water = (y - p.shore).clamp(min=0)
        z = 1 / (water + 0.03)
        wave = fbm((x - 0.5) * z * 0.5 + p.salt[14], z * 2.2 + p.salt[15], s * (z * 0.5 + 1.1 * z * z), OCTAVES, 0.6)
        wave = wave * (water > 0)
        x = x + wave * water * 0.03 * p.ripple
        y = torch.where(water > 0, p.shore - water * 0.92 + wave * water * 0.08 * p.ripple, y)
        s = s + 0.010 * p.ripple * smooth(0, 0.02, water[:, :, :1])

    def layer(fn, low, high, *args):
        need = ((y > low - s) & (y < high + s)).any(2).any(0).nonzero()
        if len(need):
            part = slice(int(need[0]), int(need[-1]) + 1)
            fn(p, cv.rows(part), x[:, part], y[:, part], s if s.shape[1] == 1 else s[:, part], *args)

    floor = p.shore + 0.06  # below this the foreground hides the rest
    layer(_sky, -9.0, p.horizon + 0.10)
    if bool((p.cloud > 0).any()):
        layer(_clouds, -9.0, p.horizon + 0.01)
    for i in range(RANGES):
        layer(_range, p.horizon - p.height * 1.6 - 0.08, floor, i)
    if front == "lake":
        layer(_conifers, p.shore - 0.06, p.shore + 0.01, 1, p.shore - 0.006, 0.016, 0.030, 0.35, 0.5)
        _water(p, cv, y0, pixel, water, wave)
    elif front == "forest":
        x, y = x0, y0
        layer(_conifers, p.shore - 0.24, 9.0, 3, p.shore + 0.01, 0.10, 0.12, 0.16, 1.0)
    else:
        layer(_meadow, p.shore - 0.04, 9.0)
    rgb.mul_(1 - 0.20 * ((x0 - 0.5) ** 2 + (y0 - 0.5) ** 2)[:, None]).clamp_(0, 1)


@torch.no_grad()
def render(scenes, boxes, size, device="cpu", labels=False):
    """Each scene's square box (y0, x0, y1, x1 within the unit square) at size x size pixels.

    Returns (B, 3, size, size) in [0, 1]; with labels also (B, len(LABELS), size, size) weights that sum to 1."""
    boxes = torch.as_tensor(boxes, dtype=torch.float32, device=device).view(-1, 4)
    rgb = torch.zeros(len(scenes), 3, size, size, device=device)
    weights = torch.zeros(len(scenes), len(LABELS), size, size, device=device) if labels else None
    for front in sorted({q["front"] for q in scenes}):
        k = torch.tensor([i for i, q in enumerate(scenes) if q["front"] == front], device=device)
        c, w = rgb[k], weights[k] if labels else None
        _render_front([scenes[i] for i in k.tolist()], front, boxes[k], size, device, c, w)
        rgb[k] = c
        if labels:
            weights[k] = w
    return (rgb, weights) if labels else rgb


# ---------------------------------------------------------------------------------------------------------- captions
NAMES = {  # names for a whole picture, alternatives separated by |
    "alpine": "snowy mountains|snow-capped peaks|high mountains with snow", "lake": "a calm lake|a lake|a mountain lake",
    "green": "green mountains|forested mountains|wooded mountains", "meadow": "a meadow|a green meadow|grass",
    "forest": "a pine forest|pine forest|conifer trees"}
TIMES = {"dawn": "dawn|sunrise|early morning", "day": "day|a clear day|blue sky", "sunset": "sunset|the evening glow|evening"}
PATTERNS = ("{time} over {front} and {hills}|{hills} behind {front}, {time}|{hills}, {front}, {time}|{front} below {hills} at {time}|"
            "{time}, {front}, {hills}|{hills} and {front}, {time}|{time} over {hills}|{front}, {time}").split("|")
SKY = dict(dawn="pale dawn sky", day="clear blue sky", sunset="purple evening sky")
REGION = dict(
    cloud="clouds", sun="the sun", glow="glowing orange sky", snow="snowy mountain peak", rock="bare rock",
    slope="forested slope", lake="lake water", forest="pine trees", meadow="grass", mist="mist in the valley")
BOOST = dict(sun=25.0, glow=1.5)  # small things that people name first


def caption(scene, rng=None):
    """A caption of the whole picture; rng (random.Random) varies the wording, without it the scene's seed does."""
    r = rng or random.Random(scene["seed"])
    time = r.choice(TIMES[scene["time"]].split("|"))
    hills, front = (r.choice(NAMES[scene[k]].split("|")) for k in ("biome", "front"))
    text = r.choice(PATTERNS).format(time=time, hills=hills, front=front)
    extra = [w for w, on in (("clouds", scene["cloud"] > 0), ("mist", scene["mist"] > 0)) if on and r.random() < 0.7]
    return text + (r.choice((" with ", ", ")) + " and ".join(extra) if extra else "")


def plain_caption(scene):
    """A caption that names time, mountains and foreground, nothing else."""
    r = random.Random(scene["seed"])
    time = r.choice(TIMES[scene["time"]].split("|"))
    hills, front = (r.choice(NAMES[scene[k]].split("|")) for k in ("biome", "front"))
    return r.choice(PATTERNS[:6]).format(time=time, hills=hills, front=front)


def box_caption(scene, fractions):
    """What a box shows, most prominent first, given its label shares; None when nothing stands out."""
    score = sorted(((float(v) * BOOST.get(k, 1.0), k) for k, v in zip(LABELS, fractions)), reverse=True)
    return " and ".join(REGION.get(k, SKY[scene["time"]]) for v, k in score[:2] if v > 0.28) or None


def main():
    from PIL import Image

    a = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    a.add_argument("--seed", type=int, default=7)
    a.add_argument("--size", type=int, default=512)
    a.add_argument("--out", default="landscape.png")
    a.add_argument("--device", default="cpu")
    a.add_argument("--box", type=float, nargs=4, default=[0, 0, 1, 1], metavar=("Y0", "X0", "Y1", "X1"))
    a = a.parse_args()
    scene, (y0, x0, y1, _), image = sample_scene(a.seed), a.box, Image.new("RGB", (a.size, a.size))
    step, tile = (y1 - y0) / a.size, min(a.size, 256)  # tiles keep memory flat at any size
    for i in range(0, a.size, tile):
        for j in range(0, a.size, tile):
            box = [y0 + step * i, x0 + step * j, y0 + step * (i + tile), x0 + step * (j + tile)]
            t = (render([scene], [box], tile, a.device)[0].permute(1, 2, 0) * 255 + 0.5).byte().cpu().numpy()
            image.paste(Image.fromarray(t), (j, i))
    image.save(a.out)
    print(f"{a.out}: {caption(scene)}")


if __name__ == "__main__":
    main()
