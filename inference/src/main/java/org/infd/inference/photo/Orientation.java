package org.infd.inference.photo;

import com.drew.imaging.ImageProcessingException;
import com.drew.metadata.Metadata;
import com.drew.metadata.exif.ExifIFD0Directory;
import com.twelvemonkeys.imageio.metadata.tiff.TIFF;
import com.twelvemonkeys.imageio.plugins.tiff.TIFFImageMetadata;
import java.io.IOException;
import java.util.Optional;

/**
 * How a camera was held, as the Exif data of a JPEG, PNG or WebP or the first directory of a TIFF
 * says it (Exif 2.3, tag 0x0112): readers of pixels do not look at it.
 *
 * @param code 1 (upright) to 8
 */
record Orientation(int code) {
  /** The way it is stored. */
  static final Orientation UPRIGHT = new Orientation(1);

  /** What a JPEG says; upright if it says nothing or is damaged. */
  static Orientation ofJpeg(byte[] file) {
    return of(() -> ExifData.ofJpeg(file));
  }

  /** What Exif data say; upright if there are none, or they say nothing or are damaged. */
  static Orientation ofExif(Optional<byte[]> data) {
    return of(() -> ExifData.of(data));
  }

  /** Gives metadata. */
  @FunctionalInterface
  private interface Source {
    Metadata metadata() throws ImageProcessingException, IOException;
  }

  private static Orientation of(Source source) {
    try {
      for (var directory : source.metadata().getDirectoriesOfType(ExifIFD0Directory.class)) {
        var code = directory.getInteger(ExifIFD0Directory.TAG_ORIENTATION);
        if (code != null && code >= 1 && code <= 8) {
          return new Orientation(code);
        }
      }
      return UPRIGHT;
    } catch (ImageProcessingException | IOException | RuntimeException e) {
      // damaged metadata come with all sorts of exceptions, and the pixels may be sound
      return UPRIGHT;
    }
  }

  /** What the first directory of a TIFF says; upright if it says nothing. */
  static Orientation of(TIFFImageMetadata tiff) {
    int code = TiffFields.number(tiff, TIFF.TAG_ORIENTATION).orElse(1);
    return code >= 1 && code <= 8 ? new Orientation(code) : UPRIGHT;
  }

  /** Whether rows become columns. */
  boolean isAcross() {
    return code >= 5;
  }

  /**
   * The picture as it was seen.
   *
   * @param pixels row by row
   * @param width columns as they are stored
   * @param height rows as they are stored
   */
  int[] upright(int[] pixels, int width, int height) {
    var upright = new int[pixels.length];
    int newWidth = isAcross() ? height : width;
    for (int y = 0; y < height; y++) {
      int below = height - 1 - y;
      // where the first pixel of a stored row goes, and where each next one
      int start =
          switch (code) {
            case 2 -> y * newWidth + width - 1;
            case 3 -> below * newWidth + width - 1;
            case 4 -> below * newWidth;
            case 5 -> y;
            case 6 -> below;
            case 7 -> (width - 1) * newWidth + below;
            case 8 -> (width - 1) * newWidth + y;
            default -> y * newWidth;
          };
      int step =
          switch (code) {
            case 2, 3 -> -1;
            case 5, 6 -> newWidth;
            case 7, 8 -> -newWidth;
            default -> 1;
          };
      for (int x = 0; x < width; x++) {
        upright[start + x * step] = pixels[y * width + x];
      }
    }
    return upright;
  }
}
