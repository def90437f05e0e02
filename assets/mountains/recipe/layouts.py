#!/usr/bin/env python3
"""The trial of layouts: does each box show more of its prompt than the picture of the same seed without the layout?

`layouts.py --make` writes the fixed list ../layouts/trial.json (60 layouts: the first 30 to tune on, the others to report).
`layouts.py --out OUT --infd ../../../infd --model ../bundle --numbers 30-59 --name soft -- --strength 0.5` follows them with `infd layout`
and the options behind `--`, without them once with `infd generate`, and sums up: CLIP's scores, the probability of the box's label by the
judge, which guidance never sees, and how far the pictures are from scenes that no training has seen, by the judge's features, without and
with the layouts. Pictures that are there already are not made again, so a trial can be interrupted, and several settings, each with a
name, share the pictures without layouts.
"""
import argparse
import json
import pathlib
import random
import re
import subprocess
import time

import numpy as np
import torch
from PIL import Image, ImageDraw

import scenes
from common import to_signed
from evaluate import CROPS, features_of, frechet, real_features, together
from judge import load_judge

HERE = pathlib.Path(__file__).resolve().parent
LIST = HERE.parent / "layouts" / "trial.json"
# label -> the rows in which its boxes lie; the sun is smaller than any of them
BANDS = dict(cloud=(0.0, 0.35), balloon=(0.05, 0.55), birds=(0.05, 0.4), snow=(0.2, 0.6), rock=(0.3, 0.62), slope=(0.5, 0.75), bridge=(0.5, 0.75),
             lake=(0.7, 1.0), forest=(0.55, 1.0), meadow=(0.72, 1.0), cabin=(0.6, 0.9), village=(0.55, 0.85), tent=(0.72, 1.0), boat=(0.75, 0.95))
ONLY = dict(boat=("lake",), tent=("lake", "meadow"), village=("lake", "meadow"), lake=("lake",), meadow=("meadow", "forest"))  # fronts with such things
PICTURE = 1024
SCENES = 64  # that pictures are compared with
SHOWN = 24  # layouts on the sheet


def make():
    r, layouts = random.Random(60), []
    for number in range(60):
        front, boxes = r.choice(("lake", "forest", "meadow")), []
        for label in r.sample([k for k in BANDS if front in ONLY.get(k, (front,))], 1 + number % 4):
            low, high = BANDS[label]
            height = round(min(high - low, r.uniform(0.1, 0.4)), 3)
            width = round(min(0.9, height * r.uniform(0.8, 1.6)), 3)
            boxes.append(dict(row=round(r.uniform(low, high - height), 3), column=round(r.uniform(0, 1 - width), 3), height=height,
                              width=width, prompt=scenes.REGION[label]))
        prompt = r.choice(scenes.PATTERNS[:6]).format(
            time=r.choice(("dawn", "a clear day", "sunset", "a starry night")), hills=r.choice(("snowy mountains", "green mountains")),
            front=dict(lake="a lake", forest="a pine forest", meadow="a meadow")[front])
        layouts.append(dict(seed=100 + number, layout=dict(version=1, prompt=prompt, boxes=boxes)))
    lines = ",\n".join(" " + json.dumps(each) for each in layouts)
    LIST.write_text("[\n" + lines + "\n]\n")


def label_of(prompt):
    return next(k for k, v in scenes.REGION.items() if v == prompt)


def probability(judge, picture, box):
    """The judge's probability of the box's label in a picture, and whether it finds it the likeliest."""
    top, left = (round(box[k] * PICTURE) for k in ("row", "column"))
    height, width = (max(32, round(box[k] * PICTURE)) for k in ("height", "width"))
    crop = to_signed(picture[top:top + height, left:left + width].copy(), "cpu")[None]
    said = judge.labels(judge.features(crop)).softmax(1)[0]
    index = scenes.LABELS.index(label_of(box["prompt"]))
    return float(said[index]), int(said.argmax()) == index


def run(command):
    start = time.time()
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stderr)
    return done.stdout, time.time() - start


def opened(out, number, kind):
    return Image.open(out / f"{number:02d}-{kind}.png").convert("RGB")


