package org.infd.inference.photo;

import java.awt.color.ICC_Profile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.infd.inference.photo.webp.WebpPicture;

/**
 * The chunks of a WebP (RFC 9649, 2.3 to 2.7). Lengths are believed only as far as the file goes.
 *
 * @param chunks those that are there as a whole, and what there is of a picture that is cut
 * @param isWhole whether the file is as long as it says
 */
@SuppressWarnings("ArrayRecordComponent") // the file, which nobody changes
record WebpChunks(byte[] file, List<Chunk> chunks, boolean isWhole) {
  private static final int FIRST = 12;
  private static final int HEAD = 8;
  private static final String PROFILE = "ICCP";

  /** What stands in a frame of an animation before its chunks. */
  private static final int FRAME_HEAD = 16;

  private static final String LOSSY = "VP8 ";
  private static final String LOSSLESS = "VP8L";
  private static final String FRAME = "ANMF";
  private static final List<String> PICTURES = List.of(LOSSY, LOSSLESS, FRAME);

  /** Some writers put the marker of a JPEG's segment before the data. */
  private static final byte[] MARKER = "Exif\0\0".getBytes(StandardCharsets.US_ASCII);

  /**
   * A chunk.
   *
   * @param start where its content begins in the file
   * @param end where it ends
   */
  record Chunk(String type, int start, int end) {
    WebpPicture.Part part() {
      return new WebpPicture.Part(start, end);
    }
  }

  /** The chunks of a file. */
  static WebpChunks of(byte[] file) {
    var chunks = new ArrayList<Chunk>();
    boolean isWhole = file.length >= FIRST && add(chunks, file, FIRST, file.length);
    // the last byte is often left away where it only fills up
    isWhole &= said(ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN)) <= file.length + 1L;
    return new WebpChunks(file, Collections.unmodifiableList(chunks), isWhole);
  }

  /** Adds the chunks of a part of a file; says whether they are there as a whole. */
  private static boolean add(List<Chunk> chunks, byte[] file, int from, int to) {
    var bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    for (long at = from; at + HEAD <= to; ) {
      var type = new String(file, (int) at, Integer.BYTES, StandardCharsets.ISO_8859_1);
      long start = at + HEAD;
      long end = start + Integer.toUnsignedLong(bytes.getInt((int) at + Integer.BYTES));
      if (end > to) {
        if (PICTURES.contains(type)) {
          chunks.add(new Chunk(type, (int) start, to));
        }
        return false;
      }
      chunks.add(new Chunk(type, (int) start, (int) end));
      // a chunk begins at an even place
      at = end + end % 2;
    }
    return true;
  }

  private static long said(ByteBuffer bytes) {
    return HEAD + Integer.toUnsignedLong(bytes.getInt(Integer.BYTES));
  }

  /** The first chunk of a type. */
  Optional<Chunk> first(String type) {
    return chunks.stream().filter(chunk -> chunk.type().equals(type)).findFirst();
  }

  /** Where its picture lies, the first one of an animation; empty where it has none. */
  Optional<WebpPicture.Source> picture() {
    var frame = first(FRAME);
    var all = chunks;
    if (frame.isPresent() && first("VP8X").isPresent()) {
      all = new ArrayList<>();
      add(all, file, frame.get().start() + FRAME_HEAD, frame.get().end());
    }
    var opacity = all.stream().filter(chunk -> chunk.type().equals("ALPH")).findFirst();
    return all.stream()
        .filter(chunk -> chunk.type().equals(LOSSY) || chunk.type().equals(LOSSLESS))
        .findFirst()
        .map(
            chunk ->
                new WebpPicture.Source(
                    chunk.part(), chunk.type().equals(LOSSLESS), opacity.map(Chunk::part)));
  }

  /** The sheet on which the first picture of an animation lies (2.7.1.1). */
  Optional<Sheet> sheet() {
    var head = first("VP8X");
    var picture = first(FRAME);
    if (head.isEmpty() || picture.isEmpty()) {
      return Optional.empty();
    }
    int canvas = head.get().start();
    int frame = picture.get().start();
    if (head.get().end() < canvas + 10 || picture.get().end() < frame + 12) {
      return Optional.empty();
    }
    return Optional.of(
        new Sheet(
            1 + number(canvas + 4),
            1 + number(canvas + 7),
            2 * number(frame + 3),
            2 * number(frame)));
  }

  /** Three bytes, the lowest first. */
  private int number(int at) {
    return (file[at] & 0xFF) | ((file[at + 1] & 0xFF) << 8) | ((file[at + 2] & 0xFF) << 16);
  }

  /** What the values of its pixels mean. */
  Optional<ICC_Profile> profile() {
    return first(PROFILE)
        .flatMap(chunk -> Profiles.parse(Arrays.copyOfRange(file, chunk.start(), chunk.end())));
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
