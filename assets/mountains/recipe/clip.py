#!/usr/bin/env python3
"""Stage `clip`: a small CLIP (official layout and names) with its own byte-pair vocabulary, on captioned boxes of all scales.

Writes clip/clip.pt (flat state dict) and clip/merges.txt.gz. The text tower's states condition the diffusion network.
"""
import collections
import gzip
import random

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

import scenes
from common import Run, arguments, half_precision, load_config, rate_at, to_signed, write_atomically
from store import Store

MEAN, DEVIATION = (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)


# ---------------------------------------------------------------------------------------------------------- tokens
def byte_alphabet():
    """Byte -> character, in the order of the ids."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    rest = [b for b in range(256) if b not in plain]
    return {**{b: chr(b) for b in plain}, **{b: chr(256 + k) for k, b in enumerate(rest)}}


BYTES = byte_alphabet()


def split(text):
    """Words and runs of signs of a caption of ours (plain lower-case English): the official rules agree on these."""
    words, kind = [], None
    for c in text.lower():
        now = "letter" if c.isalpha() else None if c.isspace() else "sign"
        if now and now == kind:
            words[-1] += c
        elif now:
            words.append(c)
        kind = now
    return words


def symbols(word):
    s = [BYTES[b] for b in word.encode()]
    return (*s[:-1], s[-1] + "</w>")


def join(s, pair):
    out = []
    for c in s:
        if out and (out[-1], c) == pair:
            out[-1] = "".join(pair)
        else:
            out.append(c)
    return tuple(out)


def learn_merges(texts, count):
    """The most frequent neighbouring pair again and again; ties by alphabet, so the result is reproducible."""
    words = collections.Counter(w for t in texts for w in split(t))
    words = {symbols(w): n for w, n in words.items()}
    merges = []
    while len(merges) < count:
        pairs = collections.Counter()
        for s, n in words.items():
            for p in zip(s, s[1:]):
                pairs[p] += n
        if not pairs:
            break
        best = min(pairs, key=lambda p: (-pairs[p], p))
        merges.append(best)
        words = {join(s, best): n for s, n in words.items()}
    return merges


class Tokenizer:
    def __init__(self, merges, context):
        self.context, self.merges = context, merges
        names = [*BYTES.values()]
        names += [n + "</w>" for n in names] + ["".join(m) for m in merges] + ["<start>", "<end>"]
        self.ids, self.rank = {n: i for i, n in enumerate(names)}, {m: i for i, m in enumerate(merges)}
        self.start, self.end, self.known = len(names) - 2, len(names) - 1, {}

    def word(self, w):
        if w not in self.known:
            s = symbols(w)
            while len(s) > 1:
                best = min(zip(s, s[1:]), key=lambda p: self.rank.get(p, 1 << 30))
                if best not in self.rank:
                    break
                s = join(s, best)
            self.known[w] = [self.ids[c] for c in s]
        return self.known[w]

    def __call__(self, texts):
        """Token ids (N, context), zero padded, cut to the context."""
        out = torch.zeros(len(texts), self.context, dtype=torch.long)
        for row, text in zip(out, texts):
            ids = [i for w in split(text) for i in self.word(w)][: self.context - 2]
            row[: len(ids) + 2] = torch.tensor([self.start, *ids, self.end])
        return out

    def file(self):
        """The merges file: gzip of a header and one merge per line, no final line break."""
        return gzip.compress("\n".join(["#version: 0.2", *(" ".join(m) for m in self.merges)]).encode(), mtime=0)

    @classmethod
    def read(cls, data, context):
        lines = gzip.decompress(data).decode().split("\n")[1:]
        return cls([tuple(line.split(" ")) for line in lines if line], context)


# ---------------------------------------------------------------------------------------------------------- towers
class _SelfAttention(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.in_proj_weight = nn.Parameter(torch.randn(3 * width, width) * width**-0.5)
        self.in_proj_bias = nn.Parameter(torch.zeros(3 * width))
        self.out_proj = nn.Linear(width, width)

    def forward(self, x, mask):
        n, length, width = x.shape
        qkv = F.linear(x, self.in_proj_weight, self.in_proj_bias).view(n, length, 3, width // 64, 64)
        q, k, v = qkv.permute(2, 0, 3, 1, 4)
        score = (q @ k.transpose(2, 3)).float() / 8
        score = score if mask is None else score + mask
        return self.out_proj((score.softmax(3).to(v.dtype) @ v).transpose(1, 2).reshape(n, length, width))


class _Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.attn, self.ln_1, self.ln_2 = _SelfAttention(width), nn.LayerNorm(width), nn.LayerNorm(width)
        self.mlp = nn.Sequential(collections.OrderedDict(
            c_fc=nn.Linear(width, 4 * width), gelu=nn.Identity(), c_proj=nn.Linear(4 * width, width)))

    def forward(self, x, mask=None):
        x = x + self.attn(self.ln_1(x), mask)
        h = self.mlp.c_fc(self.ln_2(x))
        return x + self.mlp.c_proj(h * torch.sigmoid(1.702 * h))


class _Transformer(nn.Module):
    def __init__(self, width, blocks):
        super().__init__()
        self.resblocks = nn.ModuleList(_Block(width) for _ in range(blocks))


class _Vision(nn.Module):
    def __init__(self, c):
        super().__init__()
        width, tokens = c["image_width"], (c["side"] // c["patch"]) ** 2 + 1
        self.conv1 = nn.Conv2d(3, width, c["patch"], c["patch"], bias=False)
        self.class_embedding = nn.Parameter(torch.randn(width) * width**-0.5)
        self.positional_embedding = nn.Parameter(torch.randn(tokens, width) * width**-0.5)
        self.ln_pre, self.ln_post = nn.LayerNorm(width), nn.LayerNorm(width)
        self.transformer = _Transformer(width, c["image_blocks"])
        self.proj = nn.Parameter(torch.randn(width, c["embed"]) * width**-0.5)

    def forward(self, image):
        x = self.conv1(image).flatten(2).transpose(1, 2)
        x = torch.cat([self.class_embedding.to(x.dtype).expand(len(x), 1, -1), x], 1) + self.positional_embedding
        x = self.ln_pre(x)
        for block in self.transformer.resblocks:
            x = block(x)
        return self.ln_post(x[:, 0]) @ self.proj


TEXT_NAMES = ("positional_embedding", "text_projection", "token_embedding.", "transformer.", "ln_final.")


class Clip(nn.Module):
    """`c`: the [clip] table. Pictures for `image_embedding` are (N, 3, side, side) in [-1, 1]."""

    def __init__(self, c):
        super().__init__()
        width = c["width"]
        self.visual = _Vision(c)
        self.transformer = _Transformer(width, c["text_blocks"])
        self.token_embedding = nn.Embedding(c["vocabulary"], width)
        nn.init.normal_(self.token_embedding.weight, std=0.02)
        self.positional_embedding = nn.Parameter(torch.randn(c["context"], width) * 0.01)
        self.ln_final = nn.LayerNorm(width)
        self.text_projection = nn.Parameter(torch.randn(width, c["embed"]) * width**-0.5)
        self.logit_scale = nn.Parameter(torch.tensor(np.log(1 / 0.07)).float())

    def image_embedding(self, image):
        mean, deviation = (torch.tensor(v, device=image.device)[:, None, None] for v in (MEAN, DEVIATION))
        return self.visual((image * 0.5 + 0.5 - mean) / deviation)

    def states(self, tokens):
        """States of all positions after the final norm: (N, context, width)."""
        x = self.token_embedding(tokens) + self.positional_embedding
        mask = torch.full((x.shape[1], x.shape[1]), float("-inf"), device=x.device).triu(1)
        for block in self.transformer.resblocks:
            x = block(x, mask)
        return self.ln_final(x)

    def text_embedding(self, tokens):
        return self.states(tokens)[torch.arange(len(tokens), device=tokens.device), tokens.argmax(1)] @ self.text_projection

    def text_tower(self, merges_file):
        """The tensors that a text-conditioned checkpoint holds under z_dm_cond_encoder."""
        own = {k: v for k, v in self.state_dict().items() if k.startswith(TEXT_NAMES)}
        return dict(own, merges=torch.frombuffer(bytearray(merges_file), dtype=torch.uint8))


def load_clip(work, c, device="cpu"):
    """(model, tokenizer, bytes of the merges file) of a finished clip stage, or None where it has not been run."""
    if not (work / "clip" / "clip.pt").exists():
        return None
    model = Clip(c).to(device).eval().requires_grad_(False)
    model.load_state_dict(torch.load(work / "clip" / "clip.pt", map_location=device))
    data = (work / "clip" / "merges.txt.gz").read_bytes()
    return model, Tokenizer.read(data, c["context"]), data


# ---------------------------------------------------------------------------------------------------------- training
class Pairs:
    """Captioned boxes of the store, drawn so that rare captions are not drowned by 'clear blue sky'."""

    def __init__(self, data, c):
        self.data, self.c, self.drawn, self.seen = data, c, {}, 0
        self.groups = collections.defaultdict(list)

    def refresh(self):
        self.data.refresh()
        for k in range(self.seen, len(self.data)):
            scene = self.drawn[k] = scenes.sample_scene(int(self.data.item(k, "seeds")))
            span, sides = self.data.item(k, "span"), self.data.item(k, "side")
            for i, shares in enumerate(self.data.item(k, "labels")):
                text = scenes.box_caption(scene, shares, span * self.data.item(k, "patches")[i].shape[0] / sides[i])
                if text:
                    self.groups[text].append((k, i))
        self.seen = len(self.data)
        self.names = sorted(self.groups)
        self.weights = [len(self.groups[n]) ** self.c["balance"] for n in self.names]

    def batch(self, r, count, device):
        images, texts, side = [], [], self.c["side"]
        for _ in range(count):
            if r.random() < self.c["whole"]:
                k = r.randrange(self.seen)
                pixels = self.data.item(k, "whole")
                text = scenes.view_caption(self.drawn[k], self.data.item(k, "whole_labels"), self.data.item(k, "span"), r)
            else:
                text = r.choices(self.names, self.weights)[0]
                k, i = r.choice(self.groups[text])
                pixels = self.data.item(k, "patches")[i]
            image = to_signed(pixels, device)
            image = F.interpolate(image[None], side, mode="bilinear", antialias=True)[0]
            images.append(image.flip(-1) if r.random() < 0.5 else image)
            texts.append(text)
        return torch.stack(images), texts


def corpus():
    """Captions from which the vocabulary is learnt."""
    r = random.Random(1)
    out = [scenes.caption(scenes.sample_scene(s), r) for s in range(4000)]
    known = [w for words in scenes.WORDS.values() for w in words]
    close = [scenes.depth_of(0.0) + name for name in scenes.REGION.values()]
    return out + [*scenes.REGION.values(), *scenes.SKY.values(), *known, *close] * 50 + ["a painting of", "photo of the", "no people"] * 20


def main():
    args = arguments(__doc__).parse_args()
    config = load_config(args.preset, args.set)
    c, dev = config["clip"], args.device
    torch.manual_seed(1)
    tokens = Tokenizer(learn_merges(corpus(), c["vocabulary"] - 514), c["context"])
    if tokens.end + 1 != c["vocabulary"]:
        raise SystemExit(f"clip.vocabulary must be {tokens.end + 1}: the captions give no more merges")
    model = Clip(c).to(dev)
    decay = [p for p in model.parameters() if p.dim() > 1]
    other = [p for p in model.parameters() if p.dim() < 2]
    opt = torch.optim.AdamW([dict(params=decay, weight_decay=0.05), dict(params=other, weight_decay=0.0)],
                            lr=c["lr"], betas=(0.9, 0.98))
    run = Run("clip", args, c["steps"], dict(model=model, opt=opt))
    pairs = Pairs(Store(args.work), c)
    pairs.refresh()
    run.say(f"{len(pairs.names)} box captions, vocabulary {tokens.end + 1}")
    for step, r in run.steps():
        if step % 500 == 0:
            pairs.refresh()
        for group in opt.param_groups:
            group["lr"] = c["lr"] * rate_at(step, c["steps"], 300, 0.02)
        images, texts = pairs.batch(r, c["batch"], dev)
        same = torch.tensor([[float(a == b) for b in texts] for a in texts], device=dev)
        target = same / same.sum(1, keepdim=True)  # equal captions are equally right
        with half_precision(config, dev):
            u = F.normalize(model.image_embedding(images).float(), dim=1)
            v = F.normalize(model.text_embedding(tokens(texts).to(dev)).float(), dim=1)
        logits = model.logit_scale.exp() * u @ v.t()
        loss = 0.5 * (F.cross_entropy(logits, target) + F.cross_entropy(logits.t(), target))
        entropy = -(target * target.clamp(min=1e-9).log()).sum(1).mean()  # what a perfect model reaches
        opt.zero_grad(set_to_none=True)
        loss.backward()
        opt.step()
        with torch.no_grad():
            model.logit_scale.clamp_(max=float(np.log(100)))
        run.samples += c["batch"]
        hit = same.gather(1, logits.argmax(1, keepdim=True)).mean()
        run.note(excess=loss - entropy, hit=hit, scale=model.logit_scale.exp())
        if (step + 1) % 100 == 0:
            run.log()
    write_atomically(run.folder / "merges.txt.gz", lambda p: p.write_bytes(tokens.file()))
    if run.finished:
        write_atomically(run.folder / "clip.pt", lambda p: torch.save(model.state_dict(), p))


if __name__ == "__main__":
    main()
