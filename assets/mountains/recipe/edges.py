"""One edge in every cell of the feature map, and the initial values of the official networks with which it is drawn.

Channels of the feature map (F >= 15): 0-2 colour in the middle of the cell, 3-5 and 6-8 its slopes down and to the right, 9-11 half the step of
colour across the edge, 12-13 the edge's direction (down, right), 14 its offset. With r, the place in the cell from -1 to 1 on both axes, the colour is

    colour + slope . r + step * clip(M * (direction . r + offset), -1, 1)

`draw` computes that directly, many places a cell, for the first part of the training; `edge_renderer` sets the values of a CLIF renderer (hidden
48, no norms, raw coordinates) that computes the same, so that what was learnt with the one is drawn by the other at any scale.
"""
import torch

from near_linear import _quiet, _rows

COLOUR, SLOPES, STEP, DIRECTION, OFFSET = slice(0, 3), slice(3, 9), slice(9, 12), slice(12, 14), 14
CHANNELS = 15


def draw(phi, parts, sharpness):
    """(N, F, h, w) feature map to (N, 3, h*parts, w*parts) pictures with `parts` pixels a cell and axis; sharpness: M."""
    n, _, h, w = phi.shape
    r = (torch.arange(parts, dtype=phi.dtype) + 0.5) * 2 / parts - 1

    def rows(v):  # a value per cell and row of it, before the columns are laid out
        return v[:, :, :, None, :, None]

    y, x = r.view(1, 1, 1, -1, 1, 1), r.view(1, 1, 1, 1, 1, -1)
    side = rows(phi[:, 12:13]) * y + rows(phi[:, 13:14]) * x + rows(phi[:, 14:15])
    step = (sharpness * side).clamp(-1, 1)
    rgb = rows(phi[:, 0:3]) + rows(phi[:, 3:6]) * y + rows(phi[:, 6:9]) * x + rows(phi[:, 9:12]) * step
    return rgb.reshape(n, 3, h * parts, w * parts)


SMALL = 0.25  # weight of coordinates inside products: keeps x*tanh(x/2) close to x*x/2
BETA, GATE, K = 8.0, 10.0, 0.75


@torch.no_grad()
def edge_renderer(net, sharpness):
    """Sets a RendererNetwork's values so that it draws `draw`'s picture at any scale with edges `1/sharpness` of half a cell soft."""
    features = net.model[0].weight.shape[1] - 4
    for name, m in net.named_modules():
        if name.endswith("conv2"):
            _quiet(m)
    # the stream: 0-8 colour and slopes, 9-10 place in the cell, 11-21 their negatives, 22-27 step and its negative,
    # 28-31 direction and its negative, 32-33 the two knees of the clip
    first = {}
    for sign in (0, 1):
        for i in range(11):
            first[sign * 11 + i] = [(features + i - 9 if i > 8 else i, 1.0 - 2 * sign)]
        for i in range(3):
            first[22 + 3 * sign + i] = [(9 + i, 1.0 - 2 * sign)]
        for i in range(2):
            first[28 + 2 * sign + i] = [(12 + i, 1.0 - 2 * sign)]
        first[32 + sign] = [(14, BETA * sharpness)]
    _rows(net.model[0], first, "centre")
    net.model[0].bias[32], net.model[0].bias[33] = BETA, -BETA
    # first block: slope times place into the colour, direction times place into the knees
    b, products = net.model[1], {}

    def linear(i, scale):
        return [(i, scale), (11 + i, -scale)]

    def turn(axis, scale):
        return [(28 + axis, scale), (30 + axis, -scale)]

    signs = ((1, 1), (-1, -1), (1, -1), (-1, 1))
    for axis in range(2):
        for t, (one, other) in enumerate(signs):
            for c in range(3):
                products[(c * 2 + axis) * 4 + t] = linear(3 + 3 * axis + c, one) + linear(9 + axis, other * SMALL)
            products[24 + axis * 4 + t] = turn(axis, one) + linear(9 + axis, other * SMALL)
    _rows(b.conv1, products, "centre")
    middle = b.conv2.weight.shape[-1] // 2
    for axis in range(2):
        for t in range(4):
            value = (1 if t < 2 else -1) / (2 * SMALL)
            for c in range(3):
                b.conv2.weight[c, (c * 2 + axis) * 4 + t, middle, middle] = value
                b.conv2.weight[11 + c, (c * 2 + axis) * 4 + t, middle, middle] = -value
            for knee in (32, 33):
                b.conv2.weight[knee, 24 + axis * 4 + t, middle, middle] = BETA * sharpness * value
    # second block: step or nothing by the side: f(s + K(h-1)) - f(-s + K(h-1)) is s where h = 1 and 0 where h = -1
    b, gates = net.model[2], {}
    for c in range(3):
        for t, (of_step, of_side) in enumerate(signs):
            gates[c * 4 + t] = [(22 + c, of_step * GATE), (25 + c, -of_step * GATE),
                                (32, of_side * GATE * K / BETA), (33, -of_side * GATE * K / BETA)]
    _rows(b.conv1, gates, "centre")
    for c in range(3):
        for t, (of_step, of_side) in enumerate(signs):
            # h = (silu(knee 1) - silu(knee 2)) / BETA - 1
            b.conv1.bias[c * 4 + t] = GATE * K * (-of_side - 1)
            value = of_step * of_side / GATE
            b.conv2.weight[c, c * 4 + t, middle, middle] = value
            b.conv2.weight[11 + c, c * 4 + t, middle, middle] = -value
    net.conv_out.weight.zero_()
    _rows(net.conv_out, {i: [(i, 1.0), (11 + i, -1.0)] for i in range(3)}, "centre")


@torch.no_grad()
def edge_decoder(decoder):
    """After near_linear: the last upsampling also gives the direction (the slope of grey, enlarged); the step begins small."""
    up = decoder[1].up[1].upsample.conv
    tent, slope = torch.tensor([1.0, 2.0, 1.0]) / 4, torch.tensor([-1.0, 0.0, 1.0]) / 2
    _rows(up, {12: [(i, 1.0) for i in range(3)]}, torch.outer(slope, tent))
    _rows(up, {13: [(i, 1.0) for i in range(3)]}, torch.outer(tent, slope))
    for i in (9, 10, 11, 14):
        _rows(up, {i: []}, "centre")
        up.bias[i] = 0.02 if i < 12 else 0.0
    for block in decoder[1].up[0].block:
        if hasattr(block, "nin_shortcut"):
            _rows(block.nin_shortcut, {i: [(i, 1.0)] for i in range(CHANNELS)}, "centre")
