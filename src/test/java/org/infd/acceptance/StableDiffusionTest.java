package org.infd.acceptance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.zip.ZipFile;
import org.infd.exporter.BundleExporter;
import org.infd.exporter.ImportOptions;
import org.infd.exporter.ImportOptions.LatentDiffusion;
import org.infd.exporter.ImportReport;
import org.infd.exporter.ProgressListener;
import org.infd.exporter.TrainingStart;
import org.infd.exporter.ldm.LdmFiles.LoraChoice;
import org.infd.exporter.ldm.LdmModel.Copy;
import org.infd.exporter.network.InfdGraphs;
import org.infd.exporter.network.ModelSettings;
import org.infd.exporter.network.Weights;
import org.infd.exporter.torch.SafetensorsFileWriter;
import org.infd.exporter.torch.TensorFile;
import org.infd.exporter.torch.TensorSource;
import org.infd.exporter.torch.TorchFileWriter;
import org.infd.inference.Problem;
import org.infd.inference.bundle.Manifest;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.field.FixedPicture;
import org.infd.inference.field.Rectangle;
import org.infd.inference.field.StatisticsMode;
import org.infd.inference.generation.DiveRules;
import org.infd.inference.generation.Generator;
import org.infd.inference.generation.Recipe;
import org.infd.inference.generation.RecipeRules;
import org.infd.inference.generation.RunListener;
import org.infd.inference.guidance.GuidanceSettings;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.infd.inference.runtime.DeviceQueue;
import org.infd.inference.tensor.Tensor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Very small Stable Diffusion models in every layout that they come in, as a user imports them. */
class StableDiffusionTest {
  /** The least side that the networks allow. */
  private static final int SIDE = 64;

  @TempDir static Path folder;
  private static Path first;
  private static Path merges;

  @BeforeAll
  static void unpack() throws IOException {
    for (var name : List.of("sd1-tiny", "sd2-tiny")) {
      var resource = StableDiffusionTest.class.getResource("/golden/" + name + "/" + name + ".zip");
      assertNotNull(resource);
      try (var zip = new ZipFile(Path.of(java.net.URI.create(resource.toString())).toFile())) {
        for (var entry : Collections.list(zip.entries())) {
          var file = folder.resolve(entry.getName());
          if (!entry.isDirectory()) {
            Files.createDirectories(file.getParent());
            try (var in = zip.getInputStream(entry)) {
              Files.write(file, in.readAllBytes());
            }
          }
        }
      }
    }
    first = folder.resolve("sd1-tiny.safetensors");
    merges = folder.resolve("sd1-tiny-diffusers").resolve("tokenizer").resolve("merges.txt");
  }

  private static LatentDiffusion wishes(Copy copy, LoraChoice... loras) {
    return new LatentDiffusion(copy, null, SIDE, null, List.of(loras), merges, Map.of());
  }

  private static ImportReport convert(Path file, Path bundle, LatentDiffusion wishes) {
    return BundleExporter.export(
        file,
        bundle,
        ImportOptions.defaults().withLatentDiffusion(wishes),
        ProgressListener.none(),
        Cancellation.never());
  }

  private static ImportReport look(Path file, LatentDiffusion wishes) {
    return BundleExporter.inspect(file, ImportOptions.defaults().withLatentDiffusion(wishes));
  }

  /** The content of all files but the manifest, which names its source. */
  private static Map<String, String> content(Path bundle) throws IOException {
    var content = new TreeMap<String, String>();
    try (var files = Files.list(bundle)) {
      for (var file : files.toList()) {
        if (!file.endsWith(ModelBundle.MANIFEST)) {
          content.put(String.valueOf(file.getFileName()), ModelBundle.sha256(file));
        }
      }
    }
    return content;
  }

  private static Manifest manifest(Path bundle) {
    return ModelBundle.open(bundle).manifest();
  }

