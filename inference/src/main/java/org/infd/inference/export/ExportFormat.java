package org.infd.inference.export;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Everything that a picture can be exported as: a file, or a folder of tiles. */
public enum ExportFormat {
  /** One file without loss. Any size. */
  PNG("PNG", ".png"),
  /** One small file with loss. */
  JPEG("JPEG", ".jpg .jpeg"),
  /** One file, not compressed; beyond 4 GB as {@link #BIGTIFF}. */
  TIFF("TIFF", ".tif .tiff"),
  /** One file in tiles, with all smaller sizes. */
  BIGTIFF("BigTIFF", ""),
  /** A folder of tiles that most viewers of large pictures take. */
  DZI("Deep Zoom", ""),
  /** A folder of tiles that a web server gives out as the IIIF Image API. */
  IIIF("IIIF", "");

  private final String title;

  /** Of its files, a blank between them. */
  private final String endings;

  ExportFormat(String title, String endings) {
    this.title = title;
    this.endings = endings;
  }

  /** What people call it. */
  public String title() {
    return title;
  }

  /** Whether it is a folder of many files. */
  public boolean isFolder() {
    return this == DZI || this == IIIF;
  }

  private boolean hasEnding(String name) {
    return !endings.isEmpty() && Stream.of(endings.split(" ")).anyMatch(name::endsWith);
  }

  /** The format that a name asks for by its ending. */
  public static Optional<ExportFormat> of(Path file) {
    var name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    return Arrays.stream(values()).filter(format -> format.hasEnding(name)).findFirst();
  }
}
