package org.infd.app.photo;

import java.awt.image.BufferedImage;
import java.nio.ByteBuffer;
import java.util.Optional;
import javafx.scene.image.Image;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.generation.Photo;
import org.jspecify.annotations.Nullable;

/** A picture from the clipboard: it has no file, so its pixels are what its hash is of. */
public final class PastedPicture {
  private PastedPicture() {}

  /** The picture as a photo; empty where the clipboard has none after all. */
  public static Optional<Photo> of(@Nullable Image image) {
    var reader = image == null ? null : image.getPixelReader();
    if (image == null || reader == null || image.getWidth() < 1 || image.getHeight() < 1) {
      return Optional.empty();
    }
    int width = (int) image.getWidth();
    int height = (int) image.getHeight();
    var picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_ARGB);
    var bytes = ByteBuffer.allocate(8 + 4 * width * height).putInt(width).putInt(height);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int argb = reader.getArgb(x, y);
        picture.setRGB(x, y, argb);
        bytes.putInt(argb);
      }
    }
    return Optional.of(Photo.of("pasted picture", ModelBundle.sha256(bytes.array()), picture));
  }
}
