package org.infd.app.work;

import java.util.function.LongSupplier;
import org.infd.inference.NumberText;

/** Estimates how long work goes on from how long it took so far. Not thread-safe. */
public final class RemainingTime {
  private final LongSupplier nanoTime;
  private long begun;
  private double atBegin = -1;

  /**
   * @param nanoTime the clock, in nanoseconds
   */
  public RemainingTime(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /**
   * The seconds left. Time before the first call does not count, so that loading a model does not
   * make the steps look slow.
   *
   * @param done the part done, 0 to 1
   * @return negative while there is no estimate
   */
  public double secondsLeft(double done) {
    if (atBegin < 0) {
      atBegin = done;
      begun = nanoTime.getAsLong();
    }
    double sinceBegin = done - atBegin;
    if (sinceBegin <= 0) {
      return -1;
    }
    return (nanoTime.getAsLong() - begun) / 1e9 * (1 - done) / sinceBegin;
  }

  /** The part done in a second since the first call of {@link #secondsLeft}; 0 while unknown. */
  public double partPerSecond(double done) {
    long passed = atBegin < 0 ? 0 : nanoTime.getAsLong() - begun;
    return passed <= 0 ? 0 : Math.max(0, done - atBegin) / (passed / 1e9);
  }

  /** The estimate in words, to be put behind others; empty when there is none. */
  public static String suffix(double seconds) {
    if (seconds < 0) {
      return "";
    }
    long whole = Math.max(1, Math.round(seconds));
    if (whole < 60) {
      return ", " + whole + " s left";
    }
    return whole < 3600
        ? ", " + Math.round(whole / 60.0) + " min left"
        : NumberText.format(", %.1f h left", whole / 3600.0);
  }
}
