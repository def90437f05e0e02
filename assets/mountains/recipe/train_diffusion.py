#!/usr/bin/env python3
"""Stage `diffusion`: the UNet on stored latents, velocity prediction, averaged weights.

With `text = true` the network is conditioned on the text states of the clip stage's captions (empty prompt in a share
p_uncond of the samples); with false it is an ordinary official unconditional network. On finishing, or when stopped, it
packs autoencoder, network and text tower into pack/last-model.pth in the official layout.
`--processes 2` trains in two processes, each on a thread and a batch of its own, with the mean of their gradients.
"""
import os
import random
import subprocess
import sys

import numpy as np
import torch
import torch.distributed

import scenes
from checkpoint import save_checkpoint
from clip import load_clip
from common import Average, Run, arguments, half_precision, load_config, rate_at
from diffusion import STEPS, noised
from latents import load_encoder, load_frozen
from muon import Muon
from networks import Unet


class Latents:
    """All stored latents of one encoder; `refresh` finds new shards."""

    def __init__(self, work, digest, name="scenes-*"):
        self.folder, self.digest, self.pattern, self.names = work / "latents", digest, name, set()
        self.z, self.deviation, self.views = [], [], []
        self.refresh()
        if not self.z:
            raise SystemExit(f"{self.folder} holds no latents of this encoder: run latents.py")

    def refresh(self):
        for p in sorted(self.folder.glob(self.pattern + ".npz")):
            if p.name in self.names:
                continue
            with np.load(p) as f:
                if str(f["encoder"]) != self.digest:
                    continue
                self.z += list(torch.from_numpy(f["z"]))
                if "deviation" in f:
                    self.deviation += list(torch.from_numpy(f["deviation"]))
                self.views += [(scenes.sample_scene(int(s)), *shown) for s, *shown in zip(f["seeds"], f["labels"], f["span"])]
            self.names.add(p.name)

    def batch(self, r, count):
        """Latents (count, c, h, w), half of them of mirrored pictures, and a caption of each."""
        chosen = [(r.randrange(len(self.z)), r.randrange(2)) for _ in range(count)]
        z = torch.stack([self.z[k][m] for k, m in chosen]).float()
        if self.deviation:
            z = z + torch.stack([self.deviation[k][m] for k, m in chosen]).float() * torch.randn_like(z)
        return z, [scenes.view_caption(*self.views[k], r) for k, _ in chosen]


