"""Checkpoints in the official layout: {cfg, model: {name, args, sd}, optimizers, iter, ...}, and readers of our own ones."""
from collections import OrderedDict

import torch

from common import write_atomically


def model_arguments(config, diffusion=False, text=None):
    """`model.args` of the official layout. text: the [clip] table when the network is text-conditioned."""
    a, u, s = config["autoencoder"], config["diffusion"], config["store"]
    z = a["z_channels"]
    latent = s["whole"] // 2 ** (len(a["encoder_mult"]) - 1)
    args = dict(
        encoder=dict(name="encoder_vqf4", args=dict(
            ch=a["encoder_ch"], ch_mult=list(a["encoder_mult"]), num_res_blocks=a["encoder_blocks"], z_channels=z,
            resolution=s["whole"], double_z=a["gaussian"])),
        z_shape=[z, latent, latent],
        decoder=dict(name="decoder_vqf4", args=dict(
            ch=a["decoder_ch"], ch_mult=list(a["decoder_mult"]), num_res_blocks=a["decoder_blocks"], z_channels=z,
            resolution=latent * 2 ** (len(a["decoder_mult"]) - 1))))
    if a["gaussian"]:
        args["z_gaussian"] = True
    features = a["decoder_ch"] * a["decoder_mult"][0]
    if a["renderer"] == "fixed_tail":
        args["renderer"] = dict(name="renderer_fixres_wrapper", args=dict(
            z_dec_channels=features, net=dict(name="fixres_original_tail", args=dict(z_dec_channels=features))))
    else:
        args["renderer"] = dict(name="renderer_concat_wrapper", args=dict(z_dec_channels=features, net=dict(
            name="simple_renderer_net", args=dict(hidden_channels=a["hidden"], normalize=a["normalize"]))))
    if diffusion:
        unet = dict(image_size=latent, in_channels=z, out_channels=z, model_channels=u["channels"],
                    channel_mult=list(u["mult"]), num_res_blocks=u["blocks"], attention_resolutions=list(u["attention"]),
                    num_head_channels=u["head"])
        args["z_dm"] = dict(name="openai_unet", args=unet)
        args["z_dp"] = dict(linear_beta_start=0.0015, linear_beta_end=0.0195, predict_velocity=True)
        args["z_dm_ema_rate"] = u["ema"]
        if text:
            unet.update(use_spatial_transformer=True, num_heads=-1, context_dim=text["width"])
            args["z_dm_cond"] = "infd_studio_text"
            args["z_dm_cond_encoder"] = dict(name="infd_studio_clip_text_states", args=dict(
                version=1, width=text["width"], blocks=text["text_blocks"], context_length=text["context"],
                vocab_size=text["vocabulary"]))
            args["z_dm_cond_opt"] = "crossattn"
            args["z_dm_p_uncond"] = u["p_uncond"]
    return args


def state_dict_of(**prefixed):
    """Flat state dict in float32 on the CPU; keys prefix=module (or a dict of tensors), '.' between."""
    sd = OrderedDict()
    for prefix, part in prefixed.items():
        items = part.state_dict() if isinstance(part, torch.nn.Module) else part
        for name, value in items.items():
            value = value.detach().to("cpu")
            sd[f"{prefix}.{name}"] = (value.float() if value.is_floating_point() else value).clone()
    return sd


def save_checkpoint(path, config, iteration, autoencoder, unet=None, text=None):
    """Official file. unet: the averaged network (written as z_dm_ema); text: tensors under z_dm_cond_encoder."""
    parts = dict(encoder=autoencoder.encoder, decoder=autoencoder.decoder, renderer=autoencoder.renderer)
    if unet is not None:
        parts["z_dm_ema"] = unet
        if text is not None:
            parts["z_dm_cond_encoder"] = text
    s = config["store"]
    data = dict(cfg=dict(trainer="infd_trainer", random_seed=0, datasets=dict(train=dict(
        name="procedural_mountains",
        args=dict(resize_inp=s["whole"], resize_gt_lb=s["side_min"], resize_gt_ub=s["side_max"])))),
        model=dict(name="infd", args=model_arguments(config, unet is not None, config["clip"] if text is not None else None),
                   sd=state_dict_of(**parts)),
        optimizers={}, iter=iteration, train_loader_epoch=0, ckpt_select_v=1e18)

    def write(temporary):
        with open(temporary, "wb") as f:
            torch.save(data, f)

    write_atomically(path, write)


def load_autoencoder_weights(model, path, parts=("encoder", "decoder", "renderer")):
    """Takes the named parts of an official file; every tensor of them must be there with the right shape."""
    sd = torch.load(path, map_location="cpu")["model"]["sd"]
    for part in parts:
        own = {k[len(part) + 1:]: v for k, v in sd.items() if k.startswith(part + ".")}
        getattr(model, part).load_state_dict(own)
