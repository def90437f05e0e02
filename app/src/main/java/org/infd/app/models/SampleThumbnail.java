package org.infd.app.models;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.IntBuffer;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import org.infd.inference.field.DisplayColours;
import org.infd.inference.tensor.Tensor;

/** A small JPEG of a picture. */
public final class SampleThumbnail {
  /** Its side in pixels: sharp on the start page also at 125 %. */
  public static final int SIDE = 256;

  /** What one may take, so that they weigh nothing beside the model. */
  public static final int LARGEST = 12 << 10;

  private static final float BEST = 0.92f;
  private static final float WORST = 0.2f;
  private static final float STEP = 0.06f;

  private SampleThumbnail() {}

  /**
   * The best JPEG that is not larger than {@link #LARGEST}.
   *
   * @param rgb (1, 3, height, width) in [−1, 1]
   */
  public static byte[] jpeg(Tensor rgb) {
    int height = rgb.extent(2);
    int width = rgb.extent(3);
    var pixels = IntBuffer.allocate(height * width);
    DisplayColours.toArgb(rgb, pixels);
    var image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    image.setRGB(0, 0, width, height, pixels.array(), 0, width);
    try {
      var bytes = jpeg(image, BEST);
      for (float quality = BEST - STEP; bytes.length > LARGEST && quality > WORST; ) {
        bytes = jpeg(image, quality);
        quality -= STEP;
      }
      return bytes;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] jpeg(BufferedImage image, float quality) throws IOException {
    var writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    var bytes = new ByteArrayOutputStream();
    try (var stream = ImageIO.createImageOutputStream(bytes)) {
      writer.setOutput(stream);
      var wish = writer.getDefaultWriteParam();
      wish.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      wish.setCompressionQuality(quality);
      writer.write(null, new IIOImage(image, null, null), wish);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }
}
