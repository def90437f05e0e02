package org.infd.app.cli;

import java.nio.file.Path;
import org.infd.inference.Problem;
import org.infd.inference.export.Frame;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The square picture that a command writes where it is asked to. */
final class PictureOptions {
  @Option(
      names = "--size",
      paramLabel = "N",
      defaultValue = "2048",
      description =
          "The side of the square picture in pixels, 1 to 1048576 (default: ${DEFAULT-VALUE}).")
  private long size;

  @Option(
      names = {"-o", "--out"},
      paramLabel = "FILE.png",
      description =
          "The picture to write: .png, .jpg or .tif, by its ending; replaced if it exists.")
  private @Nullable Path out;

  /**
   * The whole square picture.
   *
   * @throws Problem if no picture can have that side
   */
  Frame frame() {
    return Frame.square(size);
  }

  /** The picture to write, or null. */
  @Nullable Path out() {
    return out;
  }
}
