package org.infd.inference.generation;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.infd.inference.ShownText;
import org.infd.inference.StrictJson;
import org.infd.inference.bundle.Manifest;
import org.infd.inference.dive.DiveLattice;
import org.infd.inference.dive.DiveOptions;
import org.infd.inference.dive.DiveView;
import org.infd.inference.export.Frame;
import org.infd.inference.export.PictureText;
import org.infd.inference.export.PngText;
import org.infd.inference.runtime.Device;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * The metadata of a picture file: all that is needed to make the same pixels again, and what they
 * were made on, because pixels of another device are near but not equal.
 *
 * @param format the version of this record, {@link #FORMAT}
 * @param software the program and its version
 * @param recipe how the image was made; holds the hash of the bundle
 * @param frame which pixels of which image the file shows
 * @param statistics "interpolated" or "exact": where the statistics of frozen norms came from
 * @param device what the graphs ran on
 * @param precision the arithmetic and the storage of the weights
 * @param dive what was invented below the image's own scale, or null
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PictureMetadata(
    int format,
    String software,
    Recipe recipe,
    Frame frame,
    String statistics,
    String device,
    String precision,
    @Nullable Invented dive) {
  /**
   * A picture, or a part of it, that goes on below the image's own scale.
   *
   * @param depth how many levels of children it shows
   * @param side the whole image's side; the frame is a rectangle of this view alone
   * @param row the first row of the view in that image
   * @param column the first column
   * @param options how the children were made
   */
  public record Invented(int depth, long side, long row, long column, DiveSettings options) {
    /** What lies below at a place of the whole image of a side. */
    public static Invented of(
        DiveLattice lattice, DiveOptions options, long side, long row, long column) {
      return new Invented(
          lattice.levelOf(side), side, row, column, DiveSettings.of(options, lattice.sharpSide()));
    }

    /** What lies below in a view. */
    public static Invented of(DiveLattice lattice, DiveOptions options, DiveView view) {
      return of(lattice, options, view.side(), view.shown().row(), view.shown().column());
    }
  }

  /** The version that this program writes. */
  public static final int FORMAT = 1;

  /**
   * @param exactStatistics whether the statistics are the true ones
   * @param halfStorage whether the weights are stored as float16
   */
  public static PictureMetadata of(
      Recipe recipe, Frame frame, boolean exactStatistics, Device device, boolean halfStorage) {
    return new PictureMetadata(
        FORMAT,
        "INFD Studio " + Version.text(),
        recipe,
        frame,
        exactStatistics ? "exact" : "interpolated",
        device.name(),
        halfStorage ? "float32, weights stored as float16" : "float32",
        null);
  }

  /**
   * @param exactStatistics whether the statistics are the true ones
   * @param model whose storage of weights is told
   */
  public static PictureMetadata of(
      Recipe recipe, Frame frame, boolean exactStatistics, Device device, Manifest model) {
    return of(recipe, frame, exactStatistics, device, model.storage() == Manifest.Storage.FP16);
  }

  /** The same for a picture of which a part was invented. */
  public PictureMetadata with(Invented invented) {
    return new PictureMetadata(
        format, software, recipe, frame, statistics, device, precision, invented);
  }

  /**
   * What a picture file says of itself, if it is one of ours. Files are not trusted: what is
   * damaged or was made by a newer version counts as saying nothing.
   *
   * @throws IOException if the file cannot be read
   */
  public static Optional<PictureMetadata> read(Path file) throws IOException {
    return PictureText.recipe(file).flatMap(PictureMetadata::parse);
  }

  private static Optional<PictureMetadata> parse(String json) {
    try {
      var tree = StrictJson.lines().readTree(json);
      if (StrictJson.number(tree.path("format")) != FORMAT) {
        return Optional.empty();
      }
      var read = StrictJson.lines().treeToValue(tree, PictureMetadata.class);
      // the reader fills records without asking whether a component may be null
      boolean whole =
          Stream.of(
                  read.recipe(),
                  read.frame(),
                  read.software(),
                  read.statistics(),
                  read.device(),
                  read.precision())
              .allMatch(Objects::nonNull);
      @Nullable Invented dive = read.dive();
      boolean dived = dive == null || isUsable(dive);
      return whole && dived && read.recipe().isUsable() ? Optional.of(read) : Optional.empty();
    } catch (JacksonException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static boolean isUsable(Invented dive) {
    @Nullable DiveSettings options = dive.options();
    return options != null && dive.depth() >= 1 && dive.row() >= 0 && dive.column() >= 0;
  }

  /** The text chunks: a line for people under "parameters", the whole as JSON under "infd". */
  public PngText toPngText() {
    var texts = new LinkedHashMap<String, String>();
    texts.put("Software", software);
    texts.put(PngText.PARAMETERS, parameters());
    texts.put(PngText.RECIPE, StrictJson.lines().writeValueAsString(this));
    return new PngText(texts);
  }

  /**
   * The recipe as people and image browsers read it: the prompt on lines of its own where there is
   * one, then names and values.
   */
  public String parameters() {
    var text = new StringBuilder();
    if (recipe.prompt() != null) {
      text.append(ShownText.line(recipe.prompt())).append('\n');
    }
    if (recipe.negativePrompt() != null) {
      text.append("Negative prompt: ").append(ShownText.line(recipe.negativePrompt())).append('\n');
    }
    var photo = recipe.photo();
    if (photo == null) {
      text.append("Steps: ").append(recipe.steps());
      text.append(", Sampler: ").append(sampler());
      text.append(", Seed: ").append(recipe.seedText());
    } else {
      text.append("Photo: ").append(ShownText.line(photo.file()).replace(", ", " "));
      text.append(", Photo hash: ").append(shortHash(photo.sha256()));
    }
    var variation = recipe.variation();
    if (variation != null) {
      text.append(", Denoising strength: ").append(variation.strength());
      text.append(", Parent: ").append(shortHash(variation.parent()));
    }
    if (recipe.classLabel() != null) {
      text.append(", Class: ").append(recipe.classLabel());
    }
    if (recipe.guidanceScale() != 1) {
      text.append(", CFG scale: ").append(recipe.guidanceScale());
    }
    if (recipe.guidance() != null) {
      text.append(", Boxes: ").append(recipe.guidance().layout().boxes().size());
    }
    var size = frame.rectangle();
    text.append(", Size: ").append(size.width()).append('x').append(size.height());
    if (size.width() != frame.imageSide() || size.height() != frame.imageSide()) {
      text.append(", Whole image: ").append(frame.imageSide());
      text.append(", First row: ").append(size.row());
      text.append(", First column: ").append(size.column());
    }
    if (dive != null) {
      text.append(", Invented from here: depth ").append(dive.depth());
      text.append(", Whole dive: ").append(dive.side());
      text.append(", Dive row: ").append(dive.row());
      text.append(", Dive column: ").append(dive.column());
    }
    text.append(drawn("Drawn prompt", PromptPlace.PROMPT, recipe.prompt()));
    text.append(drawn("Drawn negative prompt", PromptPlace.NEGATIVE, recipe.negativePrompt()));
    text.append(", Model: ").append(ShownText.line(recipe.model()));
    text.append(", Model hash: ").append(shortHash(recipe.modelHash()));
    text.append(", Statistics: ").append(statistics);
    text.append(", Device: ").append(device.replace(", ", " "));
    text.append(", Precision: ").append(precision.replace(", ", " "));
    return text.append(", Version: ").append(software).toString();
  }

  /** What the seed drew among the choices of a prompt; empty where it has none. */
  private String drawn(String name, PromptPlace place, @Nullable String prompt) {
    return place
        .read(prompt == null ? "" : prompt, recipe.seed())
        .drawn()
        .map(drawn -> StrictJson.lines().writeValueAsString(ShownText.line(drawn)))
        .map(quoted -> ", " + name + ": " + quoted)
        .orElse("");
  }

  private String sampler() {
    return switch (recipe.sampler()) {
      case DDIM -> String.format(Locale.ROOT, "DDIM eta %s", recipe.eta());
      case DPMPP -> "DPM++ 2M";
      case EULER -> "Euler";
      case EULER_A -> "Euler a";
    };
  }

  private static String shortHash(String hash) {
    return hash.substring(0, Math.min(10, hash.length()));
  }
}
