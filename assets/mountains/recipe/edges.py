"""Two edges in every cell of the feature map, and the initial values of the official networks with which they are drawn.

Channels of the feature map (F >= 21): 0-2 colour in the middle of the cell, 3-5 and 6-8 its slopes down and to the right; then of each edge three of half
the step of colour across it, two of its direction (down, right), one of its offset. With r, the place in the cell from -1 to 1 on both axes, the colour is

    colour + slope . r + sum over the edges of step * clip(M * (direction . r + offset), -1, 1)

`draw` computes that directly, many places a cell, for the training; `edge_renderer` sets the values of a CLIF renderer (hidden 48, no norms, raw
coordinates) that computes the same, so that what was learnt with the one is drawn by the other at any scale.
"""
import torch

from near_linear import _quiet, _rows

EDGES, FIRST, EACH = 2, 9, 6
CHANNELS = FIRST + EDGES * EACH


def edge(phi, k):
    """Step (N, 3, h, w), direction (N, 2, h, w) and offset (N, 1, h, w) of edge k of every cell."""
    at = FIRST + EACH * k
    return phi[:, at:at + 3], phi[:, at + 3:at + 5], phi[:, at + 5:at + 6]


def draw(phi, parts, sharpness):
    """(N, F, h, w) feature map to (N, 3, h*parts, w*parts) pictures with `parts` pixels a cell and axis; sharpness: M."""
    n, _, h, w = phi.shape
    r = (torch.arange(parts, dtype=phi.dtype) + 0.5) * 2 / parts - 1

    def rows(v):  # a value per cell and row of it, before the columns are laid out
        return v[:, :, :, None, :, None]

    y, x = r.view(1, 1, 1, -1, 1, 1), r.view(1, 1, 1, 1, 1, -1)
    rgb = rows(phi[:, 0:3]) + rows(phi[:, 3:6]) * y + rows(phi[:, 6:9]) * x
    for step, direction, offset in (edge(phi, k) for k in range(EDGES)):
        side = rows(direction[:, 0:1]) * y + rows(direction[:, 1:2]) * x + rows(offset)
        rgb = rgb + rows(step) * (sharpness * side).clamp(-1, 1)
    return rgb.reshape(n, 3, h * parts, w * parts)


def jumps(phi):
    """Steps of colour where cells meet: (N, 3, h, w-1, 4) across vertical borders and (N, 3, h-1, w, 4) across horizontal ones, at four places each.

    Clips are those of an edge a quarter of half a cell soft."""
    along = torch.tensor([-0.75, -0.25, 0.25, 0.75], dtype=phi.dtype)

    def border(cells, axis, end):  # colours along one border of every cell
        across = torch.full_like(along, end)
        y, x = (across, along) if axis == 2 else (along, across)
        cells = cells[..., None]
        rgb = cells[:, 0:3] + cells[:, 3:6] * y + cells[:, 6:9] * x
        for step, direction, offset in (edge(cells, k) for k in range(EDGES)):
            rgb = rgb + step * (4 * (direction[:, 0:1] * y + direction[:, 1:2] * x + offset)).clamp(-1, 1)
        return rgb

    n = phi.shape
    return [border(phi.narrow(axis, 0, n[axis] - 1), axis, 1.0) - border(phi.narrow(axis, 1, n[axis] - 1), axis, -1.0) for axis in (2, 3)]


SMALL = 0.25  # weight of coordinates inside products: keeps x*tanh(x/2) close to x*x/2
BETA, GATE, K, FAR = 8.0, 10.0, 0.75, 8.0  # FAR: silu(x + FAR) is x + FAR
APART = 0.25, -0.25  # two looks at an edge, this share of a pixel's width (2 cells/side) to either side: so edges are averaged where cells are small


