package org.infd.app.opening;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.infd.inference.generation.FieldFile;

/** What a file is that the user handed in, by its name. */
public enum DroppedFile {
  /** A field of ours. */
  FIELD,
  /** A picture of pixels, ours or anybody's. */
  PICTURE,
  /** A layout. */
  LAYOUT,
  /** Nothing that opens here. */
  OTHER;

  /** The endings of pictures that can be read. */
  static final List<String> PICTURES =
      List.of(".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".gif", ".webp");

  /** The endings of pictures that cannot: their reader says what to do. */
  private static final List<String> OTHER_PICTURES =
      List.of(
          ".avif", ".heic", ".heif", ".jxl", ".jp2", ".j2k", ".psd", ".psb", ".xcf", ".svg",
          ".jfif", ".jpe", ".dng", ".cr2", ".cr3", ".crw", ".nef", ".arw", ".raf", ".orf", ".rw2",
          ".pef", ".srw", ".ppm", ".pgm", ".pbm", ".pnm", ".pam", ".tga", ".ico", ".pcx", ".exr",
          ".hdr", ".dds", ".pdf", ".eps", ".mp4", ".mov", ".avi", ".mkv", ".webm");

  /** Looks at the ending, in any case. */
  public static DroppedFile of(Path file) {
    var name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    if (name.endsWith(FieldFile.EXTENSION)) {
      return FIELD;
    }
    if (name.endsWith(".json")) {
      return LAYOUT;
    }
    return Stream.concat(PICTURES.stream(), OTHER_PICTURES.stream()).anyMatch(name::endsWith)
        ? PICTURE
        : OTHER;
  }
}
