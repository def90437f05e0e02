"""A start for detail: fine grain in the feature map, and edges in the renderer that it can be shaped with.

What a latent does not say, ridges and leaves of a few pixels, the networks have to make up, and a decoder of plain convolutions cannot:
out of a smooth latent it makes something smooth, and what it is then taught is a regular pattern of cells. `add_grain` sets some
channels to carry pseudo-random numbers. Their seed are the small differences between neighbouring places of the latent; every
enlargement multiplies them by random kernels of mean zero, every block mixes them by random weights, so that each cell of the feature
map ends with two numbers of its own (deviation about 1), and with their slopes. The renderer interpolates them as it does colour, and
half of its second block lets them through, weakly, each unit at colours of its own: training decides where which grain shows, and
how much of it. Deterministic: the same latent has the same grain.

Only values are set, no structure changes. Works on the networks that near_linear.py starts (and after any training of them); needs 32
feature channels or more and a hidden width of 48 or more.
"""
import torch
import torch.nn.functional as F

COUNT = 4       # grain channels of each level, the last ones: +a, -a, +b, -b; whole norm groups up to a width of 128
SLOPES = 4      # of the feature map, before them: a by row, a by column, b by row, b by column
CARRIED = 22    # channels of the renderer that near_linear.py uses, and 24 hidden units of its first block
GRAIN = CARRIED  # where it is in the renderer: +a +b -a -b
CELL = CARRIED + 12
STRENGTH = 0.012  # of the grain at first: from nothing at all no loss has a slope
SMALL = 0.25    # as in near_linear.py: weight of the coordinates inside products


