package org.infd.inference.generation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import org.infd.inference.Problem;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.diffusion.PhiloxNoise;
import org.infd.inference.diffusion.SamplingStep;
import org.infd.inference.generation.Recipe.SamplerKind;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.infd.inference.runtime.DeviceQueue;
import org.infd.inference.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class VariationTest {
  @TempDir Path folder;

  private final DeviceQueue queue = new DeviceQueue(Device.cpu());
  private ModelBundle bundle;
  private Generator generator;

  @BeforeEach
  void open() {
    bundle = TinyBundle.plain().encodeRedAndGreen().write(folder.resolve("tiny"));
    generator = new Generator(bundle, Device.cpu(), queue);
  }

  @AfterEach
  void close() {
    generator.close();
    queue.close();
  }

  private Recipe recipe(SamplerKind sampler, long seed) {
    return Recipe.builder("tiny", bundle.hash())
        .seed(seed)
        .steps(20)
        .sampler(sampler)
        .eta(1)
        .build();
  }

  private FieldImage vary(FieldImage parent, Recipe recipe, double strength) {
    return generator.vary(parent, recipe, strength, RunListener.none(), Cancellation.never());
  }

  private FieldImage fresh(Recipe recipe) {
    return generator.generate(recipe, RunListener.none(), Cancellation.never());
  }

  private static double distance(FieldImage a, FieldImage b) {
    float[] x = a.base().z().toArray();
    float[] y = b.base().z().toArray();
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      sum += (x[i] - y[i]) * (double) (x[i] - y[i]);
    }
    return Math.sqrt(sum);
  }

  @ParameterizedTest
  @EnumSource
  void noStrengthGivesTheParentBack(SamplerKind sampler) {
    var parent = fresh(recipe(sampler, 7));
    var child = vary(parent, recipe(sampler, 8), 0);
    assertArrayEquals(parent.base().z().toArray(), child.base().z().toArray());
    assertEquals(
        new Recipe.Variation(Generator.hash(parent.base().z()), 0),
        child.base().recipe().variation());
  }

  @ParameterizedTest
  @EnumSource
  void allStrengthIsAFreshSampling(SamplerKind sampler) {
    var parent = fresh(recipe(sampler, 7));
    var child = vary(parent, recipe(sampler, 8), 1);
    var expected = fresh(recipe(sampler, 8));
    assertArrayEquals(expected.base().z().toArray(), child.base().z().toArray());
    assertEquals(expected.base().recipe(), child.base().recipe(), "it can be made without parent");
    assertTrue(child.base().recipe().isSampled());
  }

  @ParameterizedTest
  @EnumSource
  void moreStrengthLeadsFurtherAway(SamplerKind sampler) {
    var parent = fresh(recipe(sampler, 7));
    double[] strengths = {0, 0.1, 0.25, 0.5, 0.75};
    double before = -1;
    for (double strength : strengths) {
      // one seed may come back by chance: the mean over several does not
      double sum = 0;
      for (long seed = 100; seed < 110; seed++) {
        sum += distance(parent, vary(parent, recipe(sampler, seed), strength));
      }
      assertTrue(sum > before, strength + ": " + sum + " after " + before);
      before = sum;
    }
  }

  @ParameterizedTest
  @EnumSource
  void itIsAFunctionOfParentRecipeAndStrength(SamplerKind sampler) {
    var parent = fresh(recipe(sampler, 7));
    var steps = new ArrayList<SamplingStep>();
    var first =
        generator.vary(
            parent,
            recipe(sampler, 8),
            0.4,
            new RunListener() {
              @Override
              public void sampled(SamplingStep step) {
                steps.add(step);
              }
            },
            Cancellation.never());
    assertEquals(8, steps.size(), "four tenths of twenty steps");
    assertEquals(13, steps.getFirst().number());
    var file = folder.resolve("child.infd");
    FieldFile.write(file, first, null);
    var read = FieldFile.read(file).base().recipe();
    assertEquals(first.base().recipe(), read);
    assertFalse(read.isSampled());
    var variation = read.variation();
    assertEquals(Generator.hash(parent.base().z()), variation.parent());
    var again = vary(parent, read, variation.strength());
    assertArrayEquals(first.base().z().toArray(), again.base().z().toArray());
    var other = vary(parent, recipe(sampler, 9), 0.4);
    assertFalse(Arrays.equals(first.base().z().toArray(), other.base().z().toArray()));
    assertThrows(Problem.class, () -> fresh(read), "without the parent it cannot be made");
  }

  @Test
  void theNoiseIsNoneOfThoseOfASampling() {
    var noise = new PhiloxNoise(7);
    var renoise = noise.normal(PhiloxNoise.Stream.RENOISE, 0, 1, 2, 4, 4).toArray();
    assertFalse(Arrays.equals(renoise, noise.start(1, 2, 4, 4).toArray()));
    assertFalse(Arrays.equals(renoise, noise.step(0, 1, 2, 4, 4).toArray()));
  }

  @Test
  void impossibleStrengthsAreRefused() {
    var parent = fresh(recipe(SamplerKind.DDIM, 7));
    for (double strength : new double[] {-0.1, 1.1, Double.NaN}) {
      assertThrows(Problem.class, () -> vary(parent, recipe(SamplerKind.DDIM, 8), strength));
    }
  }

  @Test
  void aPhotoIsEncodedAndSaysWhereItCameFrom() {
    var rgb = Tensor.zeros(1, 3, 4, 4);
    for (int i = 0; i < rgb.elements(); i++) {
      rgb.set(i, i / 50f - 0.5f);
    }
    var photo = new Recipe.Photo("holiday.jpg", "ab".repeat(32), 10, 20, 300);
    var image = generator.encode(rgb, photo, RunListener.none(), Cancellation.never());
    assertArrayEquals(Arrays.copyOf(rgb.toArray(), 32), image.base().z().toArray());
    assertEquals(photo, image.base().recipe().photo());
    var file = folder.resolve("photo.infd");
    FieldFile.write(file, image, null);
    assertEquals(image.base().recipe(), FieldFile.read(file).base().recipe());
    assertThrows(Problem.class, () -> fresh(image.base().recipe()));
    var child = vary(image, recipe(SamplerKind.DPMPP, 3), 0.5);
    assertNull(child.base().recipe().photo());
    var plain = TinyBundle.plain().write(folder.resolve("plain"));
    try (var without = new Generator(plain, Device.cpu(), queue)) {
      var problem =
          assertThrows(
              Problem.class,
              () -> without.encode(rgb, photo, RunListener.none(), Cancellation.never()));
      assertEquals(
          "The model 'Tiny' has no encoder, so it cannot open photos.", problem.getMessage());
    }
  }
}
