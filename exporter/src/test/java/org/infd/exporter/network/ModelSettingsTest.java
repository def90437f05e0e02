package org.infd.exporter.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.infd.exporter.RandomCheckpoint;
import org.infd.exporter.TinyModel;
import org.infd.inference.Problem;
import org.infd.inference.bundle.Manifest.ConditioningKind;
import org.infd.inference.bundle.Manifest.Prediction;
import org.infd.inference.bundle.Manifest.Schedule;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What model.args may say, its defaults, and the sentences that refuse the rest. */
class ModelSettingsTest {
  @Test
  void defaultsHaveThePublishedNumberOfParameters() {
    var weights = new Weights(Map.of());
    new InfdGraphs(ModelSettings.of(RandomCheckpoint.defaultArgs()), weights).all("z_dm_ema.");
    var counts = new HashMap<String, Long>();
    weights
        .asked()
        .forEach(
            (name, shape) ->
                counts.merge(
                    name.substring(0, name.indexOf('.')),
                    shape.stream().reduce(1L, Math::multiplyExact),
                    Long::sum));
    // docs/spec/infd-model.md 1.4
    assertEquals(
        Map.of(
            "encoder", 22_337_423L,
            "quantizer", 24_576L,
            "decoder", 32_957_068L,
            "renderer", 2_674_179L,
            "z_dm_ema", 274_056_163L),
        counts);
  }

  @Test
  void fillsDefaults() {
    var settings = ModelSettings.of(RandomCheckpoint.defaultArgs());
    assertEquals(256, settings.encoderSide());
    assertEquals(256, settings.featureMap().height());
    assertEquals(6, settings.renderer().receptiveRadius());
    var diffusion = settings.diffusion();
    assertNotNull(diffusion);
    assertEquals(Prediction.EPSILON, diffusion.prediction());
    assertEquals(Schedule.LINEAR, diffusion.schedule());
    assertEquals(1, diffusion.eta());
    var bare = TinyModel.args();
    bare.remove("z_dp");
    var plain = ModelSettings.of(bare).diffusion();
    assertNotNull(plain);
    assertEquals(0.0001, plain.betaStart());
    assertEquals(0.02, plain.betaEnd());
  }

  @Test
  void readsTheDiffusionProcess() {
    var args = TinyModel.args();
    args.put(
        "z_dp",
        Map.of(
            "predict_velocity", true,
            "noise_schedule", "cosine",
            "_schedule_sampler", "uniform",
            "_sampling_timestep_respacing", "ddim50"));
    args.put("z_ddim_eta", 0.0);
    var diffusion = ModelSettings.of(args).diffusion();
    assertNotNull(diffusion);
    assertEquals(Prediction.VELOCITY, diffusion.prediction());
    assertEquals(Schedule.COSINE, diffusion.schedule());
    assertEquals("ddim50", diffusion.respacing());
    assertEquals(0, diffusion.eta());
    args.put("z_dp", Map.of("predict_xstart", true));
    var start = ModelSettings.of(args).diffusion();
    assertNotNull(start);
    assertEquals(Prediction.X0, start.prediction());
  }

  /** The default of 200 steps is for a diffusion of 1000. */
  @Test
  void samplingFitsTheStepsOfTheDiffusion() {
    for (var expected : Map.of(100, "ddim100", 500, "ddim250", 1000, "ddim200").entrySet()) {
      var args = TinyModel.args();
      args.put("z_dp", Map.of("steps", expected.getKey(), "noise_schedule", "cosine"));
      var diffusion = ModelSettings.of(args).diffusion();
      assertNotNull(diffusion);
      assertEquals(expected.getValue(), diffusion.respacing());
    }
    var args = TinyModel.args();
    args.put("z_dp", Map.of("_sampling_timestep_respacing", "ddim999"));
    var settings = ModelSettings.of(args);
    assertNotNull(settings.diffusion());
    assertEquals("ddim200", settings.diffusion().respacing());
    assertTrue(settings.remarks().toString().contains("'ddim999'"), settings.remarks()::toString);
  }

  @Test
  void refusesNoiseThatCannotBe() {
    refused("z_dp", Map.of("linear_beta_start", 0), "linear_beta_start has to be more than 0");
    refused(
        "z_dp", Map.of("linear_beta_start", 0.02, "linear_beta_end", 0.01), "from 0.02 to 0.01");
    refused("z_dp", Map.of("steps", 10), "less than 0.01");
  }

  @Test
  void refusesAbsurdSizes() {
    refused("z_shape", List.of(3, 1_000_000, 1_000_000), "z_shape");
    refused("z_shape", List.of(3, 8, 16), "equal sides");
    refused("z_shape", List.of(-3, 8, 8), "z_shape");
    refused("z_shape", "big", "z_shape");
    refused("n_embed", 1L << 60, "n_embed");
    refused("n_embed", 2.5, "n_embed");
    refused("encoder", coder(Map.of("ch", 1 << 30)), "ch");
    refused("encoder", coder(Map.of("ch", 33)), "groups");
    refused("encoder", coder(Map.of("ch_mult", List.of())), "ch_mult");
    refused("encoder", coder(Map.of("num_res_blocks", -1)), "num_res_blocks");
    refusedUnet(Map.of("model_channels", Long.MAX_VALUE), "model_channels");
    refusedUnet(Map.of("channel_mult", List.of(1, 1, 1, 1, 1)), "halved");
    refusedUnet(Map.of("num_head_channels", 24), "heads");
    refusedUnet(Map.of("num_heads", 0), "num_heads");
  }

