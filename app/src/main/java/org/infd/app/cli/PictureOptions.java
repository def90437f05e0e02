package org.infd.app.cli;

import java.nio.file.Path;
import org.infd.inference.Problem;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.export.Frame;
import org.infd.inference.field.FixedPicture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The square picture that a command writes where it is asked to. */
final class PictureOptions {
  private static final int USUAL_SIDE = 2048;

  @Option(
      names = "--size",
      paramLabel = "N",
      description =
          "The side of the square picture in pixels, 1 to 1048576 (default: 2048, or that of a"
              + " model that draws one size).")
  private @Nullable Long size;

  @Option(
      names = {"-o", "--out"},
      paramLabel = "FILE.png",
      description =
          "The picture to write: .png, .jpg or .tif, by its ending; replaced if it exists.")
  private @Nullable Path out;

  /**
   * Refuses a side that no picture can have, before any model is looked at.
   *
   * @throws Problem if it is one
   */
  void requireSide() {
    if (size != null) {
      Frame.square(size);
    }
  }

  /**
   * The whole square picture.
   *
   * @throws Problem if the model draws none of that side
   */
  Frame frame(ModelBundle bundle) {
    var manifest = bundle.manifest();
    var frame =
        Frame.square(
            size != null
                ? size
                : FixedPicture.isOf(manifest) ? manifest.featureMap().height() : USUAL_SIDE);
    FixedPicture.requireSide(manifest, frame.imageSide());
    return frame;
  }

  /** The picture to write, or null. */
  @Nullable Path out() {
    return out;
  }
}
