package org.infd.inference.export;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.concurrent.CancellationException;
import javax.imageio.IIOException;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.infd.inference.Problem;
import org.infd.inference.field.FieldRenderer;
import org.infd.inference.runtime.Cancellation;

/**
 * Writes pictures of any size as 8-bit RGB PNG. Only two bands of rows exist at a time, one being
 * rendered while the other is being compressed, so memory grows with the width alone. The file
 * appears when it is whole ({@link AtomicFile}).
 */
public final class PngExport {
  /**
   * 0 (smallest) to 1 (fastest): 0.7 is deflate level 3. On soft synthetic pictures it wrote 7
   * megapixels a second on one core; levels 1 to 5 differ by under 2 % in size.
   */
  private static final float COMPRESSION = 0.7f;

  private PngExport() {}

  /** Told from the rendering thread how far an export is. */
  @FunctionalInterface
  public interface Progress {
    /** Tells nobody. */
    Progress NONE = (done, total) -> {};

    /**
     * Called after each tile.
     *
     * @param done pixels rendered
     * @param total pixels of the picture
     */
    void pixels(long done, long total);
  }

  /**
   * Renders and writes a picture. Blocks until it is on the disk.
   *
   * @param target the file to make or to replace
   * @param renderer gives the colours, tile by tile
   * @param frame which pixels of which image
   * @param text what the file says of itself
   * @param cancellation stops between tiles and, as far as the renderer heeds it, within one
   * @throws Problem if the file cannot be written; nothing is left of it
   * @throws CancellationException if it was asked for; nothing is left of it
   */
  public static void write(
      Path target,
      FieldRenderer renderer,
      Frame frame,
      PngText text,
      Progress progress,
      Cancellation cancellation) {
    write(target, renderer, frame, text, progress, cancellation, AtomicFile.Disk.REAL);
  }

  static void write(
      Path target,
      FieldRenderer renderer,
      Frame frame,
      PngText text,
      Progress progress,
      Cancellation cancellation,
      AtomicFile.Disk disk) {
    PictureExport.write(
        target,
        PictureExport.Encoding.of(PictureFormat.PNG),
        renderer,
        frame,
        text,
        progress,
        cancellation,
        disk);
  }

  static void encode(BandedImage image, PngText text, OutputStream stream) throws IOException {
    var writer = writer();
    try (var output = new MemoryCacheImageOutputStream(stream)) {
      var settings = writer.getDefaultWriteParam();
      settings.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      settings.setCompressionQuality(COMPRESSION);
      var metadata =
          writer.getDefaultImageMetadata(
              ImageTypeSpecifier.createFromRenderedImage(image), settings);
      var tree = text.tree();
      metadata.mergeTree(tree.getNodeName(), tree);
      writer.setOutput(output);
      writer.write(null, new IIOImage(image, null, metadata), settings);
    } catch (IIOException e) {
      // the writer wraps what the disk said
      throw e.getCause() instanceof IOException cause ? cause : e;
    } finally {
      writer.dispose();
    }
  }

  private static ImageWriter writer() {
    var writers = ImageIO.getImageWritersByFormatName("png");
    if (!writers.hasNext()) {
      throw new Problem("This Java runtime cannot write PNG. Use a full JDK 25 or newer.");
    }
    return writers.next();
  }
}