  @Test
  void refusesUnknownNames() {
    refused("encoder", Map.of("name", "encoder_dct"), "encoder_dct");
    refused("decoder", Map.of("name", ""), "decoder");
    refused("renderer", Map.of("name", "nerf"), "nerf");
    refused("renderer", renderer(Map.of("name", "mlp")), "mlp");
    refused("encoder", Map.of("args", Map.of()), "encoder has no name");
    refused("z_dm", Map.of("name", "dit"), "dit");
    refusedUnet(Map.of("rotary", true), "rotary");
    refused("z_dp", Map.of("noise_schedule", "sigmoid"), "sigmoid");
    refused("z_dm_cond", "audio", "audio");
  }

  @Test
  void refusesWhatCannotRun() {
    refused("encoder", coder(Map.of("attn_type", "linear")), "linear attention");
    refused("z_gaussian", true, "quantiser and a Gaussian");
    refusedUnet(Map.of("num_classes", 10), "never");
    refusedUnet(
        Map.of("use_spatial_transformer", true, "context_dim", 77, "num_heads", -1),
        "context of width 77");
    refused("z_dp", Map.of("learn_sigma", true), "learn_sigma");
    refused("renderer", Map.of("name", "renderer_concat_wrapper", "args", wide()), "x_channels");
    refused(
        "renderer",
        renderer(Map.of("name", "simple_renderer_net", "args", Map.of("kernel_size", 4))),
        "even kernel");
  }

  @Test
  void knowsTheTextExtension() {
    var args = TinyModel.args();
    args.put("z_dm", Map.of("name", "openai_unet", "args", transformer(128)));
    args.put("z_dm_cond", "infd_studio_text");
    args.put("z_dm_p_uncond", 0.15);
    args.put(
        "z_dm_cond_encoder",
        Map.of(
            "name",
            "infd_studio_clip_text_states",
            "args",
            Map.of(
                "version", 1, "width", 128, "blocks", 3, "context_length", 16, "vocab_size", 600)));
    var settings = ModelSettings.of(args);
    assertEquals(
        new ConditionSettings(
            ConditioningKind.TEXT,
            0,
            128,
            16,
            true,
            new ClipSettings.Text(
                new ClipSettings.Transformer(128, 3, 2, ClipSettings.Activation.QUICK_GELU, 1e-5f),
                16,
                600,
                0),
            null),
        settings.condition());
    assertTrue(settings.remarks().stream().anyMatch(r -> r.contains("extension")));
    args.put("z_dm", Map.of("name", "openai_unet", "args", transformer(32)));
    assertThrows(Problem.class, () -> ModelSettings.of(args));
  }

  @Test
  void mentionsUnknownSettingsOfNoConsequence() {
    var args = TinyModel.args();
    args.put("colour_of_the_shed", "green");
    assertTrue(
        ModelSettings.of(args).remarks().stream().anyMatch(r -> r.contains("colour_of_the_shed")));
  }

  @Test
  void aSettingWithoutAValueIsNothing() {
    var shape = new ArrayList<@Nullable Object>(List.of(3, 64, 64));
    shape.set(0, null);
    refused("z_shape", shape, "z_shape is nothing");
  }

  private static Map<String, Object> transformer(int width) {
    var unet = new LinkedHashMap<>(TinyModel.unetArgs());
    unet.put("use_spatial_transformer", true);
    unet.put("context_dim", width);
    unet.put("num_heads", -1);
    return unet;
  }

  private static Map<String, Object> coder(Map<String, ?> changed) {
    return Map.of("name", "encoder_vqf4", "args", changed);
  }

  private static Map<String, Object> renderer(Map<String, ?> net) {
    return Map.of(
        "name", "renderer_concat_wrapper", "args", Map.of("z_dec_channels", 32, "net", net));
  }

  private static Map<String, Object> wide() {
    return Map.of(
        "z_dec_channels", 32, "x_channels", 3, "net", Map.of("name", "simple_renderer_net"));
  }

  private static void refusedUnet(Map<String, ?> changed, String reason) {
    var unet = new LinkedHashMap<>(TinyModel.unetArgs());
    unet.putAll(changed);
    refused("z_dm", Map.of("name", "openai_unet", "args", unet), reason);
  }

  private static void refused(String key, Object value, String reason) {
    var args = TinyModel.args();
    args.put(key, value);
    var problem =
        assertThrows(
            Problem.class,
            () -> new InfdGraphs(ModelSettings.of(args), new Weights(Map.of())).all("z_dm_ema."),
            reason);
    assertTrue(String.valueOf(problem.getMessage()).contains(reason), problem::getMessage);
  }
}
