package org.infd.exporter;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.infd.exporter.torch.TensorSource;

/** Arguments of the smallest models that have every part, for tests. */
public final class TinyModel {
  private TinyModel() {}

  /** A quantised latent 3×8×8, φ 32×8×8, a renderer with norms, and a diffusion network. */
  public static Map<String, Object> args() {
    return args(Map.of("hidden_channels", 64));
  }

  /** The same with other arguments of the renderer's inner network. */
  public static Map<String, Object> args(Map<String, ?> rendererNet) {
    Map<String, Object> coder = Map.of("ch", 32, "ch_mult", List.of(1), "num_res_blocks", 1);
    var args = new LinkedHashMap<String, Object>();
    args.put("encoder", Map.of("name", "encoder_vqf4", "args", coder));
    args.put("z_shape", List.of(3, 8, 8));
    args.put("quantizer", true);
    args.put("n_embed", 16);
    args.put("decoder", Map.of("name", "decoder_vqf4", "args", coder));
    args.put(
        "renderer",
        Map.of(
            "name",
            "renderer_concat_wrapper",
            "args",
            Map.of(
                "z_dec_channels",
                32,
                "net",
                Map.of("name", "simple_renderer_net", "args", rendererNet))));
    args.put("z_dm", Map.of("name", "openai_unet", "args", unetArgs()));
    args.put("z_dp", Map.of("linear_beta_start", 0.0015, "linear_beta_end", 0.0195));
    return args;
  }

  /** The arguments of its diffusion network. */
  public static Map<String, Object> unetArgs() {
    var args = new LinkedHashMap<String, Object>();
    args.put("model_channels", 32);
    args.put("channel_mult", List.of(1, 2));
    args.put("num_res_blocks", 1);
    args.put("attention_resolutions", List.of(2));
    return args;
  }

  /** The same, conditioned on texts of at most 14 tokens (docs/spec/infd-model.md 10). */
  public static Map<String, Object> textArgs() {
    var unet = unetArgs();
    unet.put("use_spatial_transformer", true);
    unet.put("num_heads", -1);
    unet.put("context_dim", 64);
    var args = args();
    args.put("z_dm", Map.of("name", "openai_unet", "args", unet));
    args.put("z_dm_cond", "infd_studio_text");
    args.put("z_dm_cond_opt", "crossattn");
    args.put("z_dm_p_uncond", 0.15);
    args.put(
        "z_dm_cond_encoder",
        Map.of(
            "name",
            "infd_studio_clip_text_states",
            "args",
            Map.of(
                "version", 1, "width", 64, "blocks", 2, "context_length", 16, "vocab_size", 600)));
    return args;
  }

  /** All tensors that {@link #args()} needs, to be changed by a test. */
  public static Map<String, TensorSource> tensors() {
    return RandomCheckpoint.tensors(args(), 0);
  }
}
