package org.infd.inference.dive;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.infd.inference.Problem;

/**
 * What decides of children, beside the picture above them.
 *
 * @param seed whose noise they are sampled from
 * @param strength τ, the part of the noise levels that are sampled again, 0 to 1; 0 only encodes
 *     and decodes
 * @param pull λ, how far every estimate is drawn to the encoded picture, 0 (as the model likes) to
 *     1 (as the picture)
 * @param steps how many times the network is asked
 * @param anchor M, the pixels across its square on which a child must agree with the picture above
 * @param prompts what children show from a depth on, until the next; above the first and without
 *     any, what the picture itself was made to show
 * @param seeds seeds of single children in place of {@code seed}
 */
public record DiveOptions(
    long seed,
    double strength,
    double pull,
    int steps,
    int anchor,
    Map<Integer, String> prompts,
    Map<DiveKey, Long> seeds) {
  private static final int MOST_STEPS = 1000;

  /** Checks the ranges. */
  public DiveOptions {
    if (!(strength >= 0 && strength <= 1) || !(pull >= 0 && pull <= 1)) {
      throw new Problem(
          "The strength and the pull of a dive are numbers from 0 to 1, and "
              + strength
              + " and "
              + pull
              + " are not.");
    }
    if (steps < 1 || anchor < 1) {
      throw new Problem("A dive needs a step and an anchor pixel at least.");
    }
    if (strength > 0 && steps / strength > MOST_STEPS) {
      throw new Problem(
          steps
              + " steps for "
              + strength
              + " of the noise are finer than the "
              + MOST_STEPS
              + " noise levels there are. Take fewer steps, more strength, or none.");
    }
    prompts = Map.copyOf(prompts);
    seeds = Map.copyOf(seeds);
  }

  /**
   * The usual ones, docs/design.md 12.
   *
   * @param seed the seed of the picture
   * @param lattice the model's
   * @param strict whether the model is truly sharp at its sharp side, so that children have to
   *     agree with every pixel
   */
  public static DiveOptions usual(long seed, DiveLattice lattice, boolean strict) {
    int anchor = strict ? lattice.encoderSide() : lattice.encoderSide() / 4;
    return new DiveOptions(seed, 0.4, 0.5, 8, anchor, Map.of(), Map.of());
  }

  /** The same with another seed for one child, and for those below it that it changes. */
  public DiveOptions withSeed(DiveKey key, long other) {
    var all = new HashMap<>(seeds);
    all.put(key, other);
    return new DiveOptions(seed, strength, pull, steps, anchor, prompts, all);
  }

  /** The same with another strength. */
  public DiveOptions withStrength(double other) {
    return new DiveOptions(seed, other, pull, steps, anchor, prompts, seeds);
  }

  /** The same with another pull. */
  public DiveOptions withPull(double other) {
    return new DiveOptions(seed, strength, other, steps, anchor, prompts, seeds);
  }

  /** The same with other prompts. */
  public DiveOptions withPrompts(Map<Integer, String> other) {
    return new DiveOptions(seed, strength, pull, steps, anchor, other, seeds);
  }

  /** What children of a level are told to show; empty for what the picture itself shows. */
  public Optional<String> promptAt(int level) {
    return prompts.entrySet().stream()
        .filter(entry -> entry.getKey() <= level)
        .max(Map.Entry.comparingByKey())
        .map(Map.Entry::getValue);
  }

  /**
   * Down to which level children are the same under other options, so that those that are made need
   * not be made again.
   *
   * @return 0 for none
   */
  public int sameDownTo(DiveOptions other) {
    if (seed != other.seed
        || strength != other.strength
        || pull != other.pull
        || steps != other.steps
        || anchor != other.anchor) {
      return 0;
    }
    int first = Integer.MAX_VALUE;
    for (var both : List.of(prompts, other.prompts)) {
      for (int level : both.keySet()) {
        if (!promptAt(level).equals(other.promptAt(level))) {
          first = Math.min(first, level);
        }
      }
    }
    for (var both : List.of(seeds, other.seeds)) {
      for (var key : both.keySet()) {
        if (seedOf(key) != other.seedOf(key)) {
          first = Math.min(first, key.level());
        }
      }
    }
    return first - 1;
  }

  /** The seed of a child's noise. */
  long seedOf(DiveKey key) {
    return seeds.getOrDefault(key, seed);
  }
}
