package org.infd.inference.photo;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * The chunks of a WebP beside its pixels (RFC 9649, 2.3 to 2.7). Lengths are believed only as far
 * as the file goes.
 */
final class WebpChunks {
  private static final int FIRST = 12;
  private static final int HEAD = 8;

  /** Some writers put the marker of a JPEG's segment before the data. */
  private static final byte[] MARKER = "Exif\0\0".getBytes(StandardCharsets.US_ASCII);

  private WebpChunks() {}

  /** The Exif data of a file; empty where it has none, or is cut before their end. */
  static Optional<byte[]> exif(byte[] file) {
    var bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    for (long at = FIRST; at + HEAD <= file.length; ) {
      var type = new String(file, (int) at, Integer.BYTES, StandardCharsets.ISO_8859_1);
      long start = at + HEAD;
      long end = start + Integer.toUnsignedLong(bytes.getInt((int) at + Integer.BYTES));
      if (end > file.length) {
        return Optional.empty();
      }
      if (type.equals("EXIF")) {
        return Optional.of(withoutMarker(Arrays.copyOfRange(file, (int) start, (int) end)));
      }
      // a chunk begins at an even place
      at = end + end % 2;
    }
    return Optional.empty();
  }

  private static byte[] withoutMarker(byte[] exif) {
    boolean marked =
        exif.length > MARKER.length
            && Arrays.equals(exif, 0, MARKER.length, MARKER, 0, MARKER.length);
    return marked ? Arrays.copyOfRange(exif, MARKER.length, exif.length) : exif;
  }
}
