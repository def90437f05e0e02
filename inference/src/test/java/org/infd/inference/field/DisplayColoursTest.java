package org.infd.inference.field;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.IntBuffer;
import org.infd.inference.tensor.Tensor;
import org.junit.jupiter.api.Test;

class DisplayColoursTest {
  @Test
  void truncatesAndClamps() {
    assertEquals(0, DisplayColours.toByte(-1));
    assertEquals(255, DisplayColours.toByte(1));
    assertEquals(127, DisplayColours.toByte(0), "127.5 is truncated");
    assertEquals(254, DisplayColours.toByte(0.9999f));
    assertEquals(0, DisplayColours.toByte(-7));
    assertEquals(255, DisplayColours.toByte(7));
    assertEquals(0, DisplayColours.toByte(Float.NaN));
    assertEquals(255, DisplayColours.toByte(Float.POSITIVE_INFINITY));
    assertEquals(0, DisplayColours.toByte(Float.NEGATIVE_INFINITY));
  }

  @Test
  void laysPixelsOut() {
    // two rows of one pixel: red over half green with full blue
    var rgb = Tensor.of(new float[] {1, -1, -1, 0, -1, 1}, 1, 3, 2, 1);
    var pixels = IntBuffer.allocate(2);
    DisplayColours.toArgb(rgb, pixels);
    assertEquals(0xFFFF0000, pixels.get(0));
    assertEquals(0xFF007FFF, pixels.get(1));
    var bytes = new byte[4];
    DisplayColours.toRgbRow(rgb, 1, bytes, 1);
    assertArrayEquals(new byte[] {0, 0, 127, (byte) 255}, bytes);
  }
}
