"""Losses of the autoencoder. Pictures are (N, 3, H, W) in [-1, 1]."""
import torch
import torch.nn as nn
import torch.nn.functional as F

from networks import nearest_cells


def laplacian_l1(a, b, side=None, unseen=1.0, levels=4, seen=256):
    """Mean L1 over a Laplacian pyramid: every octave of detail counts alike, which plain L1 leaves to the coarse ones.

    side (N,): how wide the whole pictures are that a and b are parts of. Octaves finer than the encoder's `seen` pixels cannot be
    known; there L1 asks for grey, so they have the weight `unseen`."""
    loss, d = 0.0, a - b  # the pyramid is linear: that of the difference is the difference of the pyramids
    for k in range(levels):
        if k == levels - 1 or min(d.shape[2:]) < 8:
            return loss + d.abs().mean()
        coarse = F.avg_pool2d(d, 2)
        fine = d[..., : 2 * coarse.shape[2], : 2 * coarse.shape[3]]
        fine = (fine - F.interpolate(coarse, scale_factor=2.0, mode="bilinear", align_corners=False)).abs().mean((1, 2, 3))
        loss = loss + (fine if side is None else torch.where(side > seen * 2**k, unseen * fine, fine)).mean()
        d = coarse
    return loss


def seam(a, b, row, column, side, cells):
    """Mean L1 between the steps of a and of b across the borders of the feature map's cells, where a cell is 3 pixels wide or more.

    Zoomed in, that is where the eye looks, and there are too few such places for the other losses to care. row, column, side (N,)
    int64: first pixels of the patches, and how wide the whole pictures are."""
    d = a - b
    wide = (side >= 3 * cells)[:, None]
    total = count = 0.0
    for axis, first in ((2, row), (3, column)):
        cell, _ = nearest_cells(first, d.shape[axis], side, cells)
        border = (cell[:, 1:] != cell[:, :-1]) & wide
        steps = d.diff(dim=axis).abs().mean((1, 5 - axis))  # (N, pixels - 1): one figure per border
        total, count = total + (steps * border).sum(), count + border.sum()
    return total / count.clamp(min=1)


class RandomFeatures(nn.Module):
    """A perceptual distance without a pretrained network: L1 of unit-length features of a fixed random network.

    Random oriented filters with pooling keep what local texture statistics need; the seed fixes the network, so losses of
    different runs compare."""

    def __init__(self, ch=24, levels=3, seed=2024):
        super().__init__()
        g = torch.Generator().manual_seed(seed)
        self.convs, c = nn.ModuleList(), 3
        for _ in range(levels):
            conv = nn.Conv2d(c, ch, 5, padding=2)
            w = torch.randn(conv.weight.shape, generator=g)
            w -= w.mean((2, 3), keepdim=True)  # no response to a flat colour
            conv.weight.data = w / w.flatten(1).norm(dim=1)[:, None, None, None]
            nn.init.zeros_(conv.bias)
            self.convs.append(conv)
            c = ch
        self.requires_grad_(False)

    def maps(self, x):
        out = []
        for conv in self.convs:
            x = F.leaky_relu(conv(x), 0.1)
            out.append(x)
            x = F.avg_pool2d(x, 2)
        return out

    def forward(self, a, b, window=8):
        """(distance, texture): the first compares features place by place and so rewards blur where detail cannot be known;
        the second compares only how strong each feature is around a place (windows of 8 pixels and more)."""
        distance = texture = 0.0
        with torch.no_grad():
            targets = self.maps(b)
        for x, y in zip(self.maps(a), targets):
            scale = y.pow(2).mean((1, 2, 3), keepdim=True).sqrt() + 0.05  # quiet patches count like busy ones
            distance = distance + ((x - y) / scale).abs().mean()
            strength = [(F.avg_pool2d(v.pow(2), window, window // 2) + 1e-5).sqrt() for v in (x, y)]
            texture = texture + ((strength[0] - strength[1]) / scale).abs().mean()
        return distance / len(self.convs), texture / len(self.convs)


def hinge(discriminator, real, fake, side):
    """Half the hinge loss of real and of (detached) fake pictures."""
    return 0.5 * (F.relu(1 - discriminator(real, side)).mean() + F.relu(1 + discriminator(fake.detach(), side)).mean())


def adaptive_weight(reconstruction, adversarial, last_weight):
    """Ratio of the two gradients' norms at the renderer's last convolution, at most 1e4."""
    r, = torch.autograd.grad(reconstruction, last_weight, retain_graph=True)
    g, = torch.autograd.grad(adversarial, last_weight, retain_graph=True)
    return (r.norm() / (g.norm() + 1e-4)).clamp(0, 1e4).detach()
