#!/usr/bin/env python3
"""Lays what is trained so far into a new work folder, so that the training goes on elsewhere; and what belongs into a bundle beside weights.

`keep.py --work $W --words ../bundle` writes the words that the captions are made of into the bundle's `bundle.json`, grouped by what they
name, and the sampler that suits the UNet. `keep.py --work $W --bundle ../bundle` reads autoencoder, UNet and both towers back from an fp16-stored bundle (one rounding; optimisers
begin anew).
"""
import json
import pathlib
import shutil

import numpy as np
import torch

from checkpoint import save_checkpoint
from clip import TEXT_NAMES, Clip
from common import arguments, load_config, write_atomically
from networks import Autoencoder
from world_words import WORDS

TYPES = {1: np.float32, 10: np.float16}  # of ONNX


def _varint(data, i):
    value = shift = 0
    while True:
        byte = data[i]
        value |= (byte & 127) << shift
        i, shift = i + 1, shift + 7
        if byte < 128:
            return value, i


def _fields(data):
    """(number, value) of each field of a protobuf message; nested messages stay bytes."""
    i = 0
    while i < len(data):
        key, i = _varint(data, i)
        if key & 7 == 0:
            value, i = _varint(data, i)
        else:
            length, i = _varint(data, i) if key & 7 == 2 else (8 if key & 7 == 1 else 4, i)
            value, i = data[i:i + length], i + length
        yield key >> 3, value


def weights_of(bundle):
    """All trained tensors of a bundle by their names in the checkpoint, as float32."""
    found = {}
    for graph in json.loads((bundle / "bundle.json").read_text())["graphs"].values():
        body = next(v for k, v in _fields((bundle / graph["file"]).read_bytes()) if k == 7)
        for tensor in (list(_fields(v)) for k, v in _fields(body) if k == 5):
            place = dict(tuple(v.decode() for _, v in _fields(entry)) for k, entry in tensor if k == 13)
            if place:
                name = next(v for k, v in tensor if k == 8).decode().removesuffix(".half")
                kind = TYPES[next(v for k, v in tensor if k == 2)]
                values = np.fromfile(bundle / place["location"], kind, int(place["length"]) // kind().itemsize,
                                     offset=int(place["offset"]))
                found[name] = torch.from_numpy(values.astype(np.float32))
    return found


def load_part(module, found, prefix):
    own = module.state_dict()
    module.load_state_dict({k: found[prefix + k].view(v.shape) for k, v in own.items()})


def restore(work, bundle, config):
    for name in ("edges", "clip", "diffusion"):
        if (work / name).exists():
            raise SystemExit(f"{work / name} exists: restore into a folder without it")
    found = weights_of(bundle)
    model = Autoencoder(config["autoencoder"])
    for part in ("encoder", "decoder", "renderer"):
        load_part(getattr(model, part), found, part + ".")
    save_checkpoint(work / "edges" / "last-model.pth", config, 0, model)
    unet = {k[len("z_dm_ema."):]: v for k, v in found.items() if k.startswith("z_dm_ema.")}
    write_atomically(work / "diffusion" / "start.pt", lambda p: torch.save(unet, p))
    clip = Clip(config["clip"])
    found["logit_scale"] = torch.tensor(4.6052)  # ln 100, where training ends; no bundle holds it
    own = clip.state_dict()
    clip.load_state_dict({k: found["z_dm_cond_encoder." + k if k.startswith(TEXT_NAMES) else k].view(v.shape) for k, v in own.items()})
    write_atomically(work / "clip" / "clip.pt", lambda p: torch.save(clip.state_dict(), p))
    shutil.copyfile(bundle / "merges.txt.gz", work / "clip" / "merges.txt.gz")
    print("autoencoder, UNet, text and image tower")


SAMPLER = "euler_a"  # fresh noise at each step mends what a network that is not done yet got wrong; without it a third of the pictures fall apart


def add_words(path):
    """Into a bundle.json, whose other members stay as they are: words = {light, land, foreground, things: [word, ...]}, the sampler."""
    manifest = json.loads(path.read_text())
    manifest["words"] = WORDS
    manifest["diffusion"]["sampler"] = SAMPLER
    write_atomically(path, lambda p: p.write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"))
    print(f"{path}  {sum(map(len, WORDS.values()))} words in {len(WORDS)} groups")


def main():
    parser = arguments(__doc__)
    parser.add_argument("--bundle", type=pathlib.Path, help="restore from this bundle")
    parser.add_argument("--words", type=pathlib.Path, help="write the words of the captions into this bundle")
    args = parser.parse_args()
    if args.words:
        add_words(args.words / "bundle.json")
        return
    if args.bundle:
        restore(args.work, args.bundle, load_config(args.preset, args.set))
        return
    parser.error("say --bundle or --words")


if __name__ == "__main__":
    main()
