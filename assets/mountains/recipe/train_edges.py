#!/usr/bin/env python3
"""Stage `edges`: a decoder that says one edge per cell (`edges.py`), from latents of 64x64 that are linear in the picture (`blocks.py`).

Pairs of pictures of 256 and 1024 pixels are rendered into `pairs/` first, `edges.scenes` of them; a picture of 1024 is drawn from the feature map in closed
form, sixteen places a cell, so that every cell is taught at once. After `gan_step` a discriminator looks at pieces of the drawn pictures.
Ends with edges/last-model.pth, an official autoencoder file whose encoder is the linear map and whose renderer draws the same edges at every scale.
"""
import numpy as np
import torch
import torch.nn.functional as F

import scenes
from blocks import FILE, Blocks, encoder_start, fit
from checkpoint import save_checkpoint
from common import HERE, Average, Run, arguments, load_config, rate_at, write_atomically
from edges import draw, edge_decoder, edge_renderer
from near_linear import near_linear_autoencoder
from networks import Autoencoder, Discriminator

PARTS = 4  # drawn pixels per cell and axis: 256 -> 1024
CELL = 4  # pixels of the picture per cell of the latent


def render_pairs(folder, config):
    """Shards of ten views: small (n,3,s,s) and large (n,3,4s,4s) bytes. Existing shards are kept."""
    folder.mkdir(parents=True, exist_ok=True)
    side, first = config["edges"]["side"], config["world"]["first_seed"]
    for at in range(0, config["edges"]["scenes"], 10):
        path = folder / f"{at:06d}.npz"
        if path.exists():
            continue
        small, large = [], []
        for seed in range(first + at, first + min(at + 10, config["edges"]["scenes"])):
            scene, box = scenes.view_of(seed)
            for size, out in ((side, small), (PARTS * side, large)):
                out.append((scenes.render_one(scene, box, size)[0] * 255 + 0.5).astype(np.uint8))

        def write(p, small=small, large=large):
            with open(p, "wb") as f:
                np.savez(f, small=np.stack(small), large=np.stack(large))

        write_atomically(path, write)


class Pairs:
    def __init__(self, folder):
        self.items = []
        for path in sorted(folder.glob("*.npz")):
            with np.load(path) as f:
                self.items += list(zip(f["small"], f["large"]))

    def crop(self, r, side):
        """The better of two crops with much to see: (3, side, side) and (3, 4 side, 4 side) in [-1, 1]."""
        small, large = r.choice(self.items)
        last, best = (small.shape[1] - side) // CELL, None
        for _ in range(2):
            # a third lies at a border, so that no frame is learnt
            y, x = (CELL * (r.choice((0, last)) if r.random() < 0.3 else r.randint(0, last)) for _ in range(2))
            piece = small[:, y:y + side, x:x + side].astype(np.int16)
            seen = float(np.minimum(np.abs(np.diff(piece, axis=1)).max(0), 60).mean())
            if best is None or seen > best[0]:
                best = (seen, y, x)
        _, y, x = best
        pair = [small[:, y:y + side, x:x + side], large[:, PARTS * y:PARTS * (y + side), PARTS * x:PARTS * (x + side)]]
        if r.random() < 0.5:
            pair = [p[:, :, ::-1] for p in pair]
        return [torch.from_numpy(p.copy()).float().div_(127.5).sub_(1) for p in pair]


def steps_across_cells(difference):
    return sum((a - b).abs().mean() for a, b in (
        (difference[:, :, PARTS::PARTS], difference[:, :, PARTS - 1:-1:PARTS]),
        (difference[:, :, :, PARTS::PARTS], difference[:, :, :, PARTS - 1:-1:PARTS])))


def layers(discriminator, pictures):
    """What the discriminator's layers say of pictures of 1024, and its verdict."""
    fine = discriminator.DETAIL * (pictures - F.avg_pool2d(pictures, 5, 1, 2, count_include_pad=False))
    scale = torch.full_like(pictures[:, :1], 2 / 3)
    x, seen = torch.cat([pictures, fine, scale], 1), []
    for layer in discriminator.main:
        with torch.autocast("cpu", torch.bfloat16, enabled=isinstance(layer, torch.nn.Conv2d)):
            x = layer(x)
        x = x.float()
        if isinstance(layer, torch.nn.LeakyReLU):
            seen.append(x)
    return seen, x


