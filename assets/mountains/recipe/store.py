#!/usr/bin/env python3
"""Stage `store`: renders scenes once, as whole pictures and as patches of much larger ones, into shards on disk.

A third of the pictures are close-ups, boxes of a scene (`scenes.view_of`) that stand in for the whole: patches are parts of them.
Each shard is one .npz of `shard` scenes: whole uint8 (n,256,256,3), whole_labels (n,L), span (n): side of its box; patches uint8 (n,k,p,p,3), with
side, row, column (n,k) int32: the patch is rows row..row+p-1 of the picture that is `side` pixels wide; labels (n,k,L).
Existing shards are kept, so the store can grow at any time, also while a training reads it.
"""
import multiprocessing
import os
import pathlib
import random
import time

import numpy as np
import torch

import scenes
from common import arguments, load_config, write_atomically


def draw_window(r, side, patch, border):
    """First row or column of a patch: uniform, or at either end with probability `border` each."""
    u = r.random()
    return 0 if u < border else side - patch if u < 2 * border else r.randint(0, side - patch)


def draw_patches(r, s):
    """(side, row, column) of each patch of a scene: sides uniform in the logarithm, some at the largest side."""
    out = []
    for k in range(s["patches"]):
        side = s["side_max"] if k < s["patches_max"] else round(s["side_min"] * (s["side_max"] / s["side_min"]) ** r.random())
        axis = r.choice((0, 1, None, None))  # one axis at most is drawn towards the border
        out.append((side, *(draw_window(r, side, s["patch"], s["border"] if axis == i else 0.0) for i in (0, 1))))
    return out


def to_bytes(rgb):
    return (rgb * 255 + 0.5).byte().permute(0, 2, 3, 1).cpu().numpy()


def render_all(drawn, boxes, size, device, together):
    """Pictures as bytes (N, size, size, 3) and label shares (N, L) of many boxes, `together` at a time: 1 is best on a
    CPU (each box stops at its own last octave), hundreds on a GPU (which waits for the next call otherwise)."""
    pixels, shares = [], []
    for i in range(0, len(boxes), together):
        rgb, labels = scenes.render(drawn[i:i + together], boxes[i:i + together], size, device, labels=True)
        pixels.append(to_bytes(rgb))
        shares.append(labels.mean((2, 3)).cpu().numpy())
    return np.concatenate(pixels), np.concatenate(shares)


def render_shard(seeds, s, device):
    drawn, views = zip(*(scenes.view_of(q) for q in seeds))
    p, k, n = s["patch"], s["patches"], len(seeds)
    whole, whole_labels = render_all(drawn, views, s["whole"], device, s["together"])
    windows = [w for q in seeds for w in draw_patches(random.Random(q * 31 + 5), s)]
    boxes = [scenes.within(views[i // k], (row / side, column / side, (row + p) / side, (column + p) / side))
             for i, (side, row, column) in enumerate(windows)]
    patches, labels = render_all([q for q in drawn for _ in range(k)], boxes, p, device, s["together"])
    side, row, column = np.array(windows, np.int32).reshape(n, k, 3).transpose(2, 0, 1)
    return dict(whole=whole, whole_labels=whole_labels, patches=patches.reshape(n, k, p, p, 3),
                labels=labels.reshape(n, k, -1), side=side, row=row, column=column,
                seeds=np.array(seeds, np.int64), span=np.array([b[2] - b[0] for b in views]), version=scenes.VERSION)


def _work(job):
    path, seeds, s, device = job
    torch.set_num_threads(1)
    data = render_shard(seeds, s, device)

    def write(p):
        with open(p, "wb") as f:
            np.savez(f, **data)

    write_atomically(pathlib.Path(path), write)
    return path


def shard_jobs(work, config, device):
    s, w = config["store"], config["world"]
    jobs = [(work / "store" / "held-out.npz", list(range(w["held_out_seed"], w["held_out_seed"] + w["held_out"])))]
    for i in range(0, s["scenes"], s["shard"]):
        first = w["first_seed"] + i
        jobs.append((work / "store" / f"scenes-{first:06d}.npz", list(range(first, first + s["shard"]))))
    return [(str(p), q, s, device) for p, q in jobs if not p.exists()]


class Store:
    """Random access to the shards that exist; `refresh` finds new ones."""

    def __init__(self, work, held_out=False):
        self.folder, self.held_out, self.shards = work / "store", held_out, []
        self.names = set()
        self.refresh()
        if not self.shards:
            raise SystemExit(f"{self.folder} holds no scenes yet: run store.py first")

    def refresh(self):
        for p in sorted(self.folder.glob("held-out.npz" if self.held_out else "scenes-*.npz")):
            if p.name not in self.names:
                with np.load(p) as z:
                    if int(z["version"]) != scenes.VERSION:
                        raise SystemExit(f"{p} was made by generator version {int(z['version'])}, this is "
                                         f"{scenes.VERSION}: delete the store and run store.py again")
                    self.shards.append({k: z[k] for k in z.files if k != "version"})
                self.names.add(p.name)
        self.index = [(i, j) for i, s in enumerate(self.shards) for j in range(len(s["seeds"]))]

    def __len__(self):
        return len(self.index)

    def item(self, k, name):
        i, j = self.index[k]
        return self.shards[i][name][j]


def main():
    a = arguments(__doc__).parse_args()
    config, begun = load_config(a.preset, a.set), time.time()
    jobs = shard_jobs(a.work, config, a.device)
    if a.until is not None:
        jobs = jobs[:a.until]
    print(f"{len(jobs)} shards to render", flush=True)
    workers = config["store"]["workers"]
    pool = multiprocessing.Pool(workers) if workers > 1 else None
    for n, path in enumerate(pool.imap(_work, jobs) if pool else map(_work, jobs)):
        print(f"{path}  {(time.time() - begun) / (n + 1):.1f} s per shard", flush=True)
        if time.time() - begun > 60 * a.minutes:
            break
    if pool:
        pool.terminate()


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main()