  @Test
  void everyLayoutOfTheSameWeightsGivesTheSameBundle() throws IOException {
    for (var name : List.of("sd1-tiny", "sd2-tiny")) {
      var single = folder.resolve(name + "-single");
      var checkpoint = folder.resolve(name + "-checkpoint");
      var parts = folder.resolve(name + "-parts");
      convert(folder.resolve(name + ".safetensors"), single, wishes(Copy.EMA));
      convert(folder.resolve(name + ".ckpt"), checkpoint, wishes(Copy.RAW));
      convert(folder.resolve(name + "-diffusers"), parts, wishes(Copy.EMA));
      assertEquals(content(single), content(checkpoint), name);
      assertEquals(content(single), content(parts), name);
      assertEquals(manifest(single).diffusion(), manifest(parts).diffusion());
      assertEquals(manifest(single).conditioning(), manifest(parts).conditioning());
    }
    var averaged = folder.resolve("averaged");
    var report = convert(folder.resolve("sd1-tiny.ckpt"), averaged, wishes(Copy.EMA));
    assertTrue(report.toText().contains("averaged copy"), report.toText());
    var one = look(folder.resolve("sd1-tiny.safetensors"), wishes(Copy.RAW)).toText();
    assertTrue(one.contains("one copy"), one);
    var raw = content(folder.resolve("sd1-tiny-checkpoint"));
    assertNotEquals(raw.get("unet.bin"), content(averaged).get("unet.bin"));
    assertEquals(raw.get("decode.bin"), content(averaged).get("decode.bin"));
  }

  @Test
  void theManifestSaysHowSuchModelsAreSampled() {
    var bundle = folder.resolve("manifest");
    convert(folder.resolve("sd2-tiny.safetensors"), bundle, wishes(Copy.EMA));
    var manifest = manifest(bundle);
    var diffusion = manifest.diffusion();
    assertNotNull(diffusion);
    assertEquals(Manifest.Schedule.SQRT_LINEAR, diffusion.schedule());
    assertEquals(Manifest.Prediction.VELOCITY, diffusion.prediction());
    assertEquals(Manifest.LastAlpha.FIRST, diffusion.lastAlpha());
    assertEquals("leading50+1", diffusion.respacing());
    assertEquals(7.5, diffusion.guidanceScale());
    assertEquals(0.18215, manifest.latent().scale());
    assertEquals(Manifest.RendererKind.FIXED, manifest.renderer().kind());
    assertEquals(7.5, RecipeRules.usualGuidance(ModelBundle.open(bundle), "a lake", null));
  }

  /** The tensors of a file, to be changed. */
  private static Map<String, TensorSource> tensors(Path source) {
    var tensors = new LinkedHashMap<String, TensorSource>();
    try (var file = TensorFile.open(source)) {
      file.stateDict()
          .forEach(
              (name, tensor) ->
                  tensors.put(
                      name, TensorSource.of(tensor.type(), tensor.shape(), tensor.toFloats())));
    }
    return tensors;
  }

  /** A file with other names, of half the precision as the others. */
  private static Path renamed(Path source, String target, UnaryOperator<String> name)
      throws IOException {
    var tensors = new LinkedHashMap<String, TensorSource>();
    tensors(source)
        .forEach(
            (old, tensor) -> {
              var next = name.apply(old);
              if (!next.isEmpty()) {
                tensors.put(next, tensor);
              }
            });
    var path = folder.resolve(target);
    SafetensorsFileWriter.write(path, tensors);
    return path;
  }

  @Test
  void namesInUseAreKnown() throws IOException {
    var usual = look(first, wishes(Copy.EMA)).settings();
    var without = renamed(first, "without.safetensors", old -> old.replace(".text_model.", "."));
    assertEquals(List.of(), look(without, wishes(Copy.EMA)).missing());
    var newer =
        renamed(
            folder.resolve("sd2-tiny.safetensors"),
            "newer.safetensors",
            old -> old.replace("cond_stage_model.model.", "conditioner.embedders.0.model."));
    Files.copy(folder.resolve("sd2-tiny.yaml"), folder.resolve("newer.yaml"));
    assertEquals(List.of(), look(newer, wishes(Copy.EMA)).missing());
    // without a configuration beside it, the heads and the scale are those of the published models
    var alone = renamed(first, "alone.safetensors", old -> old);
    var report = look(alone, wishes(Copy.EMA));
    assertEquals(usual, report.settings());
    assertTrue(report.toText().contains("8 heads are taken"), report.toText());
  }

