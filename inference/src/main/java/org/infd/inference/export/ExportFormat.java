package org.infd.inference.export;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Everything that a picture can be exported as: a file, or a folder of tiles. */
public enum ExportFormat {
  /** One file without loss. Any size. */
  PNG("PNG", List.of(".png")),
  /** One small file with loss. */
  JPEG("JPEG", List.of(".jpg", ".jpeg")),
  /** One file, not compressed; beyond 4 GB as {@link #BIGTIFF}. */
  TIFF("TIFF", List.of(".tif", ".tiff")),
  /** One file in tiles, with all smaller sizes. */
  BIGTIFF("BigTIFF", List.of()),
  /** A folder of tiles that most viewers of large pictures take. */
  DZI("Deep Zoom", List.of()),
  /** A folder of tiles that a web server gives out as the IIIF Image API. */
  IIIF("IIIF", List.of());

  private final String title;
  private final List<String> endings;

  ExportFormat(String title, List<String> endings) {
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

  /** The format that a name asks for by its ending. */
  public static Optional<ExportFormat> of(Path file) {
    var name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    return Arrays.stream(values())
        .filter(format -> format.endings.stream().anyMatch(name::endsWith))
        .findFirst();
  }
}
