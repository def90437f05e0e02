package org.infd.inference.export;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Everything that a picture can be exported as: a file, or a folder of tiles. */
public enum ExportFormat {
  /** One file without loss. Any size. */
  PNG(PictureFormat.PNG),
  /** One small file with loss. */
  JPEG(PictureFormat.JPEG),
  /** One file, not compressed; beyond 4 GB as {@link #BIGTIFF}. */
  TIFF(PictureFormat.TIFF),
  /** One file in tiles, with all smaller sizes. */
  BIGTIFF("BigTIFF"),
  /** A folder of tiles that most viewers of large pictures take. */
  DZI("Deep Zoom"),
  /** A folder of tiles that a web server gives out as the IIIF Image API. */
  IIIF("IIIF");

  private final String title;

  /** Whose endings its files have; null where a name says nothing. */
  private final @Nullable PictureFormat named;

  ExportFormat(PictureFormat named) {
    this.title = named.title();
    this.named = named;
  }

  ExportFormat(String title) {
    this.title = title;
    this.named = null;
  }

  /** What people call it. */
  public String title() {
    return title;
  }

  /** Whether it is a folder of many files. */
  public boolean isFolder() {
    return this == DZI || this == IIIF;
  }

  /** The endings of its files, with their dots, the usual one first; none for a folder. */
  public List<String> endings() {
    return this == BIGTIFF
        ? PictureFormat.TIFF.endings()
        : named == null ? List.of() : named.endings();
  }

  /** The format that a name asks for by its ending. */
  public static Optional<ExportFormat> of(Path file) {
    return PictureFormat.of(file)
        .flatMap(found -> Arrays.stream(values()).filter(all -> all.named == found).findFirst());
  }
}
