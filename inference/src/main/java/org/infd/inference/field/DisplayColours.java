package org.infd.inference.field;

import java.nio.IntBuffer;
import java.util.Arrays;
import org.infd.inference.tensor.Tensor;

/**
 * The official conversion of rendered colour to eight bits: v = clamp(0.5·x + 0.5, 0, 1), byte =
 * 255·v truncated, in float32 (docs/spec/infd-model.md 4). What is not a number becomes 0.
 */
public final class DisplayColours {
  private static final int OPAQUE = 0xFF000000;

  private DisplayColours() {}

  /** The byte of one colour value, 0 to 255. */
  public static int toByte(float value) {
    float v = 0.5f * value + 0.5f;
    // written so that NaN falls to 0
    return v > 0 ? (int) (255 * Math.min(v, 1f)) : 0;
  }

  /**
   * Converts a picture to opaque pixels, 0xAARRGGBB (premultiplied or not: alpha is 255).
   *
   * @param rgb (1, 3, height, width)
   * @param pixels receives height · width pixels, row by row, from its element 0
   */
  public static void toArgb(Tensor rgb, IntBuffer pixels) {
    int height = rgb.extent(2);
    int width = rgb.extent(3);
    var line = new int[width];
    var values = new float[width];
    var from = rgb.data();
    for (int r = 0; r < height; r++) {
      Arrays.fill(line, OPAQUE);
      for (int channel = 0; channel < 3; channel++) {
        from.get((channel * height + r) * width, values);
        int shift = 16 - 8 * channel;
        for (int c = 0; c < width; c++) {
          line[c] |= toByte(values[c]) << shift;
        }
      }
      pixels.put(r * width, line);
    }
  }

  /**
   * Converts one row of a picture to bytes.
   *
   * @param rgb (1, 3, height, width)
   * @param row the row, from 0
   * @param bytes receives width · 3 bytes: red, green, blue, red, …
   * @param offset where in {@code bytes} they begin
   */
  public static void toRgbRow(Tensor rgb, int row, byte[] bytes, int offset) {
    int height = rgb.extent(2);
    int width = rgb.extent(3);
    var values = new float[width];
    var from = rgb.data();
    for (int channel = 0; channel < 3; channel++) {
      from.get((channel * height + row) * width, values);
      for (int c = 0; c < width; c++) {
        bytes[offset + 3 * c + channel] = (byte) toByte(values[c]);
      }
    }
  }
}
