#!/usr/bin/env python3
"""Figures of a checkpoint on held-out scenes: reconstruction, sharpness, scale consistency, and sample statistics.

Prints a Markdown table and writes evaluation/evaluation.json. PSNR is over colours in [-1, 1] with range 2, the mean of the
per-scene values. Every side above 512 is measured on one fixed 256-pixel crop per scene.
"""
import hashlib
import json
import math
import pathlib
import random

import numpy as np
import torch
import torch.nn.functional as F

import scenes
from clip import load_clip
from common import arguments, load_config, write_atomically
from diffusion import sample
from judge import attributes_of, load_judge
from pictures import load_model, network_is_conditional, truth


def psnr(a, b):
    return 10 * torch.log10(4 / (a - b).pow(2).mean().clamp(min=1e-10))


def gradient_energy(x):
    return (x[..., 1:, :] - x[..., :-1, :]).pow(2).mean() + (x[..., :, 1:] - x[..., :, :-1]).pow(2).mean()


def crop_of(scene, side, size):
    """A fixed crop of a scene that lies where there is something to see."""
    if side <= 2 * size:
        return 0, 0, side, side
    y, x, *_ = scenes.close_box(scene, random.Random(scene["seed"] * 101 + side), math.log2(side / size))
    r0, c0 = (min(round(v * side), side - size) for v in (y, x))
    return r0, c0, r0 + size, c0 + size


REACH, CONTRAST = 24, 0.2  # an edge: the steepest place within REACH pixels on both sides, where grey differs by CONTRAST


def edge_widths(picture):
    """Widths in pixels from 10 to 90 % of the strongest edges of a picture (3, H, W) in [-1, 1], along every 8th row and column.

    From the steepest place the profile is followed both ways as long as it goes on rising (or falling)."""
    grey, found = (picture.mean(0).double().numpy() + 1) / 2, []
    for lines in (grey[::8], grey.T[::8]):
        step = np.diff(lines, axis=1)
        size = np.abs(step)
        window = np.lib.stride_tricks.sliding_window_view(np.pad(size, ((0, 0), (REACH, REACH))), 2 * REACH + 1, axis=1)
        for i, j in zip(*np.nonzero((size == window.max(2)) & (size > CONTRAST / (4 * REACH)))):
            sign = np.sign(step[i, j])
            low, high = j, j
            while low > 0 and j - low < 2 * REACH and sign * step[i, low - 1] > 0:
                low -= 1
            while high < step.shape[1] - 1 and high - j < 2 * REACH and sign * step[i, high + 1] > 0:
                high += 1
            run = sign * (lines[i, low:high + 2] - lines[i, low])
            if run[-1] >= CONTRAST:
                first, last = np.interp([0.1 * run[-1], 0.9 * run[-1]], run, np.arange(len(run)))
                found.append(last - first)
    return found


def steps_between(picture, cell):
    """Mean squared step from pixel to pixel, across the borders of cells (`cell` pixels wide, beginning with one) and inside them."""
    across, inside = [], []
    for axis in (1, 2):
        step = picture.diff(dim=axis).pow(2).mean((0, 3 - axis))
        border = torch.arange(len(step)) % cell == cell - 1
        across.append(float(step[border].mean()))
        inside.append(float(step[~border].mean()))
    return sum(across), sum(inside)


