#!/usr/bin/env python3
"""Stage `latents`: encodes many scenes and their mirror images with the frozen encoder.

Each shard latents/NAME.npz: z float16 (n, 2, c, h, w) (plain, mirrored), seeds (n), encoder = short hash of its weights.
For a Gaussian latent z is the mean and the deviation is stored beside it. Resumable; shards of another encoder are redone. Scenes that the store has are taken from it.
"""
import hashlib
import time

import numpy as np
import torch

import scenes
from blocks import Blocks
from checkpoint import load_autoencoder_weights
from common import arguments, load_config, to_signed, write_atomically
from networks import Autoencoder
from store import Store, to_bytes


def digest_of(tensors):
    """Short hash of weights; adding 0 makes -0 to 0, which the averaging of weights does too."""
    return hashlib.sha256(b"".join((p.detach() + 0.0).numpy().tobytes() for p in tensors)).hexdigest()[:12]


class LinearEncoder:
    """What `blocks.py` says of a picture, where no encoder is trained."""
    gaussian = False

    def __init__(self, channels):
        self.blocks = Blocks.load(channels)

    def encode(self, pictures):
        return self.blocks.encode(pictures.cpu()).to(pictures.device), None


def load_encoder(work, config, device):
    """The encoder that latents are made with, which nothing trains any more, and its hash."""
    a = config["autoencoder"]
    if a["encoder"] == "blocks":
        linear = LinearEncoder(a["z_channels"])
        return linear, digest_of((linear.blocks.kernel, linear.blocks.bias))
    path = work / "autoencoder" / "last-model.pth"
    iteration = torch.load(path, map_location="cpu")["iter"]
    if iteration <= a["refine_step"]:
        raise SystemExit(f"{path} is at step {iteration}: its encoder changes until step {a['refine_step']}; run train_autoencoder.py further")
    model = load_frozen(work, config, device)
    return model, digest_of(model.encoder.cpu().parameters())


def load_frozen(work, config, device):
    """The averaged autoencoder, as far as it is trained."""
    a = config["autoencoder"]
    path = work / ("edges" if a["encoder"] == "blocks" else "autoencoder") / "last-model.pth"
    model = Autoencoder(a)
    load_autoencoder_weights(model, path)
    return model.to(device).eval().requires_grad_(False)


def whole_pictures(data, position, seeds, side, device):
    """Pictures of the scenes, close-ups among them, in [-1, 1], byte-rounded like the store's, whether taken from it or rendered;
    and of each its label shares and the side of its box."""
    out, shares, spans = [], [], []
    for seed in seeds:
        if seed in position:
            k = position[seed]
            pixels, found, span = (data.item(k, name) for name in ("whole", "whole_labels", "span"))
        else:
            scene, box = scenes.view_of(seed)
            rgb, found, _ = scenes.picture(scene, box, side)
            pixels, found, span = to_bytes(rgb[None])[0], found.numpy(), box[2] - box[0]
        out.append(to_signed(pixels, device))
        shares.append(found)
        spans.append(span)
    return torch.stack(out), shares, spans


def main():
    parser = arguments(__doc__)
    parser.add_argument("--part", default="1/1", help="2/3: the second of three processes that share the work")
    args = parser.parse_args()
    config, begun = load_config(args.preset, args.set), time.time()
    model, digest = load_encoder(args.work, config, args.device)
    w, n = config["world"], config["latents"]["shard"]
    data = Store(args.work) if (args.work / "store").exists() else None
    position = {int(data.item(k, "seeds")): k for k in range(len(data))} if data else {}
    jobs = [("held-out", range(w["held_out_seed"], w["held_out_seed"] + w["held_out"]))]
    jobs += [(f"scenes-{w['first_seed'] + i:06d}", range(w["first_seed"] + i, w["first_seed"] + i + n))
             for i in range(0, config["latents"]["scenes"], n)]
    part, parts = (int(v) for v in args.part.split("/"))
    for name, seeds in jobs[:args.until][part - 1::parts]:
        path = args.work / "latents" / f"{name}.npz"
        if path.exists():
            with np.load(path) as old:
                if str(old["encoder"]) == digest:
                    continue
        means, deviations, shares, spans = [], [], [], []
        for first in range(0, len(seeds), 8):
            x, found, sides = whole_pictures(data, position, list(seeds)[first:first + 8], config["store"]["whole"], args.device)
            shares, spans = shares + found, spans + sides
            with torch.no_grad():
                pairs = [model.encode(v) for v in (x, x.flip(-1))]
            means.append(torch.stack([p[0] for p in pairs], 1).cpu())
            if model.gaussian:
                deviations.append(torch.stack([p[1] for p in pairs], 1).cpu())
            if time.time() - begun > 60 * args.minutes:
                return
        arrays = dict(z=torch.cat(means).half().numpy(), seeds=np.array(seeds, np.int64), encoder=digest,
                      labels=np.stack(shares).astype(np.float32), span=np.array(spans))
        if deviations:
            arrays["deviation"] = torch.cat(deviations).half().numpy()

        def write(p, arrays=arrays):
            with open(p, "wb") as f:
                np.savez(f, **arrays)

        write_atomically(path, write)
        print(f"{path}  {time.time() - begun:.0f} s", flush=True)


if __name__ == "__main__":
    main()
