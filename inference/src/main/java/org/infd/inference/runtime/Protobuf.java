package org.infd.inference.runtime;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A protobuf message as a list of fields, in their order: enough to read a graph, change a little
 * and write the rest back as it was. Fields are known by their numbers.
 */
final class Protobuf {
  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED32 = 5;

  /** The largest graphs of official models have some ten thousand nodes. */
  private static final int MOST_FIELDS = 1 << 20;

  /** A field: its number, its wire type, and its value, which is bytes or a number. */
  private static final class Field {
    final int number;
    final int wire;
    final long value;
    final byte[] bytes;

    Field(int number, int wire, long value, byte[] bytes) {
      this.number = number;
      this.wire = wire;
      this.value = value;
      this.bytes = bytes;
    }
  }

  private static final byte[] NONE = new byte[0];

  private final List<Field> fields = new ArrayList<>();

  /**
   * Reads a message.
   *
   * @throws IllegalArgumentException if the bytes are none
   */
  static Protobuf parse(byte[] bytes) {
    var message = new Protobuf();
    var in = ByteBuffer.wrap(bytes).order(java.nio.ByteOrder.LITTLE_ENDIAN);
    try {
      while (in.hasRemaining()) {
        if (message.fields.size() == MOST_FIELDS) {
          throw new IllegalArgumentException("too many fields");
        }
        long key = varint(in);
        int number = (int) (key >>> 3);
        int wire = (int) (key & 7);
        message.fields.add(
            switch (wire) {
              case VARINT -> new Field(number, wire, varint(in), NONE);
              case FIXED64 -> new Field(number, wire, in.getLong(), NONE);
              case FIXED32 -> new Field(number, wire, in.getInt(), NONE);
              case BYTES -> new Field(number, wire, 0, take(in, varint(in)));
              default -> throw new IllegalArgumentException("wire type " + wire);
            });
      }
    } catch (java.nio.BufferUnderflowException e) {
      throw new IllegalArgumentException("the message ends too early", e);
    }
    return message;
  }

  private static byte[] take(ByteBuffer in, long length) {
    if (length < 0 || length > in.remaining()) {
      throw new IllegalArgumentException("a field of " + length + " bytes");
    }
    var bytes = new byte[(int) length];
    in.get(bytes);
    return bytes;
  }

  private static long varint(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      byte next = in.get();
      value |= (long) (next & 0x7F) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new IllegalArgumentException("a number that does not end");
  }

  /** The message's bytes. */
  byte[] toBytes() {
    var out = new ByteArrayOutputStream();
    for (var field : fields) {
      varint(out, ((long) field.number << 3) | field.wire);
      switch (field.wire) {
        case VARINT -> varint(out, field.value);
        case FIXED64 -> fixed(out, field.value, Long.BYTES);
        case FIXED32 -> fixed(out, field.value, Integer.BYTES);
        default -> {
          varint(out, field.bytes.length);
          out.writeBytes(field.bytes);
        }
      }
    }
    return out.toByteArray();
  }

  private static void fixed(ByteArrayOutputStream out, long value, int size) {
    for (int i = 0; i < size; i++) {
      out.write((int) (value >>> (8 * i)));
    }
  }

  private static void varint(ByteArrayOutputStream out, long value) {
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      out.write((int) ((rest & 0x7F) | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
  }

  /** All texts under a number. */
  List<String> texts(int number) {
    return fields.stream()
        .filter(f -> f.number == number && f.wire == BYTES)
        .map(f -> new String(f.bytes, StandardCharsets.UTF_8))
        .toList();
  }

  /** The first text under a number, or an empty one. */
  String text(int number) {
    return texts(number).stream().findFirst().orElse("");
  }

  /** The first number under a number. */
  Optional<Long> number(int number) {
    return fields.stream()
        .filter(f -> f.number == number && f.wire == VARINT)
        .map(f -> f.value)
        .findFirst();
  }

  /** The first bytes under a number. */
  Optional<byte[]> bytes(int number) {
    return fields.stream()
        .filter(f -> f.number == number && f.wire == BYTES)
        .map(f -> f.bytes)
        .findFirst();
  }

  /** Whether there is anything under a number. */
  boolean has(int number) {
    return fields.stream().anyMatch(f -> f.number == number);
  }

  /** All numbers under a number, one by one or packed. */
  List<Long> numbers(int number) {
    var numbers = new ArrayList<Long>();
    for (var field : fields) {
      if (field.number == number && field.wire == VARINT) {
        numbers.add(field.value);
      } else if (field.number == number && field.wire == BYTES) {
        var in = ByteBuffer.wrap(field.bytes);
        while (in.hasRemaining()) {
          numbers.add(varint(in));
        }
      }
    }
    return numbers;
  }

  /** All messages under a number. */
  List<Protobuf> messages(int number) {
    return fields.stream()
        .filter(f -> f.number == number && f.wire == BYTES)
        .map(f -> parse(f.bytes))
        .toList();
  }

  /** Adds a number. */
  Protobuf number(int number, long value) {
    fields.add(new Field(number, VARINT, value, NONE));
    return this;
  }

  /** Adds bytes. */
  Protobuf bytes(int number, byte[] value) {
    fields.add(new Field(number, BYTES, 0, value));
    return this;
  }

  /** Adds a text. */
  Protobuf text(int number, String value) {
    return bytes(number, value.getBytes(StandardCharsets.UTF_8));
  }

  /** Adds a message. */
  Protobuf message(int number, Protobuf value) {
    return bytes(number, value.toBytes());
  }

  /** The same message without the fields of a number. */
  Protobuf without(int number) {
    var rest = new Protobuf();
    fields.stream().filter(f -> f.number != number).forEach(rest.fields::add);
    return rest;
  }
}