  @Test
  void thePredictionIsFoundOut() throws IOException {
    var alone = renamed(folder.resolve("sd2-tiny.safetensors"), "v.safetensors", old -> old);
    // the heads are those of no published model
    var config = Files.readString(folder.resolve("sd2-tiny.yaml"));
    Files.writeString(
        folder.resolve("v.yaml"), config.replaceAll("(?m)^ *parameterization: v *$", ""));
    var text = look(alone, wishes(Copy.EMA)).toText();
    assertTrue(text.contains("predicts a velocity: no configuration says it"), text);
    var told =
        new LatentDiffusion(
            Copy.EMA, Manifest.Prediction.EPSILON, SIDE, null, List.of(), merges, Map.of());
    assertTrue(look(alone, told).toText().contains("predicts noise, as asked for"));
  }

  private static String refusal(Path file) {
    return String.valueOf(
        assertThrows(Problem.class, () -> look(file, wishes(Copy.EMA))).getMessage());
  }

  private static Path with(String name, Map<String, long[]> shapes) throws IOException {
    var tensors = new LinkedHashMap<String, TensorSource>();
    shapes.forEach((tensor, shape) -> tensors.put(tensor, TensorSource.filled(0, shape)));
    var file = folder.resolve(name + ".safetensors");
    SafetensorsFileWriter.write(file, tensors);
    return file;
  }

  @Test
  void whatCannotBeRunIsRefusedByName() throws IOException {
    var conv = "model.diffusion_model.input_blocks.0.0.weight";
    var cases =
        Map.ofEntries(
            Map.entry("inpainting model", Map.of(conv, new long[] {32, 9, 3, 3})),
            Map.entry("InstructPix2Pix", Map.of(conv, new long[] {32, 8, 3, 3})),
            Map.entry(
                "depth model", Map.of(conv, new long[] {1, 5, 1, 1}, "depth_model.x", new long[1])),
            Map.entry(
                "unCLIP", Map.of(conv, new long[] {1, 4, 1, 1}, "embedder.model.x", new long[1])),
            Map.entry(
                "Stable Diffusion XL",
                Map.of(
                    conv, new long[] {1, 4, 1, 1}, "conditioner.embedders.1.model.x", new long[1])),
            Map.entry(
                "Stable Diffusion 3",
                Map.of("model.diffusion_model.joint_blocks.0.x", new long[1])),
            Map.entry("FLUX", Map.of("double_blocks.0.x", new long[1])),
            Map.entry(
                "AltDiffusion",
                Map.of(conv, new long[] {1, 4, 1, 1}, "cond_stage_model.roberta.x", new long[1])),
            Map.entry("ControlNet", Map.of("control_model.x", new long[1])),
            Map.entry("LoRA", Map.of("lora_unet_x.lora_down.weight", new long[] {1, 1})),
            Map.entry("textual inversion", Map.of("emb_params", new long[] {1, 1})),
            Map.entry(
                "the diffusion network alone",
                Map.of("input_blocks.0.0.weight", new long[] {32, 4, 3, 3})),
            Map.entry("an autoencoder alone", Map.of("quant_conv.weight", new long[] {8, 8, 1, 1})),
            Map.entry(
                "a text tower alone",
                Map.of("text_model.embeddings.token_embedding.weight", new long[] {574, 64})),
            Map.entry("no autoencoder", Map.of(conv, new long[] {32, 4, 3, 3})),
            Map.entry(
                "no diffusion network",
                Map.of("first_stage_model.decoder.conv_in.weight", new long[] {32, 4, 3, 3})));
    int number = 0;
    for (var each : cases.entrySet()) {
      var said = refusal(with("refused" + number++, each.getValue()));
      assertTrue(said.contains(each.getKey()), each.getKey() + ": " + said);
    }
  }

  @Test
  void textualInversionsOfTorchAreNamed() throws IOException {
    var file = folder.resolve("word.pt");
    TorchFileWriter.write(
        file,
        Map.of(
            "string_to_token",
            Map.of("*", 265),
            "string_to_param",
            Map.of("*", TensorSource.filled(0, 1, 4))));
    assertTrue(refusal(file).contains("textual inversion"), refusal(file));
  }

