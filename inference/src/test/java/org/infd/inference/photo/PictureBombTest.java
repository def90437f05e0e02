package org.infd.inference.photo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.infd.inference.Problem;
import org.infd.inference.runtime.Cancellation;
import org.junit.jupiter.api.Test;

/** Small files that say they are very large, or that never seem to end. */
class PictureBombTest {
  private static DecodedPicture read(byte[] file) {
    return PictureReader.read("a picture", file, Cancellation.never());
  }

  private static String problem(byte[] file) {
    return assertThrows(Problem.class, () -> read(file)).getMessage();
  }

  private static byte[] resource(String name) throws IOException {
    try (var stream = PictureBombTest.class.getResourceAsStream("cases/" + name)) {
      return Objects.requireNonNull(stream, name).readAllBytes();
    }
  }

  /** A JPEG with another size whose last scan comes again and again. */
  private static byte[] scans(byte[] jpeg, int side, int count) {
    var file = jpeg.clone();
    int scan = 0;
    for (int i = 0; i < file.length - 9; i++) {
      int marker = file[i] == (byte) 0xFF ? file[i + 1] & 0xFF : 0;
      if (marker >= 0xC0 && marker <= 0xC2) {
        ByteBuffer.wrap(file).putShort(i + 5, (short) side).putShort(i + 7, (short) side);
      }
      scan = marker == 0xDA ? i : scan;
    }
    var out = new ByteArrayOutputStream();
    out.write(file, 0, scan);
    for (int i = 0; i < count; i++) {
      out.write(file, scan, file.length - scan - 2);
    }
    out.write(file, file.length - 2, 2);
    return out.toByteArray();
  }

  /** Of one kind of file that is held whole until its last scan there were no means to read. */
  @Test
  void manyScansOfFourInksAreReadByTheMeansOfTheirBlocks() throws IOException {
    for (var name : new String[] {"cmyk.jpg", "ycck.jpg"}) {
      var found = read(scans(resource(name), 10_000, 100));
      assertEquals(8, found.reduction(), name);
      assertTrue(found.note().orElse("").contains("very large"), name);
    }
  }

  @Test
  void meansOfFourInksAreNearThePicture() throws IOException {
    for (var name : new String[] {"cmyk.jpg", "ycck.jpg"}) {
      var file = resource(name);
      var watch = new Watch(Cancellation.never(), java.time.Duration.ofMinutes(1));
      var frame = JpegFrame.of(file).orElseThrow();
      var means = JpegInks.light(JpegMeans.inks(file, frame, watch), file, frame, watch);
      var whole = read(file);
      long[] sum = new long[3];
      for (int i = 0; i < 64; i++) {
        int pixel = whole.rgb()[i / 8 * whole.width() + i % 8];
        for (int c = 0; c < 3; c++) {
          sum[c] += pixel >> 8 * c & 0xFF;
        }
      }
      for (int c = 0; c < 3; c++) {
        assertEquals(sum[c] / 64.0, means[0] >> 8 * c & 0xFF, 8, name);
      }
    }
  }

  @Test
  void manyScansOfASmallJpegAreRead() throws IOException {
    var found = read(scans(resource("rgb-progressive.jpg"), 4_000, 1_000));
    assertEquals(8, found.reduction());
  }

  /** A lossless WebP of one colour. */
  private static byte[] oneColour(int width, int height) {
    var bits = new java.util.BitSet();
    int[] at = {0};
    put(bits, at, width - 1L, 14);
    put(bits, at, height - 1L, 14);
    // opaque, version 0, nothing done to colours, no cache, one group of codes
    put(bits, at, 0, 1 + 3 + 1 + 1 + 1);
    for (int symbol : new int[] {0x40, 0x20, 0xE0, 0xFF, 0}) {
      // a code of one symbol of 8 bits
      put(bits, at, 1 | 1 << 2 | symbol << 3, 11);
    }
    var content = java.util.Arrays.copyOf(bits.toByteArray(), (at[0] + 7) / 8);
    int length = 1 + content.length;
    return ByteBuffer.allocate(20 + length + length % 2)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put("RIFF".getBytes(StandardCharsets.US_ASCII))
        .putInt(12 + length + length % 2)
        .put("WEBPVP8L".getBytes(StandardCharsets.US_ASCII))
        .putInt(length)
        .put((byte) 0x2F)
        .put(content)
        .array();
  }

  private static void put(java.util.BitSet bits, int[] at, long value, int count) {
    for (int i = 0; i < count; i++) {
      bits.set(at[0], (value >> i & 1) != 0);
      at[0]++;
    }
  }

  @Test
  void aWebpOfOneColourIsReadWithinBounds() {
    var small = read(oneColour(40, 30));
    assertEquals("", small.note().orElse(""));
    assertEquals(0x2040E0, small.rgb()[1199]);
    assertTrue(problem(oneColour(16_384, 16_384)).contains("too large"));
    var found = read(oneColour(7_000, 6_000));
    assertEquals(2, found.reduction());
    assertEquals(3_500, found.width());
    assertEquals(0x2040E0, found.rgb()[0]);
  }

  @Test
  void runsOfABmpThatSaysItIsVeryLarge() {
    int side = 24_000;
    var file = ByteBuffer.allocate(1_080).order(ByteOrder.LITTLE_ENDIAN);
    file.put((byte) 'B').put((byte) 'M').putInt(1_080).putInt(0).putInt(1_078);
    file.putInt(40).putInt(side).putInt(side).putShort((short) 1).putShort((short) 8).putInt(1);
    file.position(46);
    file.putInt(256).put(1_079, (byte) 1);
    assertTrue(problem(file.array()).contains("far more than a file of its size holds"));
  }

  @Test
  void fieldsOfABmpThatSaysItIsVeryLarge() {
    int side = 24_000;
    var file = ByteBuffer.allocate(122 + side * 4).order(ByteOrder.LITTLE_ENDIAN);
    file.put((byte) 'B').put((byte) 'M').putInt(0).putInt(0).putInt(122);
    file.putInt(108).putInt(side).putInt(side).putShort((short) 1).putShort((short) 32).putInt(3);
    file.position(54);
    file.putInt(0xFF0000).putInt(0xFF00).putInt(0xFF).putInt(0xFF000000);
    var found = read(file.array());
    assertEquals(4, found.reduction());
    assertTrue(found.note().orElse("").contains("hardly anything"), found.note().toString());
  }

  @Test
  void readingOfAVeryLargeOneIsCancelled() throws Exception {
    var file = oneColour(7_900, 7_900);
    var cancellation = new Cancellation();
    var reading =
        CompletableFuture.supplyAsync(() -> PictureReader.read("a picture", file, cancellation));
    cancellation.cancel();
    var thrown =
        assertThrows(
            java.util.concurrent.ExecutionException.class, () -> reading.get(10, TimeUnit.SECONDS));
    assertTrue(thrown.getCause() instanceof CancellationException, String.valueOf(thrown));
  }
}
