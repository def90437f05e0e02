package org.infd.inference.diffusion;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.infd.inference.Problem;

/**
 * Which of the T training steps a sampling run visits (docs/spec/infd-model.md 6). Immutable.
 *
 * <p>{@code ddimN} keeps every i-th step from 0, with the smallest i that leaves N of them, and
 * exists only for some N. {@code leadingN+K} keeps every ⌊T/N⌋-th step from K, for any N: the steps
 * of latent diffusion's own samplers, K = 1 for Stable Diffusion. A comma list gives the count for
 * each of as many equal sections, spread from the section's first step to its last. Empty text
 * keeps all.
 */
public final class TimestepRespacing {
  private static final Pattern LEADING = Pattern.compile("leading(\\d{1,6})(?:\\+(\\d{1,6}))?");

  private final int[] timesteps;

  private TimestepRespacing(int[] timesteps) {
    this.timesteps = timesteps;
  }

  /**
   * Reads the text of a checkpoint's setting.
   *
   * @param text "ddim200", "leading50+1", "50", "10,15,20" or ""
   * @param steps T
   * @throws Problem if the text is none of these, or asks for a count that does not exist
   */
  public static TimestepRespacing parse(String text, int steps) {
    var trimmed = text.strip();
    if (trimmed.isEmpty()) {
      return all(steps);
    }
    try {
      if (trimmed.toLowerCase(Locale.ROOT).startsWith("ddim")) {
        return ddim(Integer.parseInt(trimmed.substring("ddim".length())), steps);
      }
      var leading = LEADING.matcher(trimmed);
      if (leading.matches()) {
        return leading(Integer.parseInt(leading.group(1)), offset(trimmed), steps);
      }
      var counts =
          Arrays.stream(trimmed.split(",", -1))
              .mapToInt(s -> Integer.parseInt(s.strip()))
              .toArray();
      return sections(counts, steps);
    } catch (NumberFormatException e) {
      throw new Problem(
          "'"
              + text
              + "' names no time steps. Use ddimN, leadingN+1, a comma list of counts, or nothing.",
          e);
    }
  }

  private static int offset(String text) {
    var leading = LEADING.matcher(text);
    return leading.matches() && leading.group(2) != null ? Integer.parseInt(leading.group(2)) : 0;
  }

  /**
   * {@code leadingN+K}: N steps, every ⌊T/N⌋-th from K; the last are kept below T.
   *
   * @throws Problem if N is below 1 or above T
   */
  static TimestepRespacing leading(int count, int offset, int steps) {
    requireCount(count, steps);
    int stride = steps / count;
    // all steps leave no room for an offset
    int first = Math.min(offset, steps - 1 - (count - 1) * stride);
    var kept = new int[count];
    Arrays.setAll(kept, k -> first + k * stride);
    return new TimestepRespacing(kept);
  }

  /** All T steps. */
  public static TimestepRespacing all(int steps) {
    var kept = new int[steps];
    Arrays.setAll(kept, t -> t);
    return new TimestepRespacing(kept);
  }

  /**
   * {@code ddimN}: every i-th step, with the smallest i from 1 to T − 1 that leaves N.
   *
   * @throws Problem if no i leaves N; the message names the next N that exists
   */
  public static TimestepRespacing ddim(int count, int steps) {
    for (int stride = 1; stride == 1 || stride < steps; stride++) {
      if ((steps + stride - 1) / stride == count) {
        int fixed = stride;
        var kept = new int[count];
        Arrays.setAll(kept, k -> k * fixed);
        return new TimestepRespacing(kept);
      }
    }
    requireCount(count, steps);
    throw new Problem(
        "DDIM has no schedule of "
            + count
            + " steps for a model of "
            + steps
            + "; the next is "
            + nextDdimCount(count, steps)
            + ".");
  }

  /** The counts N for which {@code ddimN} exists, ascending. */
  public static List<Integer> ddimCounts(int steps) {
    var counts = new ArrayList<Integer>();
    for (int stride = Math.max(1, steps - 1); stride >= 1; stride--) {
      int count = (steps + stride - 1) / stride;
      if (counts.isEmpty() || counts.getLast() != count) {
        counts.add(count);
      }
    }
    return List.copyOf(counts);
  }

  /**
   * The smallest count, at least {@code asked}, for which {@code ddimN} exists.
   *
   * @throws Problem if {@code asked} is below 1 or above T
   */
  public static int nextDdimCount(int asked, int steps) {
    requireCount(asked, steps);
    return ddimCounts(steps).stream().filter(n -> n >= asked).findFirst().orElse(steps);
  }

  /**
   * The steps for a count asked for by a user: the model's own respacing if it has that count or
   * exists for every count, else {@code ddimN} with the next N that exists.
   *
   * @param asked the count asked for
   * @param own the model's own respacing as text
   * @param steps T
   * @throws Problem if {@code asked} is below 1 or above T
   */
  public static TimestepRespacing nearest(int asked, String own, int steps) {
    requireCount(asked, steps);
    if (LEADING.matcher(own.strip()).matches()) {
      return leading(asked, offset(own.strip()), steps);
    }
    var trained = parse(own, steps);
    return trained.count() == asked ? trained : ddim(nextDdimCount(asked, steps), steps);
  }

  /**
   * What to tell a user whose count was not to be had, or nothing when it was.
   *
   * @param asked the count asked for
   * @param steps T
   */
  public Optional<String> word(int asked, int steps) {
    return asked == count()
        ? Optional.empty()
        : Optional.of(
            "DDIM has no schedule of "
                + asked
                + (asked == 1 ? " step" : " steps")
                + " for a model of "
                + steps
                + "; it takes "
                + count()
                + ".");
  }

  private static TimestepRespacing sections(int[] counts, int steps) {
    int size = steps / counts.length;
    int larger = steps % counts.length;
    var kept = new ArrayList<Integer>();
    int start = 0;
    for (int section = 0; section < counts.length; section++) {
      int length = size + (section < larger ? 1 : 0);
      int count = counts[section];
      if (count < 1 || count > length) {
        throw new Problem(
            "A section of " + length + " time steps cannot be divided into " + count + " steps.");
      }
      double stride = count == 1 ? 1 : (length - 1.0) / (count - 1.0);
      double position = 0;
      for (int k = 0; k < count; k++) {
        // half to even, as the reference rounds the running sum
        kept.add(start + (int) Math.rint(position));
        position += stride;
      }
      start += length;
    }
    return new TimestepRespacing(kept.stream().mapToInt(Integer::intValue).toArray());
  }

  private static void requireCount(int count, int steps) {
    if (count < 1 || count > steps) {
      throw new Problem(
          "The number of steps must be between 1 and " + steps + ", and " + count + " is not.");
    }
  }

  /** How many steps are kept. */
  public int count() {
    return timesteps.length;
  }

  /** The kept training steps, ascending. A copy. */
  public int[] timesteps() {
    return timesteps.clone();
  }
}