  @Test
  void aStateDictInsideOfAnotherDoesNoHarm() throws IOException {
    var tensors = new LinkedHashMap<String, Object>(tensors(first));
    tensors.put("state_dict", Map.of("x", TensorSource.filled(0, 1)));
    TorchFileWriter.write(folder.resolve("nested.ckpt"), Map.of("state_dict", tensors));
    assertEquals(List.of(), look(folder.resolve("nested.ckpt"), wishes(Copy.EMA)).missing());
  }

  @Test
  void foldersThatCannotBeRunAreRefused() throws IOException {
    var copy = folder.resolve("other-pipeline");
    Files.createDirectories(copy.resolve("unet"));
    Files.writeString(copy.resolve("unet").resolve("config.json"), "{\"in_channels\": 9}");
    assertTrue(refusal(copy).contains("inpainting"), refusal(copy));
    Files.writeString(
        copy.resolve("model_index.json"), "{\"_class_name\": \"StableDiffusionXLPipeline\"}");
    assertTrue(refusal(copy).contains("XL"), refusal(copy));
    Files.writeString(copy.resolve("model_index.json"), "{\"_class_name\": \"StableDiffusion\"}");
    Files.writeString(copy.resolve("unet").resolve("config.json"), "{\"in_channels\": 4}");
    assertTrue(refusal(copy).contains("holds no weights"), refusal(copy));
    var flux = folder.resolve("flux");
    Files.createDirectories(flux.resolve("transformer"));
    Files.writeString(flux.resolve("model_index.json"), "{\"_class_name\": \"FluxPipeline\"}");
    assertTrue(refusal(flux).contains("a FLUX model"), refusal(flux));
    Files.writeString(flux.resolve("model_index.json"), "{}");
    assertTrue(refusal(flux).contains("of another kind"), refusal(flux));
  }

  @Test
  void aNetworkWithAnotherPartIsRefused() throws IOException {
    var more = tensors(first);
    more.put("model.diffusion_model.fuser.weight", TensorSource.filled(0, 1));
    SafetensorsFileWriter.write(folder.resolve("fuser.safetensors"), more);
    var said = refusal(folder.resolve("fuser.safetensors"));
    assertTrue(said.contains("model.diffusion_model.fuser.weight"), said);
  }

  @Test
  void withoutMergesItIsSaidWhereTheyAre() {
    var said =
        assertThrows(
                Problem.class,
                () ->
                    look(
                        first,
                        new LatentDiffusion(Copy.EMA, null, SIDE, null, List.of(), null, Map.of())))
            .getMessage();
    assertTrue(said.contains("add --vocab FILE"), said);
    var known =
        new LatentDiffusion(Copy.EMA, null, SIDE, null, List.of(), null, Map.of(574, merges));
    assertEquals(List.of(), look(first, known).missing());
  }

  @Test
  void aSideThatDoesNotFitIsRefused() {
    var wrong = new LatentDiffusion(Copy.EMA, null, 100, null, List.of(), merges, Map.of());
    var said = assertThrows(Problem.class, () -> look(first, wrong)).getMessage();
    assertTrue(said.contains("multiple of 64"), said);
  }

  @Test
  void anotherAutoencoderTakesThePlaceOfItsOwn() throws IOException {
    var vae =
        renamed(
            folder.resolve("sd2-tiny.safetensors"),
            "vae.safetensors",
            old ->
                old.startsWith("first_stage_model.")
                    ? old.substring("first_stage_model.".length())
                    : "");
    var bundle = folder.resolve("other-vae");
    convert(
        first, bundle, new LatentDiffusion(Copy.EMA, null, SIDE, vae, List.of(), merges, Map.of()));
    var plain = folder.resolve("own-vae");
    convert(first, plain, wishes(Copy.EMA));
    assertNotEquals(content(plain).get("decode.bin"), content(bundle).get("decode.bin"));
    assertEquals(content(plain).get("unet.bin"), content(bundle).get("unet.bin"));
    var said =
        assertThrows(
                Problem.class,
                () ->
                    look(
                        first,
                        new LatentDiffusion(
                            Copy.EMA,
                            null,
                            SIDE,
                            with("no-vae", Map.of("x", new long[1])),
                            List.of(),
                            merges,
                            Map.of())))
            .getMessage();
    assertTrue(said.contains("holds no autoencoder"), said);
  }

