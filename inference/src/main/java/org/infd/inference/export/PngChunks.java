package org.infd.inference.export;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.function.Consumer;
import java.util.zip.CRC32;

/**
 * The chunks of a PNG file beside its pixels. Files are not trusted: chunks that are larger than
 * any text of ours are skipped, and one with a wrong checksum ends the reading.
 */
final class PngChunks {
  /** The signature and the header chunk, which is always as long. */
  static final int AFTER_HEADER = 33;

  private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
  private static final int LARGEST = 1 << 20;
  private static final int MOST_KEPT = 4 << 20;
  private static final int MOST_CHUNKS = 1 << 20;
  private static final Set<String> TEXTS = Set.of("tEXt", "zTXt", "iTXt");

  /** What would be wrong beside other pixels. */
  private static final Set<String> OURS = Set.of(PngText.RECIPE, PngText.PARAMETERS, "Software");

  /** What every writer makes anew. */
  private static final Set<String> REMADE = Set.of("pHYs");

  private PngChunks() {}

  /** A chunk. */
  static final class Chunk {
    private final String type;
    private final byte[] content;

    Chunk(String type, byte[] content) {
      this.type = type;
      this.content = content;
    }

    /** Its four letters. */
    String type() {
      return type;
    }

    /** Its bytes; nobody writes into them. */
    byte[] content() {
      return content;
    }

    /** Whether it may be lost on programs that do not know it. */
    boolean isAncillary() {
      return (type.charAt(0) & 0x20) != 0;
    }

    /** Whether it stays true when the pixels change. */
    boolean isSafeToCopy() {
      return (type.charAt(3) & 0x20) != 0;
    }

    boolean isText() {
      return TEXTS.contains(type);
    }

    /** The keyword of a text. */
    String keyword() {
      int end = 0;
      while (end < content.length && content[end] != 0) {
        end++;
      }
      return new String(content, 0, end, StandardCharsets.ISO_8859_1);
    }
  }

  /**
   * Goes through the ancillary chunks of a file.
   *
   * @return whether it is a PNG file
   * @throws IOException if it cannot be read
   */
  static boolean read(InputStream stream, Consumer<Chunk> taker) throws IOException {
    if (!Arrays.equals(stream.readNBytes(SIGNATURE.length), SIGNATURE)) {
      return false;
    }
    var in = new DataInputStream(stream);
    for (int i = 0; i < MOST_CHUNKS; i++) {
      var head = in.readNBytes(8);
      if (head.length < 8) {
        return true;
      }
      long length = Integer.toUnsignedLong(ByteBuffer.wrap(head).getInt());
      var type = new String(head, 4, 4, StandardCharsets.ISO_8859_1);
      if (type.equals("IEND")) {
        return true;
      }
      boolean ancillary = (head[4] & 0x20) != 0;
      if (!ancillary || length > LARGEST) {
        in.skipNBytes(length + 4);
        continue;
      }
      var content = in.readNBytes((int) length);
      var checksum = in.readNBytes(4);
      if (checksum.length < 4 || ByteBuffer.wrap(checksum).getInt() != checksum(type, content)) {
        return true;
      }
      taker.accept(new Chunk(type, content));
    }
    return true;
  }

  private static int checksum(String type, byte[] content) {
    var crc = new CRC32();
    crc.update(type.getBytes(StandardCharsets.ISO_8859_1));
    crc.update(content);
    return (int) crc.getValue();
  }

  /**
   * What others added to a picture of ours that is about to be replaced, as it lies in the file:
   * texts under keywords that the new text has not, and chunks that say themselves that they may be
   * copied.
   */
  static byte[] toKeep(Path file, PngText text) {
    var kept = new ByteArrayOutputStream();
    var ours = new boolean[1];
    if (!Files.isRegularFile(file)) {
      return new byte[0];
    }
    try (var stream = Files.newInputStream(file)) {
      read(
          new java.io.BufferedInputStream(stream),
          chunk -> {
            ours[0] |= chunk.isText() && chunk.keyword().equals(PngText.RECIPE);
            boolean wanted =
                chunk.isText()
                    ? !OURS.contains(chunk.keyword()) && !text.texts().containsKey(chunk.keyword())
                    : chunk.isSafeToCopy() && !REMADE.contains(chunk.type());
            if (wanted && kept.size() + chunk.content().length <= MOST_KEPT) {
              put(kept, chunk);
            }
          });
    } catch (IOException e) {
      // what cannot be read has nothing to keep
    }
    return ours[0] ? kept.toByteArray() : new byte[0];
  }

  private static void put(ByteArrayOutputStream to, Chunk chunk) {
    to.writeBytes(ByteBuffer.allocate(4).putInt(chunk.content().length).array());
    to.writeBytes(chunk.type().getBytes(StandardCharsets.ISO_8859_1));
    to.writeBytes(chunk.content());
    to.writeBytes(ByteBuffer.allocate(4).putInt(checksum(chunk.type(), chunk.content())).array());
  }
}
