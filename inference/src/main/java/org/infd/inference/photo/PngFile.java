package org.infd.inference.photo;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * The chunks of a PNG as they lie in its file, each with whether its checksum is right (PNG 1.2,
 * 3.2 to 3.4), of which the runtime's reader takes no notice. Behind a chunk whose length is
 * damaged, the next sound one is looked for.
 *
 * @param chunks in the order of the file
 * @param isEnded whether its end is there
 */
@SuppressWarnings("ArrayRecordComponent") // the file, which nobody changes
record PngFile(byte[] file, List<Chunk> chunks, boolean isEnded) {
  private static final int SIGNATURE = 8;
  private static final int HEAD = 8;
  private static final int SUM = 4;
  private static final String HEADER = "IHDR";
  private static final String PALETTE = "PLTE";
  private static final String DATA = "IDAT";
  private static final String KEY = "tRNS";
  private static final String END = "IEND";

  /** What pixels are made of. */
  private static final List<String> NEEDED = List.of(HEADER, PALETTE, KEY, DATA, END);

  /** What says how pixels look. */
  private static final Set<String> COLOURS =
      Set.of(PALETTE, KEY, "iCCP", "sRGB", "gAMA", "cHRM", "cICP");

  /** Of a name that is damaged itself, one byte is wrong: others with it are not looked for. */
  private static final int LETTERS = 3;

  /** So many bytes are summed in search of sound chunks, in all: part of a second. */
  private static final long MOST_SUMMED = 1L << 30;

  /** Checksums of more pixels than this, in bytes, are left to the reader of the pixels. */
  private static final long MOST_INFLATED = 64L << 20;

  private static final int PIECE = 1 << 16;

  /**
   * A chunk.
   *
   * @param start where its content begins in the file
   * @param isSound whether its checksum is right
   */
  record Chunk(String type, int start, int length, boolean isSound) {}

  /** What is in a file that begins as a PNG. */
  static PngFile of(byte[] file, Runnable check) {
    var chunks = new ArrayList<Chunk>();
    long budget = MOST_SUMMED;
    int at = SIGNATURE;
    while (at + HEAD + SUM <= file.length) {
      check.run();
      var chunk = chunkAt(file, at);
      if (!chunk.isSound() && !isFollowed(file, chunk)) {
        int next = nextSound(file, at + SUM, budget, check);
        budget -= next - at;
        boolean isLast = next == file.length;
        int end = isLast ? next : Math.max(chunk.start(), next - SUM);
        chunk = new Chunk(chunk.type(), chunk.start(), end - chunk.start(), false);
        chunks.add(chunk);
        at = next;
        continue;
      }
      chunks.add(chunk);
      if (chunk.type().equals(END)) {
        break;
      }
      at = chunk.start() + chunk.length() + SUM;
    }
    boolean isEnded = !chunks.isEmpty() && chunks.getLast().type().equals(END);
    return new PngFile(file, Collections.unmodifiableList(chunks), isEnded);
  }

  private static Chunk chunkAt(byte[] file, int at) {
    long length = ByteBuffer.wrap(file).getInt(at);
    var type = new String(file, at + SUM, SUM, StandardCharsets.ISO_8859_1);
    int start = at + HEAD;
    if (length < 0 || start + length + SUM > file.length) {
      return new Chunk(type, start, Math.clamp(length, 0, file.length - start), false);
    }
    int sum = ByteBuffer.wrap(file).getInt((int) (start + length));
    var crc = new CRC32();
    crc.update(file, start - SUM, (int) length + SUM);
    if ((int) crc.getValue() == sum) {
      return new Chunk(type, start, (int) length, true);
    }
    return new Chunk(likely(type), start, (int) length, false);
  }

  /** The type that is meant by a name of which one letter is damaged. */
  private static String likely(String type) {
    for (var known : NEEDED) {
      int same = 0;
      for (int i = 0; i < SUM; i++) {
        same += type.charAt(i) == known.charAt(i) ? 1 : 0;
      }
      if (same == LETTERS) {
        return known;
      }
    }
    return type;
  }

  /** Whether something that looks like a chunk follows, so that the length is believed. */
  private static boolean isFollowed(byte[] file, Chunk chunk) {
    int next = chunk.start() + chunk.length() + SUM;
    if (next >= file.length) {
      return next == file.length;
    }
    return next + HEAD <= file.length
        && ByteBuffer.wrap(file).getInt(next) >= 0
        && isName(file, next + SUM);
  }

  private static boolean isName(byte[] file, int at) {
    for (int i = at; i < at + SUM; i++) {
      int letter = file[i] | 0x20;
      if (letter < 'a' || letter > 'z') {
        return false;
      }
    }
    return true;
  }

  /** Where the next sound chunk of pixels, or the end, begins; the file's length without one. */
  private static int nextSound(byte[] file, int from, long budget, Runnable check) {
    long left = budget;
    for (int at = from; at + HEAD + SUM <= file.length && left > 0; at++) {
      if (file[at + SUM] != 'I' || !isName(file, at + SUM)) {
        continue;
      }
      check.run();
      var chunk = chunkAt(file, at);
      left -= chunk.length();
      if (chunk.isSound()) {
        return at;
      }
    }
    return file.length;
  }

  /** The first chunk of a type. */
  Optional<Chunk> first(String type) {
    return chunks.stream().filter(chunk -> chunk.type().equals(type)).findFirst();
  }

  /** The content of the first chunk of a type. */
  Optional<byte[]> content(String type) {
    return first(type).map(this::content);
  }

