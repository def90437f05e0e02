#!/usr/bin/env python3
"""Writes EVALUATION.md and its sheets: the figures of evaluate.py beside pictures that the product itself makes.

`report.py --work $W --infd ../../../infd --model ../bundle --out ..` samples every picture with `infd`, so that the sheets show
what a user gets for the same seeds and prompts; nothing is chosen. Needs evaluation/evaluation.json of the same checkpoint.
"""
import hashlib
import json
import pathlib
import subprocess
import tempfile

from PIL import Image, ImageDraw

from common import HERE, arguments, write_atomically

PROMPTS = ["sunset over a lake, snowy mountains", "snowy mountains above a meadow, day, a log cabin", "dawn, green mountains, a hot-air balloon",
           "a starry night, a lake, northern lights", "green mountains and a lake, day with clouds, a boat",
           "pine forest below snowy mountains, dawn, a river", "sunset, green mountains and a meadow, a stone bridge and a train",
           "a lake, day, a rainbow",
           "a snowy meadow in winter, a village", "moonlight over a pine forest, a tent", "close view of a log cabin, evening", "very close view of pine trees, day"]
SEEDS = range(1, 25)
ZOOMED = {1: (0.30, 0.25), 2: (0.42, 0.55), 3: (0.35, 0.40), 4: (0.50, 0.15)}  # seed: top, left of the view of a quarter's side
BARS = {"256": (29, 0.7), "1024": (28, 0.6), "2048": (28, 0.6), "6144": (None, 0.5)}  # PSNR and gradient energy to reach
WIDEST, CELLS = 4, 1.05  # edges of samples, in pixels; steps across borders of cells over those inside


def infd(args, *rest):
    subprocess.run([str(args.infd), *map(str, rest)], check=True, stdout=subprocess.DEVNULL)


