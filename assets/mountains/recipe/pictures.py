#!/usr/bin/env python3
"""Sheets to look at: reconstructions of held-out scenes with zooms, and samples, from the checkpoints of a work folder."""
import pathlib

import torch

import scenes
from checkpoint import load_autoencoder_weights
from clip import load_clip
from common import arguments, load_config, save_png, sheet
from diffusion import sample
from networks import Autoencoder, Unet


def truth(scene, side, box):
    """Rows and columns box = (r0, c0, r1, c1) of the scene's picture `side` pixels wide: (3, h, w) in [-1, 1]; square."""
    r0, c0, r1, c1 = box
    return scenes.render([scene], [[r0 / side, c0 / side, r1 / side, c1 / side]], r1 - r0)[0] * 2 - 1


def load_model(path, config, device):
    """Autoencoder of a checkpoint and, if it has one, its averaged network (else None), ready to run on the device."""
    model = Autoencoder(config["autoencoder"])
    load_autoencoder_weights(model, path)
    saved, network = torch.load(path, map_location="cpu")["model"], None
    if "z_dm" in saved["args"]:
        width = saved["args"]["z_dm"]["args"].get("context_dim")
        network = Unet(config["autoencoder"]["z_channels"], config["diffusion"], width)
        network.load_state_dict({k[9:]: v for k, v in saved["sd"].items() if k.startswith("z_dm_ema.")})
        network.to(device).eval().requires_grad_(False)
    return model.to(device).eval().requires_grad_(False), network


def reconstruction_rows(model, seeds, whole, device):
    """Per scene: picture of side `whole`, rebuilt, a crop of that size of the picture 4 times as wide, rebuilt, and 8 times."""
    rows = []
    for seed in seeds:
        scene = scenes.sample_scene(seed)
        x = truth(scene, whole, (0, 0, whole, whole))
        phi = model.decoder(model.encode(x[None].to(device))[0])
        rows += [x, model.render_image(phi, whole)[0]]
        for side in (4 * whole, 8 * whole):
            r0, c0 = int(side * 0.42), int(side * 0.30)
            box = (r0, c0, r0 + whole, c0 + whole)
            rows += [truth(scene, side, box), model.render_image(phi, side, box=box)[0]]
    return torch.stack(rows)


def main():
    parser = arguments(__doc__)
    parser.add_argument("--checkpoint", help="default: last-model.pth of pack, edges or autoencoder")
    parser.add_argument("--out", type=pathlib.Path, help="folder; default WORK/pictures")
    parser.add_argument("--steps", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--guidance", type=float, default=3.0)
    args = parser.parse_args()
    config = load_config(args.preset, args.set)
    out = args.out or args.work / "pictures"
    candidates = [args.work / stage / "last-model.pth" for stage in ("pack", "edges", "autoencoder")]
    whole = config["store"]["whole"]
    path = args.checkpoint or next(p for p in candidates if p.exists())
    model, network = load_model(path, config, args.device)
    with torch.no_grad():
        save_png(out / "reconstructions.png", sheet(reconstruction_rows(model, [0, 2, 5, 10], whole, args.device), 6))
        if network is None:
            return
        clip = load_clip(args.work, config["clip"], args.device) if network_is_conditional(network) else None
        shape = torch.load(path, map_location="cpu")["model"]["args"]["z_shape"]
        count = 12
        empty = clip[0].states(clip[1]([""]).to(args.device)) if clip else None
        z = sample(network, (count, *shape), args.steps, 1.0, args.seed, args.device,
                   context=None if empty is None else empty.expand(count, -1, -1))
        save_png(out / "samples.png", sheet(render_all(model, z, whole), 4))
        first, size = int(1.4 * whole), int(1.5 * whole)  # of the picture four times as wide
        box = (first, first, first + size, first + size)
        zoom = [model.render_image(model.decoder(z[k:k + 1]), 4 * whole, box=box)[0] for k in range(3)]
        save_png(out / "samples-zoom.png", sheet(torch.stack(zoom), 3))
        if empty is not None:
            context = clip[0].states(clip[1](PROMPTS).to(args.device))
            z = sample(network, (len(PROMPTS), *shape), args.steps, 1.0, args.seed, args.device, context=context,
                       empty=empty, guidance=args.guidance)
            save_png(out / "prompts.png", sheet(render_all(model, z, whole), 4))


PROMPTS = ["sunset over a lake, green mountains, a boat", "snowy mountains behind a meadow, day, a log cabin", "dawn over green mountains, a hot-air balloon",
           "a starry night over a calm lake and snow-capped peaks, northern lights", "green mountains and a meadow, day with clouds and a rainbow",
           "pine forest, snowy mountains, sunrise, a river", "a snowy meadow in winter, a village", "close view of pine trees, evening"]


def network_is_conditional(network):
    return any("attn2" in name for name, _ in network.named_modules())


def render_all(model, z, side):
    """Pictures of latents, one after another: (N, 3, side, side)."""
    return torch.cat([model.render_image(model.decoder(q[None]), side) for q in z])


if __name__ == "__main__":
    main()
