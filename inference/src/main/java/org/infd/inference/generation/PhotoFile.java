package org.infd.inference.generation;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import org.infd.inference.Problem;
import org.infd.inference.bundle.ModelBundle;

/** Reads pictures of any origin, upright, with the hash that recipes name them by. */
public final class PhotoFile {
  /** Larger files are no photos. */
  private static final long LARGEST_FILE = 512L << 20;

  /** What is read at most, in pixels: larger photos are thinned out while they are read. */
  private static final long MOST_PIXELS = 100_000_000;

  private PhotoFile() {}

  /**
   * Reads a file that the Java runtime can read: PNG, JPEG, TIFF, BMP, GIF, WBMP.
   *
   * @throws Problem if it cannot be read or is no picture
   */
  public static Photo read(Path file) {
    try {
      if (!Files.isRegularFile(file)) {
        throw new Problem("There is no file " + file + ".");
      }
      if (Files.size(file) > LARGEST_FILE) {
        throw new Problem(file + " is far larger than a photo. Choose another file.");
      }
      var bytes = Files.readAllBytes(file);
      var picture = decode(bytes);
      if (picture == null) {
        throw new Problem(
            "'%s' is no picture that can be read. PNG, JPEG, TIFF, BMP and GIF can."
                .formatted(file.getFileName()));
      }
      return Photo.of(
          String.valueOf(file.getFileName()),
          ModelBundle.sha256(bytes),
          Orientation.of(bytes).upright(picture));
    } catch (IOException e) {
      throw new Problem(
          "'%s' cannot be read: it is damaged, or permission is missing. Choose another file."
              .formatted(file.getFileName()),
          e);
    }
  }

  private static @org.jspecify.annotations.Nullable BufferedImage decode(byte[] bytes)
      throws IOException {
    try (var stream = ImageIO.createImageInputStream(new ByteArrayInputStream(bytes))) {
      var readers = ImageIO.getImageReaders(stream);
      if (!readers.hasNext()) {
        return null;
      }
      var reader = readers.next();
      try {
        return decode(reader, stream);
      } catch (RuntimeException e) {
        // readers meet damaged files with all sorts of exceptions
        throw new IOException(e);
      } finally {
        reader.dispose();
      }
    }
  }

  private static BufferedImage decode(ImageReader reader, ImageInputStream stream)
      throws IOException {
    reader.setInput(stream, true, true);
    var settings = reader.getDefaultReadParam();
    long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
    int thinning = 1;
    while (pixels / ((long) thinning * thinning) > MOST_PIXELS) {
      thinning++;
    }
    settings.setSourceSubsampling(thinning, thinning, 0, 0);
    return reader.read(0, settings);
  }
}