def main():
    args = arguments(__doc__).parse_args()
    config = load_config(args.preset, args.set)
    e, network = config["edges"], dict(config["autoencoder"], **config["edges_network"])
    torch.set_flush_denormal(True)
    render_pairs(args.work / "pairs", config)
    pairs = Pairs(args.work / "pairs")
    if not FILE.exists():
        some = torch.from_numpy(np.stack([small for small, _ in pairs.items[:80]])).float().div_(127.5).sub_(1)
        names = "mean", "variances", "columns"
        write_atomically(FILE, lambda p: np.savez(open(p, "wb"), **{k: v.numpy() for k, v in zip(names, fit(some))}))
    blocks = Blocks.load(network["z_channels"])
    torch.manual_seed(0)
    model = Autoencoder(network)
    near_linear_autoencoder(model)
    encoder_start(model, blocks)
    edge_decoder(model.decoder)
    edge_renderer(model.renderer.net, e["sharpness"][1])
    start = HERE / e["start"] if e["start"] else None  # also an absolute path
    if start:
        model.decoder.load_state_dict({k: v.float() for k, v in torch.load(start, map_location="cpu").items()})
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
        sharpness = high if start else low + (high - low) * min(step / e["sharpen"], 1)
        x, t = (torch.stack(v) for v in zip(*(pairs.crop(r, e["crop"]) for _ in range(e["batch"]))))
        z = blocks.encode(x)
        with torch.autocast("cpu", torch.bfloat16, enabled=e["bf16"]):
            phi = decoder(z + e["latent_noise"] * torch.randn_like(z)).float()
        rgb = draw(phi, PARTS, sharpness)
        d = rgb - t
        direction, strength = phi[:, 12:14].pow(2).sum(1), phi[:, 9:12].detach().abs().mean(1)
        fine, coarse = d.abs().mean(), F.avg_pool2d(d, PARTS).abs().mean()
        loss = fine + e["coarse"] * coarse + e["seam"] * steps_across_cells(d) + 0.3 * ((direction - 1).pow(2).clamp(max=4) * strength).mean()
        if step >= e["gan_step"]:
            side = PARTS * e["crop"] // 2
            y, u = (r.randint(0, rgb.shape[2] - side) for _ in range(2))
            drawn, true = rgb[:, :, y:y + side, u:u + side], t[:, :, y:y + side, u:u + side]
            seen_true, verdict = layers(discriminator, true)
            disc_loss = F.relu(1 - verdict).mean() + F.relu(1 + layers(discriminator, drawn.detach())[1]).mean()
            opt_disc.zero_grad(set_to_none=True)
            disc_loss.backward()
            opt_disc.step()
            discriminator.requires_grad_(False)
            seen, verdict = layers(discriminator, drawn)
            alike = sum((a - b.detach()).abs().mean() / b.detach().abs().mean() for a, b in zip(seen, seen_true)) / len(seen)
            loss = loss + min(1, (step - e["gan_step"]) / 150) * e["gan_weight"] * (alike - verdict.mean())
            discriminator.requires_grad_(True)
            run.note(disc=disc_loss, alike=alike)
        opt.zero_grad(set_to_none=True)
        loss.backward()
        if torch.isfinite(torch.nn.utils.clip_grad_norm_(decoder.parameters(), 0.5)):
            opt.step()
        average.update(decoder)
        run.samples += len(x)
        run.note(fine=fine, coarse=coarse)
        if (step + 1) % 50 == 0:
            run.log()
    model.decoder.load_state_dict(average.model.state_dict())
    save_checkpoint(args.work / "edges" / "last-model.pth", dict(config, autoencoder=network), run.step, model)


if __name__ == "__main__":
    main()
