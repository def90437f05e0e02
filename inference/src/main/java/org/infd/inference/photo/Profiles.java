package org.infd.inference.photo;

import com.drew.imaging.jpeg.JpegProcessingException;
import com.drew.imaging.jpeg.JpegSegmentReader;
import com.drew.imaging.jpeg.JpegSegmentType;
import com.drew.lang.SequentialByteArrayReader;
import com.twelvemonkeys.imageio.metadata.tiff.TIFF;
import com.twelvemonkeys.imageio.plugins.tiff.TIFFImageMetadata;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.imageio.metadata.IIOMetadata;

/** Finds the ICC profiles in picture files: what their colour values mean. */
final class Profiles {
  private static final byte[] JPEG_MARK = "ICC_PROFILE\0".getBytes(StandardCharsets.ISO_8859_1);

  private static final int APP2 = 0xE2;

  private Profiles() {}

  /** A profile from its bytes; empty where they are none. */
  static Optional<ICC_Profile> parse(byte[] bytes) {
    try {
      return Optional.of(ICC_Profile.getInstance(bytes));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** The profile that a reader of pixels has found, unless it means what is taken for granted. */
  static Optional<ICC_Profile> of(BufferedImage picture) {
    var space = picture.getColorModel().getColorSpace();
    return space instanceof ICC_ColorSpace icc
            && !space.isCS_sRGB()
            && !space.equals(ColorSpace.getInstance(ColorSpace.CS_GRAY))
        ? Optional.of(icc.getProfile())
        : Optional.empty();
  }

  /** The profile of a TIFF. */
  static Optional<ICC_Profile> of(IIOMetadata metadata) {
    if (!(metadata instanceof TIFFImageMetadata tiff)) {
      return Optional.empty();
    }
    var entry = tiff.getTIFFField(TIFF.TAG_ICC_PROFILE);
    return entry != null && entry.getValue() instanceof byte[] bytes
        ? parse(bytes)
        : Optional.empty();
  }

  /**
   * A JPEG without its profile: the runtime's reader gives a picture up whose profile it cannot
   * use. The same array where it has none.
   */
  static byte[] jpegWithout(byte[] file) {
    Optional<byte[]> without = Optional.empty();
    var bytes = ByteBuffer.wrap(file);
    for (int marker = JpegFrame.nextMarker(bytes);
        marker >= 0 && marker != JpegFrame.START_OF_SCAN && bytes.remaining() >= Short.BYTES;
        marker = JpegFrame.nextMarker(bytes)) {
      if (marker == JpegFrame.START_OF_IMAGE) {
        continue;
      }
      int start = bytes.position();
      int end = start + Short.toUnsignedInt(bytes.getShort(start));
      int mark = start + Short.BYTES;
      if (marker == APP2
          && mark + JPEG_MARK.length <= file.length
          && Arrays.equals(file, mark, mark + JPEG_MARK.length, JPEG_MARK, 0, JPEG_MARK.length)) {
        without = Optional.of(without.orElseGet(file::clone));
        without.get()[mark] = 0;
      }
      bytes.position(Math.min(Math.max(end, mark), bytes.limit()));
    }
    return without.orElse(file);
  }

  /** The profile of a JPEG: the parts in its APP2 segments, by their numbers (ICC.1, B.4). */
  static Optional<ICC_Profile> ofJpeg(byte[] file) {
    var parts = new ArrayList<byte[]>();
    try {
      var segments =
          JpegSegmentReader.readSegments(
              new SequentialByteArrayReader(file), List.of(JpegSegmentType.APP2));
      for (var segment : segments.getSegments(JpegSegmentType.APP2)) {
        if (segment.length > JPEG_MARK.length + 2
            && Arrays.equals(segment, 0, JPEG_MARK.length, JPEG_MARK, 0, JPEG_MARK.length)) {
          parts.add(segment);
        }
      }
    } catch (JpegProcessingException | IOException | RuntimeException e) {
      return Optional.empty();
    }
    parts.sort((a, b) -> Byte.compareUnsigned(a[JPEG_MARK.length], b[JPEG_MARK.length]));
    var whole = new ByteArrayOutputStream();
    for (var part : parts) {
      whole.write(part, JPEG_MARK.length + 2, part.length - JPEG_MARK.length - 2);
    }
    return whole.size() == 0 ? Optional.empty() : parse(whole.toByteArray());
  }
}
