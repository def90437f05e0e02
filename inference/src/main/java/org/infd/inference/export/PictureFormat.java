package org.infd.inference.export;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The formats that pictures are written in: 8-bit RGB each. */
public enum PictureFormat {
  /** Without loss, deflated. Any size. */
  PNG("PNG", Integer.MAX_VALUE, ".png", ".png"),
  /** With loss, small. */
  JPEG("JPEG", 65_535, ".jpg", ".jpeg"),
  /** Without loss, not compressed: every program reads it. Up to 4 GB. */
  TIFF("TIFF", Integer.MAX_VALUE, ".tif", ".tiff");

  private final String title;
  private final int largestSide;
  private final String ending;
  private final String otherEnding;

  PictureFormat(String title, int largestSide, String ending, String otherEnding) {
    this.title = title;
    this.largestSide = largestSide;
    this.ending = ending;
    this.otherEnding = otherEnding;
  }

  /** What people call it. */
  public String title() {
    return title;
  }

  /** The most pixels that a row or a column can have. */
  public int largestSide() {
    return largestSide;
  }

  /** The endings of its files, with their dots, the usual one first. */
  public List<String> endings() {
    return ending.equals(otherEnding) ? List.of(ending) : List.of(ending, otherEnding);
  }

  /** The format that a file name asks for by its ending. */
  public static Optional<PictureFormat> of(Path file) {
    var name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    return Arrays.stream(values())
        .filter(format -> format.endings().stream().anyMatch(name::endsWith))
        .findFirst();
  }
}
