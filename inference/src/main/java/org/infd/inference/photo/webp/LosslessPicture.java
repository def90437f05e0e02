package org.infd.inference.photo.webp;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Decodes a lossless picture (RFC 9649, 3), or the greens of one that stand for opacity. */
final class LosslessPicture {
  private static final int HEAD = 5;
  private static final int SIGNATURE = 0x2F;
  private static final int SIDE_BITS = 14;
  private static final int KINDS = 4;

  private final int[] pixels;
  private final int there;
  private final boolean isSound;

  private LosslessPicture(int[] pixels, int there, boolean isSound) {
    this.pixels = pixels;
    this.there = there;
    this.isSound = isSound;
  }

  /**
   * The size of a picture, and whether it may be clear somewhere.
   *
   * @throws IOException if it is none
   */
  static Head head(byte[] file, int start, int end) throws IOException {
    if (end - start < HEAD || file[start] != SIGNATURE) {
      throw new IOException("no lossless picture");
    }
    var bits = new BitReader(file, start + 1, end);
    int width = 1 + bits.number(SIDE_BITS);
    int height = 1 + bits.number(SIDE_BITS);
    boolean hasOpacity = bits.flag();
    if (bits.number(3) != 0) {
      throw new IOException("a version that does not exist");
    }
    return new Head(width, height, hasOpacity);
  }

  /** What stands before the colours. */
  record Head(int width, int height, boolean hasOpacity) {}

  /**
   * A picture as far as it is there.
   *
   * @throws IOException if nothing is
   */
  static LosslessPicture read(byte[] file, int start, int end, Runnable check) throws IOException {
    var head = head(file, start, end);
    return colours(file, start + HEAD, end, head.width(), head.height(), check);
  }

  /**
   * Colours without a head.
   *
   * @throws IOException if nothing of them is there
   */
  static LosslessPicture colours(
      byte[] file, int start, int end, int width, int height, Runnable check) throws IOException {
    var bits = new BitReader(file, start, end);
    var transforms = new ArrayList<Transform>();
    EntropyImage image;
    int stored = width;
    try {
      var seen = new boolean[KINDS];
      while (bits.flag()) {
        int kind = bits.number(2);
        if (seen[kind]) {
          throw new Damage("the same was done twice");
        }
        seen[kind] = true;
        var transform = Transform.read(bits, kind, stored, height, check);
        transforms.add(transform);
        stored = transform.storedWidth(stored);
      }
      image = new EntropyImage(bits, stored, height, true, check);
    } catch (Damage | BitReader.Ended e) {
      throw new IOException("no colours", e);
    }
    boolean isSound = true;
    try {
      image.read();
      isSound = bits.isAtEnd();
    } catch (Damage e) {
      isSound = false;
    } catch (BitReader.Ended e) {
      // the rows before are there
    }
    int rows = image.done() / stored;
    return new LosslessPicture(
        undone(image.pixels(), transforms, width, rows, check), rows, isSound);
  }

  private static int[] undone(
      int[] stored, List<Transform> transforms, int width, int rows, Runnable check) {
    var pixels = stored;
    for (int i = transforms.size() - 1; i >= 0; i--) {
      // columns are packed once at most, so those before have as many as the picture
      int columns = width;
      for (var before : transforms.subList(0, i)) {
        columns = before.storedWidth(columns);
      }
      pixels = transforms.get(i).undo(pixels, columns, rows, check);
    }
    return pixels;
  }

  /** 0xAARRGGBB, row by row; not copied. */
  int[] pixels() {
    return pixels;
  }

  /** The rows that were there. */
  int there() {
    return there;
  }

  /** Whether all that was there makes sense, and was needed. */
  boolean isSound() {
    return isSound;
  }
}
