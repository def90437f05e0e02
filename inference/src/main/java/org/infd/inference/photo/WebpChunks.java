package org.infd.inference.photo;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * The chunks of a WebP (RFC 9649, 2.3 to 2.7). Lengths are believed only as far as the file goes.
 *
 * @param chunks those that are there as a whole
 * @param isWhole whether the file is as long as it says
 */
@SuppressWarnings("ArrayRecordComponent") // the file, which nobody changes
record WebpChunks(byte[] file, List<Chunk> chunks, boolean isWhole) {
  private static final int FIRST = 12;
  private static final int HEAD = 8;

  /** Some writers put the marker of a JPEG's segment before the data. */
  private static final byte[] MARKER = "Exif\0\0".getBytes(StandardCharsets.US_ASCII);

  /**
   * A chunk.
   *
   * @param start where its content begins in the file
   * @param end where it ends
   */
  record Chunk(String type, int start, int end) {}

  /** The chunks of a file. */
  static WebpChunks of(byte[] file) {
    var bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    var chunks = new ArrayList<Chunk>();
    boolean isWhole = file.length >= FIRST;
    for (long at = FIRST; at + HEAD <= file.length; ) {
      var type = new String(file, (int) at, Integer.BYTES, StandardCharsets.ISO_8859_1);
      long start = at + HEAD;
      long end = start + Integer.toUnsignedLong(bytes.getInt((int) at + Integer.BYTES));
      if (end > file.length) {
        isWhole = false;
        break;
      }
      chunks.add(new Chunk(type, (int) start, (int) end));
      // a chunk begins at an even place
      at = end + end % 2;
    }
    // the last byte is often left away where it only fills up
    isWhole &= said(bytes) <= file.length + 1L;
    return new WebpChunks(file, Collections.unmodifiableList(chunks), isWhole);
  }

  private static long said(ByteBuffer bytes) {
    return HEAD + Integer.toUnsignedLong(bytes.getInt(Integer.BYTES));
  }

  /** The first chunk of a type. */
  Optional<Chunk> first(String type) {
    return chunks.stream().filter(chunk -> chunk.type().equals(type)).findFirst();
  }

  /** The Exif data of a file; empty where it has none, or is cut before their end. */
  Optional<byte[]> exif() {
    return first("EXIF")
        .map(chunk -> withoutMarker(Arrays.copyOfRange(file, chunk.start(), chunk.end())));
  }

  private static byte[] withoutMarker(byte[] exif) {
    boolean marked =
        exif.length > MARKER.length
            && Arrays.equals(exif, 0, MARKER.length, MARKER, 0, MARKER.length);
    return marked ? Arrays.copyOfRange(exif, MARKER.length, exif.length) : exif;
  }
}
