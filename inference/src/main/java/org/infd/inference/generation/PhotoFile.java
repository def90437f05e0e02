package org.infd.inference.generation;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CancellationException;
import org.infd.inference.NumberText;
import org.infd.inference.Problem;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.photo.PictureReader;
import org.infd.inference.runtime.Cancellation;

/** Reads pictures of any origin, upright, with the hash that recipes name them by. */
public final class PhotoFile {
  /** Larger files are no photos. */
  private static final long LARGEST_FILE = 512L << 20;

  private PhotoFile() {}

  /**
   * Reads a PNG, JPEG, TIFF, BMP, GIF or WebP. Blocks for seconds where it is large.
   *
   * @param cancellation gives up soon
   * @throws Problem if it cannot be read or is no picture
   * @throws CancellationException if it was asked for
   */
  public static Photo read(Path file, Cancellation cancellation) {
    var name = String.valueOf(file.getFileName());
    try {
      if (!Files.exists(file)) {
        throw new Problem("There is no file " + file + ".");
      }
      if (Files.isDirectory(file)) {
        throw new Problem(NumberText.format("'%s' is a folder. Choose a picture in it.", name));
      }
      if (!Files.isRegularFile(file)) {
        throw new Problem(file + " is not a file. Choose a picture.");
      }
      if (Files.size(file) > LARGEST_FILE) {
        throw new Problem(
            NumberText.format(
                "'%s' is far larger than a photo: %d MB, and files up to %d MB are read. Make it"
                    + " smaller in another program.",
                name, Files.size(file) >> 20, LARGEST_FILE >> 20));
      }
      var bytes = Files.readAllBytes(file);
      return Photo.of(
          name, ModelBundle.sha256(bytes), PictureReader.read(name, bytes, cancellation));
    } catch (AccessDeniedException e) {
      throw new Problem(
          NumberText.format(
              "'%s' cannot be read: permission is missing. Choose another file, or change its"
                  + " permissions.",
              name),
          e);
    } catch (IOException e) {
      throw new Problem(
          NumberText.format(
              "'%s' cannot be read from where it lies. Copy it to this machine's disk, and open"
                  + " that.",
              name),
          e);
    }
  }
}