  /** The content of a chunk. */
  byte[] content(Chunk chunk) {
    return java.util.Arrays.copyOfRange(file, chunk.start(), chunk.start() + chunk.length());
  }

  /** The same file, or where it is damaged, one of what its pixels need, with right lengths. */
  byte[] readable() {
    if (isEnded && chunks.stream().allMatch(Chunk::isSound)) {
      return file;
    }
    var out = new ByteArrayOutputStream(file.length + HEAD + SUM);
    out.write(file, 0, SIGNATURE);
    var seen = new java.util.HashSet<String>();
    var last = chunks.stream().filter(chunk -> chunk.type().equals(DATA)).reduce((a, b) -> b);
    for (var chunk : chunks) {
      var type = chunk.type();
      if (!type.equals(END) && NEEDED.contains(type) && (seen.add(type) || type.equals(DATA))) {
        write(out, isEnded && last.filter(chunk::equals).isPresent() ? unsummed(chunk) : chunk);
      }
    }
    write(out, new Chunk(END, 0, 0, true));
    return out.toByteArray();
  }

  /**
   * The last pixels without the checksum behind them: it is wrong, too, and a reader would leave
   * the last row out.
   */
  private static Chunk unsummed(Chunk last) {
    return new Chunk(last.type(), last.start(), Math.max(0, last.length() - SUM), false);
  }

  private void write(ByteArrayOutputStream out, Chunk chunk) {
    var type = chunk.type().getBytes(StandardCharsets.ISO_8859_1);
    var crc = new CRC32();
    crc.update(type);
    crc.update(file, chunk.start(), chunk.length());
    out.writeBytes(ByteBuffer.allocate(SUM).putInt(chunk.length()).array());
    out.writeBytes(type);
    out.write(file, chunk.start(), chunk.length());
    out.writeBytes(ByteBuffer.allocate(SUM).putInt((int) crc.getValue()).array());
  }

  /** What its checksums say. */
  Soundness soundness(Runnable check) {
    var damaged = chunks.stream().filter(chunk -> !chunk.isSound()).toList();
    boolean isHeaderSound = damaged.stream().noneMatch(chunk -> chunk.type().equals(HEADER));
    if (!isHeaderSound) {
      return new Soundness(!isEnded, Soundness.Doubt.PICTURE, OptionalDouble.empty());
    }
    // what the end of the file has cut is missing, not wrong
    var wrong =
        damaged.stream()
            .filter(chunk -> isEnded || chunk.start() + chunk.length() < file.length)
            .toList();
    var data = wrong.stream().filter(chunk -> chunk.type().equals(DATA)).findFirst();
    if (data.isPresent()) {
      return new Soundness(
          !isEnded, Soundness.Doubt.PICTURE, soundPart(data.get(), Long.MAX_VALUE, check).part());
    }
    if (wrong.stream().anyMatch(chunk -> COLOURS.contains(chunk.type()))) {
      return new Soundness(!isEnded, Soundness.Doubt.COLOURS, OptionalDouble.empty());
    }
    if (!wrong.isEmpty()) {
      return new Soundness(!isEnded, Soundness.Doubt.BESIDE, OptionalDouble.empty());
    }
    return isEnded && !soundPart(null, MOST_INFLATED, check).isSound()
        ? new Soundness(false, Soundness.Doubt.PICTURE, OptionalDouble.empty())
        : new Soundness(!isEnded, Soundness.Doubt.NONE, OptionalDouble.empty());
  }

  /**
   * What was inflated.
   *
   * @param part of all pixels, from the top; empty where they do not come in this order
   * @param isSound whether nothing was wrong
   */
  private record Inflated(OptionalDouble part, boolean isSound) {}

  /** Inflates the pixels before a chunk, or all of them with their checksum. */
  private Inflated soundPart(
      @org.jspecify.annotations.Nullable Chunk end, long most, Runnable check) {
    long all = unpacked();
    if (all <= 0 || all > most) {
      return new Inflated(OptionalDouble.empty(), true);
    }
    var buffer = new byte[PIECE];
    boolean isSound = true;
    long done = 0;
    try (var inflater = new Inflater()) {
      for (var chunk : chunks) {
        if (chunk.equals(end) || inflater.finished()) {
          break;
        }
        if (!chunk.type().equals(DATA)) {
          continue;
        }
        inflater.setInput(file, chunk.start(), chunk.length());
        while (!inflater.needsInput() && !inflater.finished()) {
          check.run();
          int count = inflater.inflate(buffer);
          done += count;
          if (count == 0 && inflater.needsDictionary()) {
            throw new DataFormatException("asks for a dictionary");
          }
        }
      }
    } catch (DataFormatException e) {
      isSound = false;
    }
    return new Inflated(
        isInterlaced() ? OptionalDouble.empty() : OptionalDouble.of((double) done / all), isSound);
  }

  /** Whether it comes in seven passes. */
  boolean isInterlaced() {
    return content(HEADER).map(head -> head.length > 12 && head[12] != 0).orElse(false);
  }

  /** The bytes of all rows with their filters; about, where they come in passes. */
  private long unpacked() {
    var head = content(HEADER).map(ByteBuffer::wrap).orElse(ByteBuffer.allocate(0));
    if (head.remaining() < 13) {
      return 0;
    }
    long width = head.getInt(0);
    long height = head.getInt(4);
    int samples =
        switch (head.get(9)) {
          case 2 -> 3;
          case 4 -> 2;
          case 6 -> 4;
          default -> 1;
        };
    return height * (1 + Math.ceilDiv(width * samples * head.get(8), Byte.SIZE));
  }
}
