#!/usr/bin/env python3
"""Illustrated mountain landscapes as functions of continuous image coordinates: flat shapes whose edges are crisp at every scale.

A scene is a small dictionary of numbers drawn from an integer seed. `compose` lays it out as pieces, back to front; `render` paints those that
meet a box, at any pixel density. Edges are anti-aliased over one pixel and details fade in with their size in pixels, so a small picture is
close to an area-reduced large one, while zooming in keeps showing new shapes: ridge, rock, slab, crack; tree, branch, twig, needle; house, log,
grain. The same pass can return the label of every pixel, from which captions of the whole picture and of any box are composed.

Painting is NumPy on one thread; a GPU gets finished pictures. Axis order is (row, column) = (y, x), origin at the top left. RGB in [0, 1].

    python3 scenes.py --seed 7 --size 1024 --out x.png [--box y0 x0 y1 x1]     one picture
    python3 scenes.py --sheet 20 --seed 0 --size 320 --out x.jpg                a sheet of 20 seeds
    python3 scenes.py --sheet 20 --close 4 --out x.jpg                          close-ups of side 2^-4
    python3 scenes.py --check                                                   the world's promises
    python3 scenes.py --time                                                    microseconds a pixel, by size
"""
import argparse
import random
import time

import numpy as np
import torch

from world_layout import FLOWERS, LEAVES, PALETTES, compose
from world_paint import Window
from world_words import LABELS, PATTERNS, REGION, SKY, WORDS, box_caption, caption, depth_of, plain_caption, things_of, view_caption  # noqa: F401

VERSION = 104  # changes whenever the same seed would give another picture
TILE = 288  # pictures are painted in tiles of at most this many pixels a side, which stay in the cache


# ---------------------------------------------------------------------------------------------------------- scenes
def sample_scene(seed):
    """All parameters of one scene: strings and floats."""
    r = random.Random(seed * 7919 + 13)
    u = r.uniform
    day = r.choices(list(PALETTES), [0.22, 0.28, 0.28, 0.22])[0]
    biome = r.choices(["alpine", "green"], [0.6, 0.4])[0]
    front = r.choices(["lake", "meadow", "forest"], [0.40, 0.34, 0.26])[0]
    night, side = day == "night", r.choice([-1, 1])

    def chance(q, value=1.0):
        return float(value) if r.random() < q else 0.0

    scene = dict(seed=seed, time=day, biome=biome, front=front, palette=r.randrange(len(PALETTES[day])), layout=r.randrange(2**31))
    scene.update(
        tone_r=u(-0.02, 0.02), tone_g=u(-0.02, 0.02), tone_b=u(-0.02, 0.02),
        winter=chance(0.22 if biome == "alpine" and day != "sunset" else 0.0),
        horizon=u(0.55, 0.62), height=u(0.27, 0.40) * (0.72 if biome == "green" else 1.0), focus=0.5 - side * u(0.10, 0.24),
        sun_x=0.5 + side * u(0.12, 0.36), radius=u(0.030, 0.045) if day == "day" else u(0.040, 0.075),
        sun_up=u(*{"dawn": (0.10, 0.22), "day": (0.34, 0.46), "sunset": (0.06, 0.24), "night": (0.30, 0.44)}[day]),
        rings=chance(0.65), crescent=chance(0.35), snow=u(0.30, 0.62),
        cloud=chance(0.55, r.choice((2, 3, 4))), mist=chance(0.35, u(0.5, 1.0)), shore=u(0.73, 0.79),
        balloon=chance(0.0 if night else 0.34, r.choice((1, 1, 2, 3))), birds=chance(0.0 if night else 0.30, r.choice((3, 4, 5))),
        rainbow=chance(0.18 if day == "day" else 0.0), aurora=chance(0.40 if night else 0.0),
        cabin=chance(0.30, 1) if front == "forest" else chance(0.42, r.choice((1, 1, 2))),
        village=chance(0.20 if front != "forest" else 0.0), bridge=chance(0.16), train=chance(0.65), path=chance(0.5),
        river=chance(0.5 if front == "meadow" else 0.8), tent=chance(0.24),
        boat=chance(0.5 if front == "lake" else 0.0), sail=chance(0.5), flower=float(r.randrange(len(FLOWERS))), leaf=float(r.randrange(len(LEAVES))),
    )
    if scene["village"]:
        scene["bridge"] = 0.0
        scene["cabin"] = 0.0
    if not (front == "meadow" and (scene["cabin"] or scene["village"])):
        scene["path"] = 0.0
    if not scene["bridge"]:
        scene["train"] = 0.0
    if scene["path"]:
        scene["tent"] = 0.0
    if front == "lake" or scene["path"] or scene["tent"]:
        scene["river"] = 0.0
    return scene


def mirrored(scene):
    """The scene seen in a mirror, which is as good a scene and needs no other caption."""
    return dict(scene, mirror=not scene.get("mirror", False))


