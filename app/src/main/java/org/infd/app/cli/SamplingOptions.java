package org.infd.app.cli;

import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;
import org.infd.inference.Problem;
import org.infd.inference.bundle.BundleCatalog;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.export.Frame;
import org.infd.inference.generation.Recipe;
import org.infd.inference.generation.RecipeDefaults;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that all sampling commands share. */
final class SamplingOptions {
  /** Seeds that a person can read out and type again. */
  private static final int LARGEST_ROLL = 1_000_000;

  @Option(
      names = "--seed",
      paramLabel = "S",
      converter = SeedConverter.class,
      description =
          "The seed of all noise, a whole number from 0 to 2^64-1 (default: a random one, shown).")
  private @Nullable Long seed;

  @Mixin private PictureOptions picture;

  @Option(
      names = "--model",
      paramLabel = "ID|DIR",
      description =
          "A model of 'infd models', or the folder of a bundle (default: the one that the image was"
              + " made with, else the first that can do it).")
  private @Nullable String model;

  @Option(
      names = "--steps",
      paramLabel = "N",
      description =
          "Sampling steps (default: "
              + RecipeDefaults.STEPS
              + " with dpmpp, "
              + RecipeDefaults.EULER_STEPS
              + " with euler and euler_a, "
              + RecipeDefaults.LAYOUT_STEPS
              + " for layouts and boxes, else the model's own). DDIM takes the next count that"
              + " exists.")
  private @Nullable Integer steps;

  /** The seed that was asked for, or a random one. */
  long seed() {
    return seed == null ? ThreadLocalRandom.current().nextInt(LARGEST_ROLL) : seed;
  }

  /**
   * Refuses a side that no picture can have, before any model is looked at.
   *
   * @throws Problem if it is one
   */
  void requireSide() {
    picture.requireSide();
  }

  /**
   * The whole square picture.
   *
   * @throws Problem if the model draws none of that side
   */
  Frame frame(ModelBundle bundle) {
    return picture.frame(bundle);
  }

  /** The picture to write, or null. */
  @Nullable Path out() {
    return picture.out();
  }

  /**
   * The model that was asked for, else the first that can make pictures.
   *
   * @throws Problem if there is none
   */
  ModelBundle bundle(BundleCatalog models) {
    return model == null ? models.first() : models.find(model);
  }

  /**
   * The model that was asked for, else the one that an image was made with.
   *
   * @throws Problem if there is none
   */
  ModelBundle bundle(BundleCatalog models, Recipe made) {
    return model == null ? models.find(made.model(), made.modelHash()) : models.find(model);
  }

  /**
   * Refuses what cannot be, before any work.
   *
   * @throws Problem if fewer than one step was asked for
   */
  void requireSteps() {
    if (steps != null && steps < 1) {
      throw new Problem("--steps is at least 1, not " + steps + ".");
    }
  }

  /**
   * The steps that were asked for.
   *
   * @param usual what is taken where none were
   */
  int steps(int usual) {
    return steps == null ? usual : steps;
  }

  /** Nothing, where only blanks were given. */
  static @Nullable String words(@Nullable String text) {
    return text == null || text.isBlank() ? null : text.strip();
  }

  static void requireEta(double eta) {
    if (!(eta >= 0 && eta <= 1)) {
      throw new Problem("--eta is between 0 and 1, not " + eta + ".");
    }
  }
}
