package org.infd.app.work;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Turns estimates of one kind into ranges, by how far the last ones were off: the mean and the
 * deviation of the logarithms of actual over estimated. Not thread-safe.
 */
public final class Reckoning {
  private static final int REMEMBERED = 8;

  /** What is assumed before anything is known counts as one observation: half as long again. */
  private static final double ASSUMED = Math.log(1.5);

  /** No machine repeats itself better. */
  private static final double LEAST_DEVIATION = Math.log(1.1);

  /** Beyond that, something else has happened, such as a sleep of the machine. */
  private static final double LARGEST = Math.log(20);

  private final Deque<Double> observed = new ArrayDeque<>();

  /**
   * An estimate has come true.
   *
   * @param estimated what was said, in seconds
   * @param actual how long it took, in seconds
   */
  public void learn(double estimated, double actual) {
    if (estimated > 0 && actual > 0 && Math.abs(Math.log(actual / estimated)) < LARGEST) {
      observed.addLast(Math.log(actual / estimated));
      if (observed.size() > REMEMBERED) {
        observed.removeFirst();
      }
    }
  }

  /** The range of an estimate, in seconds. */
  public SecondsRange range(double estimated) {
    int count = observed.size() + 1;
    double mean = observed.stream().mapToDouble(Double::doubleValue).sum() / count;
    double squares =
        ASSUMED * ASSUMED + observed.stream().mapToDouble(log -> (log - mean) * (log - mean)).sum();
    double deviation = Math.max(LEAST_DEVIATION, Math.sqrt(squares / count));
    return new SecondsRange(
        estimated * Math.exp(mean - deviation), estimated * Math.exp(mean + deviation));
  }
}