  @Test
  void aPictureHasTheModelsOwnSizeAndNoOther() {
    var folderOfBundle = folder.resolve("pictures");
    convert(first, folderOfBundle, wishes(Copy.EMA));
    var bundle = ModelBundle.open(folderOfBundle);
    try (var queue = new DeviceQueue(Device.cpu());
        var generator = new Generator(bundle, Device.cpu(), queue)) {
      var recipe =
          Recipe.builder(bundle.manifest().id(), bundle.hash())
              .seed(5)
              .steps(4)
              .sampler(Recipe.SamplerKind.DDIM)
              .eta(0)
              .prompt("a snow mountain")
              .guidanceScale(7.5)
              .build();
      var image = generator.generate(recipe, RunListener.none(), Cancellation.never());
      try (var field = generator.open(image, StatisticsMode.INTERPOLATED, Cancellation.never())) {
        var whole = field.render(SIDE, new Rectangle(0, 0, SIDE, SIDE), Cancellation.never());
        assertTrue(whole.isFinite());
        var part = field.render(SIDE, new Rectangle(8, 16, 4, 4), Cancellation.never());
        assertEquals(whole.get(8 * SIDE + 16), part.get(0));
      }
      // what needs no renderer of every scale works as with any model
      var never = Cancellation.never();
      var varied = generator.vary(image, recipe.withSeed(6), 0.5, RunListener.none(), never);
      var redone = generator.redo(image, 0.2, 0.2, 0.5, 0.5, recipe, RunListener.none(), never);
      var photo = new Recipe.Photo("photo.png", "ab12", 0, 0, SIDE);
      var encoded =
          generator.encode(Tensor.zeros(1, 3, SIDE, SIDE), photo, RunListener.none(), never);
      for (var other : List.of(varied, redone, encoded)) {
        try (var field = generator.open(other, StatisticsMode.INTERPOLATED, never)) {
          assertTrue(field.render(SIDE, new Rectangle(0, 0, SIDE, SIDE), never).isFinite());
        }
      }
    }
    assertTrue(DiveRules.whyNoDive(bundle).contains("fixed-resolution"));
    assertFalse(RecipeRules.whyNoLayout(bundle, GuidanceSettings.Depth.FAST).isEmpty());
    FixedPicture.requireSide(bundle.manifest(), SIDE);
    var said =
        assertThrows(Problem.class, () -> FixedPicture.requireSide(bundle.manifest(), SIDE + 1))
            .getMessage();
    assertTrue(said.contains("64×64"), said);
  }

  @Test
  void anInfdDecoderTakesThePlaceOfTheModelsOwn() throws IOException {
    var start = folder.resolve("start.pth");
    var options = ImportOptions.defaults().withLatentDiffusion(wishes(Copy.EMA));
    assertEquals(2, TrainingStart.write(first, start, options).size());
    assertTrue(Files.readString(folder.resolve("start.yaml")).contains("z_gaussian: true"));
    var bundle = folder.resolve("composed");
    BundleExporter.compose(
        first, start, bundle, options, ProgressListener.none(), Cancellation.never());
    var composed = manifest(bundle);
    assertEquals(Manifest.RendererKind.FIELD, composed.renderer().kind());
    assertEquals(Manifest.ConditioningKind.TEXT, composed.conditioning().kind());
    // its own autoencoder, not yet trained on, decodes to the same features
    var own = folder.resolve("composed-own");
    convert(first, own, wishes(Copy.EMA));
    for (var same : List.of("unet.bin", "encode.bin", "decode.bin")) {
      assertEquals(content(own).get(same), content(bundle).get(same), same);
    }
    var said =
        assertThrows(
                Problem.class,
                () ->
                    BundleExporter.compose(
                        folder.resolve("sd2-tiny.safetensors"),
                        start,
                        folder.resolve("wrong"),
                        options,
                        ProgressListener.none(),
                        Cancellation.never()))
            .getMessage();
    assertTrue(said.contains("trained on other latents"), said);
    assertFalse(Files.exists(folder.resolve("wrong")));
    composesWithTheCopyOfAFolderThatWasChosen(start, content(bundle).get("unet.bin"));
    // a configuration beside it may be another model's
    said =
        assertThrows(Problem.class, () -> TrainingStart.write(first, start, options)).getMessage();
    assertTrue(said.contains("is there already"), said);
  }