def held_out_loss(network, latents, encode_text, config, device, levels=10):
    """Mean velocity error over fixed noise and `levels` times per held-out latent: comparable between runs."""
    g, errors = torch.Generator().manual_seed(5), []
    z, captions = latents.batch(random.Random(5), min(len(latents.z), 16))
    context = encode_text(captions)
    with torch.no_grad(), half_precision(config, device):
        for t in range(STEPS // levels // 2, STEPS, STEPS // levels):
            at = torch.full((len(z),), t, device=device)
            x, v = noised(z.to(device), at, torch.randn(z.shape, generator=g).to(device))
            errors.append((network(x, at, context).float() - v).pow(2).mean())
    return torch.stack(errors).mean()


class Together:
    """Processes that train one network: rank 0 starts the others, and alone writes to the disk."""

    def __init__(self, work, rank, count):
        self.rank, self.count = rank, count
        if count == 1:
            return
        meet = work / "diffusion" / "meet"
        if rank == 0:
            meet.parent.mkdir(parents=True, exist_ok=True)
            meet.unlink(missing_ok=True)
            for k in range(1, count):
                subprocess.Popen([sys.executable, *sys.argv, "--rank", str(k)])
        os.environ.setdefault("GLOO_SOCKET_IFNAME", "lo")  # they are all on this machine
        torch.distributed.init_process_group("gloo", init_method=f"file://{meet}", rank=rank, world_size=count)

    def agree(self, network, stopping):
        """Gives every process the mean of all gradients; True where one of them is to stop."""
        if self.count == 1:
            return stopping
        gradients = [p.grad for p in network.parameters()]
        flat = torch.cat([*(g.flatten() for g in gradients), torch.tensor([float(stopping)])])
        torch.distributed.all_reduce(flat)
        flat /= self.count
        at = 0
        for g in gradients:
            g.copy_(flat[at:at + g.numel()].view_as(g))
            at += g.numel()
        return bool(flat[-1] > 0)


def main():
    parser = arguments(__doc__)
    parser.add_argument("--processes", type=int, default=1, help="of one thread each (on a CPU)")
    parser.add_argument("--rank", type=int, default=0, help="which of them this is; the first starts the others")
    args = parser.parse_args()
    config = load_config(args.preset, args.set)
    together = Together(args.work, args.rank, args.processes)
    u, dev = config["diffusion"], args.device
    torch.set_flush_denormal(True)
    digest = load_encoder(args.work, config, dev)[1]
    clip = load_clip(args.work, config["clip"], dev) if u["text"] else None
    if u["text"] and clip is None:
        raise SystemExit("diffusion.text is true but the clip stage has not been finished: run clip.py, or --set diffusion.text=false")

    def encode_text(captions):
        return clip[0].states(clip[1](captions).to(dev)) if clip else None

    torch.manual_seed(2)
    network = Unet(config["autoencoder"]["z_channels"], u, config["clip"]["width"] if clip else None).to(dev)
    average = Average(network, u["ema"])
    outer = network.time_embed, network.input_blocks[0], network.out
    opt = Muon(network, u["lr"], u["lr_adam"], outer, rank=args.rank, processes=args.processes)
    run = Run("diffusion", args, u["steps"], dict(network=network, opt=opt), dict(average=average))
    start = args.work / "diffusion" / "start.pt"
    if run.step == 0 and start.exists():  # restored weights without a training state
        for each in (network, average.model):
            own = each.state_dict()
            each.load_state_dict({k: v.view(own[k].shape) for k, v in torch.load(start).items()})
        run.say("begins with restored weights and a new optimiser")
    latents, held_out = Latents(args.work, digest), Latents(args.work, digest, "held-out")
    run.say(f"{len(latents.z)} latents, {'text' if clip else 'unconditional'}, "
            f"{sum(p.numel() for p in network.parameters()) / 1e6:.1f} M parameters")

    def pack():
        save_checkpoint(args.work / "pack" / "last-model.pth", config, run.step, load_frozen(args.work, config, "cpu"), average.model,
                        clip[0].text_tower(clip[2]) if clip else None)

    run.writes = together.rank == 0
    for step, r in run.steps():
        if together.rank:
            r = random.Random(f"{step} {together.rank}")
            torch.manual_seed(r.getrandbits(60))
        if step % 1000 == 0:
            latents.refresh()
        if step % 1000 == 0 and run.writes:
            run.note(held_out=held_out_loss(average.model, held_out, encode_text, config, dev))
        z, captions = latents.batch(r, u["batch"])
        captions = ["" if r.random() < u["p_uncond"] else c for c in captions]
        # one time of each share of the range
        t = ((torch.arange(len(z)) + torch.rand(len(z))) / len(z) * STEPS).long().to(dev)
        x, target = noised(z.to(dev), t, torch.randn_like(z).to(dev))
        with half_precision(config, dev):
            loss = (network(x, t, encode_text(captions)).float() - target).pow(2).mean()
        opt.zero_grad()
        loss.backward()
        run.stopping = together.agree(network, run.stopping)
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        opt.step(rate_at(step, u["steps"], u["warmup"], u["lr_final"]))
        average.update(network)
        run.samples += len(z) * together.count
        run.note(loss=loss)
        if (step + 1) % 100 == 0:
            run.log()
    if run.writes:
        run.note(held_out=held_out_loss(average.model, held_out, encode_text, config, dev))
        run.log()
        pack()


if __name__ == "__main__":
    main()
