package org.infd.exporter.torch;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the operands of pickle opcodes; every length is checked against what is left. */
final class PickleCursor {
  private static final int LONGEST_LINE = 4096;
  private static final Pattern ESCAPE = Pattern.compile("\\\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})");

  private final SourceLocation origin;
  private final ByteBuffer bytes;
  private int opcodePlace;

  PickleCursor(SourceLocation origin, byte[] bytes) {
    this.origin = origin;
    this.bytes = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Place of the opcode that is being read, for sentences. */
  int opcodePlace() {
    return opcodePlace;
  }

  int remaining() {
    return bytes.remaining();
  }

  int opcode() {
    opcodePlace = bytes.position();
    if (!bytes.hasRemaining()) {
      throw origin.damaged(opcodePlace, "the pickle ends without a STOP");
    }
    return u8();
  }

  int u8() {
    need(1);
    return Byte.toUnsignedInt(bytes.get());
  }

  int u16() {
    need(2);
    return Short.toUnsignedInt(bytes.getShort());
  }

  int i32() {
    need(4);
    return bytes.getInt();
  }

  long u32() {
    return Integer.toUnsignedLong(i32());
  }

  long i64() {
    need(8);
    return bytes.getLong();
  }

  double bigEndianDouble() {
    return Double.longBitsToDouble(Long.reverseBytes(i64()));
  }

  byte[] take(long length) {
    need(length);
    var taken = new byte[(int) length];
    bytes.get(taken);
    return taken;
  }

  String utf8(long length) {
    need(length);
    var slice = bytes.slice(bytes.position(), (int) length);
    bytes.position(bytes.position() + (int) length);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(slice).toString();
    } catch (CharacterCodingException e) {
      var text = withSurrogates(slice);
      if (text == null) {
        throw origin.damaged(opcodePlace, "a text is not UTF-8");
      }
      return text;
    }
  }

  /**
   * Python writes halves of surrogate pairs as three bytes each, which UTF-8 has not: so it keeps
   * bytes of file names that are no letters.
   *
   * @return null if the text is wrong in another way too
   */
  private static @Nullable String withSurrogates(ByteBuffer slice) {
    var bytes = new byte[slice.rewind().remaining()];
    slice.get(bytes);
    for (int i = 0; i + 2 < bytes.length; i++) {
      if ((bytes[i] & 0xff) == 0xed && (bytes[i + 1] & 0xe0) == 0xa0) {
        // U+FFFD is of three bytes too
        bytes[i] = (byte) 0xef;
        bytes[i + 1] = (byte) 0xbf;
        bytes[i + 2] = (byte) 0xbd;
      }
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  String latin1(long length) {
    return new String(take(length), StandardCharsets.ISO_8859_1);
  }

  /** The text up to the next line feed, which is skipped. */
  String line() {
    var text = utf8(lineLength());
    bytes.get();
    return text;
  }

  /** A line of Latin-1 in which other characters are written as {@code \\u0123}. */
  String escapedLine() {
    var text = latin1(lineLength());
    bytes.get();
    var escape = ESCAPE.matcher(text);
    return escape.replaceAll(
        found -> Matcher.quoteReplacement(character(found.group().substring(2))));
  }

  /** A line with a text in quotes, which are dropped. */
  String quotedLine() {
    var line = line();
    boolean quoted =
        line.length() >= 2
            && (line.charAt(0) == '\'' || line.charAt(0) == '"')
            && line.charAt(line.length() - 1) == line.charAt(0);
    if (!quoted) {
      throw origin.damaged(opcodePlace, "a text is not quoted");
    }
    return line.substring(1, line.length() - 1);
  }

  private String character(String hexadecimal) {
    int codePoint = Integer.parseUnsignedInt(hexadecimal, 16);
    if (!Character.isValidCodePoint(codePoint)) {
      throw origin.damaged(opcodePlace, "a text has an impossible character");
    }
    return Character.toString(codePoint);
  }

  private int lineLength() {
    int start = bytes.position();
    int limit = Math.min(bytes.limit(), start + LONGEST_LINE);
    for (int i = start; i < limit; i++) {
      if (bytes.get(i) == '\n') {
        return i - start;
      }
    }
    throw origin.damaged(opcodePlace, "a line has no end");
  }

  private void need(long length) {
    if (length < 0 || length > bytes.remaining()) {
      throw origin.damaged(
          opcodePlace,
          "a length of "
              + Long.toUnsignedString(length)
              + " bytes is claimed where "
              + bytes.remaining()
              + " are left");
    }
  }
}
