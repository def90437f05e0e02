package org.infd.inference.export;

/**
 * The row filters of PNG: each row is told by its difference from its neighbours, in the one of
 * five ways whose differences are smallest in sum, which compresses best as a rule. For one thread.
 */
final class PngFilter {
  private static final int CHANNELS = 3;
  private static final int KINDS = 5;

  private final int width;
  private final byte[][] tried;
  private final byte[] nothing;

  /**
   * @param width bytes of a row
   */
  PngFilter(int width) {
    this.width = width;
    tried = new byte[KINDS][width];
    nothing = new byte[width];
  }

  /**
   * Filters a band; its first row knows no row above.
   *
   * @param rgb rows × columns × RGB
   * @return per row the number of the filter and its bytes
   */
  byte[] filter(byte[] rgb, int rows) {
    var filtered = new byte[rows * (width + 1)];
    for (int row = 0; row < rows; row++) {
      int at = row * width;
      // the row above the first is not in the band: there only what looks left is allowed
      int kinds = row == 0 ? 2 : KINDS;
      differences(rgb, at, row == 0 ? nothing : rgb, row == 0 ? 0 : at - width);
      int best = 0;
      long least = Long.MAX_VALUE;
      for (int kind = 0; kind < kinds; kind++) {
        long sum = 0;
        for (byte value : tried[kind]) {
          sum += Math.abs(value);
        }
        if (sum < least) {
          least = sum;
          best = kind;
        }
      }
      filtered[row * (width + 1)] = (byte) best;
      System.arraycopy(tried[best], 0, filtered, row * (width + 1) + 1, width);
    }
    return filtered;
  }

  /** What each filter makes of a row. */
  private void differences(byte[] rgb, int at, byte[] above, int up) {
    System.arraycopy(rgb, at, tried[0], 0, width);
    for (int i = 0; i < width; i++) {
      tried[2][i] = (byte) (rgb[at + i] - above[up + i]);
    }
    for (int i = 0; i < Math.min(CHANNELS, width); i++) {
      tried[1][i] = rgb[at + i];
      tried[3][i] = (byte) (rgb[at + i] - ((above[up + i] & 0xFF) >> 1));
      tried[4][i] = tried[2][i];
    }
    for (int i = CHANNELS; i < width; i++) {
      tried[1][i] = (byte) (rgb[at + i] - rgb[at + i - CHANNELS]);
    }
    for (int i = CHANNELS; i < width; i++) {
      int left = rgb[at + i - CHANNELS] & 0xFF;
      tried[3][i] = (byte) (rgb[at + i] - ((left + (above[up + i] & 0xFF)) >> 1));
    }
    for (int i = CHANNELS; i < width; i++) {
      int left = rgb[at + i - CHANNELS] & 0xFF;
      int upper = above[up + i] & 0xFF;
      int corner = above[up + i - CHANNELS] & 0xFF;
      tried[4][i] = (byte) (rgb[at + i] - paeth(left, upper, corner));
    }
  }

  /** The neighbour that is nearest to left + above − corner. */
  private static int paeth(int left, int upper, int corner) {
    int byLeft = Math.abs(upper - corner);
    int byUpper = Math.abs(left - corner);
    int byCorner = Math.abs(left + upper - 2 * corner);
    if (byLeft <= byUpper && byLeft <= byCorner) {
      return left;
    }
    return byUpper <= byCorner ? upper : corner;
  }
}
