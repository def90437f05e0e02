package org.infd.inference.generation;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.infd.inference.Problem;
import org.infd.inference.dive.DiveKey;
import org.infd.inference.dive.DiveOptions;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.annotation.JsonDeserialize;
import tools.jackson.databind.annotation.JsonSerialize;

/**
 * How the children of a picture are made, as files keep it. What children are follows from this,
 * the model and the latent of the picture.
 *
 * @param version of the way in which children are made, {@link #VERSION}
 * @param seed whose noise they are sampled from
 * @param strength τ, 0 to 1
 * @param pull λ, 0 to 1
 * @param steps how often the network is asked for each
 * @param anchor M, the pixels across a square on which a child agrees with the picture above
 * @param sharpSide N*, the side from which on there are children
 * @param prompts what children show from a depth on, or null
 * @param seeds children with a seed of their own, or null
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DiveSettings(
    int version,
    @JsonSerialize(using = Seed.Writer.class) @JsonDeserialize(using = Seed.Reader.class) long seed,
    double strength,
    double pull,
    int steps,
    int anchor,
    int sharpSide,
    @Nullable List<@Nullable DepthPrompt> prompts,
    @Nullable List<@Nullable OwnSeed> seeds) {
  /** The version that this program writes, and the only one that it reads. */
  public static final int VERSION = 1;

  /** The most prompts and the most own seeds that a file can hold. */
  static final int MOST = 4096;

  private static final int DEEPEST = 64;
  private static final int LARGEST_SIDE = 1 << 20;

  /** What children show from a depth on. */
  public record DepthPrompt(int depth, String prompt) {}

  /** A child that was made again with a seed of its own. */
  public record OwnSeed(
      int level,
      long row,
      long column,
      @JsonSerialize(using = Seed.Writer.class) @JsonDeserialize(using = Seed.Reader.class)
          long seed) {}

  /** What files keep of options. */
  public static DiveSettings of(DiveOptions options, int sharpSide) {
    var prompts = new ArrayList<@Nullable DepthPrompt>();
    options.prompts().entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(entry -> prompts.add(new DepthPrompt(entry.getKey(), entry.getValue())));
    var seeds = new ArrayList<@Nullable OwnSeed>();
    options.seeds().entrySet().stream()
        .sorted(
            Map.Entry.comparingByKey(
                Comparator.comparingInt(DiveKey::level)
                    .thenComparingLong(DiveKey::row)
                    .thenComparingLong(DiveKey::column)))
        .forEach(
            entry -> {
              var key = entry.getKey();
              seeds.add(new OwnSeed(key.level(), key.row(), key.column(), entry.getValue()));
            });
    return new DiveSettings(
        VERSION,
        options.seed(),
        options.strength(),
        options.pull(),
        options.steps(),
        options.anchor(),
        sharpSide,
        prompts.isEmpty() ? null : prompts,
        seeds.isEmpty() ? null : seeds);
  }

  /**
   * The options.
   *
   * @throws Problem if they cannot be
   */
  public DiveOptions options() {
    requirePossible();
    var table = new HashMap<Integer, String>();
    for (var entry : prompts == null ? List.<DepthPrompt>of() : prompts) {
      if (entry == null || !isUsable(entry)) {
        throw new Problem("A prompt of a depth is incomplete or impossible.");
      }
      table.put(entry.depth(), entry.prompt());
    }
    var own = new HashMap<DiveKey, Long>();
    for (var entry : seeds == null ? List.<OwnSeed>of() : seeds) {
      if (entry == null
          || entry.level() < 1
          || entry.level() > DEEPEST
          || entry.row() < 0
          || entry.column() < 0) {
        throw new Problem("The seed of a child is incomplete or impossible.");
      }
      own.put(new DiveKey(entry.level(), entry.row(), entry.column()), entry.seed());
    }
    return new DiveOptions(seed, strength, pull, steps, anchor, table, own);
  }

  private void requirePossible() {
    if (version != VERSION) {
      throw new Problem(
          "The children are of version " + version + "; this one is " + VERSION + ".");
    }
    if (sharpSide < 1 || sharpSide > LARGEST_SIDE || anchor > LARGEST_SIDE) {
      throw new Problem("The side from which on there are children is impossible.");
    }
    if ((prompts != null && prompts.size() > MOST) || (seeds != null && seeds.size() > MOST)) {
      throw new Problem("There are more than " + MOST + " children.");
    }
  }

  private static boolean isUsable(DepthPrompt entry) {
    @Nullable String prompt = entry.prompt();
    return entry.depth() >= 1
        && entry.depth() <= DEEPEST
        && prompt != null
        && prompt.length() <= Recipe.LONGEST_PROMPT;
  }
}
