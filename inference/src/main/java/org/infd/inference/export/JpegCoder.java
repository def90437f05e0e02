package org.infd.inference.export;

import java.awt.Point;
import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.infd.inference.Problem;

/** Compresses pixels in memory by the JDK's baseline JPEG: YCbCr, its colours at half the scale. */
final class JpegCoder {
  /** The library behind it allows no more in either direction. */
  static final int LARGEST_SIDE = 65_500;

  private static final int CHANNELS = 3;

  private JpegCoder() {}

  /**
   * A whole JPEG file.
   *
   * @param rgb rows × columns × RGB
   * @param quality 0 (smallest) to 1 (best)
   */
  static byte[] encode(byte[] rgb, int height, int width, float quality) throws IOException {
    var colours =
        new ComponentColorModel(
            ColorSpace.getInstance(ColorSpace.CS_sRGB),
            false,
            false,
            Transparency.OPAQUE,
            DataBuffer.TYPE_BYTE);
    var raster =
        Raster.createInterleavedRaster(
            new DataBufferByte(rgb, rgb.length),
            width,
            height,
            width * CHANNELS,
            CHANNELS,
            new int[] {0, 1, 2},
            new Point(0, 0));
    var image = new BufferedImage(colours, raster, false, null);
    var writer = writer();
    var bytes = new ByteArrayOutputStream();
    try (var output = new MemoryCacheImageOutputStream(bytes)) {
      var settings = writer.getDefaultWriteParam();
      settings.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      settings.setCompressionQuality(quality);
      writer.setOutput(output);
      writer.write(null, new IIOImage(image, null, null), settings);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  private static ImageWriter writer() {
    var writers = ImageIO.getImageWritersByFormatName("jpeg");
    if (!writers.hasNext()) {
      throw new Problem("This Java runtime cannot write JPEG. Choose PNG.");
    }
    return writers.next();
  }
}
