#!/usr/bin/env python3
"""Stage `edges`: a decoder that says two edges per cell (`edges.py`), from latents of 64x64 that are linear in the picture (`blocks.py`).

Pictures of 256 and 1024 pixels and a piece of the one of 2048 are rendered into `pairs/` first, `edges.scenes` of them; pictures are drawn from the
feature map in closed form, sixteen or sixty-four places a cell, so that every cell is taught at once. After `gan_step` a discriminator looks at pieces of
the drawn pictures of both sizes.
Ends with edges/last-model.pth, an official autoencoder file whose encoder is the linear map and whose renderer draws the same edges at every scale.
"""
import math
import random

import numpy as np
import torch
import torch.nn.functional as F

import scenes
from blocks import FILE, Blocks, encoder_start, fit
from checkpoint import load_autoencoder_weights, save_checkpoint
from common import HERE, Average, Run, arguments, load_config, rate_at, write_atomically
from edges import EDGES, draw, edge, edge_decoder, edge_renderer, jumps, second_edge
from near_linear import near_linear_autoencoder
from networks import Autoencoder, Discriminator

PARTS = 4  # drawn pixels per cell and axis: 256 -> 1024
FINE = 8  # the same in the pieces: 256 -> 2048
CELL = 4  # pixels of the picture per cell of the latent


def busy(picture):
    """How much there is to see in a picture (3, h, w) of bytes."""
    return float(np.minimum(np.abs(np.diff(picture.astype(np.int16), axis=1)).max(0), 60).mean())


def render_pairs(folder, config):
    """Shards of ten views: small (n,3,s,s), large (n,3,4s,4s) and fine (n,3,8p,8p) bytes; place (n,2): where in the small picture the piece of p
    pixels is that fine shows. Existing shards are kept."""
    folder.mkdir(parents=True, exist_ok=True)
    side, piece, first = config["edges"]["side"], config["edges"]["piece"], config["world"]["first_seed"]
    for at in range(0, config["edges"]["scenes"], 10):
        path = folder / f"{at:06d}.npz"
        if path.exists():
            continue
        shard = dict(small=[], large=[], fine=[], place=[])
        for seed in range(first + at, first + min(at + 10, config["edges"]["scenes"])):
            scene, box = scenes.view_of(seed)

            def pixels(part, size, scene=scene, box=box):
                return (scenes.render_one(scene, scenes.within(box, part), size)[0] * 255 + 0.5).astype(np.uint8)

            small, large = (pixels((0, 0, 1, 1), size) for size in (side, PARTS * side))
            r, last = random.Random(seed), (side - piece) // CELL
            places = [(CELL * r.randint(0, last), CELL * r.randint(0, last)) for _ in range(6)]
            y, x = max(places, key=lambda p: busy(large[:, PARTS * p[0]:PARTS * (p[0] + piece), PARTS * p[1]:PARTS * (p[1] + piece)]))
            fine = pixels((y / side, x / side, (y + piece) / side, (x + piece) / side), FINE * piece)
            for name, value in zip(shard, (small, large, fine, (y, x))):
                shard[name].append(value)

        def write(p, shard=shard):
            with open(p, "wb") as f:
                np.savez(f, **{name: np.stack(values) for name, values in shard.items()})

        write_atomically(path, write)


