package org.infd.inference.export;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A directory of a TIFF while it is put together (TIFF 6.0, section 2, and BigTIFF, which counts in
 * eight bytes). Fields stand in the order in which they are added, that of their tags; what does
 * not fit into a field lies behind the directory.
 */
final class TiffDirectory {
  /** How a file counts, and in which order its bytes come. */
  enum Kind {
    CLASSIC(ByteOrder.BIG_ENDIAN, 2, 4),
    BIG(ByteOrder.LITTLE_ENDIAN, 8, 8);

    private final ByteOrder order;
    private final int countBytes;
    private final int placeBytes;

    Kind(ByteOrder order, int countBytes, int placeBytes) {
      this.order = order;
      this.countBytes = countBytes;
      this.placeBytes = placeBytes;
    }

    /** The bytes of a field. */
    int fieldBytes() {
      return 4 + 2 * placeBytes;
    }

    /** An empty buffer in the order of its files. */
    ByteBuffer buffer(int size) {
      return ByteBuffer.allocate(size).order(order);
    }

    private void putPlace(ByteBuffer to, long value) {
      if (this == BIG) {
        to.putLong(value);
      } else {
        to.putInt((int) value);
      }
    }
  }

  static final short LONG = 4;

  private static final short ASCII = 2;
  private static final short SHORT = 3;
  private static final short RATIONAL = 5;

  private record Field(int tag, short type, long count, ByteBuffer value) {}

  private final Kind kind;
  private final List<Field> fields = new ArrayList<>();

  TiffDirectory(Kind kind) {
    this.kind = kind;
  }

  /**
   * Adds a field.
   *
   * @param value its values in the order of the kind; may be filled until {@link #bytes}
   */
  void add(int tag, short type, long count, ByteBuffer value) {
    fields.add(new Field(tag, type, count, value));
  }

  /** Adds a number. */
  void number(int tag, int value) {
    add(tag, LONG, 1, kind.buffer(4).putInt(value));
  }

  /** Adds small numbers. */
  void shorts(int tag, int... values) {
    var bytes = kind.buffer(2 * values.length);
    for (int value : values) {
      bytes.putShort((short) value);
    }
    add(tag, SHORT, values.length, bytes);
  }

  /** Adds a whole number as a fraction. */
  void rational(int tag, int value) {
    add(tag, RATIONAL, 1, kind.buffer(8).putInt(value).putInt(1));
  }

  /** Adds a text, in UTF-8; nothing for null. */
  void text(int tag, @Nullable String text) {
    if (text != null) {
      var bytes = (text.replace('\0', ' ') + '\0').getBytes(StandardCharsets.UTF_8);
      add(tag, ASCII, bytes.length, ByteBuffer.wrap(bytes));
    }
  }

  /** The bytes of the directory with what lies behind it. */
  long size() {
    long size = ownBytes();
    for (var field : fields) {
      size += outside(field);
    }
    return size;
  }

  private int ownBytes() {
    return kind.countBytes + kind.fieldBytes() * fields.size() + kind.placeBytes;
  }

  /**
   * The directory with what lies behind it.
   *
   * @param at where it begins in the file
   * @param next where the next one begins, 0 for none
   */
  byte[] bytes(long at, long next) {
    var whole = new byte[Math.toIntExact(size())];
    var bytes = ByteBuffer.wrap(whole).order(kind.order);
    int behind = ownBytes();
    if (kind == Kind.BIG) {
      bytes.putLong(fields.size());
    } else {
      bytes.putShort((short) fields.size());
    }
    for (var field : fields) {
      bytes.putShort((short) field.tag).putShort(field.type);
      kind.putPlace(bytes, field.count);
      int length = field.value.capacity();
      if (outside(field) == 0) {
        bytes.put(bytes.position(), field.value, 0, length);
        bytes.position(bytes.position() + kind.placeBytes);
      } else {
        kind.putPlace(bytes, at + behind);
        bytes.put(behind, field.value, 0, length);
        behind += outside(field);
      }
    }
    kind.putPlace(bytes, next);
    return whole;
  }

  /** The bytes behind the directory, an even number. */
  private int outside(Field field) {
    int length = field.value.capacity();
    return length <= kind.placeBytes ? 0 : (length + 1) / 2 * 2;
  }
}
