package org.infd.app.export;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.infd.app.work.Reckoning;
import org.infd.app.work.RemainingTime;
import org.infd.app.work.SecondsRange;
import org.infd.inference.NumberText;

/**
 * How far exports are and how long they go on, as ranges that become narrower the better the last
 * ones were foretold. {@link Progress#at} may be called on any thread, all else belongs to the user
 * interface's.
 */
final class ExportClock {
  /** So many steps are told at most: a small export has few pieces, a large one many. */
  private static final int STEPS = 500;

  /** From here on what is left is foretold well enough to learn from it. */
  private static final double WORTH_LEARNING = 0.2;

  /** Before that, the pace is not that of the whole. */
  private static final double WORTH_TRUSTING = 0.05;

  /** In megapixels a second; less would be shown as none. */
  private static final double LEAST_RATE = 0.05;

  private final ExportCosts costs;
  private final LongSupplier nanoTime;
  private final Reckoning reckoning = new Reckoning();

  /**
   * @param costs learns how long whole exports take
   * @param nanoTime a clock in nanoseconds
   */
  ExportClock(ExportCosts costs, LongSupplier nanoTime) {
    this.costs = costs;
    this.nanoTime = nanoTime;
  }

  /** An export begins, or goes on. */
  Progress begin(ExportItem item) {
    return new Progress(item);
  }

  private synchronized SecondsRange range(double seconds) {
    return reckoning.range(seconds);
  }

  private synchronized void learn(double foretold, double actual) {
    reckoning.learn(foretold, actual);
  }

  /** The way of one export. */
  final class Progress {
    private final double megapixels;
    private final double expected;
    private final boolean isFresh;
    private final long begun = nanoTime.getAsLong();
    private final RemainingTime remaining = new RemainingTime(nanoTime);
    private final AtomicInteger told = new AtomicInteger(-1);
    private volatile double first = -1;
    private volatile double foretold = -1;
    private volatile long foretoldAt;

    private Progress(ExportItem item) {
      megapixels = item.task().pixels() / 1e6;
      expected = item.expected();
      isFresh = !item.isBegun();
    }

    /**
     * How far it is, where that is worth telling.
     *
     * @param part done, 0 to 1
     */
    Optional<ExportState> at(double part) {
      int step = (int) (part * STEPS);
      double left = remaining.secondsLeft(part);
      if (first < 0) {
        first = part;
      }
      if (foretold < 0 && left > 0 && part - first >= WORTH_LEARNING) {
        foretold = left;
        foretoldAt = nanoTime.getAsLong();
      }
      if (told.getAndSet(step) == step) {
        return Optional.empty();
      }
      return Optional.of(new ExportState.Running(part, words(part, left)));
    }

    private String words(double part, double left) {
      double rate = remaining.partPerSecond(part) * megapixels;
      return Math.round(part * 100)
          + " %"
          + range(part, left).map(range -> ", " + range.text() + " left").orElse("")
          + (rate < LEAST_RATE ? "" : NumberText.format(", %.1f Mpx/s", rate));
    }

    /** The first pieces wait for the screen, and say less than what was measured before. */
    private Optional<SecondsRange> range(double part, double left) {
      if (expected > 0 && isFresh && part - first < WORTH_TRUSTING) {
        return Optional.of(costs.range(expected * (1 - part)));
      }
      return left < 0 ? Optional.empty() : Optional.of(ExportClock.this.range(left));
    }

    /** It is finished. */
    void end() {
      long now = nanoTime.getAsLong();
      if (foretold > 0) {
        learn(foretold, (now - foretoldAt) / 1e9);
      }
      if (isFresh) {
        costs.learn(expected, (now - begun) / 1e9);
      }
    }
  }
}
