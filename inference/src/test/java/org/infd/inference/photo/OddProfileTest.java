package org.infd.inference.photo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import org.infd.inference.runtime.Cancellation;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Profiles that cannot be used say nothing: the picture is read as if it had none. */
class OddProfileTest {
  /** A profile of another kind of colours, or none at all. */
  enum Odd {
    GREY,
    XYZ,
    CUT,
    NOISE,
    EMPTY;

    byte[] bytes() {
      return switch (this) {
        case GREY -> ICC_Profile.getInstance(ColorSpace.CS_GRAY).getData();
        case XYZ -> ICC_Profile.getInstance(ColorSpace.CS_CIEXYZ).getData();
        case CUT -> Arrays.copyOf(swapped(), 300);
        case NOISE -> {
          var noise = swapped();
          var random = new Random(4);
          for (int i = 200; i < noise.length; i++) {
            noise[i] = (byte) random.nextInt();
          }
          yield noise;
        }
        case EMPTY -> new byte[1];
      };
    }
  }

  private static byte[] swapped() {
    return Profiles.ofJpeg(resource("cases/profile-swapped.jpg")).orElseThrow().getData();
  }

  private static byte[] resource(String name) {
    try (var stream = OddProfileTest.class.getResourceAsStream(name)) {
      return Objects.requireNonNull(stream, name).readAllBytes();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static DecodedPicture read(byte[] file) {
    return PictureReader.read("a picture", file, Cancellation.never());
  }

  private static void assertSame(byte[] plain, byte[] withProfile) {
    var found = read(withProfile);
    assertTrue(Arrays.equals(read(plain).rgb(), found.rgb()));
    assertEquals("", found.note().orElse(""));
  }

  @ParameterizedTest
  @EnumSource
  void ofAJpeg(Odd odd) {
    var plain = resource("cases/rgb.jpg");
    assertSame(plain, jpeg(plain, odd.bytes()));
    assertNotEquals(
        Arrays.hashCode(read(plain).rgb()), Arrays.hashCode(read(jpeg(plain, swapped())).rgb()));
  }

  private static byte[] jpeg(byte[] plain, byte[] profile) {
    var mark = "ICC_PROFILE\0\1\1".getBytes(StandardCharsets.ISO_8859_1);
    int length = 2 + mark.length + profile.length;
    return ByteBuffer.allocate(plain.length + 2 + length)
        .put(plain, 0, 2)
        .putShort((short) 0xFFE2)
        .putShort((short) length)
        .put(mark)
        .put(profile)
        .put(plain, 2, plain.length - 2)
        .array();
  }

  @ParameterizedTest
  @EnumSource
  void ofAWebp(Odd odd) {
    var plain = resource("sound/lossless.webp");
    assertSame(plain, webp(plain, odd.bytes()));
    assertNotEquals(
        Arrays.hashCode(read(plain).rgb()), Arrays.hashCode(read(webp(plain, swapped())).rgb()));
  }

  private static byte[] webp(byte[] plain, byte[] profile) {
    var picture = read(plain);
    var out = new ByteArrayOutputStream();
    var head = ByteBuffer.allocate(10).order(ByteOrder.LITTLE_ENDIAN).putInt(0x20);
    head.put(three(picture.width() - 1)).put(three(picture.height() - 1));
    chunk(out, "VP8X", head.array());
    chunk(out, "ICCP", profile);
    out.write(plain, 12, plain.length - 12);
    return ByteBuffer.allocate(12 + out.size())
        .order(ByteOrder.LITTLE_ENDIAN)
        .put("RIFF".getBytes(StandardCharsets.US_ASCII))
        .putInt(4 + out.size())
        .put("WEBP".getBytes(StandardCharsets.US_ASCII))
        .put(out.toByteArray())
        .array();
  }

  private static byte[] three(int value) {
    return new byte[] {(byte) value, (byte) (value >> 8), (byte) (value >> 16)};
  }

  private static void chunk(ByteArrayOutputStream out, String type, byte[] content) {
    out.writeBytes(type.getBytes(StandardCharsets.US_ASCII));
    out.writeBytes(
        ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(content.length).array());
    out.writeBytes(content);
    if (content.length % 2 == 1) {
      out.write(0);
    }
  }
}