  private static void composesWithTheCopyOfAFolderThatWasChosen(Path field, String averaged)
      throws IOException {
    var parts = folder.resolve("sd1-tiny-diffusers");
    var raw = parts.resolve("unet").resolve("diffusion_pytorch_model.non_ema.safetensors");
    var zeros = tensors(parts.resolve("unet").resolve("diffusion_pytorch_model.safetensors"));
    zeros.replaceAll((name, tensor) -> TensorSource.filled(0, tensor.shape()));
    SafetensorsFileWriter.write(raw, zeros);
    try {
      for (var copy : Copy.values()) {
        var bundle = folder.resolve("composed-" + copy);
        var report =
            BundleExporter.compose(
                parts,
                field,
                bundle,
                ImportOptions.defaults().withLatentDiffusion(wishes(copy)),
                ProgressListener.none(),
                Cancellation.never());
        assertFalse(report.toText().contains("one copy"), report.toText());
        assertEquals(copy == Copy.EMA, averaged.equals(content(bundle).get("unet.bin")), "" + copy);
      }
    } finally {
      Files.delete(raw);
    }
  }

  @Test
  void whatBelongsToSuchModelsIsRefusedForOthers() {
    var field = Path.of(java.net.URI.create(resource("/golden/infd-tiny/ae-stage.pth")));
    var said = assertThrows(Problem.class, () -> look(field, wishes(Copy.RAW))).getMessage();
    assertTrue(said.contains("is no model of Stable Diffusion"), said);
  }

  private static String resource(String name) {
    var resource = StableDiffusionTest.class.getResource(name);
    assertNotNull(resource);
    return resource.toString();
  }

  @Test
  void loraFilesChangeTheLayersTheyName() throws IOException {
    var lora = LoraFiles.write(folder.resolve("a.safetensors"));
    var bundle = folder.resolve("lora");
    var report = convert(first, bundle, wishes(Copy.EMA, new LoraChoice(lora, 0.8)));
    assertTrue(report.toText().contains("a.safetensors with a strength of 0.8"));
    var plain = folder.resolve("lora-plain");
    convert(first, plain, wishes(Copy.EMA));
    assertNotEquals(content(plain).get("unet.bin"), content(bundle).get("unet.bin"));
    assertNotEquals(content(plain).get("clip_text.bin"), content(bundle).get("clip_text.bin"));
    assertEquals(content(plain).get("decode.bin"), content(bundle).get("decode.bin"));
    var none = folder.resolve("lora-none");
    convert(first, none, wishes(Copy.EMA, new LoraChoice(lora, 0)));
    assertEquals(content(plain), content(none));
    assertArrayEquals(
        Files.readAllBytes(plain.resolve("decode.onnx")),
        Files.readAllBytes(bundle.resolve("decode.onnx")));
  }

  private static Map<String, Object> component(String name, Map<String, Object> args) {
    return Map.of("name", name, "args", args);
  }

