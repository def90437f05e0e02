package org.infd.inference.export;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Finds the recipe that {@link PictureExport} put into a file. Trusts nothing: lengths are bounded,
 * and what is not as it should be is no recipe.
 */
public final class PictureText {
  private static final int LARGEST = 1 << 20;
  private static final int MOST_SEGMENTS = 10_000;
  private static final int START_OF_SCAN = 0xDA;

  private PictureText() {}

  /**
   * The recipe in a picture file, or in a folder of tiles, their description or page: JSON.
   *
   * @return empty for pictures of others, and for anything that is no picture
   * @throws IOException if the file cannot be read
   */
  public static Optional<String> recipe(Path file) throws IOException {
    if (Files.isDirectory(file)) {
      return FolderText.recipe(file);
    }
    try (var stream = Files.newInputStream(file)) {
      var start = ByteBuffer.wrap(stream.readNBytes(4));
      if (start.limit() < 4) {
        return Optional.empty();
      }
      int head = start.getInt();
      if (head >>> 8 == 0xFFD8FF) {
        return inJpeg(file);
      }
      return switch (head) {
        case 0x89504E47 -> inPng(file);
        case 0x4D4D002A, 0x49492A00 -> inTiff(file);
        case 0x49492B00 -> BigTiffText.recipe(file);
        default -> FolderText.inDescription(file);
      };
    } catch (EOFException e) {
      return Optional.empty();
    }
  }

  private static Optional<String> inPng(Path file) throws IOException {
    var found = new AtomicReference<String>();
    try (var stream = new BufferedInputStream(Files.newInputStream(file))) {
      PngChunks.read(
          stream,
          chunk -> {
            if (chunk.type().equals("iTXt") && chunk.keyword().equals(PngText.RECIPE)) {
              found.set(international(chunk.content()));
            }
          });
    }
    return Optional.ofNullable(found.get()).filter(text -> !text.isEmpty());
  }

  /** The text of an {@code iTXt} chunk as we write it: not compressed. */
  private static String international(byte[] content) {
    int at = PngText.RECIPE.length() + 1;
    if (content.length < at + 2 || content[at] != 0) {
      return "";
    }
    at += 2;
    // a language and a translated keyword, which may both be empty
    for (int ends = 0; ends < 2; at++) {
      if (at >= content.length) {
        return "";
      }
      ends += content[at] == 0 ? 1 : 0;
    }
    return new String(content, at, content.length - at, StandardCharsets.UTF_8);
  }

  private static Optional<String> inJpeg(Path file) throws IOException {
    try (var in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
      in.skipNBytes(2);
      for (int i = 0; i < MOST_SEGMENTS; i++) {
        int start = in.readUnsignedByte();
        int marker = in.readUnsignedByte();
        int length = in.readUnsignedShort() - 2;
        if (start != 0xFF || marker == START_OF_SCAN || length < 0) {
          return Optional.empty();
        }
        if (marker != JpegLayout.COMMENT) {
          in.skipNBytes(length);
          continue;
        }
        var content = new byte[length];
        in.readFully(content);
        var text = new String(content, StandardCharsets.UTF_8);
        if (text.startsWith(JpegLayout.RECIPE_MARK)) {
          return Optional.of(text.substring(JpegLayout.RECIPE_MARK.length()));
        }
      }
      return Optional.empty();
    }
  }

  private static Optional<String> inTiff(Path file) throws IOException {
    try (var channel = FileChannel.open(file)) {
      var head = FileBytes.read(channel, 0, 8);
      var order = head.get(0) == 'M' ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
      long folder = Integer.toUnsignedLong(head.order(order).getInt(4));
      int count = Short.toUnsignedInt(FileBytes.read(channel, folder, 2).order(order).getShort());
      var entries = FileBytes.read(channel, folder + 2, 12 * count).order(order);
      for (int i = 0; i < count; i++) {
        int tag = Short.toUnsignedInt(entries.getShort(12 * i));
        int length = entries.getInt(12 * i + 4);
        if (tag == TiffFile.RECIPE && length > 4 && length <= LARGEST) {
          long at = Integer.toUnsignedLong(entries.getInt(12 * i + 8));
          var bytes = FileBytes.read(channel, at, length).array();
          return Optional.of(new String(bytes, 0, length - 1, StandardCharsets.UTF_8));
        }
      }
      return Optional.empty();
    }
  }
}
