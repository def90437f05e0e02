package org.infd.exporter.network;

import java.util.List;
import java.util.regex.Pattern;
import org.infd.inference.Problem;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a CLIP: a tower for images, one for texts, or both (docs/spec/clip.md 1).
 *
 * @param image the image tower, or null without one
 * @param text the text tower, or null without one
 */
public record ClipSettings(@Nullable Image image, @Nullable Text text) {
  /** Heads are this wide in every official model, and the files do not say so. */
  static final int HEAD_WIDTH = 64;

  private static final int MOST_BLOCKS = 1000;

  /** The function inside the perceptrons; weights do not tell it. */
  public enum Activation {
    /** a·sigmoid(1.702·a), of the official models. */
    QUICK_GELU,
    /** The exact one with the error function, of most others. */
    GELU
  }

  /**
   * The blocks of a tower.
   *
   * @param width the channels of a token
   * @param blocks how many
   * @param heads how many heads their attention has
   * @param epsilon of all layer norms of the tower
   */
  public record Transformer(
      int width, int blocks, int heads, Activation activation, float epsilon) {
    /** Checks that the width can be cut into heads. */
    public Transformer {
      if (heads < 1 || width % heads != 0) {
        throw new Problem(
            "A CLIP tower of width "
                + width
                + " cannot be cut into "
                + heads
                + " heads. Use the files as they were published, or a model of another kind.");
      }
    }

    /** As the official models are built. */
    static Transformer official(int width, int blocks) {
      return new Transformer(width, blocks, width / HEAD_WIDTH, Activation.QUICK_GELU, 1e-5f);
    }
  }

  /**
   * The image tower.
   *
   * @param side the side of its square input in pixels
   * @param patch the side of a patch in pixels; patches do not overlap
   * @param embedding the length of its result
   */
  public record Image(Transformer transformer, int side, int patch, int embedding) {
    /** Patches in a row. */
    int grid() {
      return side / patch;
    }
  }

  /**
   * The text tower.
   *
   * @param contextLength the number of tokens it takes
   * @param vocabulary how many tokens it knows; the last is the end marker
   * @param embedding the length of its result, 0 without a projection
   */
  public record Text(Transformer transformer, int contextLength, int vocabulary, int embedding) {}

  /**
   * What a configuration beside the weights says of a tower.
   *
   * @param heads how many heads its attention has
   * @param epsilon of its layer norms
   */
  public record Configured(int heads, Activation activation, float epsilon) {
    private Transformer transformer(int width, int blocks) {
      return new Transformer(width, blocks, heads, activation, epsilon);
    }
  }

  /**
   * Reads the settings off the tensors (docs/spec/clip.md 1.2).
   *
   * @param weights under the official names
   * @param imageConfig what is known of the image tower, or null: as the official models
   * @param textConfig what is known of the text tower, or null: as the official models
   * @throws Problem if there is no tower, or one that cannot be run
   */
  public static ClipSettings of(
      Weights weights, @Nullable Configured imageConfig, @Nullable Configured textConfig) {
    var settings =
        new ClipSettings(
            weights.has("visual.conv1.weight") ? image(weights, imageConfig) : null,
            weights.has("token_embedding.weight") ? text(weights, "", textConfig) : null);
    if (settings.image == null && settings.text == null) {
      throw new Problem("The file holds no tower of a CLIP. Give the weights of a CLIP model.");
    }
    return settings;
  }

  private static Image image(Weights weights, @Nullable Configured config) {
    var kernel = shape(weights, "visual.conv1.weight", 4);
    int patch = kernel.get(3).intValue();
    int tokens = shape(weights, "visual.positional_embedding", 2).getFirst().intValue();
    int grid = (int) Math.round(Math.sqrt(tokens - 1.0));
    if (grid < 1 || grid * grid != tokens - 1 || patch < 1) {
      throw new Problem(
          "The image tower has "
              + tokens
              + " positions, which are no square of patches and a class token. It is no CLIP of a"
              + " known kind.");
    }
    var transformer = transformer(weights, "visual.", kernel.getFirst().intValue(), config);
    int embedding = shape(weights, "visual.proj", 2).get(1).intValue();
    return new Image(transformer, grid * patch, patch, embedding);
  }

  /** The text tower under a prefix of names, read off its tensors. */
  static Text text(Weights weights, String prefix, @Nullable Configured config) {
    var table = shape(weights, prefix + "token_embedding.weight", 2);
    int context = shape(weights, prefix + "positional_embedding", 2).getFirst().intValue();
    var transformer = transformer(weights, prefix, table.get(1).intValue(), config);
    return new Text(transformer, context, table.getFirst().intValue(), embedding(weights, prefix));
  }

  /** The length of the text embedding, 0 without a projection. */
  static int embedding(Weights weights, String prefix) {
    return weights.has(prefix + "text_projection")
        ? shape(weights, prefix + "text_projection", 2).get(1).intValue()
        : 0;
  }

  private static Transformer transformer(
      Weights weights, String prefix, int width, @Nullable Configured config) {
    var block =
        Pattern.compile(Pattern.quote(prefix) + "transformer\\.resblocks\\.(\\d{1,3})\\..*");
    long blocks =
        weights.names().stream()
            .map(block::matcher)
            .filter(java.util.regex.Matcher::matches)
            .map(found -> found.group(1))
            .distinct()
            .count();
    if (width < 1 || blocks < 1 || blocks > MOST_BLOCKS) {
      throw new Problem(
          "A CLIP tower of width " + width + " with " + blocks + " blocks cannot be run.");
    }
    return config == null
        ? Transformer.official(width, (int) blocks)
        : config.transformer(width, (int) blocks);
  }

  private static List<Long> shape(Weights weights, String name, int rank) {
    var shape = weights.shape(name);
    if (shape == null || shape.size() != rank || shape.stream().anyMatch(e -> e > 1 << 24)) {
      throw new Problem(
          "The CLIP's tensor "
              + name
              + (shape == null ? " is missing" : " is " + shape)
              + "; "
              + rank
              + " axes of possible extents are needed. Use the file as it was published.");
    }
    return shape;
  }
}
