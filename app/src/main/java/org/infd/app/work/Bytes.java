package org.infd.app.work;

import org.infd.inference.NumberText;

/** Sizes on disk, in words. */
public final class Bytes {
  private static final String[] UNITS = {"bytes", "KB", "MB", "GB", "TB"};

  private Bytes() {}

  /**
   * In the numbers of the user's choice, for example "512 bytes", "37 KB", "1.4 GB"; a unit is 1024
   * of the one before.
   */
  public static String text(long bytes) {
    double size = bytes;
    int unit = 0;
    while (size >= 1024 && unit < UNITS.length - 1) {
      size /= 1024;
      unit++;
    }
    return unit == 0 || size >= 9.95 || size == Math.rint(size)
        ? Math.round(size) + " " + UNITS[unit]
        : NumberText.format("%.1f %s", size, UNITS[unit]);
  }
}