def _alone(block, hidden, generator, mix):
    """The block leaves grain to `hidden` units of its own, which mix it (or not), and does not use it elsewhere."""
    block.conv1.weight[:, -COUNT:] = 0
    for p in (block.conv2.weight, block.conv2.bias):
        p[-COUNT:] = 0
    if hasattr(block, "nin_shortcut"):
        w = block.nin_shortcut.weight
        w[:, -COUNT:] = 0
        w[-COUNT:] = 0
        block.nin_shortcut.bias[-COUNT:] = 0
        for i in range(1, COUNT + 1):
            w[-i, -i] = 1
    if not mix:
        return
    block.conv1.weight[-hidden:] = 0
    block.conv1.bias[-hidden:] = 0
    block.conv2.weight[:, -hidden:] = 0
    block.conv1.weight[-hidden:, -COUNT:] = torch.randn(hidden, COUNT, 3, 3, generator=generator)
    for norm, n in ((block.norm1, COUNT), (block.norm2, hidden)):
        norm.weight[-n:], norm.bias[-n:] = 1.5, 0
    rows = torch.randn(COUNT // 2, hidden, 3, 3, generator=generator)
    rows -= rows.mean((2, 3), keepdim=True)
    block.conv2.weight[-COUNT:, -hidden:] = torch.stack([rows, -rows], 1).flatten(0, 1)


def _rows_of_mean_zero(conv, inputs, generator):
    """The grain rows of a convolution: opposite pairs of random kernels over `inputs`."""
    conv.weight[-COUNT:] = 0
    conv.bias[-COUNT:] = 0
    k = torch.randn(COUNT // 2, len(inputs), 3, 3, generator=generator)
    k -= k.mean((2, 3), keepdim=True)
    conv.weight[-COUNT:, inputs] = torch.stack([k, -k], 1).flatten(0, 1)


def _measured(module, run):
    """Output of `module` while `run` is called."""
    seen = []
    handle = module.register_forward_hook(lambda _, __, y: seen.append(y.detach()))
    run()
    handle.remove()
    return seen[-1]


@torch.no_grad()
def add_grain(model, pictures, seed=11):
    """Sets the values. pictures (N, 3, H, W) in [-1, 1]: some of the training, by which deviations are made 1."""
    g = torch.Generator().manual_seed(seed)
    d, latent = model.decoder[1], model.encode(pictures)[0]
    assert d.up[0].block[-1].conv2.out_channels >= 32

    def scaled(conv):
        """Divides the grain rows by their deviation."""
        y = _measured(conv, lambda: model.decoder(latent))[:, -COUNT:]
        conv.weight[-COUNT:] /= y.std((0, 2, 3))[:, None, None, None].clamp(min=1e-4)

    def scaled_mix(block):
        y = _measured(block.conv2, lambda: model.decoder(latent))[:, -COUNT:]
        block.conv2.weight[-COUNT:] *= 2 / y.std((0, 2, 3))[:, None, None, None].clamp(min=1e-4)

    _rows_of_mean_zero(d.conv_in, list(range(d.conv_in.in_channels)), g)
    scaled(d.conv_in)
    for block in (d.mid.block_1, d.mid.block_2):
        _alone(block, 4, g, mix=True)
        scaled_mix(block)
    for p in (d.mid.attn_1.proj_out.weight, d.mid.attn_1.proj_out.bias):
        p[-COUNT:] = 0
    for conv in (d.mid.attn_1.q, d.mid.attn_1.k, d.mid.attn_1.v):
        conv.weight[:, -COUNT:] = 0
    for level in reversed(d.up):
        last = level is d.up[0]
        for i, block in enumerate(level.block):
            mix = not (last and i == len(level.block) - 1)
            _alone(block, 4, g, mix)
            if mix:
                scaled_mix(block)
        if hasattr(level, "upsample"):
            conv = level.upsample.conv
            conv.weight[:, -COUNT:] = 0
            _rows_of_mean_zero(conv, list(range(conv.in_channels - COUNT, conv.in_channels)), g)
            scaled(conv)
    _slopes(model, latent)
    _renderer(model.renderer.net, 1 / float(model.decoder(latent)[:, -COUNT:].std()), g)


def _slopes(model, latent):
    """The last block writes the slopes of the grain into the channels before it, and makes its deviation 1."""
    d = model.decoder[1]
    block, first = d.up[0].block[-1], d.up[0].block[-2]
    a, b = slice(-COUNT - SLOPES, -COUNT), slice(-COUNT, None)
    out = model.decoder(latent)[:, b].std((0, 2, 3))
    for p in (first.conv2.weight, d.up[1].upsample.conv.weight):  # both add to what the last block passes on
        p[b] /= out[:, None, None, None]
    # the channels of the slopes are emptied on their way through this level
    for p in (d.up[1].upsample.conv, first.conv2, block.conv2):
        p.weight[a], p.bias[a] = 0, 0
    hidden = slice(-4, None)
    for p in (block.conv1, block.conv2):
        p.weight[:, -8:] = 0
    block.conv1.weight[hidden], block.conv1.bias[hidden] = 0, 0
    block.norm1.weight[b], block.norm1.bias[b] = 1, 0
    block.norm2.weight[hidden], block.norm2.bias[hidden] = 1, 0
    mid = block.conv1.weight.shape[-1] // 2
    for pair in range(2):  # hidden +x and -x, x = SiLU(+grain) - SiLU(-grain)
        for sign in range(2):
            s = 1 - 2 * sign
            block.conv1.weight[-4 + 2 * pair + sign, -COUNT + 2 * pair, mid, mid] = s
            block.conv1.weight[-4 + 2 * pair + sign, -COUNT + 2 * pair + 1, mid, mid] = -s
    # a cell is 2 units wide; smoothing makes value and slope those of one continuous function, as colour's are
    tent, central = torch.tensor([1.0, 2.0, 1.0]) / 4, torch.tensor([-1.0, 0.0, 1.0]) / 4
    kernels = [torch.outer(central, tent), torch.outer(tent, central)]
    smoothing = torch.outer(tent, tent)
    smoothing[1, 1] -= 1
    raw = model.decoder(latent)[:, -COUNT:]  # what the last block is given
    for pair in range(2):
        plus = -4 + 2 * pair
        for axis, kernel in enumerate(kernels):
            row = -COUNT - SLOPES + 2 * pair + axis
            block.conv2.weight[row, plus], block.conv2.weight[row, plus + 1] = kernel, -kernel
    phi = model.decoder(latent)
    for pair in range(2):
        for axis, kernel in enumerate(kernels):
            row = -COUNT - SLOPES + 2 * pair + axis
            true = F.conv2d(raw[:, 2 * pair][:, None], kernel[None, None])[:, 0]
            made = phi[:, row, 1:-1, 1:-1]
            factor = (true * made).mean() / made.pow(2).mean()
            block.conv2.weight[row] *= factor
        for sign in range(2):
            row, plus = -COUNT + 2 * pair + sign, -4 + 2 * pair
            block.conv2.weight[row, plus] = (1 - 2 * sign) * factor * smoothing
            block.conv2.weight[row, plus + 1] = -block.conv2.weight[row, plus]


def _renderer(net, gain, g):
    first, one, two, mid = net.model[0], net.model[1], net.model[2], net.model[0].weight.shape[-1] // 2
    features = first.weight.shape[1] - 4
    hidden = one.conv1.weight.shape[0]
    first.weight[:, features - COUNT - SLOPES:features] = 0
    # stream: +a +b -a -b, then the four slopes and their opposites
    grain, slope = GRAIN, GRAIN + 4
    for rows, columns in ((grain, range(features - COUNT, features, 2)),
                          (slope, range(features - COUNT - SLOPES, features - COUNT))):
        n = len(columns)
        for i, column in enumerate(columns):
            for sign in range(2):
                first.weight[rows + sign * n + i] = 0
                first.weight[rows + sign * n + i, column, mid, mid] = gain * (1 - 2 * sign)
                first.bias[rows + sign * n + i] = 0
    for sign in range(2):  # the cell's side, by which grain may depend on the scale
        first.weight[CELL + sign], first.bias[CELL + sign] = 0, 0
        first.weight[CELL + sign, features + 2, mid, mid] = 1 - 2 * sign
    fresh = slice(CARRIED, CELL + 2)
    for block in (one, two):
        block.conv1.weight[:, fresh] = 0
        for p in (block.conv2.weight, block.conv2.bias):
            p[fresh] = 0
    net.conv_out.weight[:, fresh] = 0

    # first block: slope times coordinate, as near_linear.py does for colour
    unit = 24
    for pair in range(2):
        for axis in range(2):
            for t, (sa, sb) in enumerate(((1, 1), (-1, -1), (1, -1), (-1, 1))):
                one.conv1.weight[unit], one.conv1.bias[unit] = 0, 0
                one.conv2.weight[:, unit] = 0
                for sign in range(2):
                    s = 1 - 2 * sign
                    one.conv1.weight[unit, slope + 4 * sign + 2 * pair + axis, mid, mid] = s * sa
                    one.conv1.weight[unit, 9 + axis + 11 * sign, mid, mid] = s * sb * SMALL
                    one.conv2.weight[grain + 2 * sign + pair, unit, mid, mid] = s * (1 if t < 2 else -1) / (2 * SMALL)
                unit += 1
    # second block: grain, both ways with the same gate, so that without grain nothing is added; where a gate is open says the colour
    pairs = (hidden - 24) // 2
    steep = 2 ** (2 * torch.rand(pairs, 1, generator=g))  # 1 to 4: waves to flakes
    colour, along = steep * torch.randn(pairs, 3, generator=g), steep * torch.randn(pairs, 2, generator=g)
    bias, strength = steep[:, 0] * 0.5 * torch.randn(pairs, generator=g), STRENGTH * torch.randn(pairs, generator=g).sign() / steep[:, 0]
    for way in range(2):
        units = slice(24 + way * pairs, 24 + (way + 1) * pairs)
        two.conv1.weight[units], two.conv1.bias[units] = 0, bias
        two.conv2.weight[:, units] = 0
        for sign in range(2):
            s = 1 - 2 * sign
            two.conv1.weight[units, 11 * sign:11 * sign + 3, mid, mid] = s * colour
            two.conv1.weight[units, grain + 2 * sign:grain + 2 * sign + 2, mid, mid] = s * (1 - 2 * way) * along
            two.conv2.weight[11 * sign:11 * sign + 3, units, mid, mid] = s * (1 - 2 * way) * strength


def gates(net):
    """(parameter, what is left of its gradient) of what train_detail.py may change: where which grain shows. None of it sees coordinates
    or anything else that jumps from cell to cell, so that no grid can come of it; and grain is brightness, not colour."""
    two = net.model[2]
    smooth = [*range(3), *range(11, 14), *range(GRAIN, GRAIN + 4), CELL, CELL + 1]
    into, units = torch.zeros_like(two.conv1.weight), torch.zeros_like(two.conv1.bias)
    units[24:] = 1
    into[24:, smooth] = 1

    def grey(g):
        out = torch.zeros_like(g)
        out[:3, 24:] = (g[:3, 24:].mean(0) - g[11:14, 24:].mean(0)) / 2
        out[11:14, 24:] = -out[:3, 24:]
        return out

    return [(two.conv1.weight, lambda g: g * into), (two.conv1.bias, lambda g: g * units), (two.conv2.weight, grey)]