def sheet(out, name, done):
    side, columns = 208, 3
    rows = -(-len(done) // columns)
    image = Image.new("RGB", (columns * 2 * side, rows * side))
    for i, each in enumerate(done):
        for k, kind in enumerate(("plain", name)):
            picture = opened(out, each["number"], kind).resize((side, side), Image.LANCZOS)
            draw = ImageDraw.Draw(picture)
            for box in each["boxes"]:
                left, top = box["column"] * side, box["row"] * side
                draw.rectangle((left, top, left + box["width"] * side, top + box["height"] * side), outline=(255, 60, 40))
                if k:
                    draw.text((left + 3, top + 2), label_of(box["prompt"]), fill=(255, 255, 255))
            image.paste(picture, (((i % columns) * 2 + k) * side, i // columns * side))
    image.save(out / f"sheet-{name}.jpg", quality=80)


def distances(judge, digest, out, name, done):
    """Fréchet distances of the judge's features to scenes that no training has seen: crop size -> (without, with)."""
    real = together(real_features(out, judge, digest, range(-1, -1 - SCENES, -1), PICTURE))
    made = []
    for kind in ("plain", name):
        made.append(together([features_of(judge, to_signed(np.array(opened(out, each["number"], kind)), "cpu")[None], each["number"])
                              for each in done]))
    return {size: tuple(frechet(m[size], real[size]) for m in made) for size in CROPS}


def summary(done):
    boxes = [b for each in done for b in each["boxes"]]
    wrong = [b for b in boxes if not b["rightBefore"]]
    rise = np.array([b["guided"] - b["unguided"] for b in wrong] or [0.0])
    judged = np.array([b["after"] - b["before"] for b in wrong] or [0.0])
    kept = sum(b["rightAfter"] for b in boxes if b["rightBefore"])
    seconds = [np.array([each[k] for each in done]) for k in ("plainSeconds", "guidedSeconds")]
    return (f"{len(done)} layouts, {len(boxes)} boxes, {len(boxes) - len(wrong)} right before and left out ({kept} of them right after)\n"
            f"CLIP's score rises for {100 * np.mean(rise > 0):.0f} %, by {rise.mean():.3f} on average\n"
            f"judge's probability rises for {100 * np.mean(judged > 0):.0f} %, from {np.mean([b['before'] for b in wrong] or [0]):.3f} "
            f"to {np.mean([b['after'] for b in wrong] or [0]):.3f}; "
            f"right after: {sum(b['rightAfter'] for b in wrong)} of {len(wrong)}\n"
            f"time per picture: {seconds[0].mean():.0f} s without; {(seconds[1] - seconds[0]).mean():.0f} s with the layout "
            f"({np.median((seconds[1] - seconds[0]) / seconds[0]):.1f} times as long, median)")


def main():
    a = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    a.add_argument("--make", action="store_true")
    a.add_argument("--out", type=pathlib.Path)
    a.add_argument("--infd", default=str(HERE.parents[2] / "infd"))
    a.add_argument("--model", default=str(HERE.parent / "bundle"))
    a.add_argument("--numbers", default="0-59")
    a.add_argument("--name", default="usual", help="of the settings")
    a.add_argument("--steps", type=int, default=50)
    a.add_argument("options", nargs="*", help="options of infd layout, behind --")
    a = a.parse_args()
    if a.make:
        make()
        return
    if not a.out:
        raise SystemExit("say where the pictures go: --out FOLDER")
    a.out.mkdir(parents=True, exist_ok=True)
    judge, digest = load_judge(a.out)
    first, last = (int(n) for n in a.numbers.split("-"))
    done = []
    common = ["--model", a.model, "--steps", str(a.steps), "--size", str(PICTURE), "--quiet"]
    for number, each in list(enumerate(json.loads(LIST.read_text())))[first:last + 1]:
        layout, seed = each["layout"], str(each["seed"])
        known, file, plain, guided = (a.out / f"{number:02d}-{end}" for end in (
            f"{a.name}.json", "layout.json", "plain.png", f"{a.name}.png"))
        timed = plain.with_suffix(".json")
        if not timed.exists():
            _, without = run([a.infd, "generate", "--prompt", layout["prompt"], "--guidance", "3", "--sampler", "ddim", "--eta", "1",
                              "--seed", seed, "--out", str(plain), *common])
            timed.write_text(json.dumps(without))
        if not known.exists():
            file.write_text(json.dumps(layout))
            table, following = run([a.infd, "layout", str(file), "--seed", seed, "--out", str(guided), *common, *a.options])
            scores = re.findall(r"^ *\d+  .{40} +(-?[\d.]+) +(-?[\d.]+) +[+-][\d.]+$", table, re.M)
            pictures = [np.array(opened(a.out, number, kind)) for kind in ("plain", a.name)]
            boxes = []
            for box, (before, after) in zip(layout["boxes"], scores, strict=True):
                (p, was), (q, now) = (probability(judge, picture, box) for picture in pictures)
                boxes.append(dict(box, unguided=float(before), guided=float(after), before=p, after=q, rightBefore=was, rightAfter=now))
            known.write_text(json.dumps(dict(number=number, boxes=boxes, plainSeconds=json.loads(timed.read_text()),
                                             guidedSeconds=following)))
        done.append(json.loads(known.read_text()))
        print(f"{number:02d} " + ", ".join(f"{label_of(b['prompt'])} {b['unguided']:.2f}>{b['guided']:.2f} judge {b['before']:.2f}>{b['after']:.2f}"
                                           for b in done[-1]["boxes"]), flush=True)
    print(summary(done) + f"\njudge {digest}, options {' '.join(a.options) or 'usual'}")
    for size, (without, following) in distances(judge, digest, a.out, a.name, done).items():
        print(f"distance to {SCENES} unseen scenes, crops of {size}: {without:.2f} without, {following:.2f} with ({100 * (following / without - 1):+.0f} %)")
    sheet(a.out, a.name, done[:SHOWN])


if __name__ == "__main__":
    torch.set_grad_enabled(False)
    main()
