#!/usr/bin/env python3
"""Stage `autoencoder`: picture -> latent -> feature map -> colour at any place and scale, trained jointly.

Every step takes a few pictures at 256 pixels, and of each some patches cut from the same scene at sides up to 2048.
After `refine_step` the encoder is frozen, the latent is rescaled to mean 0 and deviation 1 (folded into the two 1x1
convolutions, so nothing else changes), and decoder and renderer go on alone.

`--convert FILE` starts from the encoder and decoder of a given checkpoint of a fixed-resolution autoencoder (renderer
"fixed_tail" in this recipe, or any official file of the same shape), keeps its encoder frozen, and trains a new renderer.
`--from FILE` trains decoder and renderer of FILE on, from step 0 and with its encoder frozen; with `--preset zoom` so that cells do
not show when one zooms in.
"""
import torch

import losses
from checkpoint import load_autoencoder_weights, save_checkpoint
from common import Average, Run, arguments, half_precision, load_config, rate_at, to_signed
from near_linear import near_linear_autoencoder
from networks import RECEPTIVE_RADIUS, Autoencoder, Discriminator
from store import Store, draw_window


class PatchSampler:
    """Draws pictures and patches with their place and side, following the scale rules of the configuration.

    Mixed resolutions (paper table 4): one sixth of the scenes count as high-resolution ones, five sixths of these with a
    native side between 512 and 1024, the rest 1024; all others have 256 only. "balanced" draws both kinds equally often.
    """

    def __init__(self, data, a, store, device):
        self.data, self.a, self.store, self.device = data, a, store, device

    def native_side(self, k):
        if self.a["mix"] == "off":
            return self.store["side_max"]
        if k % 6:
            return self.store["whole"]
        rank = (k // 6) % 6
        return 1024 if rank == 5 else 512 + 128 * rank

    def picture(self, r):
        if self.a["mix"] == "balanced":
            k = r.randrange(max(len(self.data) // 6, 1))
            return 6 * k if r.random() < 0.5 else min(6 * k + 1 + r.randrange(5), len(self.data) - 1)
        return r.randrange(len(self.data))

    def patch(self, r, k, p_max):
        """(pixels, side, row, column) of one patch of picture k."""
        s, size, native = self.store, self.store["patch"], self.native_side(k)
        sides = self.data.item(k, "side")
        usable = [i for i in range(len(sides)) if sides[i] <= native]
        if self.a["scales"] == "fixed" or r.random() < self.a["whole"] or not usable:
            row, column = (draw_window(r, s["whole"], size, s["border"]) for _ in range(2))
            whole = self.data.item(k, "whole")
            return whole[row:row + size, column:column + size], s["whole"], row, column
        largest = [i for i in usable if sides[i] == native]
        pool = largest if largest and r.random() < p_max else [i for i in usable if i not in largest] or usable
        i = r.choice(pool)
        return (self.data.item(k, "patches")[i], *(int(self.data.item(k, n)[i]) for n in ("side", "row", "column")))

    def batch(self, r, p_max):
        wholes, pixels, where = [], [], []
        for n in range(self.a["batch"]):
            k, flip = self.picture(r), r.random() < 0.5
            whole = self.data.item(k, "whole")
            wholes.append(to_signed(whole[:, ::-1].copy() if flip else whole, self.device))
            for _ in range(self.a["patches"]):
                p, side, row, column = self.patch(r, k, p_max)
                if flip:
                    p, column = p[:, ::-1].copy(), side - self.store["patch"] - column
                pixels.append(to_signed(p, self.device))
                where.append((n, row, column, side))
        return torch.stack(wholes), torch.stack(pixels), torch.tensor(where, device=self.device).unbind(1)


def inner_mask(row, column, side, size, device):
    """1 where the receptive field of a pixel lies within the patch or beyond the picture's true border: (K, 1, size, size)."""
    i = torch.arange(size, device=device)

    def axis(first):
        low = (i >= RECEPTIVE_RADIUS) | (first[:, None] == 0)
        return low & ((i < size - RECEPTIVE_RADIUS) | (first + size == side)[:, None])

    return (axis(row)[:, :, None] & axis(column)[:, None, :])[:, None]


@torch.no_grad()
def normalize_latent(model, average, data, device, count=256):
    """Folds mean and deviation of z over `count` pictures into encoder.1 and decoder.0 (exact: both are 1x1)."""
    z = torch.cat([average.encode(to_signed(data.item(k, "whole"), device)[None])[0]
                   for k in range(0, len(data), max(len(data) // count, 1))])
    mean, std = z.mean((0, 2, 3)), z.std((0, 2, 3))
    model.encoder.load_state_dict(average.encoder.state_dict())
    for m in (model, average):
        e, d, c = m.encoder[1], m.decoder[0], len(mean)
        d.bias += d.weight[:, :, 0, 0] @ mean
        d.weight *= std[None, :, None, None]
        e.weight[:c] /= std[:, None, None, None]
        e.bias[:c] = (e.bias[:c] - mean) / std
        if m.gaussian:
            e.bias[c:] -= 2 * std.log()
    return mean, std


def main():
    parser = arguments(__doc__)
    parser.add_argument("--convert", help="checkpoint of a fixed-resolution autoencoder whose encoder is kept")
    args = parser.parse_args()
    config = load_config(args.preset, args.set)
    a, s, dev = config["autoencoder"], config["store"], args.device
    torch.manual_seed(0)
    model = Autoencoder(a)
    given = args.convert
    if a["near_linear"] and a["renderer"] == "field" and not a["normalize"] and not given:
        near_linear_autoencoder(model)
    if given:
        load_autoencoder_weights(model, given, ("encoder", "decoder"))
    model.to(dev)
    average = Average(model, a["ema"])
    disc = Discriminator(a["discriminator_ch"]).to(dev)
    features = losses.RandomFeatures().to(dev)
    groups = [
        dict(params=model.renderer.parameters(), share=1.0),
        dict(params=model.decoder.parameters(), share=a["lr_decoder"]),
        dict(params=model.encoder.parameters(), share=a["lr_encoder"])]
    opt = torch.optim.Adam(groups, lr=a["lr"], betas=tuple(a["betas"]))
    opt_disc = torch.optim.Adam(disc.parameters(), lr=a["lr_disc"], betas=(0.5, 0.9))
    run = Run("autoencoder", args, a["steps"], dict(model=model, disc=disc, opt=opt, opt_disc=opt_disc),
              dict(average=average))
    kept = args.work / "autoencoder" / "last-model.pth"
    if run.step == 0 and kept.exists() and not given:  # restored weights without a training state
        load_autoencoder_weights(model, kept)
        load_autoencoder_weights(average.model, kept)
        average.steps = run.step = torch.load(kept, map_location="cpu")["iter"]
        run.say(f"goes on from the weights of step {run.step}, with a new optimiser")
    data = Store(args.work)
    sampler = PatchSampler(data, a, s, dev)
    last = model.renderer.net.conv_out.weight

    for step, r in run.steps():
        if step % 200 == 0:
            data.refresh()
        refine = step >= a["refine_step"] or bool(given)
        if step == a["refine_step"] and not given:
            mean, std = normalize_latent(model, average.model, data, dev)
            for p in model.decoder[0].parameters():
                opt.state.pop(p, None)
            run.say(f"latent rescaled: mean {mean.tolist()} deviation {std.tolist()}")
        model.encoder.requires_grad_(not refine)
        taken = int(opt.state[last]["step"]) if last in opt.state else 0  # a new optimiser warms up again on restored weights
        rate = rate_at(step, a["steps"], 0, a["lr_final"]) * min((taken + 1) / a["warmup"], 1)
        for group in opt.param_groups:
            group["lr"] = a["lr"] * rate * group["share"]
        opt_disc.param_groups[0]["lr"] = a["lr_disc"] * rate

        whole, truth, (sample, row, column, side) = sampler.batch(r, a["p_max"][refine])
        with half_precision(config, dev):
            z, deviation = model.encode(whole)
            pull = z.pow(2).mean() + (deviation.pow(2) - 2 * deviation.log()).mean() if model.gaussian else z.pow(2).mean()
            scatter = deviation if model.gaussian else a["latent_noise"]
            phi = model.decoder(z + scatter * torch.randn_like(z))
        # the renderer multiplies slopes by coordinates: full precision, its cost is small
        rgb = model.render_patches(phi.float(), sample, row, column, side, s["patch"])
        keep = inner_mask(row, column, side, s["patch"], dev)
        rgb = torch.where(keep, rgb, truth)
        l1 = losses.laplacian_l1(rgb, truth)
        look, texture = features(rgb, truth)
        seam = losses.seam(rgb, truth, row, column, side, phi.shape[-1])
        loss = l1 + a["perceptual"] * look + a["texture"] * texture + a["seam"] * seam
        total = loss + (0 if refine else a["latent_pull"] * pull)
        if step >= a["gan_step"]:
            with half_precision(config, dev):
                adversarial = -disc(rgb, side).float().mean()
            weight = losses.adaptive_weight(loss, adversarial, last)
            ramp = min((step - a["gan_step"]) / max(a["gan_ramp"], 1), 1)  # an untaught discriminator only does harm
            total = total + a["gan_refine" if refine else "gan_weight"] * ramp * weight * adversarial
        opt.zero_grad(set_to_none=True)
        total.backward()
        norm = torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        if torch.isfinite(norm):
            opt.step()
            average.update(model)
        else:
            run.say(f"step {step}: gradient not finite, skipped")
        if step >= a["gan_step"]:
            with half_precision(config, dev):
                against = losses.hinge(disc, truth, rgb, side)
            opt_disc.zero_grad(set_to_none=True)
            against.backward()
            opt_disc.step()
            run.note(disc=against, gan=adversarial, weight=weight)
        run.samples += a["batch"]
        error = (rgb.detach() - truth).pow(2).mean((1, 2, 3)) / keep.float().mean((1, 2, 3))
        db = 10 * torch.log10(4 / error.clamp(min=1e-8))
        for name, chosen in (("db256", side <= 256), ("db512", (side > 256) & (side <= 512)),
                             ("db1024", (side > 512) & (side <= 1024)), ("db2048", side > 1024)):
            if chosen.any():
                run.note(**{name: db[chosen].mean()})
        run.note(l1=l1, look=look, texture=texture, seam=seam, pull=pull, grad=norm)
        if (step + 1) % 50 == 0:
            run.log()
    save_checkpoint(args.work / "autoencoder" / "last-model.pth", config, run.step, autoencoder=average.model)


if __name__ == "__main__":
    main()
