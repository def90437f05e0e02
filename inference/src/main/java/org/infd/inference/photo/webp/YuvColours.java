package org.infd.inference.photo.webp;

/**
 * Brightness and differences of colour as red, green and blue (ITU-R BT.601, as RFC 9649, 2.5 asks
 * for). Colours are stored at half the resolution; between their samples it goes on evenly, as in
 * the reference decoder.
 */
final class YuvColours {
  private static final int BITS = 16;
  private static final int HALF = 1 << (BITS - 1);
  private static final int LUMA = 76_309;
  private static final int RED = 104_597;
  private static final int GREEN_OF_BLUE = 25_675;
  private static final int GREEN_OF_RED = 53_279;
  private static final int BLUE = 132_201;
  private static final int BLACK = 16;
  private static final int MIDDLE = 128;
  private static final int LARGEST = 255;

  private final Plane luma;
  private final Plane blue;
  private final Plane red;
  private final int columns;
  private final int rows;

  YuvColours(Plane luma, Plane blue, Plane red, int width, int height) {
    this.luma = luma;
    this.blue = blue;
    this.red = red;
    columns = (width + 1) / 2;
    rows = (height + 1) / 2;
  }

  /** 0xRRGGBB. */
  int at(int row, int column) {
    int near = row / 2;
    int far = Math.clamp(row % 2 == 0 ? near - 1 : near + 1, 0, rows - 1);
    int here = column / 2;
    int there = Math.clamp(column % 2 == 0 ? here - 1 : here + 1, 0, columns - 1);
    int one = luma.at(row, column);
    int y = LUMA * ((luma.samples[one] & LARGEST) - BLACK) + HALF;
    int u = between(blue, near, far, here, there) - MIDDLE;
    int v = between(red, near, far, here, there) - MIDDLE;
    return byteOf(y + RED * v) << 16
        | byteOf(y - GREEN_OF_BLUE * u - GREEN_OF_RED * v) << 8
        | byteOf(y + BLUE * u);
  }

  /** 9/16 of the nearest, 3/16 of its two neighbours, 1/16 of the one across. */
  private static int between(Plane plane, int near, int far, int here, int there) {
    int nearest = plane.samples[plane.at(near, here)] & LARGEST;
    int beside = plane.samples[plane.at(near, there)] & LARGEST;
    int above = plane.samples[plane.at(far, here)] & LARGEST;
    int across = plane.samples[plane.at(far, there)] & LARGEST;
    return (((nearest + 3 * (beside + above) + across + 8) >> 3) + nearest) >> 1;
  }

  private static int byteOf(int value) {
    return Math.clamp(value >> BITS, 0, LARGEST);
  }
}
