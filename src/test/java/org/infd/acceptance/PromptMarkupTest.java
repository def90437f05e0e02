package org.infd.acceptance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.generation.Generator;
import org.infd.inference.generation.PromptMeter;
import org.infd.inference.generation.Recipe;
import org.infd.inference.generation.RecipeRules;
import org.infd.inference.generation.RunListener;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.infd.inference.runtime.DeviceQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Weights, chunks and choices of prompts with the embedded model. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PromptMarkupTest {
  private static final int CHUNK = 30;
  private static final ModelBundle MODEL =
      ModelBundle.open(Path.of(System.getProperty("infd.root", "."), "assets/mountains/bundle"));

  private final DeviceQueue queue = new DeviceQueue(Device.cpu());
  private final Generator generator = new Generator(MODEL, Device.cpu(), queue);

  @BeforeAll
  void isTheModelThatIsMeant() {
    assertEquals(CHUNK + 2, MODEL.manifest().conditioning().contextLength());
  }

  @AfterAll
  void close() {
    generator.close();
    queue.close();
  }

  private static Recipe recipe(String prompt, String negative, double scale) {
    return Recipe.builder("mountains", MODEL.hash())
        .seed(7)
        .steps(2)
        .prompt(prompt)
        .negativePrompt(negative)
        .guidanceScale(scale)
        .build();
  }

  private float[] latent(Recipe recipe) {
    return generator
        .generate(recipe, RunListener.none(), Cancellation.never())
        .base()
        .z()
        .toArray();
  }

  private float[] latent(String prompt) {
    return latent(recipe(prompt, "", 1));
  }

  @Test
  void aWeightOfOneChangesNothingAndOthersDo() {
    var plain = latent("a lake at dusk");
    assertArrayEquals(plain, latent("a (lake:1) at dusk"));
    assertArrayEquals(
        plain, latent("[(a lake at dusk:1.0):1]".replace("[", "(").replace("]", ")")));
    var strong = latent("a (lake:1.4) at dusk");
    assertFalse(Arrays.equals(plain, strong));
    assertFalse(Arrays.equals(strong, latent("a [lake] at dusk")));
    assertTrue(RecipeRules.check(MODEL, recipe("a (lake:1.4)", "", 1)).isEmpty());
  }

  @Test
  void longPromptsAreReadToTheirEnd() {
    var many = "a lake below snowy mountains, ".repeat(8);
    assertEquals(2, PromptMeter.of(MODEL).orElseThrow().measure(many, 0).chunks());
    assertTrue(RecipeRules.check(MODEL, recipe(many, "fog", 3)).isEmpty());
    // the last word counts, and both branches have one length
    assertFalse(
        Arrays.equals(
            latent(recipe(many + "dawn", "fog", 3)), latent(recipe(many + "night", "fog", 3))));
    assertFalse(
        Arrays.equals(
            latent(recipe("a lake", many + "dawn", 3)), latent(recipe("a lake", many, 3))));
    assertFalse(Arrays.equals(latent("a lake dawn"), latent("a lake BREAK dawn")));
  }

  @Test
  void whatNoContextHoldsIsCutAndSaid() {
    var notes = RecipeRules.check(MODEL, recipe("snow ".repeat(1000) + "end", "", 1));
    assertEquals(1, notes.size());
    assertTrue(notes.getFirst().contains("512 tokens"), notes.getFirst());
    assertTrue(notes.getFirst().contains("Left out: “snow"), notes.getFirst());
  }

  @Test
  void theSeedDrawsAndTheRunTellsIt() {
    var drawn = new ArrayList<String>();
    var recipe = recipe("{a lake|snow} {at dusk|at night}", "", 1);
    var z =
        generator
            .generate(
                recipe,
                new RunListener() {
                  @Override
                  public void note(String sentence) {
                    drawn.add(sentence);
                  }
                },
                Cancellation.never())
            .base();
    assertEquals(recipe.prompt(), z.recipe().prompt(), "the recipe keeps what was written");
    assertEquals(1, drawn.size());
    var words = drawn.getFirst().replaceAll(".*“|”.*", "");
    assertTrue(
        List.of("a lake at dusk", "a lake at night", "snow at dusk", "snow at night")
            .contains(words),
        words);
    assertArrayEquals(latent(words), z.z().toArray());
  }
}