  /** A file of latent diffusion under the names of the original code, with made-up weights. */
  private static Path latentDiffusion(String name, boolean classes) throws IOException {
    var coder = new LinkedHashMap<String, Object>();
    coder.put("ch", 32L);
    coder.put("ch_mult", List.of(1L, 2L));
    coder.put("num_res_blocks", 1L);
    var unet = new LinkedHashMap<String, Object>();
    unet.put("model_channels", 32L);
    unet.put("channel_mult", List.of(1L, 2L));
    unet.put("num_res_blocks", 1L);
    unet.put("attention_resolutions", List.of(2L));
    if (classes) {
      unet.put("use_spatial_transformer", true);
      unet.put("context_dim", 16L);
      unet.put("num_heads", 8L);
      unet.put("num_head_channels", -1L);
    }
    var args = new LinkedHashMap<String, Object>();
    args.put("encoder", component("encoder_vqf4", coder));
    args.put("decoder", component("decoder_vqf4", coder));
    args.put(
        "renderer",
        component(
            "renderer_fixres_wrapper",
            Map.of("z_dec_channels", 32L, "net", component("fixres_original_tail", Map.of()))));
    args.put("z_shape", List.of(3L, 16L, 16L));
    args.put("quantizer", true);
    args.put("n_embed", 50L);
    args.put("z_dm", component("openai_unet", unet));
    args.put("z_dp", Map.of());
    if (classes) {
      args.put("z_dm_cond", "class");
      args.put(
          "z_dm_cond_encoder",
          component("class_embedder", Map.of("n_embed", 9L, "embed_dim", 16L)));
    }
    var none = new Weights(Map.of());
    new InfdGraphs(ModelSettings.of(args), none).all("z_dm.");
    var tensors = new LinkedHashMap<String, TensorSource>();
    none.asked()
        .forEach(
            (own, extents) ->
                tensors.put(
                    StableDiffusionTrial.original(own),
                    TensorSource.random(
                        own.hashCode(),
                        0.1f,
                        extents.stream().mapToLong(Long::longValue).toArray())));
    var file = folder.resolve(name + ".safetensors");
    SafetensorsFileWriter.write(file, tensors);
    return file;
  }

  @Test
  void latentDiffusionWithACodebookIsSampledAndRendered() throws IOException {
    var file = latentDiffusion("unconditional", false);
    var bundle = folder.resolve("unconditional");
    var report = convert(file, bundle, LatentDiffusion.usual());
    assertTrue(report.toText().contains("32 channels a head"), report.toText());
    var manifest = manifest(bundle);
    assertEquals(Manifest.LatentKind.QUANTISED, manifest.latent().kind());
    assertEquals(50, manifest.latent().codebook());
    assertEquals(128, manifest.latent().height(), "of 256 pixels");
    assertEquals(Manifest.ConditioningKind.NONE, manifest.conditioning().kind());
    var diffusion = manifest.diffusion();
    assertNotNull(diffusion);
    assertEquals(Manifest.Schedule.SQRT_LINEAR, diffusion.schedule());
    assertEquals(0.0195, diffusion.betaEnd());
    assertEquals(Manifest.Prediction.EPSILON, diffusion.prediction());
    // its side stands in a configuration beside it
    Files.writeString(
        folder.resolve("unconditional.yaml"),
        "model:\n  params:\n    image_size: 16\n    unet_config:\n      params:"
            + " {num_head_channels: 16}\n");
    var smaller = folder.resolve("smaller");
    convert(file, smaller, LatentDiffusion.usual());
    assertEquals(16, manifest(smaller).latent().height());
    assertFinite(smaller, null);
  }

  @Test
  void latentDiffusionOfClassesIsToldOne() throws IOException {
    var file = latentDiffusion("classes", true);
    var bundle = folder.resolve("classes");
    convert(file, bundle, new LatentDiffusion(Copy.EMA, null, 32, null, List.of(), null, Map.of()));
    assertEquals(9, manifest(bundle).conditioning().classes());
    assertFinite(bundle, 3);
  }

  private static void assertFinite(Path folder, @Nullable Integer label) {
    var bundle = ModelBundle.open(folder);
    try (var queue = new DeviceQueue(Device.cpu());
        var generator = new Generator(bundle, Device.cpu(), queue)) {
      var usual = RecipeRules.defaultRecipe(bundle, 4);
      var recipe =
          Recipe.builder(usual.model(), usual.modelHash())
              .seed(4)
              .steps(3)
              .sampler(Recipe.SamplerKind.EULER)
              .classLabel(label)
              .build();
      var image = generator.generate(recipe, RunListener.none(), Cancellation.never());
      try (var field = generator.open(image, StatisticsMode.INTERPOLATED, Cancellation.never())) {
        var small = field.render(16, new Rectangle(0, 0, 16, 16), Cancellation.never());
        assertTrue(small.isFinite());
      }
    }
  }
}
