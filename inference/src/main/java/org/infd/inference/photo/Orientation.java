package org.infd.inference.photo;

import com.drew.imaging.ImageProcessingException;
import com.drew.imaging.jpeg.JpegMetadataReader;
import com.drew.lang.ByteArrayReader;
import com.drew.metadata.Metadata;
import com.drew.metadata.exif.ExifIFD0Directory;
import com.drew.metadata.exif.ExifReader;
import com.twelvemonkeys.imageio.metadata.tiff.TIFF;
import com.twelvemonkeys.imageio.plugins.tiff.TIFFImageMetadata;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
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

  /** What a file other than a TIFF says; upright if it says nothing or is damaged. */
  static Orientation of(FileKind kind, byte[] file) {
    try {
      for (var directory : metadata(kind, file).getDirectoriesOfType(ExifIFD0Directory.class)) {
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
    var entry = tiff.getTIFFField(TIFF.TAG_ORIENTATION);
    return entry != null
            && entry.getValue() instanceof Number code
            && code.intValue() >= 1
            && code.intValue() <= 8
        ? new Orientation(code.intValue())
        : UPRIGHT;
  }

  private static Metadata metadata(FileKind kind, byte[] file)
      throws ImageProcessingException, IOException {
    var stream = new ByteArrayInputStream(file);
    return switch (kind) {
      case JPEG -> JpegMetadataReader.readMetadata(stream, List.of(new ExifReader()));
      case WEBP -> exif(WebpChunks.of(file).exif());
      case PNG -> exif(PngFile.of(file, () -> {}).content("eXIf"));
      default -> new Metadata();
    };
  }

  private static Metadata exif(Optional<byte[]> data) {
    var found = new Metadata();
    data.ifPresent(exif -> new ExifReader().extract(new ByteArrayReader(exif), found));
    return found;
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
