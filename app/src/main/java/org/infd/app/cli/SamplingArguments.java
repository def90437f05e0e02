package org.infd.app.cli;

import java.util.concurrent.ThreadLocalRandom;
import org.infd.inference.Problem;
import org.jspecify.annotations.Nullable;

/** What the commands that sample say and check alike. */
final class SamplingArguments {
  /** Seeds that a person can read out and type again. */
  private static final int LARGEST_ROLL = 1_000_000;

  private SamplingArguments() {}

  /** The seed that was asked for, or a random one. */
  static long seed(@Nullable Long asked) {
    return asked == null ? ThreadLocalRandom.current().nextInt(LARGEST_ROLL) : asked;
  }

  /** Nothing, where only blanks were given. */
  static @Nullable String words(@Nullable String text) {
    return text == null || text.isBlank() ? null : text.strip();
  }

  static void requireSteps(int steps) {
    if (steps < 1) {
      throw new Problem("--steps is at least 1, not " + steps + ".");
    }
  }

  static void requireEta(double eta) {
    if (!(eta >= 0 && eta <= 1)) {
      throw new Problem("--eta is between 0 and 1, not " + eta + ".");
    }
  }
}
