#!/usr/bin/env python3
"""Stage `detail`: puts grain into a trained autoencoder and fits where which grain shows.

After the autoencoder stage; takes and rewrites autoencoder/last-model.pth (the one before is kept as plain-model.pth). Encoder and
decoder are frozen; of the renderer only the gates of grain.py are trained, by the texture loss: how strong features are around a place,
whatever their phase, and by L1 over octaves coarse enough to be known. Latents stay valid.
"""
import shutil

import torch

import losses
from checkpoint import load_autoencoder_weights, save_checkpoint
from common import Average, Run, arguments, load_config, rate_at, to_signed
from grain import add_grain, gates
from networks import Autoencoder
from store import Store
from train_autoencoder import PatchSampler, inner_mask


def main():
    args = arguments(__doc__).parse_args()
    config = load_config(args.preset, args.set)
    a, s, t, dev = config["autoencoder"], config["store"], config["detail"], args.device
    if a["normalize"] or a["renderer"] != "field":
        raise SystemExit("grain needs a renderer without norms that has scales: see grain.py")
    kept, plain = (args.work / "autoencoder" / n for n in ("last-model.pth", "plain-model.pth"))
    if not plain.exists():
        shutil.copyfile(kept, plain)
    model = Autoencoder(a)
    load_autoencoder_weights(model, plain)
    model.to(dev).requires_grad_(False)
    data = Store(args.work)
    add_grain(model, torch.stack([to_signed(data.item(k, "whole"), dev) for k in range(min(len(data), 8))]))
    trained = gates(model.renderer.net)
    for parameter, left in trained:
        parameter.requires_grad_(True)
        parameter.register_hook(left)
    average = Average(model, t["ema"])
    features = losses.RandomFeatures().to(dev)
    opt = torch.optim.Adam([p for p, _ in trained], lr=t["lr"], betas=(0.9, 0.99))
    run = Run("detail", args, t["steps"], dict(model=model, opt=opt), dict(average=average))
    sampler = PatchSampler(data, dict(a, batch=t["batch"], patches=t["patches"]), s, dev)
    for step, r in run.steps():
        opt.param_groups[0]["lr"] = t["lr"] * rate_at(step, t["steps"], t["warmup"], 0.05)
        whole, truth, (sample, row, column, side) = sampler.batch(r, a["p_max"][1])
        with torch.no_grad():
            phi = model.decoder(model.encode(whole)[0])
        rgb = model.render_patches(phi, sample, row, column, side, s["patch"])
        rgb = torch.where(inner_mask(row, column, side, s["patch"], dev), rgb, truth)
        _, texture = features(rgb, truth)
        l1 = losses.laplacian_l1(rgb, truth, side, 0.0, seen=t["seen"])
        loss = t["texture"] * texture + l1
        opt.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_([p for p, _ in trained], 1.0)
        opt.step()
        average.update(model)
        run.samples += len(whole)
        run.note(texture=texture, l1=l1)
        if (step + 1) % 25 == 0:
            run.log()
    save_checkpoint(kept, config, torch.load(plain, map_location="cpu")["iter"], autoencoder=average.model)


if __name__ == "__main__":
    main()