class Pairs:
    def __init__(self, folder, piece):
        self.items, self.piece = [], piece
        for path in sorted(folder.glob("*.npz")):
            with np.load(path) as f:
                self.items += list(zip(f["small"], f["large"], f["fine"], f["place"]))

    def crop(self, r, side):
        """A crop that holds the piece, of the better of two scenes: (3, side, side), (3, 4 side, 4 side) and (3, 8p, 8p) in [-1, 1], and where the
        piece is in it."""
        best = None
        for _ in range(2):
            small, large, fine, place = r.choice(self.items)
            last = small.shape[1] - side
            # at a border where that is possible, so that no frame is learnt
            y, x = (CELL * r.randint(max(0, p + self.piece - side) // CELL, min(p, last) // CELL) for p in place)
            seen = busy(small[:, y:y + side, x:x + side])
            if best is None or seen > best[0]:
                best = seen, y, x, small, large, fine, place
        _, y, x, small, large, fine, place = best
        pictures = [small[:, y:y + side, x:x + side], large[:, PARTS * y:PARTS * (y + side), PARTS * x:PARTS * (x + side)], fine]
        row, column = int(place[0]) - y, int(place[1]) - x
        if r.random() < 0.5:
            pictures, column = [p[:, :, ::-1] for p in pictures], side - self.piece - column
        return *(torch.from_numpy(p.copy()).float().div_(127.5).sub_(1) for p in pictures), (row, column)


def steps_across_cells(difference, parts):
    return sum((a - b).abs().mean() for a, b in (
        (difference[:, :, parts::parts], difference[:, :, parts - 1:-1:parts]),
        (difference[:, :, :, parts::parts], difference[:, :, :, parts - 1:-1:parts])))


def layers(discriminator, pictures, parts):
    """What the discriminator's layers say of pictures with that many pixels a cell, and its verdict."""
    fine = discriminator.DETAIL * (pictures - F.avg_pool2d(pictures, 5, 1, 2, count_include_pad=False))
    scale = torch.full_like(pictures[:, :1], math.log2(parts) / 3)
    x, seen = torch.cat([pictures, fine, scale], 1), []
    for layer in discriminator.main:
        with torch.autocast("cpu", torch.bfloat16, enabled=isinstance(layer, torch.nn.Conv2d)):
            x = layer(x).float()
        if isinstance(layer, torch.nn.LeakyReLU):
            seen.append(x)
    return seen, x


def main():
    args = arguments(__doc__).parse_args()
    config = load_config(args.preset, args.set)
    e, network = config["edges"], config["autoencoder"]
    torch.set_flush_denormal(True)
    render_pairs(args.work / "pairs", config)
    pairs = Pairs(args.work / "pairs", e["piece"])
    if not FILE.exists():
        some = torch.from_numpy(np.stack([small for small, *_ in pairs.items[:80]])).float().div_(127.5).sub_(1)
        names = "mean", "variances", "columns"
        write_atomically(FILE, lambda p: np.savez(open(p, "wb"), **{k: v.numpy() for k, v in zip(names, fit(some))}))
    blocks = Blocks.load(network["z_channels"])
    torch.manual_seed(0)
    model = Autoencoder(network)
    near_linear_autoencoder(model)
    encoder_start(model, blocks)
    edge_decoder(model.decoder)
    edge_renderer(model.renderer.net, e["sharpness"][1])
    second_edge(model.decoder)
    kept = args.work / "edges" / "last-model.pth"
    start = kept.exists() and not (args.work / "edges" / "state.pt").exists()  # restored weights without a training state
    if start:
        load_autoencoder_weights(model, kept, ("decoder",))
    elif e["start"]:
        model.decoder.load_state_dict({k: v.float() for k, v in torch.load(HERE / e["start"], map_location="cpu").items()})
    discriminator, decoder = Discriminator(e["discriminator_ch"]), model.decoder
    opt = torch.optim.Adam(decoder.parameters(), lr=e["lr"], betas=(0.9, 0.98))
    opt_disc = torch.optim.Adam(discriminator.parameters(), lr=e["lr_disc"], betas=(0.5, 0.95))
    average = Average(decoder, e["ema"])
    run = Run("edges", args, e["steps"], dict(decoder=decoder, opt=opt, discriminator=discriminator, opt_disc=opt_disc), dict(average=average))
    run.say(f"{len(pairs.items)} pairs, {sum(p.numel() for p in decoder.parameters()) / 1e6:.2f} M parameters")
    for step, r in run.steps():
        for group in opt.param_groups:
            group["lr"] = e["lr"] * rate_at(step, e["steps"], e["warmup"], 0.05)
        low, high = e["sharpness"]
        sharpness = low + (high - low) * min(step / e["sharpen"], 1)
        x, t, f, places = zip(*(pairs.crop(r, e["crop"]) for _ in range(e["batch"])))
        x, t, f = (torch.stack(v) for v in (x, t, f))
        z = blocks.encode(x)
        with torch.autocast("cpu", torch.bfloat16, enabled=e["bf16"]):
            phi = decoder(z + e["latent_noise"] * torch.randn_like(z)).float()
        # of the piece a half a side, at any cell
        p, half = e["piece"], e["piece"] // 2
        at = [(r.randint(0, p - half), r.randint(0, p - half)) for _ in places]
        inner = torch.stack([v[:, y + i:y + i + half, u + j:u + j + half] for v, (y, u), (i, j) in zip(phi, places, at)])
        looks = [(draw(phi, PARTS, sharpness), t, PARTS), (draw(inner, FINE, sharpness), torch.stack(
            [v[:, FINE * i:FINE * (i + half), FINE * j:FINE * (j + half)] for v, (i, j) in zip(f, at)]), FINE)]
        d, finer = (drawn - true for drawn, true, _ in looks)
        fine, coarse, finest = d.abs().mean(), F.avg_pool2d(d, PARTS).abs().mean(), finer.abs().mean()
        loss = fine + e["finest"] * finest + e["coarse"] * coarse + e["seam"] * (steps_across_cells(d, PARTS) + steps_across_cells(finer, FINE))
        jump = sum(v.abs().mean() for v in jumps(phi))
        loss = loss + e["jumps"] * jump
        for step_of, direction, _ in (edge(phi, k) for k in range(EDGES)):
            strength = step_of.detach().abs().mean(1)
            loss = loss + 0.3 * ((direction.pow(2).sum(1) - 1).pow(2).clamp(max=4) * strength).mean()
        if step >= e["gan_step"]:
            side, seen_pairs = PARTS * e["crop"] // 2, []
            y, u = (r.randint(0, t.shape[2] - side) for _ in range(2))
            looks[0] = (*(v[:, :, y:y + side, u:u + side] for v in looks[0][:2]), PARTS)
            disc_loss = 0
            for drawn, true, parts in looks:
                seen_true, verdict = layers(discriminator, true, parts)
                disc_loss = disc_loss + F.relu(1 - verdict).mean() + F.relu(1 + layers(discriminator, drawn.detach(), parts)[1]).mean()
                seen_pairs.append([v.detach() for v in seen_true])
            opt_disc.zero_grad(set_to_none=True)
            disc_loss.backward()
            opt_disc.step()
            discriminator.requires_grad_(False)
            for (drawn, _, parts), seen_true in zip(looks, seen_pairs):
                seen, verdict = layers(discriminator, drawn, parts)
                alike = sum((a - b).abs().mean() / b.abs().mean() for a, b in zip(seen, seen_true)) / len(seen)
                loss = loss + min(1, (step - e["gan_step"]) / 150) * e["gan_weight"] * (alike - verdict.mean()) / 2
                run.note(**{f"alike{parts}": alike})
            discriminator.requires_grad_(True)
            run.note(disc=disc_loss / 2)
        opt.zero_grad(set_to_none=True)
        loss.backward()
        if torch.isfinite(torch.nn.utils.clip_grad_norm_(decoder.parameters(), 0.5)):
            opt.step()
        average.update(decoder)
        run.samples += len(x)
        run.note(jumps=jump, fine=fine, coarse=coarse, finest=finest)
        if (step + 1) % 50 == 0:
            run.log()
    model.decoder.load_state_dict(average.model.state_dict())
    save_checkpoint(args.work / "edges" / "last-model.pth", config, run.step, model)


if __name__ == "__main__":
    main()