def reconstruction(model, seeds, whole, device):
    """Per side: PSNR and the ratio of gradient energies; scale consistency beside the data's own figure; and, zoomed in, how much larger
    steps across borders of cells are than those inside (root mean square; 1: cells do not show)."""
    sides = [whole * k for k in (1, 2, 4, 8, 24)]
    rows = {s: ([], []) for s in sides}
    consistency, own, zoomed = [], [], {whole * k: [] for k in (6, 24)}
    for seed in seeds:
        scene = scenes.sample_scene(seed)
        phi = model.decoder(model.encode(truth(scene, whole, (0, 0, whole, whole))[None].to(device))[0])
        for side in sides:
            box = crop_of(scene, side, whole)
            real, made = truth(scene, side, box), model.render_image(phi, side, box=box)[0]
            rows[side][0].append(float(psnr(real, made)))
            rows[side][1].append([float(gradient_energy(v)) for v in (made, real)])
        r0, c0, r1, c1 = crop_of(scene, 4 * whole, whole)
        for side, found in zoomed.items():
            cell = side // phi.shape[-1]
            size = whole // cell * cell
            r, c = (v * side // (4 * whole) // cell * cell for v in (r0, c0))
            found.append(steps_between(model.render_image(phi, side, box=(r, c, r + size, c + size))[0], cell))
        twice = [2 * v for v in (r0, c0, r1, c1)]
        consistency.append(float(psnr(
            model.render_image(phi, 4 * whole, box=(r0, c0, r1, c1))[0],
            F.avg_pool2d(model.render_image(phi, 8 * whole, box=twice), 2)[0])))
        own.append(float(psnr(truth(scene, 4 * whole, (r0, c0, r1, c1)),
                              F.avg_pool2d(truth(scene, 8 * whole, twice)[None], 2)[0])))
    table = {str(s): dict(psnr=np.mean(p), gradient_energy=np.divide(*np.sum(g, 0))) for s, (p, g) in rows.items()}
    cells = {str(s): float(np.sqrt(np.divide(*np.sum(v, 0)))) for s, v in zoomed.items()}
    return dict(reconstruction=table, cell_steps=cells, scale_consistency=np.mean(consistency), scale_consistency_of_data=np.mean(own))


def frechet(a, b):
    """Fréchet distance of two sets of feature vectors (N, D), M > 1."""
    (ma, mb), (ca, cb) = (x.mean(0) for x in (a, b)), (torch.cov(x.t()) for x in (a, b))
    values, vectors = torch.linalg.eigh(ca)
    root = vectors @ torch.diag(values.clamp(min=0).sqrt()) @ vectors.t()
    cross = torch.linalg.eigvalsh(root @ cb @ root).clamp(min=0).sqrt().sum()
    return float((ma - mb).pow(2).sum() + ca.trace() + cb.trace() - 2 * cross)


class Sampler:
    """Samples of a checkpoint, with prompts (guided) where it takes them, else without."""

    def __init__(self, network, config, work, steps, device):
        a = config["autoencoder"]
        side = config["store"]["whole"] // 2 ** (len(a["encoder_mult"]) - 1)
        self.network, self.steps, self.shape, self.device = network, steps, (a["z_channels"], side, side), device
        self.clip = load_clip(work, config["clip"], device) if network_is_conditional(network) else None
        self.empty = self.states([""]) if self.clip else None

    def states(self, texts):
        return self.clip[0].states(self.clip[1](texts).to(self.device))

    def latents(self, count, seed, prompts=None, guidance=1.0):
        context = self.states(prompts or [""] * count) if self.clip else None
        return sample(self.network, (count, *self.shape), self.steps, 1.0, seed, self.device, context=context,
                      empty=self.empty, guidance=guidance if prompts else 1.0)


CROPS = {256: 4, 512: 4, 1024: 1}  # size of the crops of a 1024-pixel picture, and how many of each picture


def features_of(judge, picture, seed):
    """The judge's features of crops of one picture (1, 3, 1024, 1024): per size (count, D). The places belong to the seed."""
    r, side, out = random.Random(seed), picture.shape[-1], {}
    for size, count in CROPS.items():
        size = size * side // 1024
        places = [(r.randint(0, side - size), r.randint(0, side - size)) for _ in range(count)]
        out[size] = torch.cat([judge.features(picture[..., y:y + size, x:x + size]) for y, x in places])
    return out


def together(features):
    return {size: torch.cat([f[size] for f in features]).double() for size in features[0]}


def real_features(work, judge, digest, seeds, side):
    """Of scenes that no training has seen; kept on disk, because rendering them takes minutes."""
    path = work / "evaluation" / f"scenes-{digest}-{scenes.VERSION}-{side}.pt"
    known = torch.load(path) if path.exists() else {}
    for seed in seeds:
        if seed not in known:
            whole = truth(scenes.sample_scene(seed), side, (0, 0, side, side))
            known[seed] = features_of(judge, whole[None], seed)
            write_atomically(path, lambda p: torch.save(known, p))
    return [known[seed] for seed in seeds]


EDGES = {8: 2, 32: 2}  # sides in pictures of the encoder's, and crops of each sample, in which edges are measured


def widths_of(render, seed, whole):
    """Edge widths of crops of one picture, per side: render(side, box) gives the crop (3, h, w). Where it shows no edge there is none."""
    r, out = random.Random(seed), {}
    for factor, count in EDGES.items():
        side = factor * whole
        places = [(r.randint(side // 3, side - whole), r.randint(0, side - whole)) for _ in range(count)]
        out[str(side)] = [w for y, x in places for w in edge_widths(render(side, (y, x, y + whole, x + whole)))]
    return out


def medians(widths):
    """Per side the median width over all pictures, None where no edge was found."""
    return {side: float(np.median(all_)) if (all_ := [w for each in widths for w in each[side]]) else None for side in widths[0]}


def sample_statistics(model, sampler, judge, real, count, whole):
    """Width of the samples' strongest edges; Fréchet distance of the judge's features over crops of pictures four times as wide as the encoder's: samples against
    unseen scenes, and beside it two halves of such scenes, about what a perfect model would reach with as many pictures."""
    made, widths = [], []
    for first in range(0, count, 8):
        for k, z in enumerate(sampler.latents(min(8, count - first), 1000 + first)):
            phi = model.decoder(z[None])
            made.append(features_of(judge, model.render_image(phi, 4 * whole), first + k))
            widths.append(widths_of(lambda side, box, phi=phi: model.render_image(phi, side, box=box)[0].cpu(), first + k, whole))
    half = len(real) // 2
    samples, some, others = together(made), together(real[:half]), together(real[half:])
    return {str(size): dict(samples=frechet(samples[size], some[size]), data=frechet(others[size], some[size]))
            for size in samples}, medians(widths)


def caption_agreement(model, sampler, judge, whole, count, guidance):
    """Share of prompts whose sample the judge finds more like its own prompt's scene than like a random other one's.
    A prompt names time, mountains and foreground (in one of the captions' wordings); ties count as misses."""
    hits, total = 0, 0
    for first in range(0, count, 8):
        drawn = [scenes.sample_scene(-1000 - first - k) for k in range(min(8, count - first))]
        prompts = [scenes.plain_caption(s) for s in drawn]
        for k, z in enumerate(sampler.latents(len(drawn), 5000 + first, prompts, guidance)):
            opinions = judge.attributes(model.render_image(model.decoder(z[None]), whole))[:3]
            own = attributes_of(drawn[k])[:3]
            r = random.Random(first + k)
            other = own
            while other == own:
                other = attributes_of(scenes.sample_scene(r.randrange(10**6, 2 * 10**6)))[:3]
            score = [sum(float(o[0, v]) for o, v in zip(opinions, values)) for values in (own, other)]
            hits, total = hits + (score[0] > score[1]), total + 1
    return hits / total


def main():
    parser = arguments(__doc__)
    parser.add_argument("--checkpoint", help="default: last-model.pth of pack, edges or autoencoder")
    parser.add_argument("--count", type=int, default=24, help="held-out scenes")
    parser.add_argument("--samples", type=int, default=64)
    parser.add_argument("--prompts", type=int, default=200)
    parser.add_argument("--guidance", type=float, default=3.0)
    parser.add_argument("--steps", type=int, default=50)
    args = parser.parse_args()
    config = load_config(args.preset, args.set)
    candidates = [args.work / stage / "last-model.pth" for stage in ("pack", "edges", "autoencoder")]
    path = pathlib.Path(args.checkpoint or next(p for p in candidates if p.exists()))
    model, network = load_model(path, config, args.device)
    first = config["world"]["held_out_seed"]
    seeds = range(first, first + min(args.count, config["world"]["held_out"]))
    with torch.no_grad():
        result = dict(generator=scenes.VERSION, checkpoint=hashlib.sha256(path.read_bytes()).hexdigest()[:12], scenes=len(seeds),
                      **reconstruction(model, seeds, config["store"]["whole"], args.device))
        result["edge_widths_of_data"] = medians([
            widths_of(lambda side, box, s=scenes.sample_scene(seed): truth(s, side, box), seed, config["store"]["whole"]) for seed in seeds])
        judge = load_judge(args.work)
        if network is not None:
            sampler, whole = Sampler(network, config, args.work, args.steps, args.device), config["store"]["whole"]
            unseen = range(-1, -1 - 2 * args.samples, -1)  # seeds below zero: neither trained on nor held out
            real = real_features(args.work, *judge, unseen, 4 * whole)
            result.update(judge=judge[1], samples=args.samples, steps=args.steps, guidance=args.guidance, prompts=args.prompts)
            result["frechet"], result["edge_widths"] = sample_statistics(model, sampler, judge[0], real, args.samples, whole)
            if sampler.clip:
                result["caption_agreement"] = caption_agreement(
                    model, sampler, judge[0], whole, args.prompts, args.guidance)
    print("| side | PSNR dB | gradient energy, rebuilt / true |\n|---|---|---|")
    for side, v in result["reconstruction"].items():
        print(f"| {side} | {v['psnr']:.2f} | {v['gradient_energy']:.2f} |")
    print(f"\nScale consistency {result['scale_consistency']:.1f} dB, of the data itself "
          f"{result['scale_consistency_of_data']:.1f} dB")
    print("Steps across borders of cells over steps inside: " + ", ".join(f"{v:.2f} at {side}" for side, v in result["cell_steps"].items()))
    for side, v in result.get("edge_widths", {}).items():
        print(f"Width of the samples' strongest edges at {side}: {v} pixels, of the scenes' {result['edge_widths_of_data'][side]}")
    for name, v in result.get("frechet", {}).items():
        print(f"Fréchet distance (judge {result['judge']}), crops of {name}: samples {v['samples']:.3f}, data {v['data']:.3f}")
    if "caption_agreement" in result:
        print(f"Caption agreement {100 * result['caption_agreement']:.0f} % of {args.prompts} prompts")
    text = json.dumps(result, indent=1, default=float)
    write_atomically(args.work / "evaluation" / "evaluation.json", lambda p: p.write_text(text))


if __name__ == "__main__":
    main()
