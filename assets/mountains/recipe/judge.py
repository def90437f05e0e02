#!/usr/bin/env python3
"""Stage `judge`: a small network that evaluates and is never used in training a model.

It learns to tell the label shares of any crop, and time of day, mountains, foreground, clouds and mist of a whole picture.
Its pooled features serve the Fréchet distances, its opinions the caption agreement. Trained once and then frozen; figures
are comparable only between evaluations that name the same hash.
"""
import hashlib

import torch
import torch.nn as nn
import torch.nn.functional as F

import scenes
from common import HERE, Run, arguments, load_config, rate_at, to_signed, write_atomically
from store import Store

SIDE = 80  # whole pictures are reduced to this; crops keep their pixels
ATTRIBUTES = {"time": ("dawn", "day", "sunset", "night"), "biome": ("alpine", "green"), "front": ("lake", "meadow", "forest"),
              "cloud": (False, True), "mist": (False, True)}


def attributes_of(scene):
    """Index of each attribute's value, in the order of ATTRIBUTES."""
    values = dict(scene, cloud=scene["cloud"] > 0, mist=scene["mist"] > 0)
    return [ATTRIBUTES[k].index(values[k]) for k in ATTRIBUTES]


class Judge(nn.Module):
    WIDTH = 128

    def __init__(self):
        super().__init__()
        layers, c = [], 3
        for width in (32, 64, 96, self.WIDTH):
            layers += [nn.Conv2d(c, width, 3, padding=1), nn.BatchNorm2d(width), nn.ReLU(),
                       nn.Conv2d(width, width, 3, padding=1, stride=2), nn.BatchNorm2d(width), nn.ReLU()]
            c = width
        self.body = nn.Sequential(*layers)
        self.labels = nn.Linear(c, len(scenes.LABELS))
        # where things are matters for a whole picture: rows are pooled apart
        self.whole = nn.Sequential(nn.Linear(5 * c, 128), nn.ReLU(),
                                   nn.Linear(128, sum(len(v) for v in ATTRIBUTES.values())))

    def features(self, crops):
        """(N, 3, any, any) in [-1, 1] -> (N, WIDTH)."""
        return self.body(crops).mean((2, 3))

    def attributes(self, pictures):
        """Whole pictures of any side -> list of log-probabilities (N, values), one per attribute."""
        small = F.interpolate(pictures, SIDE, mode="bilinear", antialias=True)
        rows = F.adaptive_avg_pool2d(self.body(small), (5, 1)).flatten(1)
        parts = self.whole(rows).split([len(v) for v in ATTRIBUTES.values()], 1)
        return [p.log_softmax(1) for p in parts]


def load_judge(work):
    """(network, short hash of its weights): the work folder's own where the stage has been finished, else the frozen one
    of this recipe, by which EVALUATION.md judges."""
    path = work / "judge" / "judge.pt"
    if not path.exists():
        path = HERE / "weights" / "judge.pt"
    model = Judge().eval().requires_grad_(False)
    model.load_state_dict(torch.load(path, map_location="cpu"))
    return model, hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def main():
    args = arguments(__doc__).parse_args()
    config, dev = load_config(args.preset, args.set), args.device
    j = config["judge"]
    torch.manual_seed(3)
    model = Judge().to(dev)
    opt = torch.optim.AdamW(model.parameters(), lr=j["lr"], weight_decay=1e-3)
    run = Run("judge", args, j["steps"], dict(model=model, opt=opt))
    data = Store(args.work)
    drawn = {}
    entire = [k for k in range(len(data)) if data.item(k, "span") == 1]  # close-ups do not show their scene's attributes
    for step, r in run.steps():
        for group in opt.param_groups:
            group["lr"] = j["lr"] * rate_at(step, j["steps"], 100, 0.02)
        chosen = [r.randrange(len(data)) for _ in range(j["batch"])]
        places = [r.randrange(len(data.item(k, "side"))) for k in chosen]
        crops = torch.stack([to_signed(data.item(k, "patches")[i], dev) for k, i in zip(chosen, places)])
        shares = torch.stack([torch.as_tensor(data.item(k, "labels")[i], device=dev) for k, i in zip(chosen, places)])
        seen = [r.choice(entire) for _ in chosen]
        wholes = torch.stack([to_signed(data.item(k, "whole"), dev) for k in seen])
        if r.random() < 0.5:
            crops, wholes = crops.flip(-1), wholes.flip(-1)
        for k in seen:
            if k not in drawn:
                drawn[k] = attributes_of(scenes.sample_scene(int(data.item(k, "seeds"))))
        target = torch.tensor([drawn[k] for k in seen], device=dev)
        said = model.labels(model.features(crops)).log_softmax(1)
        label_loss = (shares * (shares.clamp(min=1e-6).log() - said)).sum(1).mean()
        opinions = model.attributes(wholes)
        attribute_loss = sum(F.nll_loss(o, target[:, i]) for i, o in enumerate(opinions))
        opt.zero_grad(set_to_none=True)
        (label_loss + attribute_loss).backward()
        opt.step()
        run.samples += len(chosen)
        right = torch.stack([(o.argmax(1) == target[:, i]).float().mean() for i, o in enumerate(opinions)])
        run.note(labels=label_loss, attributes=attribute_loss, right=right.mean())
        if (step + 1) % 50 == 0:
            run.log()
    if run.finished:
        half = {k: v.half() if v.is_floating_point() else v for k, v in model.state_dict().items()}
        write_atomically(run.folder / "judge.pt", lambda p: torch.save(half, p))


if __name__ == "__main__":
    main()
