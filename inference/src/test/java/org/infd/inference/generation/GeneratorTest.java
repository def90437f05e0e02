package org.infd.inference.generation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.infd.inference.Problem;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.diffusion.PhiloxNoise;
import org.infd.inference.diffusion.SamplingStep;
import org.infd.inference.field.StatisticsMode;
import org.infd.inference.generation.Recipe.SamplerKind;
import org.infd.inference.generation.RunListener.Stage;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.infd.inference.runtime.DeviceQueue;
import org.infd.inference.runtime.DeviceQueue.Priority;
import org.infd.inference.tensor.Tensor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GeneratorTest {
  @TempDir Path folder;

  private final Device device = Device.cpu();
  private DeviceQueue queue;
  private ModelBundle bundle;

  @BeforeEach
  void open() {
    queue = new DeviceQueue(device);
    bundle = TinyBundle.plain().write(folder.resolve("plain"));
  }

  @AfterEach
  void close() {
    queue.close();
  }

  /** Writes down what is heard. */
  private static final class Ear implements RunListener {
    final List<Stage> stages = new ArrayList<>();
    final List<SamplingStep> steps = new ArrayList<>();
    final List<String> notes = new ArrayList<>();

    @Override
    public void stage(Stage stage) {
      stages.add(stage);
    }

    @Override
    public void sampled(SamplingStep step) {
      steps.add(step);
    }

    @Override
    public void note(String sentence) {
      notes.add(sentence);
    }
  }

  private float[] sample(ModelBundle model, Recipe recipe) {
    try (var generator = new Generator(model, device, queue)) {
      return generator
          .generate(recipe, RunListener.none(), Cancellation.never())
          .base()
          .z()
          .toArray();
    }
  }

  private static Recipe recipe(ModelBundle model, int steps, @Nullable Integer label, double w) {
    var r = RecipeRules.defaultRecipe(model, 5);
    return Recipe.builder(r.model(), r.modelHash())
        .seed(r.seed())
        .steps(steps)
        .sampler(r.sampler())
        .eta(1)
        .classLabel(label)
        .guidanceScale(w)
        .build();
  }

  private static String problem(ModelBundle model, Recipe recipe) {
    return assertThrows(Problem.class, () -> RecipeRules.check(model, recipe)).getMessage();
  }

  @Test
  void theDefaultRecipeIsTheCheckpointsOwn() {
    var recipe = RecipeRules.defaultRecipe(bundle, 7);
    assertEquals(
        Recipe.builder("tiny", bundle.hash())
            .seed(7)
            .steps(20)
            .sampler(SamplerKind.DDIM)
            .eta(1)
            .build(),
        recipe);
    var other = TinyBundle.plain().respacing("50", 0.5).write(folder.resolve("other"));
    assertEquals(50, RecipeRules.defaultRecipe(other, 7).steps());
    assertEquals(0.5, RecipeRules.defaultRecipe(other, 7).eta());
    assertEquals(List.of(), RecipeRules.check(other, RecipeRules.defaultRecipe(other, 7)));
    var all = TinyBundle.plain().respacing("", 1).write(folder.resolve("all"));
    assertEquals(1000, RecipeRules.defaultRecipe(all, 7).steps());
  }

  @Test
  void generatesAndTellsWhatHappens() {
    var ear = new Ear();
    try (var generator = new Generator(bundle, device, queue)) {
      var image =
          generator.generate(RecipeRules.defaultRecipe(bundle, 7), ear, Cancellation.never());
      assertArrayEquals(new long[] {1, 2, 4, 4}, image.base().z().shape());
      assertEquals(RecipeRules.defaultRecipe(bundle, 7), image.base().recipe());
      assertEquals(List.of(Stage.LOADING, Stage.SAMPLING), ear.stages);
      assertEquals(20, ear.steps.size());
      assertEquals(20, ear.steps.getLast().number());
      assertEquals(List.of(), ear.notes);
      assertArrayEquals(image.base().z().toArray(), ear.steps.getLast().latent().toArray());
      // φ is z here
      var phi = generator.decode(image, ear, Cancellation.never());
      assertArrayEquals(image.base().z().toArray(), phi.toArray());
      assertEquals(Stage.DECODING, ear.stages.getLast());
      try (var field = generator.open(image, StatisticsMode.INTERPOLATED, Cancellation.never())) {
        assertNotNull(field);
      }
    }
  }

  @Test
  void aBatchEqualsItsSingleRunsBitForBit() {
    for (var sampler : SamplerKind.values()) {
      var recipe =
          Recipe.builder("tiny", bundle.hash()).seed(-1).steps(10).sampler(sampler).eta(1).build();
      try (var generator = new Generator(bundle, device, queue)) {
        var batch = generator.generate(recipe, 3, RunListener.none(), Cancellation.never());
        assertEquals(3, batch.size());
        for (int i = 0; i < 3; i++) {
          assertEquals(recipe.withSeed(i - 1), batch.get(i).base().recipe());
          assertArrayEquals(
              sample(bundle, recipe.withSeed(i - 1)), batch.get(i).base().z().toArray());
        }
        assertFalse(
            Arrays.equals(batch.get(0).base().z().toArray(), batch.get(1).base().z().toArray()));
      }
    }
    try (var generator = new Generator(bundle, device, queue)) {
      for (int count : new int[] {0, -1}) {
        assertThrows(
            Problem.class,
            () ->
                generator.generate(
                    recipe(bundle, 5, null, 1), count, RunListener.none(), Cancellation.never()));
      }
    }
  }

  @Test
  void aStepCountThatDoesNotExistIsSaid() {
    var ear = new Ear();
    try (var generator = new Generator(bundle, device, queue)) {
      generator.generate(recipe(bundle, 37, null, 1), ear, Cancellation.never());
    }
    assertEquals(
        List.of("DDIM has no schedule of 37 steps for a model of 1000; it takes 38."), ear.notes);
    assertEquals(38, ear.steps.size());
    for (int steps : new int[] {0, -3, 1001, Integer.MIN_VALUE}) {
      assertTrue(problem(bundle, recipe(bundle, steps, null, 1)).contains("between 1 and 1000"));
    }
  }

  @Test
  void whatTheModelCannotDoIsSaid() {
    assertTrue(problem(bundle, recipe(bundle, 5, 1, 1)).contains("has no classes"));
    assertTrue(problem(bundle, recipe(bundle, 5, null, 3)).contains("needs a condition"));
    for (double w : new double[] {-1, Double.NaN, 1e9}) {
      assertTrue(problem(bundle, recipe(bundle, 5, null, w)).contains("between 0 and 100"));
    }
    var r = RecipeRules.defaultRecipe(bundle, 1);
    var prompted =
        Recipe.builder(r.model(), r.modelHash())
            .seed(1)
            .steps(5)
            .sampler(SamplerKind.DDIM)
            .eta(1)
            .prompt("a lake")
            .build();
    assertTrue(problem(bundle, prompted).contains("takes no prompt"));
    var wild =
        Recipe.builder(r.model(), r.modelHash())
            .seed(1)
            .steps(5)
            .sampler(SamplerKind.DDIM)
            .eta(-2)
            .build();
    assertTrue(problem(bundle, wild).contains("η"));
    assertTrue(
        problem(bundle, r.withModel("other", r.modelHash()))
            .contains("made for the model 'other'"));
    var stage = TinyBundle.plain().withoutDiffusion().write(folder.resolve("stage"));
    assertTrue(problem(stage, r).contains("no diffusion network"));
    assertThrows(Problem.class, () -> RecipeRules.defaultRecipe(stage, 1));
  }

  @Test
  void aRecipeOfAnotherVersionIsFollowedAndSaid() {
    var ear = new Ear();
    var old = RecipeRules.defaultRecipe(bundle, 1).withModel("tiny", "f".repeat(64));
    try (var generator = new Generator(bundle, device, queue)) {
      var image = generator.generate(old, ear, Cancellation.never());
      assertEquals(1, ear.notes.size());
      assertTrue(ear.notes.getFirst().contains("another version"));
      assertEquals(bundle.hash(), image.base().recipe().modelHash());
    }
  }

  @Test
  void classesSteerAndHaveLimits() {
    var model = TinyBundle.plain().classes(3, true).write(folder.resolve("classes"));
    var first = sample(model, recipe(model, 5, 0, 1));
    var second = sample(model, recipe(model, 5, 1, 1));
    assertFalse(Arrays.equals(first, second));
    // the table's last row is "unconditional"
    var none = sample(model, recipe(model, 5, null, 1));
    assertFalse(Arrays.equals(first, none));
    assertTrue(problem(model, recipe(model, 5, 3, 1)).contains("classes 0 to 2"));
    assertTrue(problem(model, recipe(model, 5, -1, 1)).contains("classes 0 to 2"));
    assertTrue(problem(model, recipe(model, 5, null, 2)).contains("needs a condition"));

    // the network is linear in its label: 3 + w·(2 − 3) with w = 2 is label 1
    var guided = sample(model, recipe(model, 5, 2, 2));
    assertArrayEquals(second, guided, 1e-4f * magnitude(second));

    var strict = TinyBundle.plain().classes(3, false).write(folder.resolve("strict"));
    assertTrue(problem(strict, recipe(strict, 5, null, 1)).contains("needs a class"));
    assertTrue(problem(strict, recipe(strict, 5, 1, 2)).contains("guide away"));
    assertEquals(0, RecipeRules.defaultRecipe(strict, 1).classLabel());
  }

  private static Recipe prompted(
      ModelBundle model, @Nullable String prompt, @Nullable String negative, double w) {
    return Recipe.builder("tiny", model.hash())
        .seed(5)
        .steps(5)
        .sampler(SamplerKind.DDIM)
        .eta(1)
        .prompt(prompt)
        .negativePrompt(negative)
        .guidanceScale(w)
        .build();
  }

  @Test
  void promptsSteer() {
    var model = TinyBundle.plain().texts(6, true).write(folder.resolve("texts"));
    model.verifyAll();
    var a = sample(model, prompted(model, "a", null, 1));
    var c = sample(model, prompted(model, "c", null, 1));
    assertFalse(Arrays.equals(a, c));
    assertArrayEquals(a, sample(model, prompted(model, "  A ", null, 1)));
    // without a prompt the network is told the empty text
    var free = sample(model, prompted(model, null, null, 1));
    assertFalse(Arrays.equals(a, free));
    assertArrayEquals(free, sample(model, prompted(model, "", null, 1)));
    assertArrayEquals(free, sample(model, recipe(model, 5, null, 1)));

    // the network is linear in a letter: a + 2·(b − a) is c
    float tolerance = 1e-4f * magnitude(c);
    assertArrayEquals(c, sample(model, prompted(model, "b", "a", 2)), tolerance);
    // guidance away from the empty text, weight 0: the empty text alone
    assertArrayEquals(free, sample(model, prompted(model, "b", null, 0)), tolerance);
    // a negative prompt alone leads away from itself
    assertFalse(Arrays.equals(free, sample(model, prompted(model, null, "a", 3))));
  }

  @Test
  void aLongPromptIsCutAndSaid() {
    var model = TinyBundle.plain().texts(6, true).write(folder.resolve("texts"));
    var notes = RecipeRules.check(model, prompted(model, "snow on the summit and a lake", null, 2));
    assertEquals(1, notes.size());
    assertTrue(notes.getFirst().contains("the 6 tokens"), notes.getFirst());
    assertTrue(notes.getFirst().contains("“and a lake”"), notes.getFirst());
    var both = RecipeRules.check(model, prompted(model, "snow", "a b c d e f", 2));
    assertEquals(1, both.size());
    assertTrue(both.getFirst().contains("negative prompt"), both.getFirst());
    var ear = new Ear();
    try (var generator = new Generator(model, device, queue)) {
      generator.generate(
          prompted(model, "snow on the summit and a lake", null, 1), ear, Cancellation.never());
    }
    assertEquals(1, ear.notes.size());
    assertTrue(
        problem(model, prompted(model, "a".repeat(10_001), null, 1)).contains("10001 characters"));
  }

  @Test
  void whatATextModelCannotDoIsSaid() throws java.io.IOException {
    var model = TinyBundle.plain().texts(6, true).write(folder.resolve("texts"));
    assertTrue(problem(model, recipe(model, 5, 1, 1)).contains("takes a prompt"));
    assertTrue(problem(model, prompted(model, " ", null, 3)).contains("Give a prompt"));
    assertEquals(
        List.of("The negative prompt has no effect at a guidance scale of 1."),
        RecipeRules.check(model, prompted(model, "a", "b", 1)));
    var strict = TinyBundle.plain().texts(6, false).write(folder.resolve("strict"));
    assertTrue(problem(strict, prompted(strict, "a", null, 2)).contains("guide away"));
    assertEquals(List.of(), RecipeRules.check(strict, prompted(strict, "a", null, 1)));
    assertTrue(
        RecipeRules.check(strict, prompted(strict, null, null, 1)).getFirst().contains("prompt"));
    java.nio.file.Files.write(folder.resolve("strict/merges.txt.gz"), new byte[] {1});
    var changed = ModelBundle.open(folder.resolve("strict"));
    assertTrue(problem(changed, prompted(changed, "a", null, 1)).contains("was changed"));
    assertThrows(Problem.class, changed::verifyAll);
  }

  private static float magnitude(float[] values) {
    float largest = 0;
    for (float v : values) {
      largest = Math.max(largest, Math.abs(v));
    }
    return largest;
  }

  @Test
  void anOverflowIsASentence() {
    var model = TinyBundle.plain().overflowing().write(folder.resolve("overflow"));
    var message =
        assertThrows(Problem.class, () -> sample(model, recipe(model, 5, null, 1))).getMessage();
    assertTrue(message.contains("overflowed at step"), message);
  }

  @Test
  void aCancelFreesTheCallerAtOnceAndTheDeviceSoon() throws Exception {
    var slow = TinyBundle.plain().slow(300).write(folder.resolve("slow"));
    try (var generator = new Generator(slow, device, queue)) {
      var cancellation = new Cancellation();
      var sampling = new CompletableFuture<@Nullable Void>();
      var run =
          CompletableFuture.supplyAsync(
              () ->
                  generator.generate(
                      recipe(slow, 5, null, 1),
                      new RunListener() {
                        @Override
                        public void stage(Stage stage) {
                          if (stage == Stage.SAMPLING) {
                            sampling.complete(null);
                          }
                        }
                      },
                      cancellation));
      sampling.get(120, TimeUnit.SECONDS);
      Thread.sleep(300);
      assertFalse(run.isDone(), "the network is not slow enough for this test");
      long start = System.nanoTime();
      cancellation.cancel();
      var thrown = assertThrows(Exception.class, () -> run.get(120, TimeUnit.SECONDS));
      long freed = (System.nanoTime() - start) / 1_000_000;
      assertTrue(
          thrown instanceof CancellationException
              || thrown.getCause() instanceof CancellationException,
          thrown.toString());
      queue.call(Priority.VISIBLE, Cancellation.never(), () -> "free");
      long idle = (System.nanoTime() - start) / 1_000_000;
      System.out.println(
          "cancel: caller free after " + freed + " ms, device after " + idle + " ms");
    }
  }

  @Test
  void anImageOfAnotherModelIsRefused() {
    var recipe = RecipeRules.defaultRecipe(bundle, 1);
    var z = new PhiloxNoise(1).start(1, 2, 4, 4);
    try (var generator = new Generator(bundle, device, queue)) {
      var stranger = FieldImage.of(z, recipe.withModel("other", recipe.modelHash()));
      assertThrows(
          Problem.class,
          () -> generator.decode(stranger, RunListener.none(), Cancellation.never()));
      var misshaped = FieldImage.of(Tensor.zeros(1, 2, 4, 5), recipe);
      assertThrows(
          Problem.class,
          () -> generator.decode(misshaped, RunListener.none(), Cancellation.never()));
      var ear = new Ear();
      generator.decode(
          FieldImage.of(z, recipe.withModel("tiny", "e".repeat(64))), ear, Cancellation.never());
      assertEquals(1, ear.notes.size());
      var broken = FieldImage.of(Tensor.of(new float[] {Float.NaN}, 1), recipe);
      assertThrows(
          Problem.class, () -> generator.decode(broken, RunListener.none(), Cancellation.never()));
    }
  }

  @Test
  void aClosedGeneratorLoadsNothing() {
    var generator = new Generator(bundle, device, queue);
    generator.close();
    generator.close();
    assertThrows(
        CancellationException.class,
        () ->
            generator.generate(
                RecipeRules.defaultRecipe(bundle, 1), RunListener.none(), Cancellation.never()));
  }
}
