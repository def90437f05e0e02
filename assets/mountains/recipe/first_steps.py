#!/usr/bin/env python3
"""Runs the first 20 steps of every stage, very small, in a folder of its own, as a newcomer would: one command each.

    python3 first_steps.py [--work DIR]        exit status 0 and a last line "ok" when every stage works

Also checks what the generator promises, that a training that was stopped and resumed ends with the same numbers as one that ran through, and that the
packed checkpoint can be read back.
"""
import argparse
import pathlib
import shutil
import subprocess
import sys
import tempfile

import torch

HERE = pathlib.Path(__file__).resolve().parent
SMALL = ["store.scenes=8", "store.shard=4", "store.whole=64", "store.patch=40", "store.patches=3", "store.patches_max=1",
         "store.side_min=64", "store.side_max=256", "world.held_out=4",
         "autoencoder.batch=1", "autoencoder.patches=2", "autoencoder.steps=20", "autoencoder.gan_step=5",
         "autoencoder.refine_step=12", "autoencoder.warmup=5",
         "latents.scenes=8", "latents.shard=4",
         "clip.steps=20", "clip.batch=4", "clip.side=32", "clip.image_blocks=1", "clip.text_blocks=1",
         "diffusion.channels=32", "diffusion.mult=[1,2]", "diffusion.attention=[2]", "diffusion.steps=20",
         "diffusion.batch=2", "diffusion.warmup=5",
         "edges.scenes=4", "edges.side=64", "edges.crop=32", "edges.piece=16", "edges.batch=1", "edges.steps=6",
         "edges.gan_step=3", "judge.steps=20", "judge.batch=2"]


def run(work, script, *more, override=()):
    command = [sys.executable, str(HERE / script), "--work", str(work), "--device", "cpu", *more]
    for item in (*SMALL, *override):
        command += ["--set", item]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{script} {' '.join(more)} failed:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")
    print(f"{script} {' '.join(more)} done", flush=True)


def check_world():
    """The generator keeps its promises on some scenes."""
    command = [sys.executable, str(HERE / "scenes.py"), "--check", "6", "--seed", "0"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"scenes.py --check failed:\n{done.stderr[-2000:]}")
    print(done.stdout.strip(), flush=True)


def same_state(a, b):
    x, y = (torch.load(w / "autoencoder" / "state.pt", map_location="cpu")["parts"]["model"] for w in (a, b))
    return all(torch.equal(x[k], y[k]) for k in x)


def check_pack(path):
    saved = torch.load(path, map_location="cpu")["model"]
    sd = saved["sd"]
    prefixes = {k.split(".")[0] for k in sd}
    assert saved["name"] == "infd" and prefixes == {"encoder", "decoder", "renderer", "z_dm_ema", "z_dm_cond_encoder"}, prefixes
    assert saved["args"]["z_dm_cond"] == "infd_studio_text"
    bad = [k for k, v in sd.items() if v.is_floating_point() and not torch.isfinite(v).all()]
    assert not bad, f"not finite: {bad[:5]}"


def convert(folder):
    """An ordinary autoencoder, and the field autoencoder made of it: the encoder must stay as it was."""
    fixed, field = folder / "fixed", folder / "field"
    whole = ["store.patch=64", "store.scenes=4", "autoencoder.scales=fixed", "autoencoder.renderer=fixed_tail",
             "autoencoder.steps=3"]
    run(fixed, "store.py", override=whole)
    run(fixed, "train_autoencoder.py", override=whole)
    shutil.copytree(fixed / "store", field / "store")
    given = fixed / "autoencoder" / "last-model.pth"
    run(field, "train_autoencoder.py", "--convert", str(given), override=["store.patch=64", "autoencoder.steps=3"])
    a, b = (torch.load(f / "autoencoder" / "last-model.pth", map_location="cpu")["model"]["sd"] for f in (fixed, field))
    assert all(torch.equal(v, b[k]) for k, v in a.items() if k.startswith("encoder."))
    assert any(k.startswith("renderer.net.model.") for k in b)


def main():
    a = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    a.add_argument("--work", type=pathlib.Path, help="keep the results here; default: a temporary folder")
    a = a.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        work = a.work or pathlib.Path(temporary) / "work"
        check_world()
        run(work, "store.py")
        through = pathlib.Path(temporary) / "through"
        shutil.copytree(work / "store", through / "store")
        run(through, "train_autoencoder.py", "--until", "8")
        run(work, "train_autoencoder.py", "--until", "4")
        run(work, "train_autoencoder.py", "--until", "8")
        assert same_state(work, through), "a resumed training differs from an uninterrupted one"
        run(work, "train_autoencoder.py")
        run(work, "train_edges.py")
        run(work, "latents.py")
        run(work, "clip.py")
        run(work, "train_diffusion.py")
        convert(pathlib.Path(temporary))
        check_pack(work / "pack" / "last-model.pth")
        run(work, "pictures.py", "--steps", "4")
        run(work, "judge.py")
        run(work, "evaluate.py", "--count", "2", "--samples", "4", "--prompts", "4", "--steps", "4")
    print("ok")


if __name__ == "__main__":
    main()