@torch.no_grad()
def edge_renderer(net, sharpness):
    """Sets a RendererNetwork's values so that it draws `draw`'s picture at any scale with edges `1/sharpness` of half a cell soft, and a pixel soft."""
    features = net.model[0].weight.shape[1] - 4
    for name, m in net.named_modules():
        if name.endswith("conv2"):
            _quiet(m)
    # the stream: 0-8 colour and slopes, 9-10 place in the cell, 11-21 their negatives; of each edge its step (3 from 22 on) and direction (2 from
    # 28 on), far above nought, and of each look at it the two knees of its clip (4 an edge from 32 on)
    first, bias = {}, net.model[0].bias
    for sign in (0, 1):
        for i in range(11):
            first[sign * 11 + i] = [(features + i - 9 if i > 8 else i, 1.0 - 2 * sign)]
    for k in range(EDGES):
        at = FIRST + EACH * k
        for i in range(3):
            first[22 + 3 * k + i] = [(at + i, 1.0)]
        for i in range(2):
            first[28 + 2 * k + i] = [(at + 3 + i, 1.0)]
        for look, apart in enumerate(APART):
            for knee in (0, 1):
                first[32 + 4 * k + 2 * look + knee] = [(at + 5, BETA * sharpness), (features + 2, BETA * sharpness * apart)]
    _rows(net.model[0], first, "centre")
    for k in range(EDGES):
        bias[22 + 3 * k:25 + 3 * k] = FAR
        bias[28 + 2 * k:30 + 2 * k] = FAR
        for look in range(len(APART)):
            bias[32 + 4 * k + 2 * look], bias[33 + 4 * k + 2 * look] = BETA, -BETA
    # first block: slope times place into the colour, direction times place into the knees
    b, products = net.model[1], {}
    signs = ((1, 1), (-1, -1), (1, -1), (-1, 1))

    def place(axis, scale):
        return [(9 + axis, scale), (20 + axis, -scale)]

    for axis in range(2):
        for t, (one, other) in enumerate(signs):
            for c in range(3):
                i = 3 + 3 * axis + c
                products[(c * 2 + axis) * 4 + t] = [(i, one), (11 + i, -one), *place(axis, other * SMALL)]
            for k in range(EDGES):
                products[24 + 8 * k + axis * 4 + t] = [(28 + 2 * k + axis, one), *place(axis, other * SMALL)]
    _rows(b.conv1, products, "centre")
    middle = b.conv2.weight.shape[-1] // 2
    for axis in range(2):
        for t, (one, _) in enumerate(signs):
            value = (1 if t < 2 else -1) / (2 * SMALL)
            for c in range(3):
                b.conv2.weight[c, (c * 2 + axis) * 4 + t, middle, middle] = value
                b.conv2.weight[11 + c, (c * 2 + axis) * 4 + t, middle, middle] = -value
            for k in range(EDGES):
                b.conv1.bias[24 + 8 * k + axis * 4 + t] = -one * FAR
                for knee in range(32 + 4 * k, 36 + 4 * k):
                    b.conv2.weight[knee, 24 + 8 * k + axis * 4 + t, middle, middle] = BETA * sharpness * value
    # second block: step or nothing by the side: f(s + K(h-1)) - f(-s + K(h-1)) is s where h = 1 and 0 where h = -1
    b, gates = net.model[2], {}
    for k in range(EDGES):
        for look in range(len(APART)):
            knee = 32 + 4 * k + 2 * look
            for c in range(3):
                for t, (of_step, of_side) in enumerate(signs):
                    gate = 24 * k + 12 * look + c * 4 + t
                    gates[gate] = [(22 + 3 * k + c, of_step * GATE), (knee, of_side * GATE * K / BETA), (knee + 1, -of_side * GATE * K / BETA)]
    _rows(b.conv1, gates, "centre")
    for gate in gates:
        c, t = gate % 12 // 4, gate % 4
        of_step, of_side = signs[t]
        # h = (silu(knee 1) - silu(knee 2)) / BETA - 1
        b.conv1.bias[gate] = GATE * (K * (-of_side - 1) - of_step * FAR)
        value = of_step * of_side / GATE / len(APART)
        b.conv2.weight[c, gate, middle, middle] = value
        b.conv2.weight[11 + c, gate, middle, middle] = -value
    net.conv_out.weight.zero_()
    _rows(net.conv_out, {i: [(i, 1.0), (11 + i, -1.0)] for i in range(3)}, "centre")


@torch.no_grad()
def edge_decoder(decoder):
    """After near_linear: the last upsampling also gives the first edge's direction (the slope of grey, enlarged); its step begins small."""
    up = decoder[1].up[1].upsample.conv
    tent, slope = torch.tensor([1.0, 2.0, 1.0]) / 4, torch.tensor([-1.0, 0.0, 1.0]) / 2
    _rows(up, {12: [(i, 1.0) for i in range(3)]}, torch.outer(slope, tent))
    _rows(up, {13: [(i, 1.0) for i in range(3)]}, torch.outer(tent, slope))
    for i in (9, 10, 11, 14):
        _rows(up, {i: []}, "centre")
        up.bias[i] = 0.02 if i < 12 else 0.0
    for block in decoder[1].up[0].block:
        if hasattr(block, "nin_shortcut"):
            _rows(block.nin_shortcut, {i: [(i, 1.0)] for i in range(FIRST + EACH)}, "centre")


@torch.no_grad()
def second_edge(decoder):
    """Gives a decoder that says one edge the second: at right angles to the first, with a small step; its pictures hardly change."""
    one, other = FIRST, FIRST + EACH
    before, last = decoder[1].up[0].block
    # the channels that the last block makes least of change places with those of the second edge
    use = last.conv1.weight.abs().sum((0, 2, 3)) * last.norm1.weight.abs()
    order = list(range(len(use)))
    for to in range(other, other + EACH):
        least = min(range(to, len(use)), key=lambda i: float(use[order[i]]))
        order[to], order[least] = order[least], order[to]
    for layer in (before.conv2, before.nin_shortcut, last.norm1, last.conv2):
        layer.weight.copy_(layer.weight[order])
        layer.bias.copy_(layer.bias[order])
    last.conv1.weight.copy_(last.conv1.weight[:, order])
    last.conv1.weight[:, other:other + EACH] = 0
    for conv in (before.conv2, before.nin_shortcut, last.conv2):
        conv.weight[other:other + EACH], conv.bias[other:other + EACH] = 0, 0
        for to, source, sign in ((3, 4, -1), (4, 3, 1)):
            conv.weight[other + to] = sign * conv.weight[one + source]
            conv.bias[other + to] = sign * conv.bias[one + source]
    last.conv2.bias[other:other + 3] = 0.01
