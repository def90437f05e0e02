package org.infd.app.engine;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.IntBuffer;
import javax.imageio.ImageIO;
import org.infd.inference.field.DisplayColours;
import org.infd.inference.tensor.Tensor;

/** A small picture as a PNG in memory. */
final class Thumbnail {
  private Thumbnail() {}

  /**
   * Encodes a picture.
   *
   * @param rgb (1, 3, height, width) in [−1, 1]
   */
  static byte[] png(Tensor rgb) {
    int height = rgb.extent(2);
    int width = rgb.extent(3);
    var pixels = IntBuffer.allocate(height * width);
    DisplayColours.toArgb(rgb, pixels);
    var image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    image.setRGB(0, 0, width, height, pixels.array(), 0, width);
    var bytes = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "png", bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
