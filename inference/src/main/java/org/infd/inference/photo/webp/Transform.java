package org.infd.inference.photo.webp;

/** What was done to the colours of a lossless picture before they were stored (RFC 9649, 3.5). */
sealed interface Transform {
  int OPAQUE = 0xFF000000;
  int EVEN_BYTES = 0x00FF00FF;
  int ODD_BYTES = 0xFF00FF00;

  /**
   * Undoes it.
   *
   * @param pixels row by row; changed
   * @param width columns before
   * @param rows how many rows count
   * @return the same array, or another where there are more columns now
   */
  int[] undo(int[] pixels, int width, int rows, Runnable check);

  /** The columns that are stored of so many. */
  default int storedWidth(int width) {
    return width;
  }

  /** Each byte of two colours, added without carry. */
  static int sum(int one, int other) {
    return ((one & EVEN_BYTES) + (other & EVEN_BYTES) & EVEN_BYTES)
        | ((one & ODD_BYTES) + (other & ODD_BYTES) & ODD_BYTES);
  }

  /** Greens were taken from reds and blues. */
  record Green() implements Transform {
    @Override
    public int[] undo(int[] pixels, int width, int rows, Runnable check) {
      for (int i = 0; i < width * rows; i++) {
        int green = pixels[i] >> 8 & 0xFF;
        pixels[i] =
            (pixels[i] & ODD_BYTES)
                | ((pixels[i] & EVEN_BYTES) + (green << 16 | green) & EVEN_BYTES);
      }
      return pixels;
    }
  }

  /** Parts of greens and reds were taken from reds and blues, by factors for each square. */
  @SuppressWarnings("ArrayRecordComponent") // made and used up by one decoder
  record Correlation(int bits, int across, int[] factors) implements Transform {
    @Override
    public int[] undo(int[] pixels, int width, int rows, Runnable check) {
      for (int y = 0; y < rows; y++) {
        check.run();
        for (int x = 0; x < width; x++) {
          int factor = factors[(y >> bits) * across + (x >> bits)];
          int colour = pixels[y * width + x];
          byte green = (byte) (colour >> 8);
          int red = (colour >> 16) + part(factor, green) & 0xFF;
          int blue = colour + part(factor >> 8, green) + part(factor >> 16, (byte) red) & 0xFF;
          pixels[y * width + x] = (colour & ODD_BYTES) | red << 16 | blue;
        }
      }
      return pixels;
    }

    private static int part(int factor, byte value) {
      return ((byte) factor * value) >> 5;
    }
  }

  /** Colours are places in a palette, several of them in a green where it is short. */
  @SuppressWarnings("ArrayRecordComponent") // made and used up by one decoder
  record Palette(int bits, int[] colours) implements Transform {
    /** The palette of so many colours, each stored as its difference to the one before. */
    static Palette of(int[] differences) {
      var colours = differences.clone();
      for (int i = 1; i < colours.length; i++) {
        colours[i] = sum(colours[i], colours[i - 1]);
      }
      int count = colours.length;
      return new Palette(count <= 2 ? 3 : count <= 4 ? 2 : count <= 16 ? 1 : 0, colours);
    }

    @Override
    public int storedWidth(int width) {
      return Math.ceilDiv(width, 1 << bits);
    }

    @Override
    public int[] undo(int[] pixels, int width, int rows, Runnable check) {
      int stored = storedWidth(width);
      int height = pixels.length / stored;
      var found = bits == 0 ? pixels : new int[width * height];
      int depth = Byte.SIZE >> bits;
      int mask = (1 << depth) - 1;
      for (int y = 0; y < rows; y++) {
        check.run();
        for (int x = 0; x < width; x++) {
          int packed = pixels[y * stored + (x >> bits)] >> 8 & 0xFF;
          int place = (packed >> ((x & ((1 << bits) - 1)) * depth)) & mask;
          // what lies behind the palette is clear
          found[y * width + x] = place < colours.length ? colours[place] : 0;
        }
      }
      return found;
    }
  }

  /** Colours are differences to what their neighbours foretell, in one way for each square. */
  @SuppressWarnings("ArrayRecordComponent") // made and used up by one decoder
  record Prediction(int bits, int across, int[] ways) implements Transform {
    @Override
    public int[] undo(int[] pixels, int width, int rows, Runnable check) {
      if (rows == 0) {
        return pixels;
      }
      pixels[0] = sum(pixels[0], OPAQUE);
      for (int x = 1; x < width; x++) {
        pixels[x] = sum(pixels[x], pixels[x - 1]);
      }
      for (int y = 1; y < rows; y++) {
        check.run();
        int row = y * width;
        pixels[row] = sum(pixels[row], pixels[row - width]);
        for (int x = 1; x < width; x++) {
          int way = ways[(y >> bits) * across + (x >> bits)] >> 8 & 0xF;
          int at = row + x;
          // the last pixel of a row takes the first of its own for the one above on the right
          pixels[at] =
              sum(
                  pixels[at],
                  foretold(
                      way,
                      pixels[at - 1],
                      pixels[at - width],
                      pixels[at - width - 1],
                      pixels[at - width + 1]));
        }
      }
      return pixels;
    }

    private static int foretold(int way, int left, int up, int corner, int right) {
      return switch (way) {
        case 1 -> left;
        case 2 -> up;
        case 3 -> right;
        case 4 -> corner;
        case 5 -> mean(mean(left, right), up);
        case 6 -> mean(left, corner);
        case 7 -> mean(left, up);
        case 8 -> mean(corner, up);
        case 9 -> mean(up, right);
        case 10 -> mean(mean(left, corner), mean(up, right));
        case 11 -> nearer(left, up, corner);
        case 12 -> gradient(left, up, corner);
        case 13 -> halfGradient(mean(left, up), corner);
        default -> OPAQUE;
      };
    }

    /** Of each byte, without carry. */
    private static int mean(int one, int other) {
      return (one & other) + (((one ^ other) & 0xFEFEFEFE) >>> 1);
    }

    private static int nearer(int left, int up, int corner) {
      int toLeft = 0;
      int toUp = 0;
      for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
        int known = corner >> shift & 0xFF;
        toLeft += Math.abs((up >> shift & 0xFF) - known);
        toUp += Math.abs((left >> shift & 0xFF) - known);
      }
      return toLeft < toUp ? left : up;
    }

    private static int gradient(int left, int up, int corner) {
      int colour = 0;
      for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
        int value = (left >> shift & 0xFF) + (up >> shift & 0xFF) - (corner >> shift & 0xFF);
        colour |= Math.clamp(value, 0, 255) << shift;
      }
      return colour;
    }

    private static int halfGradient(int middle, int corner) {
      int colour = 0;
      for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
        int value = middle >> shift & 0xFF;
        value += (value - (corner >> shift & 0xFF)) / 2;
        colour |= Math.clamp(value, 0, 255) << shift;
      }
      return colour;
    }
  }

  /**
   * Reads what was done.
   *
   * @param type which of the four
   */
  static Transform read(BitReader from, int type, int width, int height, Runnable check) {
    return switch (type) {
      case 2 -> new Green();
      case 3 -> Palette.of(EntropyImage.read(from, 1 + from.number(Byte.SIZE), 1, check));
      default -> {
        int bits = 2 + from.number(3);
        int across = Math.ceilDiv(width, 1 << bits);
        var image = EntropyImage.read(from, across, Math.ceilDiv(height, 1 << bits), check);
        yield type == 0
            ? new Prediction(bits, across, image)
            : new Correlation(bits, across, image);
      }
    };
  }
}
