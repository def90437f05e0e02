package org.infd.app.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import org.infd.exporter.ImportOptions.LatentDiffusion;
import org.infd.inference.FileName;
import org.infd.inference.Problem;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What can be said of a bundle that is made. */
final class BundleOptions {
  @Option(
      names = {"-o", "--out"},
      paramLabel = "BUNDLE_DIR",
      description = "The folder to make (default: among your models, under the id).")
  private @Nullable Path out;

  @Option(
      names = "--id",
      description = "A short name: lower-case letters, digits, '-' (default: from the file name).")
  private @Nullable String id;

  @Option(names = "--name", description = "What people are shown (default: from the file name).")
  private @Nullable String name;

  @Option(
      names = "--fp16",
      description = "Store weights as 16-bit floats: half the size, computed in 32 bits.")
  private boolean half;

  @Option(
      names = "--trained-scale",
      paramLabel = "MIN..MAX",
      converter = ScaleRange.Converter.class,
      description =
          "The image sides in pixels that the renderer was trained on (default: what the"
              + " checkpoint says).")
  private @Nullable ScaleRange trainedScale;

  @Option(
      names = "--sharp-side",
      paramLabel = "N",
      description =
          "The side of the whole image in pixels down to which its own detail is sharp, and from"
              + " which on a dive invents: the encoder's side times 2, 4, 8 (default: measured).")
  private int sharpSide;

  @Option(
      names = "--overwrite",
      description = "Replace a model, or the CLIP of one, that is there.")
  private boolean overwrite;

  @Option(
      names = {"--licence", "--license"},
      paramLabel = "TEXT",
      description = "The terms under which the weights may be used (default: unknown).")
  private @Nullable String licence;

  /** Whether anything but replacing was said. */
  boolean areGiven() {
    return out != null
        || id != null
        || name != null
        || half
        || trainedScale != null
        || sharpSide != 0;
  }

  boolean overwrites() {
    return overwrite;
  }

  /**
   * What is to be made of a file.
   *
   * @throws Problem if the folder cannot be made
   */
  Services.ImportRequest request(Path file, LatentDiffusion latentDiffusion) {
    if (out != null) {
      FileName.requirePossible(out);
      if (!Files.isDirectory(parent(out))) {
        throw new Problem(
            "There is no folder " + parent(out) + ". Make it first or choose another.");
      }
    }
    return new Services.ImportRequest(
        file, out, id, name, half, trainedScale, sharpSide, latentDiffusion, overwrite, licence);
  }

  private static Path parent(Path file) {
    var parent = file.toAbsolutePath().normalize().getParent();
    return parent == null ? file : parent;
  }
}
