package org.infd.inference.photo;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Goes through the blocks of a GIF and the codes of its first picture (GIF89a): whether it comes to
 * its end, and whether the codes are such that a writer makes, and as many as there are pixels. The
 * runtime's reader takes what comes.
 */
final class GifCheck {
  private static final int HEAD = 6;
  private static final int TRAILER = 0x3B;
  private static final int PICTURE = 0x2C;
  private static final int EXTENSION = 0x21;
  private static final int TABLE = 0x80;
  private static final int MOST_CODES = 4096;
  private static final int LONGEST_CODE = 12;

  private final ByteBuffer bytes;
  private final Runnable check;
  private boolean isSound = true;

  private GifCheck(byte[] file, Runnable check) {
    bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    this.check = check;
  }

  /** What the blocks of a file say. */
  static Soundness of(byte[] file, Runnable check) {
    return new GifCheck(file, check).soundness();
  }

  private Soundness soundness() {
    boolean hasPicture = false;
    try {
      bytes.position(HEAD + 2 * Short.BYTES);
      int flags = bytes.get();
      bytes.position(bytes.position() + 2);
      passTable(flags);
      while (true) {
        switch (bytes.get() & 0xFF) {
          case TRAILER -> {
            return isSound ? Soundness.SOUND : Soundness.DAMAGED;
          }
          case EXTENSION -> {
            bytes.get();
            passBlocks();
          }
          case PICTURE -> {
            passPicture(!hasPicture);
            hasPicture = true;
          }
          // some writers fill up with zeros
          case 0 -> {}
          default -> {
            return hasPicture && isSound
                ? new Soundness(false, Soundness.Doubt.BESIDE, Soundness.SOUND.surePart())
                : Soundness.DAMAGED;
          }
        }
      }
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      return new Soundness(
          true,
          isSound ? Soundness.Doubt.NONE : Soundness.Doubt.PICTURE,
          Soundness.SOUND.surePart());
    }
  }

  private void passTable(int flags) {
    if ((flags & TABLE) != 0) {
      bytes.position(bytes.position() + 3 * (2 << (flags & 7)));
    }
  }

  private void passBlocks() {
    for (int length = bytes.get() & 0xFF; length > 0; length = bytes.get() & 0xFF) {
      bytes.position(bytes.position() + length);
    }
  }

  private void passPicture(boolean isFirst) {
    bytes.position(bytes.position() + 2 * Short.BYTES);
    long pixels =
        (long) Short.toUnsignedInt(bytes.getShort()) * Short.toUnsignedInt(bytes.getShort());
    passTable(bytes.get());
    int bits = bytes.get() & 0xFF;
    if (isFirst && bits >= 1 && bits < LONGEST_CODE) {
      int start = bytes.position();
      isSound = new Codes(bits).areSound(pixels);
      bytes.position(start);
    } else if (isFirst) {
      isSound = false;
    }
    passBlocks();
  }

  /** The codes of a picture, without its pixels (GIF89a, appendix F). */
  private final class Codes {
    private final int first;
    private final int[] lengths = new int[MOST_CODES];
    private int left;
    private long buffer;
    private int count;

    Codes(int bits) {
      first = bits;
    }

    /**
     * Whether all codes are known when they come, and stand for so many pixels.
     *
     * @throws BufferUnderflowException if the file ends before
     */
    boolean areSound(long pixels) {
      int clear = 1 << first;
      java.util.Arrays.fill(lengths, 0, clear, 1);
      int next = clear + 2;
      int width = first + 1;
      int before = -1;
      long done = 0;
      for (int code = code(width); code != clear + 1; code = code(width)) {
        if (code < 0) {
          // an end that is not said
          return done == pixels;
        }
        if (code == clear) {
          next = clear + 2;
          width = first + 1;
          before = -1;
          continue;
        }
        if (code > next || (code == next && before < 0) || (code >= clear && before < 0)) {
          return false;
        }
        if (before >= 0 && next < MOST_CODES) {
          lengths[next] = lengths[before] + 1;
          next++;
          if (next == 1 << width && width < LONGEST_CODE) {
            width++;
          }
        } else if (code == next) {
          return false;
        }
        done += lengths[code];
        if (done > pixels) {
          return false;
        }
        before = code;
      }
      return done == pixels;
    }

    /** The next code; −1 where the blocks end. */
    private int code(int width) {
      while (count < width) {
        if (left == 0) {
          check.run();
          left = bytes.get() & 0xFF;
          if (left == 0) {
            return -1;
          }
        }
        buffer |= (bytes.get() & 0xFFL) << count;
        count += Byte.SIZE;
        left--;
      }
      int code = (int) (buffer & ((1 << width) - 1));
      buffer >>>= width;
      count -= width;
      return code;
    }
  }
}
