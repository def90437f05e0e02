package org.infd.inference.photo;

import java.util.ArrayList;
import java.util.List;

/**
 * Goes through all data of a JPEG and looks for what no writer makes (ITU-T T.81, F.2.2, G.1.2):
 * codes that do not exist, more coefficients than a block has, values that no samples lead to, data
 * that end before their blocks or behind them, restarts that are missing. The runtime's reader
 * takes most of that as it comes. What changes a value into another likely one is not seen.
 */
final class JpegCheck {
  private static final int LAST = JpegFrame.SIDE * JpegFrame.SIDE - 1;

  /** Differences of DC, and other coefficients, of samples of 8 bits (F.1.2.1 and F.1.2.2). */
  private static final int MOST_DC_BITS = 11;

  private static final int MOST_AC_BITS = 10;

  /**
   * What the transform makes of samples from −128 to 127 is 1024 at the most (A.3.3); some writers
   * go a little beyond to keep edges clean.
   */
  private static final int MOST = 1400;

  private static final int RESTARTS = 8;
  private static final int LONGEST_ZEROS = 15;

  private final JpegFrame frame;
  private final Runnable check;
  private final List<long[]> known = new ArrayList<>();
  private final List<Integer> strides = new ArrayList<>();
  private final int[] previous;
  private int endRun;

  private JpegCheck(JpegFrame frame, Runnable check) {
    this.frame = frame;
    this.check = check;
    previous = new int[frame.components().size()];
    int mcusAcross = Math.ceilDiv(frame.width(), JpegFrame.SIDE * frame.mostAcross());
    int mcusDown = Math.ceilDiv(frame.height(), JpegFrame.SIDE * frame.mostDown());
    for (var component : frame.components()) {
      strides.add(mcusAcross * component.across());
      boolean isRefined = frame.process() == JpegFrame.PROGRESSIVE;
      known.add(new long[isRefined ? strides.getLast() * mcusDown * component.down() : 0]);
    }
  }

  /**
   * Whether a JPEG can be gone through in reasonable time.
   *
   * @param length bytes of the file
   */
  static boolean canCheck(JpegFrame frame, int length) {
    return frame.process() <= JpegFrame.PROGRESSIVE
        && frame.hasBlocks()
        && !frame.isTooMuch(length);
  }

  /**
   * Whether all makes sense; a file that only ends early does.
   *
   * @param check is run now and then, and may throw
   */
  static boolean isSound(byte[] file, JpegFrame frame, Runnable check) {
    var found = new JpegCheck(frame, check);
    try {
      JpegScans.read(file, frame, found::scan);
      return true;
    } catch (JpegBits.EndOfScan e) {
      return !e.isDamage();
    }
  }

  private static void require(boolean isSensible) {
    if (!isSensible) {
      throw new JpegBits.EndOfScan(true);
    }
  }

  private void scan(JpegScans.Scan scan, JpegBits bits) {
    boolean isProgressive = frame.process() == JpegFrame.PROGRESSIVE;
    require(!scan.parts().isEmpty() && scan.last() <= LAST);
    require(!isProgressive || scan.first() == 0 || scan.parts().size() == 1);
    JpegScans.forEach(
        frame,
        scan,
        bits,
        new JpegScans.Blocks() {
          @Override
          public void block(JpegScans.Part part, int row, int column) {
            if (isProgressive) {
              int at = row * strides.get(part.index()) + column;
              progressive(scan, part, bits, known.get(part.index()), at);
            } else {
              dc(scan, part, bits);
              sequential(part, bits);
            }
          }

          @Override
          public void restarted(int restarts) {
            require(endRun == 0);
            java.util.Arrays.fill(previous, 0);
            if (restarts > 0) {
              require(bits.leave());
              require(bits.passRestart() == (restarts - 1) % RESTARTS);
            }
          }

          @Override
          public void rowDone(int row, int rows) {
            check.run();
          }
        });
    require(endRun == 0);
    require(bits.leave());
  }

  private void dc(JpegScans.Scan scan, JpegScans.Part part, JpegBits bits) {
    int size = bits.symbol(part.dc());
    require(size <= MOST_DC_BITS);
    previous[part.index()] += bits.signed(size);
    requireLikely(previous[part.index()] << scan.low(), part.steps()[0]);
  }

  private static void requireLikely(int value, int step) {
    require((long) Math.abs(value) * step <= MOST + step);
  }

  private static void sequential(JpegScans.Part part, JpegBits bits) {
    for (int k = 1; k <= LAST; k++) {
      int symbol = bits.symbol(part.ac());
      int size = symbol & 0xF;
      int zeros = symbol >> 4;
      if (size == 0 && zeros < LONGEST_ZEROS) {
        require(zeros == 0);
        return;
      }
      k += zeros;
      require(k <= LAST && size <= MOST_AC_BITS);
      requireLikely(bits.signed(size), part.steps()[k]);
    }
  }

  private void progressive(
      JpegScans.Scan scan, JpegScans.Part part, JpegBits bits, long[] blocks, int at) {
    if (scan.first() == 0) {
      if (scan.high() == 0) {
        dc(scan, part, bits);
      } else {
        bits.number(1);
      }
    } else if (scan.high() == 0) {
      blocks[at] |= first(scan, part, bits);
    } else {
      blocks[at] = refined(scan, part, bits, blocks[at]);
    }
  }

  /**
   * The coefficients of a block that are not 0, each as a bit, when they come for the first time.
   */
  private long first(JpegScans.Scan scan, JpegScans.Part part, JpegBits bits) {
    long found = 0;
    if (endRun > 0) {
      endRun--;
      return found;
    }
    for (int k = scan.first(); k <= scan.last(); k++) {
      int symbol = bits.symbol(part.ac());
      int size = symbol & 0xF;
      int zeros = symbol >> 4;
      if (size == 0 && zeros < LONGEST_ZEROS) {
        endRun = (1 << zeros) + bits.number(zeros) - 1;
        return found;
      }
      k += zeros;
      require(k <= scan.last() && size <= MOST_AC_BITS);
      requireLikely(bits.signed(size) << scan.low(), part.steps()[k]);
      found |= size > 0 ? 1L << k : 0;
    }
    return found;
  }

  /** The same when one more bit of each comes, and more coefficients do (G.1.2.3). */
  private long refined(JpegScans.Scan scan, JpegScans.Part part, JpegBits bits, long before) {
    long found = before;
    int k = scan.first();
    while (endRun == 0 && k <= scan.last()) {
      int symbol = bits.symbol(part.ac());
      int size = symbol & 0xF;
      int zeros = symbol >> 4;
      require(size <= 1);
      if (size == 0 && zeros < LONGEST_ZEROS) {
        endRun = (1 << zeros) + bits.number(zeros);
        break;
      }
      bits.number(size);
      k = passZeros(scan, bits, before, k, zeros);
      require(size == 0 || k <= scan.last());
      found |= size > 0 ? 1L << k : 0;
      k++;
    }
    if (endRun > 0) {
      passZeros(scan, bits, before, k, Integer.MAX_VALUE);
      endRun--;
    }
    return found;
  }

  /** Goes on behind so many zeros, and takes a bit of each coefficient that is none. */
  private static int passZeros(
      JpegScans.Scan scan, JpegBits bits, long before, int from, int zeros) {
    int left = zeros;
    int k = from;
    while (k <= scan.last()) {
      if ((before >> k & 1) != 0) {
        bits.number(1);
      } else {
        if (left == 0) {
          break;
        }
        left--;
      }
      k++;
    }
    return k;
  }
}
