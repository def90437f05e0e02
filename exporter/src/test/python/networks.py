"""Makes the fixtures of NetworkOptionsTest: outputs of networks with options that the golden arrays do not cover.

Run from this folder with Python 3, PyTorch and NumPy: python3 networks.py
The networks are written down from the specification, in another way than the exporter's: weights are a function of
their names (also in RandomCheckpoint.java), so only settings, inputs and outputs are stored.
"""
import json
import math
import os

import numpy as np
import torch
import torch.nn.functional as F

torch.set_grad_enabled(False)
OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "resources", "networks")


def uniform(name, count):
    """float32 values in [-1, 1): a counter-based hash of the name's FNV-1a and the index."""
    h = 0xCBF29CE484222325
    for byte in name.encode():
        h = ((h ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    with np.errstate(over="ignore"):
        x = np.uint64(h) + (np.arange(count, dtype=np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        x = x ^ (x >> np.uint64(31))
    return (x >> np.uint64(40)).astype(np.float32) * np.float32(2**-23) - np.float32(1)


def weight(name, *shape):
    values = uniform(name, int(np.prod(shape)))
    if len(shape) > 1:
        values = values * np.float32(math.sqrt(3 / np.prod(shape[1:])))
    else:
        values = values * np.float32(0.2)
        if name.endswith("weight"):
            values = values + np.float32(1)
    return torch.from_numpy(values.astype(np.float32).reshape(shape))


def example(name, *shape):
    return torch.from_numpy(uniform("input." + name, int(np.prod(shape))).reshape(shape)) * 1.5


def conv(p, x, out, kernel=3, stride=1, padding=None):
    padding = (kernel - 1) // 2 if padding is None else padding
    w = weight(p + ".weight", out, x.shape[1], kernel, kernel)
    return F.conv2d(x, w, weight(p + ".bias", out), stride, padding)


def linear(p, x, out, bias=True):
    return F.linear(x, weight(p + ".weight", out, x.shape[-1]), weight(p + ".bias", out) if bias else None)


def norm(p, x, eps):
    c = x.shape[1]
    return F.group_norm(x, 32, weight(p + ".weight", c), weight(p + ".bias", c), eps)


def layer_norm(p, x):
    c = x.shape[-1]
    return F.layer_norm(x, (c,), weight(p + ".weight", c), weight(p + ".bias", c), 1e-5)


def ae_res(p, x, out, kernel=3, normal=True):
    n = (lambda q, y: norm(q, y, 1e-6)) if normal else (lambda q, y: y)
    h = conv(p + ".conv1", F.silu(n(p + ".norm1", x)), out, kernel)
    h = conv(p + ".conv2", F.silu(n(p + ".norm2", h)), out, kernel)
    return (x if x.shape[1] == out else conv(p + ".nin_shortcut", x, out, 1)) + h


def ae_attention(p, x):
    n, c, h, w = x.shape
    y = norm(p + ".norm", x, 1e-6)
    q, k, v = (conv(p + "." + part, y, c, 1).flatten(2) for part in "qkv")
    scores = torch.softmax(torch.einsum("nci,ncj->nij", q, k) / math.sqrt(c), -1)
    y = torch.einsum("nij,ncj->nci", scores, v).reshape(n, c, h, w)
    return x + conv(p + ".proj_out", y, c, 1)


def middle(p, x, a):
    x = ae_res(p + ".block_1", x, x.shape[1])
    if a.get("attn_type", "vanilla") != "none":
        x = ae_attention(p + ".attn_1", x)
    return ae_res(p + ".block_2", x, x.shape[1])


def encoder(a, x):
    ch, mult, p = a["ch"], a["ch_mult"], "encoder.0."
    x, res = conv(p + "conv_in", x, ch), a.get("resolution", 256)
    for i, m in enumerate(mult):
        for j in range(a["num_res_blocks"]):
            x = ae_res(f"{p}down.{i}.block.{j}", x, ch * m)
            if res in a.get("attn_resolutions", []):
                x = ae_attention(f"{p}down.{i}.attn.{j}", x)
        if i < len(mult) - 1:
            if a.get("resamp_with_conv", True):
                x = conv(f"{p}down.{i}.downsample.conv", F.pad(x, (0, 1, 0, 1)), x.shape[1], 3, 2, 0)
            else:
                x = F.avg_pool2d(x, 2)
            res //= 2
    x = F.silu(norm(p + "norm_out", middle(p + "mid", x, a), 1e-6))
    out = a.get("z_channels", 3) * (2 if a.get("double_z", False) else 1)
    return conv("encoder.1", conv(p + "conv_out", x, out), out, 1)


def decoder(a, z):
    ch, mult, p = a["ch"], a["ch_mult"], "decoder.1."
    x = conv(p + "conv_in", conv("decoder.0", z, z.shape[1], 1), ch * mult[-1])
    x, res = middle(p + "mid", x, a), a.get("resolution", 256) // 2 ** (len(mult) - 1)
    for i in reversed(range(len(mult))):
        for j in range(a["num_res_blocks"] + 1):
            x = ae_res(f"{p}up.{i}.block.{j}", x, ch * mult[i])
            if res in a.get("attn_resolutions", []):
                x = ae_attention(f"{p}up.{i}.attn.{j}", x)
        if i:
            x = F.interpolate(x, scale_factor=2, mode="nearest")
            if a.get("resamp_with_conv", True):
                x = conv(f"{p}up.{i}.upsample.conv", x, x.shape[1])
            res *= 2
    if a.get("give_pre_end", True):
        return x
    return conv(p + "conv_out", F.silu(norm(p + "norm_out", x, 1e-6)), a.get("out_ch", 3))


def encoding(v, dim, w_max):
    if not dim:
        return v
    w = torch.exp(torch.linspace(0, math.log(w_max), dim // 2))
    products = torch.cat([v[:, :1] * w.view(1, -1, 1, 1), v[:, 1:] * w.view(1, -1, 1, 1)], 1)
    return torch.cat([torch.cos(math.pi * products), torch.sin(math.pi * products)], 1)


def renderer(a, query):
    f, net = a["z_dec_channels"], a["net"]
    b = net.get("args", {})
    hidden, kernel, normal = b.get("hidden_channels", 256), b.get("kernel_size", 3), b.get("normalize", True)
    x = torch.cat([query[:, :f], encoding(query[:, f:f + 2], a.get("co_pe_dim"), a.get("co_pe_w_max")),
                   encoding(query[:, f + 2:], a.get("ce_pe_dim"), a.get("ce_pe_w_max"))], 1)
    p = "renderer.net."
    x = conv(p + "model.0", x, hidden, kernel)
    for i in range(3 if net["name"].endswith("larger") else 2):
        x = ae_res(f"{p}model.{i + 1}", x, hidden, kernel, normal)
    x = norm(p + "norm_out", x, 1e-6) if normal else x
    return conv(p + "conv_out", F.silu(x), 3, kernel)


class Unet:
    def __init__(self, a):
        self.a, self.p = a, "z_dm_ema."

    def embedding(self, t):
        c = self.a["model_channels"]
        half = c // 2
        freqs = torch.exp(-math.log(10000) * torch.arange(half, dtype=torch.float32) / half)
        args = t[:, None].float() * freqs[None]
        e = torch.cat([torch.cos(args), torch.sin(args)], -1)
        return linear(self.p + "time_embed.2", F.silu(linear(self.p + "time_embed.0", e, 4 * c)), 4 * c)

    def res(self, p, x, out, change=None):
        h = F.silu(norm(p + ".in_layers.0", x, 1e-5))
        if change:
            h, x = change(h), change(x)
        h = conv(p + ".in_layers.2", h, out)
        shift_only = not self.a.get("use_scale_shift_norm", False)
        e = linear(p + ".emb_layers.1", F.silu(self.emb), out if shift_only else 2 * out)[:, :, None, None]
        if shift_only:
            h = F.silu(norm(p + ".out_layers.0", h + e, 1e-5))
        else:
            h = F.silu(norm(p + ".out_layers.0", h, 1e-5) * (1 + e[:, :out]) + e[:, out:])
        h = conv(p + ".out_layers.3", h, out)
        return (x if x.shape[1] == out else conv(p + ".skip_connection", x, out, 1)) + h

    def attention(self, p, x, up):
        a, (n, c, height, width) = self.a, x.shape
        if a.get("use_spatial_transformer", False):
            return self.transformer(p, x)
        heads = a.get("num_heads", 1)
        if up and a.get("num_heads_upsample", -1) != -1:
            heads = a["num_heads_upsample"]
        if a.get("num_head_channels", 32) != -1:
            heads = c // a.get("num_head_channels", 32)
        ch = c // heads
        y = norm(p + ".norm", x, 1e-5).flatten(2)
        qkv = F.conv1d(y, weight(p + ".qkv.weight", 3 * c, c, 1), weight(p + ".qkv.bias", 3 * c))
        results = []
        for head in range(heads):
            if a.get("use_new_attention_order", False):
                q, k, v = (qkv[:, part * c + head * ch:part * c + (head + 1) * ch] for part in range(3))
            else:
                q, k, v = (qkv[:, (3 * head + part) * ch:(3 * head + part + 1) * ch] for part in range(3))
            scores = torch.softmax(torch.einsum("nci,ncj->nij", q * ch**-0.25, k * ch**-0.25), -1)
            results.append(torch.einsum("nij,ncj->nci", scores, v))
        y = F.conv1d(torch.cat(results, 1), weight(p + ".proj_out.weight", c, c, 1), weight(p + ".proj_out.bias", c))
        return x + y.reshape(n, c, height, width)

    def cross(self, p, x, context, heads):
        inner = x.shape[-1]
        d = inner // heads
        q, k, v = (linear(f"{p}.to_{part}", y, inner, False) for part, y in (("q", x), ("k", context), ("v", context)))
        parts = [torch.softmax(q[..., i:i + d] @ k[..., i:i + d].transpose(1, 2) * d**-0.5, -1) @ v[..., i:i + d]
                 for i in range(0, inner, d)]
        return linear(p + ".to_out.0", torch.cat(parts, -1), inner)

    def transformer(self, p, x):
        a, (n, c, height, width) = self.a, x.shape
        heads, d = a.get("num_heads", 1), a.get("num_head_channels", 32)
        heads = c // d if heads == -1 else heads
        inner = heads * d
        t = conv(p + ".proj_in", norm(p + ".norm", x, 1e-6), inner, 1).flatten(2).transpose(1, 2)
        for depth in range(a.get("transformer_depth", 1)):
            b = f"{p}.transformer_blocks.{depth}"
            y = layer_norm(b + ".norm1", t)
            t = self.cross(b + ".attn1", y, y, heads) + t
            y = layer_norm(b + ".norm2", t)
            t = self.cross(b + ".attn2", y, y if self.context is None else self.context, heads) + t
            value, gate = linear(b + ".ff.net.0.proj", layer_norm(b + ".norm3", t), 8 * inner).chunk(2, -1)
            t = linear(b + ".ff.net.2", value * F.gelu(gate), inner) + t
        return conv(p + ".proj_out", t.transpose(1, 2).reshape(n, inner, height, width), c, 1) + x

    def __call__(self, z, t, context=None):
        a, p = self.a, self.p
        c, mult, blocks = a["model_channels"], a["channel_mult"], a["num_res_blocks"]
        factors = a["attention_resolutions"]
        updown, plain = a.get("resblock_updown", False), a.get("conv_resample", True)
        self.emb, self.context = self.embedding(t), context
        double = lambda y: F.interpolate(y, scale_factor=2, mode="nearest")
        halve = lambda y: F.avg_pool2d(y, 2)
        x = conv(p + "input_blocks.0.0", z, c * mult[0])
        skips, index, factor = [x], 1, 1
        for level, m in enumerate(mult):
            for _ in range(blocks):
                x = self.res(f"{p}input_blocks.{index}.0", x, c * m)
                x = self.attention(f"{p}input_blocks.{index}.1", x, False) if factor in factors else x
                skips.append(x)
                index += 1
            if level < len(mult) - 1:
                q = f"{p}input_blocks.{index}.0"
                if updown:
                    x = self.res(q, x, x.shape[1], halve)
                else:
                    x = conv(q + ".op", x, x.shape[1], 3, 2, 1) if plain else halve(x)
                skips.append(x)
                index, factor = index + 1, factor * 2
        x = self.res(p + "middle_block.0", x, x.shape[1])
        x = self.res(p + "middle_block.2", self.attention(p + "middle_block.1", x, False), x.shape[1])
        index = 0
        for level, m in reversed(list(enumerate(mult))):
            for block in range(blocks + 1):
                q, part = f"{p}output_blocks.{index}.", 1
                x = self.res(q + "0", torch.cat([x, skips.pop()], 1), c * m)
                if factor in factors:
                    x, part = self.attention(q + "1", x, True), 2
                if level and block == blocks:
                    if updown:
                        x = self.res(q + str(part), x, x.shape[1], double)
                    else:
                        x = conv(f"{q}{part}.conv", double(x), x.shape[1]) if plain else double(x)
                    factor //= 2
                index += 1
        return conv(p + "out.2", F.silu(norm(p + "out.0", x, 1e-5)), z.shape[1])


CODER = {"ch": 32, "ch_mult": [1], "num_res_blocks": 1, "resolution": 8}
FIELD = {"name": "renderer_concat_wrapper", "args": {
    "z_dec_channels": 32, "net": {"name": "simple_renderer_net", "args": {"hidden_channels": 32}}}}


def model(coder=CODER, renderer_args=FIELD, z=(3, 8, 8), unet=None, **more):
    args = {"encoder": {"name": "encoder_vqf4", "args": coder}, "z_shape": list(z),
            "decoder": {"name": "decoder_vqf4", "args": {k: v for k, v in coder.items() if k != "double_z"}},
            "renderer": renderer_args, **more}
    if unet:
        args["z_dm"] = {"name": "openai_unet", "args": unet}
    return args


def save(name, args, **arrays):
    arrays = {key: value.numpy() for key, value in arrays.items()}
    np.savez_compressed(os.path.join(OUT, name + ".npz"),
                        args=np.frombuffer(json.dumps(args).encode(), dtype=np.uint8), **arrays)


def unet_case(name, z=(3, 8, 8), classes=None, **unet):
    unet = {"image_size": z[1], "model_channels": 32, "channel_mult": [1, 2], "num_res_blocks": 1, **unet}
    more, context, arrays = {}, None, {}
    if classes:
        rows, width = classes
        more = {"z_dm_cond": "class", "z_dm_cond_opt": "crossattn", "z_dm_p_uncond": 0.1, "z_dm_cond_encoder": {
            "name": "class_embedder", "args": {"n_embed": rows, "embed_dim": width}}}
        label = torch.tensor([1, rows])
        context = weight("z_dm_cond_encoder.embedding.weight", rows + 1, width)[label][:, None]
        arrays = {"label": label, "context": context}
    x, t = example("z", 2, *z), torch.tensor([3, 871])
    args = model({**CODER, "z_channels": z[0]}, unet=unet, z=z, **more)
    save(name, args, z=x, t=t, prediction=Unet(unet)(x, t, context), **arrays)


def coder_case(name, side, **coder):
    coder = {**CODER, **coder}
    gaussian = coder.get("double_z", False)
    image = example("image", 1, 3, side, side)
    raw = encoder(coder, image)
    z = raw
    arrays = {"encoded": raw}
    if gaussian:
        mean, log_variance = raw.chunk(2, 1)
        z, deviation = mean, torch.exp(torch.clamp(log_variance, -30, 20) / 2)
        arrays = {"mean": mean, "deviation": deviation}
    phi = decoder(coder, z)
    field = {"name": "renderer_concat_wrapper", "args": {
        "z_dec_channels": phi.shape[1], "net": FIELD["args"]["net"]}}
    save(name, model(coder, field, tuple(z.shape[1:]), z_gaussian=gaussian), image=image, phi=phi, **arrays)


def renderer_case(name, net, hidden=32, h=11, w=7, **args):
    a = {"z_dec_channels": 32, **args, "net": net}
    query = example("query", 1, 36, h, w)
    query[:, 34:] = 0.7
    save(name, model(renderer_args={"name": "renderer_concat_wrapper", "args": a}), query=query, rgb=renderer(a, query))


def main():
    os.makedirs(OUT, exist_ok=True)
    unet_case("unet-scale-shift", attention_resolutions=[2], use_scale_shift_norm=True)
    unet_case("unet-new-order-updown", attention_resolutions=[1, 2], use_new_attention_order=True, resblock_updown=True,
              num_head_channels=16)
    unet_case("unet-heads-no-convolution", attention_resolutions=[2], num_head_channels=-1, num_heads=2,
              num_heads_upsample=4, conv_resample=False)
    unet_case("unet-three-levels", z=(4, 8, 8), in_channels=4, out_channels=4, channel_mult=[1, 1, 2],
              num_res_blocks=2, attention_resolutions=[4], num_head_channels=64)
    unet_case("unet-class-context", classes=(5, 24), attention_resolutions=[1, 2], use_spatial_transformer=True,
              transformer_depth=2, context_dim=24, num_heads=-1, num_head_channels=16)
    unet_case("unet-literal-heads", attention_resolutions=[2], use_spatial_transformer=True, num_heads=1,
              num_head_channels=32)
    coder_case("coder-gaussian", 8, ch_mult=[1, 1], double_z=True)
    coder_case("coder-attention-in-levels", 8, ch_mult=[1, 2], resolution=8, attn_resolutions=[4])
    coder_case("coder-ends-in-convolution", 8, give_pre_end=False, out_ch=5, resamp_with_conv=False, ch_mult=[1, 1])
    coder_case("coder-without-attention", 8, attn_type="none", z_channels=4)
    simple = lambda **args: {"name": "simple_renderer_net", "args": {"hidden_channels": 32, **args}}
    renderer_case("renderer-encoded", simple(), co_pe_dim=8, co_pe_w_max=64, ce_pe_dim=4, ce_pe_w_max=8)
    renderer_case("renderer-cell-encoded", simple(hidden_channels=64), ce_pe_dim=6, ce_pe_w_max=20)
    renderer_case("renderer-larger", {"name": "simple_renderer_net_larger", "args": {"hidden_channels": 32}})
    renderer_case("renderer-kernel-5", simple(kernel_size=5))
    renderer_case("renderer-kernel-1-plain", simple(kernel_size=1, normalize=False, hidden_channels=20))
    a = {"z_dec_channels": 32, "net": {"name": "fixres_original_tail", "args": {}}}
    phi = example("phi", 1, 32, 8, 8)
    p = "renderer.net."
    rgb = conv(p + "conv_out", F.silu(norm(p + "norm_out", phi, 1e-6)), 3)
    save("renderer-fixed", model(renderer_args={"name": "renderer_fixres_wrapper", "args": a}), phi_in=phi, rgb=rgb)


if __name__ == "__main__":
    main()
