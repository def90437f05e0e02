"""Latents without a trained encoder: the first principal components of 4x4 blocks of a picture.

A latent of 64x64 cells and 8 channels of a picture of 256 pixels: component k of each block, its deviation the fourth root of its share of the energy, so
that colours are larger than detail and a diffusion model makes them first. 8 components hold 33.3 dB of the world (3: 26.8, 16: 38.6). As a plain
linear map it costs nothing and never changes, so that decoder and diffusion model can be trained at the same time; `encoder_start` gives the official
encoder initial values with which it is the same map (0.003 off).
"""
import numpy as np
import torch
import torch.nn.functional as F

from common import HERE
from near_linear import _blocks, _rows

FILE = HERE / "weights" / "blocks.npz"
SIDE, COLOURS = 4, 3
LEAST = 0.24  # deviation of the last components
BIG = 16.0  # constant beside the values in the encoder's last norm: what it divides by then hardly changes


def fit(pictures):
    """Mean and components of blocks of pictures (n, 3, h, w) in [-1, 1]: (48,), variances (48,), columns (48, 48), the largest first."""
    n, c, h, w = pictures.shape
    blocks = pictures.view(n, c, h // SIDE, SIDE, w // SIDE, SIDE).permute(0, 2, 4, 1, 3, 5).reshape(-1, c * SIDE * SIDE).double()
    mean = blocks.mean(0)
    values, vectors = torch.linalg.eigh(torch.from_numpy(np.cov((blocks - mean).numpy().T)))
    order = values.argsort(descending=True)
    return mean, values[order], vectors[:, order]


class Blocks:
    """The map from pictures (n, 3, h, w) in [-1, 1] to latents (n, channels, h/4, w/4)."""

    def __init__(self, channels, mean, variances, columns):
        self.mean, self.variances, self.columns = (v.float() for v in (mean, variances, columns))
        self.deviations = (self.variances[:channels] / self.variances[0]).pow(0.25).clamp(min=LEAST)
        gain = self.deviations / self.variances[:channels].sqrt()
        self.kernel = (gain[:, None] * self.columns[:, :channels].T).view(channels, COLOURS, SIDE, SIDE)
        self.bias = -gain * (self.columns[:, :channels].T @ self.mean)

    @staticmethod
    def load(channels, path=FILE):
        with np.load(path) as f:
            return Blocks(channels, *(torch.from_numpy(f[k]) for k in ("mean", "variances", "columns")))

    def encode(self, pictures):
        return F.conv2d(pictures, self.kernel, self.bias, stride=SIDE)


@torch.no_grad()
def encoder_start(model, blocks):
    """After near_linear: the encoder (two halvings) is `blocks`, and the decoder's first colours are the means of what it says."""
    e, last = model.encoder[0], model.encoder[1]
    channels, half = last.weight.shape[0], SIDE // 2
    _blocks(e)
    _rows(e.conv_in, {i: [(i, 1.0)] for i in range(COLOURS)}, "centre")
    first, second = (level.downsample.conv for level in e.down if hasattr(level, "downsample"))
    for o in range(COLOURS * half * half):  # each pixel of 2x2 becomes a channel
        colour, y, x = o // 4, o // 2 % 2, o % 2
        first.weight[o], first.bias[o] = 0, 0
        first.weight[o, colour, y, x] = 1
    shortcuts = [b.nin_shortcut for level in e.down for b in level.block if hasattr(b, "nin_shortcut")]
    _rows(shortcuts[0], {i: [(i, 1.0)] for i in range(COLOURS * half * half)}, "centre")
    for k in range(channels):
        gain, vector = 0.5 / blocks.variances[k].sqrt(), blocks.columns[:, k].view(COLOURS, SIDE, SIDE)
        second.weight[k] = 0
        for o in range(COLOURS * half * half):
            colour, y, x = o // 4, o // 2 % 2, o % 2
            for v in range(half):
                for u in range(half):
                    second.weight[k, o, v, u] = gain * vector[colour, 2 * v + y, 2 * u + x]
        second.bias[k] = -gain * (blocks.columns[:, k] @ blocks.mean)
    per = e.norm_out.num_channels // 32
    for g in range(channels):
        _rows(shortcuts[-1], {g * per: [], g * per + 1: [], g * per + 2: [(g, 1.0)], g * per + 3: [(g, -1.0)]}, "centre")
        shortcuts[-1].bias[g * per], shortcuts[-1].bias[g * per + 1] = BIG, -BIG
        e.norm_out.weight[g * per:(g + 1) * per] = (2 * BIG * BIG / per) ** 0.5 / BIG
        e.norm_out.bias[g * per:(g + 1) * per] = 0
        gain = float(blocks.deviations[g]) / 0.5 * BIG
        _rows(e.conv_out, {g: [(g * per + 2, gain), (g * per + 3, -gain)]}, "centre")
    _rows(last, {i: [(i, 1.0)] for i in range(channels)}, "centre")
    same, inner = model.decoder[0], model.decoder[1]
    _rows(same, {i: [(i, 1.0)] for i in range(channels)}, "centre")
    for c in range(COLOURS):
        means = blocks.columns.view(COLOURS, SIDE * SIDE, -1)[c].mean(0)[:channels]
        scale = blocks.variances[:channels].sqrt() / blocks.deviations
        _rows(inner.conv_in, {c: [(k, float(means[k] * scale[k])) for k in range(channels)]}, "centre")
        inner.conv_in.bias[c] = float(blocks.mean.view(COLOURS, -1)[c].mean())
