package org.infd.app.engine;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.IntBuffer;
import java.nio.file.Path;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.infd.app.viewer.PixelImage;
import org.infd.inference.Problem;
import org.infd.inference.generation.FieldFile;

/** Reads small pictures that are shown, enlarged, until the real one has come. */
public final class SmallPicture {
  private static final System.Logger LOG = System.getLogger(SmallPicture.class.getName());

  /** Larger ones are no stand-ins, and cost more than they are worth. */
  private static final int LARGEST_SIDE = 1024;

  private static final int OPAQUE = 0xFF000000;

  private SmallPicture() {}

  /** The small picture in a field file; empty where there is none, or it cannot be read. */
  public static Optional<PixelImage> ofField(Path file) {
    try {
      var png = FieldFile.thumbnail(file);
      return png.isEmpty() ? Optional.empty() : read(new ByteArrayInputStream(png.get()));
    } catch (IOException | Problem e) {
      // who opens the file says what is wrong with it
      LOG.log(System.Logger.Level.DEBUG, "no small picture in " + file, e);
      return Optional.empty();
    }
  }

  private static Optional<PixelImage> read(InputStream from) throws IOException {
    try (var stream = ImageIO.createImageInputStream(from)) {
      var readers = ImageIO.getImageReaders(stream);
      if (!readers.hasNext()) {
        return Optional.empty();
      }
      var reader = readers.next();
      try {
        reader.setInput(stream, true, true);
        boolean isSmall = reader.getWidth(0) <= LARGEST_SIDE && reader.getHeight(0) <= LARGEST_SIDE;
        return isSmall ? Optional.of(pixels(reader.read(0))) : Optional.empty();
      } catch (RuntimeException e) {
        // the readers of the platform say so of damaged files too
        throw new IOException(e);
      } finally {
        reader.dispose();
      }
    }
  }

  private static PixelImage pixels(BufferedImage image) {
    int width = image.getWidth();
    int height = image.getHeight();
    var argb = image.getRGB(0, 0, width, height, null, 0, width);
    for (int i = 0; i < argb.length; i++) {
      argb[i] |= OPAQUE;
    }
    return new PixelImage(width, height, IntBuffer.wrap(argb));
  }
}