def sheet(files, columns, side, labels=()):
    rows = -(-len(files) // columns)
    out = Image.new("RGB", (columns * (side + 4) - 4, rows * (side + 4) - 4), (24, 24, 24))
    for k, file in enumerate(files):
        picture = Image.open(file).convert("RGB")
        if labels:
            draw, text = ImageDraw.Draw(picture), labels[k]
            draw.rectangle((0, side - 14, 6 * len(text) + 6, side), fill=(0, 0, 0))
            draw.text((3, side - 13), text, fill=(255, 255, 255))
        out.paste(picture, (k % columns * (side + 4), k // columns * (side + 4)))
    return out


def save_jpeg(path, image, quality=66):
    write_atomically(path, lambda p: image.save(p, "JPEG", quality=quality, optimize=True))


def sheets(args, folder):
    """seeds.jpg, prompts.jpg, zooms.jpg, all from the bundle, at the sampler's and the guidance's defaults."""
    with tempfile.TemporaryDirectory() as temporary:
        t = pathlib.Path(temporary)
        infd(args, "generate", "--model", args.model, "--seed", SEEDS[0], "--count", len(SEEDS), "--size", 256, "-o", t / "seed.png")
        files = sorted(t.glob("seed*.png"), key=lambda p: int("".join(c for c in p.stem if c.isdigit()) or SEEDS[0]))
        save_jpeg(folder / "seeds.jpg", sheet(files, 6, 256, [f"seed {s}" for s in SEEDS]))
        for k, prompt in enumerate(PROMPTS):
            infd(args, "generate", "--model", args.model, "--seed", 1, "--prompt", prompt, "--size", 256, "-o", t / f"p{k}.png")
        save_jpeg(folder / "prompts.jpg", sheet([t / f"p{k}.png" for k in range(len(PROMPTS))], 4, 256, PROMPTS))
        files, labels = [], []
        for seed, (top, left) in ZOOMED.items():
            infd(args, "generate", "--model", args.model, "--seed", seed, "--field", t / "z.infd")
            for factor in (1, 4, 16, 64):
                # each view lies in the middle of the one before it
                part, middle = 1 / factor, (top + 1 / 8, left + 1 / 8)
                y, x = (0, 0) if factor == 1 else (v - part / 2 for v in middle)
                files.append(t / f"z{seed}-{factor}.png")
                labels.append(f"seed {seed}, {factor}x: part of {384 * factor} px")
                infd(args, "render", t / "z.infd", "--model", args.model, "--size", 384, "--region", f"{y},{x},{part},{part}", "-o", files[-1])
        save_jpeg(folder / "zooms.jpg", sheet(files, 4, 384, labels))


def bar(side, k):
    value = BARS.get(side, (None, None))[k]
    return "–" if value is None else f"≥ {value}" + (", ≤ 1.2" if k else "")


def pixels(width):
    return "no edge" if width is None else f"{width:.1f}"


def markdown(r, bundle, extra):
    rebuilt = "\n".join(f"| {side} | {v['psnr']:.2f} | {bar(side, 0)} | {v['gradient_energy']:.2f} | {bar(side, 1)} |"
                        for side, v in r["reconstruction"].items())
    edges = "\n".join(f"| {side} | {pixels(v)} | {pixels(r['edge_widths_of_data'][side])} |" for side, v in r["edge_widths"].items())
    cells = ", ".join(f"{v:.2f} at {side} pixels" for side, v in r["cell_steps"].items())
    distances = "\n".join(f"| {size} | {v['samples']:.3f} | {v['data']:.3f} |" for size, v in r["frechet"].items())
    return f"""# Evaluation of the embedded model

Written by `recipe/report.py` from the figures of `recipe/evaluate.py` and from pictures that `infd` made with the bundle. Nothing on the sheets
was chosen. Scene generator version {r['generator']}; checkpoint {r['checkpoint']}; bundle's UNet weights {bundle}; judge {r['judge']}.

## Reconstruction of {r['scenes']} held-out scenes
Encoded from 256 pixels, rendered at five sides (above 512 on one fixed 256-pixel crop per scene) and compared with the scene itself at that
side. Gradient energy is that of all reconstructions over that of all scenes: below 1 is blur.

| side | PSNR, dB | bar | gradient energy | bar |
|---|---|---|---|---|
{rebuilt}

Scale consistency, the 1024-pixel render against the 2048-pixel render reduced to it: {r['scale_consistency']:.1f} dB; the scenes' own figure is
{r['scale_consistency_of_data']:.1f} dB (bar: that figure − 2 dB).

Cells of the feature map must not show. Steps from pixel to pixel across their borders over those inside (root mean square, 1 is best; bar: {CELLS}): {cells}.

## Samples
{r['samples']} samples of {r['steps']} DDIM steps without a prompt, rendered at 1024 pixels, against {r['samples']} scenes that no training has seen: Fréchet distance
of the judge's features. The last column is the distance between two such sets of scenes: what a perfect model would reach with as many pictures (bar: four times that).

| crops of | samples | scenes among themselves |
|---|---|---|
{distances}

Caption agreement: for **{100 * r['caption_agreement']:.0f} %** of {r['prompts']} prompts (guidance {r['guidance']:g}) the judge finds the sample more like the prompt's scene than like
a random other one's (bar: 95 %). The judge is a classifier that no training has used; its weights are `recipe/weights/judge.pt`.

Width of the strongest edges (a contrast of 0.2 of grey within 48 pixels) from 10 to 90 %, in crops of {r['samples']} samples, and of the held-out scenes themselves; median in
pixels (bar: {WIDEST}). Edges at a slant count along rows and columns, so a blur is measured a quarter wider than it is.

| side | samples | scenes |
|---|---|---|
{edges}

## Sheets
Seeds {SEEDS[0]} to {SEEDS[-1]}, not chosen, no prompt:

![24 seeds](evaluation/seeds.jpg)

Twelve prompts, seed 1, default guidance:

![12 prompts](evaluation/prompts.jpg)

Four seeds at 1, 4, 16 and 64 times: the columns are parts of pictures {384}, {384 * 4}, {384 * 16} and {384 * 64} pixels wide. Decoder and renderer have seen pictures up to
16384 wide.

![zooms](evaluation/zooms.jpg)
{extra}"""


def main():
    parser = arguments(__doc__)
    parser.add_argument("--infd", type=pathlib.Path, default=HERE / "../../../infd")
    parser.add_argument("--model", type=pathlib.Path, default=HERE / "../bundle")
    parser.add_argument("--out", type=pathlib.Path, default=HERE / "..")
    parser.add_argument("--no-sheets", action="store_true", help="write the text only")
    args = parser.parse_args()
    result = json.loads((args.work / "evaluation" / "evaluation.json").read_text())
    if not args.no_sheets:
        sheets(args, args.out / "evaluation")
    digest = hashlib.sha256((args.model / "unet.bin").read_bytes()).hexdigest()[:12]
    notes = HERE / "by_eye.md"
    text = markdown(result, digest, "\n" + notes.read_text() if notes.exists() else "")
    write_atomically(args.out / "EVALUATION.md", lambda p: p.write_text(text))


if __name__ == "__main__":
    main()
