package org.infd.exporter;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.infd.exporter.torch.TensorSource;
import org.infd.exporter.torch.TorchFileWriter;
import org.infd.inference.Problem;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.diffusion.SamplingStep;
import org.infd.inference.generation.FieldImage;
import org.infd.inference.generation.Generator;
import org.infd.inference.generation.Recipe;
import org.infd.inference.generation.Recipe.SamplerKind;
import org.infd.inference.generation.RecipeRules;
import org.infd.inference.generation.RunListener;
import org.infd.inference.guidance.Guidance;
import org.infd.inference.guidance.GuidanceSettings;
import org.infd.inference.guidance.GuidanceSettings.Depth;
import org.infd.inference.guidance.GuidanceSettings.StepRule;
import org.infd.inference.guidance.Layout;
import org.infd.inference.guidance.LayoutBox;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.infd.inference.runtime.DeviceQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Layouts followed by real graphs: a small random model that takes prompts, with a CLIP. */
class LayoutRunTest {
  private static final int STEPS = 8;

  @TempDir static Path folder;
  private static Path made = Path.of("");

  private final DeviceQueue queue = new DeviceQueue(Device.cpu());
  private ModelBundle bundle = open();

  private static ModelBundle open() {
    try {
      if (!Files.exists(folder.resolve("bundle"))) {
        make();
      }
      return ModelBundle.open(made);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void make() throws IOException {
    made = folder.resolve("bundle");
    var args = TinyModel.textArgs();
    var model = RandomCheckpoint.tensors(args, 0);
    TinyClip.project(model);
    var checkpoint = folder.resolve("model.pth");
    TorchFileWriter.write(checkpoint, TorchFileWriter.infd(args, model));
    BundleExporter.export(
        checkpoint, made, ImportOptions.defaults(), ProgressListener.none(), Cancellation.never());
    ClipImporter.addTo(
        TinyClip.write(TinyClip.of(model), folder.resolve("clip.pt")),
        TinyClip.writeMerges(model, folder.resolve("merges.txt")),
        made,
        false,
        Device.cpu(),
        ProgressListener.none(),
        Cancellation.never());
  }

  @BeforeEach
  void reopen() {
    bundle = ModelBundle.open(made);
  }

  @AfterEach
  void closeQueue() {
    queue.close();
  }

  private static final Layout LAYOUT =
      new Layout(
          "ab",
          null,
          List.of(
              LayoutBox.of(0.1, 0.1, 0.4, 0.4, "cd ef"),
              new LayoutBox(0.55, 0.5, 0.2, 0.5, "gh", null, 2, 0, 0.8)));

  private Recipe recipe(GuidanceSettings steering, double eta, double scale) {
    return Recipe.builder(bundle.manifest().id(), bundle.hash())
        .seed(7)
        .steps(STEPS)
        .sampler(SamplerKind.DDIM)
        .eta(eta)
        .prompt("ab")
        .guidanceScale(scale)
        .guidance(new Guidance(LAYOUT, steering))
        .build();
  }

  private FieldImage generate(Recipe recipe, RunListener listener) {
    try (var generator = new Generator(bundle, Device.cpu(), queue)) {
      return generator.generate(recipe, listener, Cancellation.never());
    }
  }

  private static List<Guidance.BoxScore> scores(FieldImage image) {
    var guidance = image.base().recipe().guidance();
    assertNotNull(guidance);
    assertNotNull(guidance.scores());
    return guidance.scores();
  }

  @ParameterizedTest
  @CsvSource({"DSG, FAST, 1, 1", "DSG, FULL, 1, 3", "DPS, FULL, 0, 1", "DSG, FAST, 0, 1"})
  void scoresRiseAndAreKept(StepRule rule, Depth depth, double eta, double scale) {
    var steering = new GuidanceSettings(rule, depth, 0.8, 1, 1, 1);
    var image = generate(recipe(steering, eta, scale), RunListener.none());
    var scores = scores(image);
    assertEquals(2, scores.size());
    double rise = scores.stream().mapToDouble(s -> s.guided() - s.unguided()).sum();
    assertTrue(rise > 0.02, scores::toString);

    var again = generate(recipe(steering, eta, scale), RunListener.none());
    assertArrayEquals(image.base().z().toArray(), again.base().z().toArray(), "bit by bit");
    assertEquals(scores, scores(again));
    var plain = generate(recipe(steering, eta, scale).withGuidance(null), RunListener.none());
    assertFalse(Arrays.equals(image.base().z().toArray(), plain.base().z().toArray()));
    // without strength both runs are the plain one
    var none = new GuidanceSettings(rule, depth, 0, 1, 1, 1);
    var idle = generate(recipe(none, eta, scale), RunListener.none());
    assertArrayEquals(plain.base().z().toArray(), idle.base().z().toArray());
    scores(idle).forEach(score -> assertEquals(score.unguided(), score.guided()));
    assertEquals(scores.getFirst().unguided(), scores(idle).getFirst().unguided());
  }

  @Test
  void theListenerHearsOfBothRuns() {
    var heard = new ArrayList<String>();
    var steering = new GuidanceSettings(StepRule.DSG, Depth.FAST, 0.5, 2, 0, 1);
    generate(
        recipe(steering, 0, 1),
        new RunListener() {
          @Override
          public void stage(RunListener.Stage stage) {
            heard.add(stage.name());
          }

          @Override
          public void sampled(SamplingStep step) {
            heard.add("" + step.number());
          }

          @Override
          public void evaluated(int number, List<Double> cosines) {
            heard.add("look");
          }

          @Override
          public void note(String sentence) {
            heard.add(sentence.substring(0, 10));
          }
        });
    assertEquals(
        "With η = 0 LOADING COMPARING 1 2 3 4 5 6 7 8 SAMPLING look 1 2 look 3 4 look 5 6 look 7 8",
        String.join(" ", heard));
  }

  @Test
  void aPictureIsKeptWhereClipGivesNoAnswer() throws IOException {
    var blind = TinyClip.of(RandomCheckpoint.tensors(TinyModel.textArgs(), 0));
    blind.put("text_projection", TensorSource.filled(0, 64, TinyClip.EMBEDDING));
    var copy = folder.resolve("blind");
    copyBundle(copy);
    ClipImporter.addTo(
        TinyClip.write(blind, folder.resolve("blind.pt")),
        folder.resolve("merges.txt"),
        copy,
        true,
        Device.cpu(),
        ProgressListener.none(),
        Cancellation.never());
    bundle = ModelBundle.open(copy);
    var heard = new ArrayList<String>();
    var image =
        generate(
            recipe(GuidanceSettings.usual(), 1, 1),
            new RunListener() {
              @Override
              public void note(String sentence) {
                heard.add(sentence);
              }
            });
    var guidance = image.base().recipe().guidance();
    assertNotNull(guidance);
    assertNull(guidance.scores());
    assertTrue(heard.getFirst().contains("not finite"), heard::toString);
    assertTrue(heard.getLast().contains("no scores"), heard::toString);
    var plain =
        generate(recipe(GuidanceSettings.usual(), 1, 1).withGuidance(null), RunListener.none());
    assertArrayEquals(plain.base().z().toArray(), image.base().z().toArray(), "nothing is led");
  }

  private static void copyBundle(Path target) throws IOException {
    Files.createDirectories(target);
    try (var files = Files.list(made)) {
      for (var file : files.toList()) {
        Files.copy(file, target.resolve(made.relativize(file)));
      }
    }
  }

  @Test
  void aCancelledRunEnds() {
    var cancellation = new Cancellation();
    try (var generator = new Generator(bundle, Device.cpu(), queue)) {
      assertThrows(
          CancellationException.class,
          () ->
              generator.generate(
                  recipe(GuidanceSettings.usual(), 1, 1),
                  new RunListener() {
                    @Override
                    public void evaluated(int number, List<Double> cosines) {
                      cancellation.cancel();
                    }
                  },
                  cancellation));
    }
  }

  @Test
  void whatCannotBeFollowedIsSaid() throws IOException {
    var usual = recipe(GuidanceSettings.usual(), 1, 1);
    var solver =
        Recipe.builder(usual.model(), usual.modelHash())
            .seed(7)
            .steps(8)
            .sampler(SamplerKind.DPMPP)
            .eta(1)
            .prompt("ab")
            .guidance(usual.guidance())
            .build();
    refused("DDIM only", solver);
    refused(
        "no boxes",
        usual.withGuidance(
            new Guidance(new Layout("ab", null, List.of()), GuidanceSettings.usual())));
    var manifest = made.resolve(ModelBundle.MANIFEST);
    var text = Files.readString(manifest);
    try {
      Files.writeString(manifest, text.replace("\"unet_vjp\"", "\"other\""));
      bundle = ModelBundle.open(made);
      refused(
          "earlier version",
          recipe(new GuidanceSettings(StepRule.DPS, Depth.FULL, 0.5, 1, 0, 1), 1, 1));
      assertEquals(List.of(), RecipeRules.check(bundle, recipe(GuidanceSettings.usual(), 1, 1)));
      Files.writeString(manifest, text.replace("\"clip\" :", "\"other\" :"));
      bundle = ModelBundle.open(made);
      refused("has no CLIP", recipe(GuidanceSettings.usual(), 1, 1));
    } finally {
      Files.writeString(manifest, text);
    }
    var notes =
        RecipeRules.check(
            ModelBundle.open(made),
            usual.withGuidance(
                new Guidance(
                    new Layout(
                        null, null, List.of(LayoutBox.of(0, 0, 1, 1, "ab cd ef ".repeat(50)))),
                    GuidanceSettings.usual())));
    assertTrue(notes.stream().anyMatch(note -> note.contains("tokens that CLIP reads")));
  }

  private void refused(String part, Recipe recipe) {
    var message = assertThrows(Problem.class, () -> RecipeRules.check(bundle, recipe)).getMessage();
    assertTrue(message.contains(part), message);
  }
}