def render_one(scene, box, size, labels=False):
    """One box as arrays: (3, size, size) and, if asked, the label of every pixel (size, size)."""
    y0, x0, y1, x1 = (float(b) for b in box)
    if scene.get("mirror"):
        x0, x1 = 1 - x1, 1 - x0
    s = (y1 - y0) / size
    x, y = (a + s * (np.arange(size) + 0.5) for a in (x0, y0))
    rgb = np.zeros((3, size, size), np.float32)
    owner = np.zeros((size, size), np.uint8) if labels else None
    composition = compose(scene)
    cuts = [round(size * k / -(-size // TILE)) for k in range(-(-size // TILE) + 1)]
    for a, b in zip(cuts, cuts[1:]):
        for c, d in zip(cuts, cuts[1:]):
            composition.paint(Window(x[c:d], y[a:b], s, rgb[:, a:b, c:d], owner[a:b, c:d] if labels else None))
    np.clip(rgb, 0, 1, out=rgb)
    if scene.get("mirror"):
        rgb = np.ascontiguousarray(rgb[:, :, ::-1])
        owner = np.ascontiguousarray(owner[:, ::-1]) if labels else None
    return rgb, owner


def render(scenes, boxes, size, device="cpu", labels=False):
    """Each scene's square box (y0, x0, y1, x1 within the unit square) at size x size pixels.

    Returns (B, 3, size, size) in [0, 1]; with labels also (B, len(LABELS), size, size): 1 for the label of a pixel, 0 for the others."""
    boxes = torch.as_tensor(boxes, dtype=torch.float64).view(-1, 4).tolist()
    done = [render_one(scene, box, size, labels) for scene, box in zip(scenes, boxes)]
    rgb = torch.from_numpy(np.stack([d[0] for d in done])).to(device)
    if not labels:
        return rgb
    owner = torch.from_numpy(np.stack([d[1] for d in done])).to(device).long()
    return rgb, torch.nn.functional.one_hot(owner, len(LABELS)).permute(0, 3, 1, 2).float()


# ---------------------------------------------------------------------------------------------------------- close-ups
DEEPEST = 6.0  # a close-up has a side of 2**-depth, depth up to this
TRIES, PLAIN = 6, 0.05  # places looked at, and the contrast of neighbours below which one is too plain


def close_box(scene, rng, depth=None):
    """A square box (y0, x0, y1, x1) of side 2**-depth (by default uniform in 0..DEEPEST), centred where there is something to see.

    A place is drawn from the pieces of the scene, all kinds of them alike, and kept when a small rendering shows edges."""
    side = 2.0 ** -(rng.uniform(0, DEEPEST) if depth is None else depth)
    if side > 0.7:
        y, x = (rng.uniform(0, 1 - side) for _ in range(2))
        return y, x, y + side, x + side
    composition, best = compose(scene), (-1.0, None)
    for _ in range(TRIES):
        x, y = composition.place(rng)
        if scene.get("mirror"):
            x = 1 - x
        y, x = (min(max(c - side * rng.uniform(0.3, 0.7), 0.0), 1 - side) for c in (y, x))
        box = y, x, y + side, x + side
        rgb = render_one(scene, box, 24)[0]
        contrast = float(sum(np.abs(np.diff(rgb, axis=k)).max(0).mean() for k in (1, 2)))
        best = max(best, (contrast, box))
        if contrast > PLAIN:
            break
    return best[1]


def view_of(seed):
    """What a training sees of a seed: its scene, and the box (y0, x0, y1, x1) that is the picture; of every third a close-up."""
    scene = sample_scene(seed)
    return scene, (0.0, 0.0, 1.0, 1.0) if seed % 3 else close_box(scene, random.Random(seed))


def within(box, part):
    """A part (y0, x0, y1, x1) of a box, in fractions of the box, as a box of the whole."""
    side = box[2] - box[0]
    return [box[k % 2] + side * part[k] for k in range(4)]


def picture(scene, box, size=256, rng=None):
    """A box as a picture of its own: RGB (3, size, size) in [0, 1], label shares (len(LABELS),) and a caption with its word of depth."""
    rgb, owner = render_one(scene, box, size, labels=True)
    shares = np.bincount(owner.ravel(), minlength=len(LABELS)).astype(np.float32) / owner.size
    return torch.from_numpy(rgb), torch.from_numpy(shares), view_caption(scene, shares, box[2] - box[0], rng)


# ---------------------------------------------------------------------------------------------------------- commands
def timings():
    """Microseconds a pixel of one thread, of whole pictures and of boxes down to 1/64 of the side."""
    for size in (64, 128, 256, 384, 1024):
        row = []
        for side in (1.0, 0.25, 1 / 16, 1 / 64):
            begun, pixels = time.process_time(), 0
            for seed in range(12 if size < 1024 else 4):
                r = random.Random(seed)
                y, x = r.uniform(0.2, 1 - side) if side < 0.8 else 0.0, r.uniform(0, 1 - side)
                render_one(sample_scene(seed), (y, x, y + side, x + side), size)
                pixels += size * size
            row.append(f"{1e6 * (time.process_time() - begun) / pixels:.2f}")
        print(f"{size:5d} pixels: {' / '.join(row)} microseconds a pixel at sides 1, 1/4, 1/16, 1/64")


def reduced(rgb, factor):
    c, h, w = rgb.shape
    return rgb.reshape(c, h // factor, factor, w // factor, factor).mean((2, 4))


def psnr(a, b):
    return float(-10 * np.log10(np.mean((a - b) ** 2) + 1e-12))


def check(seeds=range(24)):
    """Stops with a message where the world breaks a promise: determinism, mirror, reduction, labels, captions, words, close-ups."""
    whole, known, worst = (0.0, 0.0, 1.0, 1.0), set(), []
    for seed in seeds:
        scene = sample_scene(seed)
        one, owner = render_one(scene, whole, 256, labels=True)
        assert scene == sample_scene(seed), f"seed {seed}: another scene when drawn again"
        assert np.isfinite(one).all() and one.min() >= 0 and one.max() <= 1, f"seed {seed}: colours outside [0, 1]"
        other = mirrored(scene)
        back = render_one(other, whole, 256)[0]
        assert np.abs(back[:, :, ::-1] - one).max() < 1e-6, f"seed {seed}: its mirror image is another picture"
        assert mirrored(other)["mirror"] is False and caption(other) == caption(scene)
        box = (0.25, 0.5, 0.5, 0.75)
        left = render_one(scene, box, 128)[0]
        right = render_one(other, (0.25, 0.25, 0.5, 0.5), 128)[0]
        assert np.abs(right[:, :, ::-1] - left).max() < 1e-3, f"seed {seed}: a box of the mirror image is another one"
        fine = reduced(render_one(scene, whole, 1024)[0], 4)
        worst.append(psnr(one, fine))
        assert worst[-1] > 28, f"seed {seed}: {worst[-1]:.1f} dB between 256 pixels and 1024 reduced to them"
        rgb, labels = render([scene], [whole], 64, labels=True)
        assert torch.allclose(labels.sum(1), torch.ones(1, 64, 64)) and labels.shape[1] == len(LABELS) and rgb.shape == (1, 3, 64, 64)
        known.update(LABELS[k] for k in np.unique(owner))
        r = random.Random(seed)
        for depth in (1.0, 3.0, 6.0):
            assert close_box(scene, random.Random(3), depth) == close_box(scene, random.Random(3), depth), f"seed {seed}: another close-up when drawn again"
            view, shares, text = picture(scene, close_box(scene, r, depth), 96, r)
            assert abs(float(shares.sum()) - 1) < 1e-4 and view.std() > 0.004, f"seed {seed}: nothing to see at depth {depth}"
            assert depth < 3 or "close view of" in text, f"seed {seed}: no word of depth in {text!r}"
        for thing in things_of(scene):
            assert np.isin(LABELS.index(thing), owner) or thing in ("mist", "birds", "river", "path"), f"seed {seed}: says {thing}, shows none"
    missing = set(LABELS) - known
    assert len(seeds) < 24 or missing <= {"rainbow", "aurora", "bridge", "tent", "boat", "moon", "river", "train"}, f"never seen: {missing}"
    print(f"{len(seeds)} scenes are sound; 256 pixels against 1024 reduced: {np.mean(worst):.1f} dB on average, {min(worst):.1f} at worst")


def to_image(rgb):
    from PIL import Image

    return Image.fromarray((np.asarray(rgb).transpose(1, 2, 0) * 255 + 0.5).astype(np.uint8))


def main():
    from PIL import Image

    a = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    a.add_argument("--seed", type=int, default=7)
    a.add_argument("--size", type=int, default=1024)
    a.add_argument("--out", default="landscape.png")
    a.add_argument("--sheet", type=int, default=0, help="so many seeds from --seed on, five a row")
    a.add_argument("--time", action="store_true")
    a.add_argument("--check", type=int, nargs="?", const=24, help="check the world's promises on so many seeds")
    a.add_argument("--close", type=float, help="sheet: close-ups of this depth, the side being 2**-depth")
    a.add_argument("--box", type=float, nargs=4, default=[0, 0, 1, 1], metavar=("Y0", "X0", "Y1", "X1"))
    a = a.parse_args()
    if a.time:
        timings()
    elif a.check:
        check(range(a.seed, a.seed + a.check))
    elif a.sheet:
        sheet = Image.new("RGB", (5 * a.size, -(-a.sheet // 5) * a.size))
        for k in range(a.sheet):
            scene = sample_scene(a.seed + k)
            box = a.box if a.close is None else close_box(scene, random.Random(k), a.close)
            sheet.paste(to_image(render_one(scene, box, a.size)[0]), (k % 5 * a.size, k // 5 * a.size))
        sheet.save(a.out)
    else:
        scene = sample_scene(a.seed)
        to_image(render_one(scene, a.box, a.size)[0]).save(a.out)
        print(f"{a.out}: {caption(scene)}")


if __name__ == "__main__":
    main()
