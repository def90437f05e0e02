"""The networks of an Image Neural Field Diffusion model, with the names that its checkpoints use.

Shapes are (N, C, H, W); coordinates are (row, column) in [-1, 1]; colours are in [-1, 1]. Only what the recipe
trains is here: autoencoder without quantiser (plain or Gaussian latent), the concatenating renderer with raw
coordinates, its fixed-resolution counterpart, and the ADM UNet with attention or with spatial transformers.
"""
import math

import torch
import torch.nn as nn
import torch.nn.functional as F

# ------------------------------------------------------------------------------------------------- autoencoder


class _Norm(nn.GroupNorm):
    """In single precision, whatever the precision around it."""

    def __init__(self, channels, eps=1e-6, groups=32):
        super().__init__(groups, channels, eps=eps)

    def forward(self, x):
        return super().forward(x.float()).to(x.dtype)


def _norm(channels):
    return _Norm(channels)


class ResidualBlock(nn.Module):
    def __init__(self, cin, cout, kernel=3, normalize=True):
        super().__init__()
        self.norm1 = _norm(cin) if normalize else nn.Identity()
        self.conv1 = nn.Conv2d(cin, cout, kernel, padding=kernel // 2)
        self.norm2 = _norm(cout) if normalize else nn.Identity()
        self.conv2 = nn.Conv2d(cout, cout, kernel, padding=kernel // 2)
        if cin != cout:
            self.nin_shortcut = nn.Conv2d(cin, cout, 1)

    def forward(self, x):
        h = self.conv1(F.silu(self.norm1(x)))
        h = self.conv2(F.silu(self.norm2(h)))
        return (self.nin_shortcut(x) if hasattr(self, "nin_shortcut") else x) + h


class Attention(nn.Module):
    """One head over all positions."""

    def __init__(self, c):
        super().__init__()
        self.norm = _norm(c)
        self.q, self.k, self.v, self.proj_out = (nn.Conv2d(c, c, 1) for _ in range(4))

    def forward(self, x):
        n, c, h, w = x.shape
        y = self.norm(x)
        q, k, v = (f(y).flatten(2) for f in (self.q, self.k, self.v))
        weight = torch.softmax((q.transpose(1, 2) @ k).float() * c**-0.5, 2).to(v.dtype)
        return x + self.proj_out((v @ weight.transpose(1, 2)).view(n, c, h, w))


class _Resample(nn.Module):
    def __init__(self, c, up):
        super().__init__()
        self.up = up
        self.conv = nn.Conv2d(c, c, 3, padding=1) if up else nn.Conv2d(c, c, 3, stride=2)

    def forward(self, x):
        if self.up:
            return self.conv(F.interpolate(x, scale_factor=2.0, mode="nearest"))
        return self.conv(F.pad(x, (0, 1, 0, 1)))


class _Middle(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.block_1, self.attn_1, self.block_2 = ResidualBlock(c, c), Attention(c), ResidualBlock(c, c)

    def forward(self, x):
        return self.block_2(self.attn_1(self.block_1(x)))


class EncoderNetwork(nn.Module):
    def __init__(self, z_channels, ch, ch_mult, num_res_blocks, double_z=False, in_channels=3):
        super().__init__()
        self.conv_in = nn.Conv2d(in_channels, ch, 3, padding=1)
        self.down, c = nn.ModuleList(), ch
        for i, m in enumerate(ch_mult):
            level = nn.Module()
            level.block = nn.ModuleList()
            for _ in range(num_res_blocks):
                level.block.append(ResidualBlock(c, ch * m))
                c = ch * m
            if i < len(ch_mult) - 1:
                level.downsample = _Resample(c, up=False)
            self.down.append(level)
        self.mid = _Middle(c)
        self.norm_out = _norm(c)
        self.conv_out = nn.Conv2d(c, z_channels * (2 if double_z else 1), 3, padding=1)

    def forward(self, x):
        x = self.conv_in(x)
        for level in self.down:
            for b in level.block:
                x = b(x)
            if hasattr(level, "downsample"):
                x = level.downsample(x)
        return self.conv_out(F.silu(self.norm_out(self.mid(x))))


class DecoderNetwork(nn.Module):
    """Latent to feature map: ends with the last block, without norm and output convolution."""

    def __init__(self, z_channels, ch, ch_mult, num_res_blocks):
        super().__init__()
        c = ch * ch_mult[-1]
        self.conv_in = nn.Conv2d(z_channels, c, 3, padding=1)
        self.mid = _Middle(c)
        levels = []
        for i, m in reversed(list(enumerate(ch_mult))):
            level = nn.Module()
            level.block = nn.ModuleList()
            for _ in range(num_res_blocks + 1):
                level.block.append(ResidualBlock(c, ch * m))
                c = ch * m
            if i:
                level.upsample = _Resample(c, up=True)
            levels.insert(0, level)
        self.up = nn.ModuleList(levels)

    def forward(self, z):
        x = self.mid(self.conv_in(z))
        for level in reversed(self.up):
            for b in level.block:
                x = b(x)
            if hasattr(level, "upsample"):
                x = level.upsample(x)
        return x


class RendererNetwork(nn.Module):
    """`simple_renderer_net`: receptive radius 6 pixels with kernel 3."""

    def __init__(self, in_channels, hidden_channels, normalize=True, kernel_size=3):
        super().__init__()
        pad = kernel_size // 2
        self.model = nn.Sequential(
            nn.Conv2d(in_channels, hidden_channels, kernel_size, padding=pad),
            ResidualBlock(hidden_channels, hidden_channels, kernel_size, normalize),
            ResidualBlock(hidden_channels, hidden_channels, kernel_size, normalize))
        self.norm_out = _norm(hidden_channels) if normalize else nn.Identity()
        self.conv_out = nn.Conv2d(hidden_channels, 3, kernel_size, padding=pad)

    def forward(self, query):
        return self.conv_out(F.silu(self.norm_out(self.model(query))))


class FixedTail(nn.Module):
    """`fixres_original_tail`: the tail of an ordinary autoencoder, picture of the size of the feature map."""

    def __init__(self, channels):
        super().__init__()
        self.norm_out = _norm(channels)
        self.conv_out = nn.Conv2d(channels, 3, 3, padding=1)

    def forward(self, phi):
        return self.conv_out(F.silu(self.norm_out(phi)))


class Renderer(nn.Module):
    def __init__(self, net):
        super().__init__()
        self.net = net


RECEPTIVE_RADIUS = 6


def nearest_cells(first, count, side, cells):
    """Looked-up cell and relative coordinate of pixels first..first+count-1 of a picture `side` pixels wide.

    Exact integers, ties to even: index = round_half_even(((2i+1)·cells/side − 1)/2). The relative coordinate is the
    offset from that cell's centre in half cells, so a cell spans 2 units. first and side: (K,) int64; results (K, count).
    """
    i = first[:, None] + torch.arange(count, device=first.device)
    a, b = (2 * i + 1) * cells - side[:, None], 2 * side[:, None]  # position = a / b
    j = torch.div(2 * a + b, 2 * b, rounding_mode="floor")
    tie = (2 * a + b) % (2 * b) == 0
    j = (j - (tie & (j % 2 == 1)).long()).clamp(0, cells - 1)
    relative = 2 * (a - j * b).double() / b.double()
    return j, relative.float()


def query(phi, sample, row, column, side, size):
    """Renderer input for K square patches: (K, F+4, size, size).

    sample, row, column, side: (K,) int64: which picture of the batch, first pixel, and the side N of the whole picture
    in pixels that the patch is a part of."""
    cells = phi.shape[-1]
    jr, rr = nearest_cells(row, size, side, cells)
    jc, rc = nearest_cells(column, size, side, cells)
    features = phi.permute(0, 2, 3, 1)[sample[:, None, None], jr[:, :, None], jc[:, None, :]]
    k = len(sample)
    cell = (2.0 * cells / side.double()).float()[:, None, None, None].expand(k, size, size, 2)
    where = torch.stack([rr[:, :, None].expand(k, size, size), rc[:, None, :].expand(k, size, size)], 3)
    return torch.cat([features, where.to(features.dtype), cell.to(features.dtype)], 3).permute(0, 3, 1, 2)


class Autoencoder(nn.Module):
    """Encoder, decoder and renderer. `a` is the [autoencoder] table of the configuration."""

    def __init__(self, a):
        super().__init__()
        self.gaussian, z = a["gaussian"], a["z_channels"]
        out = 2 * z if self.gaussian else z
        self.encoder = nn.Sequential(
            EncoderNetwork(z, a["encoder_ch"], a["encoder_mult"], a["encoder_blocks"], self.gaussian),
            nn.Conv2d(out, out, 1))
        self.decoder = nn.Sequential(
            nn.Conv2d(z, z, 1), DecoderNetwork(z, a["decoder_ch"], a["decoder_mult"], a["decoder_blocks"]))
        features = a["decoder_ch"] * a["decoder_mult"][0]
        self.fixed = a["renderer"] == "fixed_tail"
        self.renderer = Renderer(
            FixedTail(features) if self.fixed else RendererNetwork(features + 4, a["hidden"], a["normalize"]))

    def encode(self, image):
        """Latent of a picture in [-1, 1]: mean and deviation (None for a plain latent)."""
        h = self.encoder(image)
        if not self.gaussian:
            return h, None
        mean, log_variance = h.chunk(2, 1)
        return mean, (log_variance.clamp(-30, 20) / 2).exp()

    def render_patches(self, phi, sample, row, column, side, size):
        if self.fixed:
            return self.renderer.net(phi)[sample]
        return self.renderer.net(query(phi, sample, row, column, side, size))

    @torch.no_grad()
    def render_image(self, phi, side, tile=256, box=None):
        """Whole picture of one field, or rows and columns box = (r0, c0, r1, c1) of it. Tiles with a halo: equal to
        one render of the whole when the renderer has no norms."""
        if self.fixed:
            return self.renderer.net(phi)
        r0, c0, r1, c1 = box or (0, 0, side, side)
        out = torch.empty(phi.shape[0], 3, r1 - r0, c1 - c0)
        extent = min(side, tile + 2 * RECEPTIVE_RADIUS)
        for r in range(r0, r1, tile):
            for c in range(c0, c1, tile):
                fr = min(max(r - RECEPTIVE_RADIUS, 0), side - extent)
                fc = min(max(c - RECEPTIVE_RADIUS, 0), side - extent)
                h, w = min(tile, r1 - r), min(tile, c1 - c)
                for n in range(phi.shape[0]):
                    as_index = [torch.tensor([v], device=phi.device) for v in (n, fr, fc, side)]
                    rgb = self.renderer.net(query(phi, *as_index, extent))[0]
                    out[n, :, r - r0:r - r0 + h, c - c0:c - c0 + w] = (
                        rgb[:, r - fr:r - fr + h, c - fc:c - fc + w].float().cpu())
        return out


class Discriminator(nn.Module):
    """Three-layer patch discriminator. It is shown the colours, their fine detail enlarged (else it takes thousands of steps
    to notice blur), and the scale."""

    DETAIL = 4.0

    def __init__(self, ch=64):
        super().__init__()
        layers, c = [nn.Conv2d(7, ch, 4, 2, 1), nn.LeakyReLU(0.2)], ch
        for stride in (2, 1):
            layers += [nn.Conv2d(c, 2 * c, 4, stride, 1), _Norm(2 * c, 1e-5, 8), nn.LeakyReLU(0.2)]
            c *= 2
        self.main = nn.Sequential(*layers, nn.Conv2d(c, 1, 4, 1, 1))

    def forward(self, rgb, side):
        scale = (torch.log2(side.float() / 256) / 3).to(rgb.dtype)[:, None, None, None]
        fine = self.DETAIL * (rgb - F.avg_pool2d(rgb, 5, 1, 2, count_include_pad=False))
        return self.main(torch.cat([rgb, fine, scale.expand(-1, 1, *rgb.shape[2:])], 1))


# ------------------------------------------------------------------------------------------------- diffusion network


def _Norm32(c):
    return _Norm(c, 1e-5)


def _zero(module):
    for p in module.parameters():
        nn.init.zeros_(p)
    return module


class UnetBlock(nn.Module):
    def __init__(self, cin, emb, cout):
        super().__init__()
        self.in_layers = nn.Sequential(_Norm32(cin), nn.SiLU(), nn.Conv2d(cin, cout, 3, padding=1))
        self.emb_layers = nn.Sequential(nn.SiLU(), nn.Linear(emb, cout))
        self.out_layers = nn.Sequential(
            _Norm32(cout), nn.SiLU(), nn.Dropout(0.0), _zero(nn.Conv2d(cout, cout, 3, padding=1)))
        self.skip_connection = nn.Identity() if cin == cout else nn.Conv2d(cin, cout, 1)

    def forward(self, x, emb, context):
        h = self.in_layers(x) + self.emb_layers(emb)[:, :, None, None]
        return self.skip_connection(x) + self.out_layers(h)


class UnetAttention(nn.Module):
    def __init__(self, c, head):
        super().__init__()
        self.heads = c // head
        self.norm = _Norm32(c)
        self.qkv = nn.Conv1d(c, 3 * c, 1)
        self.proj_out = _zero(nn.Conv1d(c, c, 1))

    def forward(self, x, emb, context):
        n, c, h, w = x.shape
        q, k, v = self.qkv(self.norm(x.flatten(2))).view(n * self.heads, 3 * (c // self.heads), h * w).chunk(3, 1)
        s = (c // self.heads) ** -0.25
        weight = torch.softmax(((q * s).transpose(1, 2) @ (k * s)).float(), 2).to(v.dtype)
        a = (v @ weight.transpose(1, 2)).reshape(n, c, h * w)
        return x + self.proj_out(a).view(n, c, h, w)


class CrossAttention(nn.Module):
    def __init__(self, width, context, heads):
        super().__init__()
        self.heads = heads
        self.to_q = nn.Linear(width, width, bias=False)
        self.to_k, self.to_v = (nn.Linear(context, width, bias=False) for _ in range(2))
        self.to_out = nn.Sequential(nn.Linear(width, width), nn.Dropout(0.0))

    def forward(self, x, context):
        def split(t):
            return t.view(t.shape[0], t.shape[1], self.heads, -1).transpose(1, 2)

        q, k, v = split(self.to_q(x)), split(self.to_k(context)), split(self.to_v(context))
        weight = torch.softmax((q @ k.transpose(2, 3)).float() * q.shape[-1] ** -0.5, 3).to(v.dtype)
        return self.to_out((weight @ v).transpose(1, 2).flatten(2))


class _GatedFeedForward(nn.Module):
    def __init__(self, width):
        super().__init__()
        gate = nn.Module()
        gate.proj = nn.Linear(width, 8 * width)
        self.net = nn.ModuleList([gate, nn.Dropout(0.0), nn.Linear(4 * width, width)])

    def forward(self, x):
        value, gate = self.net[0].proj(x).chunk(2, -1)
        return self.net[2](value * F.gelu(gate))


class _LayerNorm(nn.LayerNorm):
    def forward(self, x):
        return super().forward(x.float()).to(x.dtype)


class _TransformerBlock(nn.Module):
    def __init__(self, width, context, heads):
        super().__init__()
        self.attn1 = CrossAttention(width, width, heads)
        self.attn2 = CrossAttention(width, context, heads)
        self.ff = _GatedFeedForward(width)
        self.norm1, self.norm2, self.norm3 = (_LayerNorm(width) for _ in range(3))

    def forward(self, x, context):
        y = self.norm1(x)
        x = x + self.attn1(y, y)
        x = x + self.attn2(self.norm2(x), context)
        return x + self.ff(self.norm3(x))


class SpatialTransformer(nn.Module):
    def __init__(self, c, head, context):
        super().__init__()
        self.norm = _norm(c)
        self.proj_in = nn.Conv2d(c, c, 1)
        self.transformer_blocks = nn.ModuleList([_TransformerBlock(c, context, c // head)])
        self.proj_out = _zero(nn.Conv2d(c, c, 1))

    def forward(self, x, emb, context):
        n, c, h, w = x.shape
        y = self.proj_in(self.norm(x)).flatten(2).transpose(1, 2)
        for block in self.transformer_blocks:
            y = block(y, context)
        return x + self.proj_out(y.transpose(1, 2).reshape(n, c, h, w))


class _Down(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.op = nn.Conv2d(c, c, 3, stride=2, padding=1)

    def forward(self, x, emb, context):
        return self.op(x)


class _Up(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.conv = nn.Conv2d(c, c, 3, padding=1)

    def forward(self, x, emb, context):
        return self.conv(F.interpolate(x, scale_factor=2.0, mode="nearest"))


class _First(nn.Conv2d):
    def forward(self, x, emb, context):
        return super().forward(x)


class Unet(nn.Module):
    """ADM UNet. `u`: the [diffusion] table; context_dim None: unconditional with plain attention blocks."""

    def __init__(self, z_channels, u, context_dim=None):
        super().__init__()
        c, mult, blocks, head = u["channels"], u["mult"], u["blocks"], u["head"]
        emb = 4 * c
        self.channels = c
        self.time_embed = nn.Sequential(nn.Linear(c, emb), nn.SiLU(), nn.Linear(emb, emb))

        def attention(width):
            return SpatialTransformer(width, head, context_dim) if context_dim else UnetAttention(width, head)

        self.input_blocks = nn.ModuleList([nn.ModuleList([_First(z_channels, c, 3, padding=1)])])
        skips, width, factor = [c], c, 1
        for i, m in enumerate(mult):
            for _ in range(blocks):
                part = [UnetBlock(width, emb, c * m)]
                width = c * m
                if factor in u["attention"]:
                    part.append(attention(width))
                self.input_blocks.append(nn.ModuleList(part))
                skips.append(width)
            if i < len(mult) - 1:
                self.input_blocks.append(nn.ModuleList([_Down(width)]))
                skips.append(width)
                factor *= 2
        self.middle_block = nn.ModuleList(
            [UnetBlock(width, emb, width), attention(width), UnetBlock(width, emb, width)])
        self.output_blocks = nn.ModuleList()
        for i, m in reversed(list(enumerate(mult))):
            for j in range(blocks + 1):
                part = [UnetBlock(width + skips.pop(), emb, c * m)]
                width = c * m
                if factor in u["attention"]:
                    part.append(attention(width))
                if i and j == blocks:
                    part.append(_Up(width))
                    factor //= 2
                self.output_blocks.append(nn.ModuleList(part))
        self.out = nn.Sequential(_Norm32(width), nn.SiLU(), _zero(nn.Conv2d(width, z_channels, 3, padding=1)))

    def forward(self, z, t, context=None):
        half = self.channels // 2
        f = torch.exp(-math.log(10000) * torch.arange(half, device=z.device).float() / half)
        angle = t.float()[:, None] * f
        emb = self.time_embed(torch.cat([angle.cos(), angle.sin()], 1))

        def run(parts, x):
            for part in parts:
                x = part(x, emb, context)
            return x

        stack, x = [], z
        for parts in self.input_blocks:
            x = run(parts, x)
            stack.append(x)
        x = run(self.middle_block, x)
        for parts in self.output_blocks:
            x = run(parts, torch.cat([x, stack.pop()], 1))
        return self.out(x)
