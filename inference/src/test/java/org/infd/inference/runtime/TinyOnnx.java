package org.infd.inference.runtime;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Writes small ONNX graphs (opset 17) for tests of the engine, which cannot reach the exporter. The
 * numbers are the field numbers of {@code onnx.proto}.
 */
public final class TinyOnnx {
  private static final int FLOAT = 1;
  private static final int INT64 = 7;
  private static final int FLOAT16 = 10;

  private final Message graph = new Message();

  /** A protobuf message under construction. */
  private static final class Message {
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    Message number(int field, long value) {
      varint((long) field << 3);
      varint(value);
      return this;
    }

    Message bytes(int field, byte[] value) {
      varint((long) field << 3 | 2);
      varint(value.length);
      bytes.writeBytes(value);
      return this;
    }

    Message text(int field, String value) {
      return bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    Message message(int field, Message value) {
      return bytes(field, value.bytes.toByteArray());
    }

    private void varint(long value) {
      long rest = value;
      while ((rest & ~0x7FL) != 0) {
        bytes.write((int) (rest & 0x7F | 0x80));
        rest >>>= 7;
      }
      bytes.write((int) rest);
    }
  }

  /** An empty graph. */
  public TinyOnnx() {
    graph.text(2, "tiny");
  }

  /** A float32 input; a negative extent is free. */
  public TinyOnnx input(String name, long... shape) {
    graph.message(11, port(name, FLOAT, shape));
    return this;
  }

  /** An int64 input; a negative extent is free. */
  public TinyOnnx longInput(String name, long... shape) {
    graph.message(11, port(name, INT64, shape));
    return this;
  }

  /** A float32 output; a negative extent is free. */
  public TinyOnnx output(String name, long... shape) {
    graph.message(12, port(name, FLOAT, shape));
    return this;
  }

  /** A float32 scalar. */
  public TinyOnnx constant(String name, float value) {
    var raw = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(value).array();
    graph.message(5, new Message().number(2, FLOAT).text(8, name).bytes(9, raw));
    return this;
  }

  /** A float32 matrix of one row. */
  public TinyOnnx row(String name, float... values) {
    var raw = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    raw.asFloatBuffer().put(values);
    graph.message(
        5,
        new Message()
            .number(1, 1)
            .number(1, values.length)
            .number(2, FLOAT)
            .text(8, name)
            .bytes(9, raw.array()));
    return this;
  }

  /** A list of int64. */
  public TinyOnnx longs(String name, long... values) {
    var raw = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    raw.asLongBuffer().put(values);
    graph.message(
        5,
        new Message()
            .number(1, values.length)
            .number(2, INT64)
            .text(8, name)
            .bytes(9, raw.array()));
    return this;
  }

  /** A node with one output. */
  public TinyOnnx node(String operator, String output, String... inputs) {
    graph.message(1, plain(operator, output, inputs));
    return this;
  }

  /** A node with an empty graph in an attribute, as loops and branches have. */
  public TinyOnnx nodeWithSubgraph(String operator, String output, String... inputs) {
    var body = new Message().text(1, "body").message(6, new Message()).number(20, 5);
    graph.message(1, plain(operator, output, inputs).message(5, body));
    return this;
  }

  /** A Cast to float32. */
  public TinyOnnx castToFloat(String output, String input) {
    return cast(FLOAT, output, input);
  }

  /** A Cast to float16. */
  public TinyOnnx castToHalf(String output, String input) {
    return cast(FLOAT16, output, input);
  }

  private TinyOnnx cast(int type, String output, String input) {
    var to = new Message().text(1, "to").number(3, type).number(20, 2);
    graph.message(1, plain("Cast", output, input).message(5, to));
    return this;
  }

  private static Message plain(String operator, String output, String... inputs) {
    var node = new Message();
    for (var input : inputs) {
      node.text(1, input);
    }
    return node.text(2, output).text(4, operator);
  }

  private static Message port(String name, int type, long... shape) {
    var extents = new Message();
    for (long extent : shape) {
      extents.message(1, extent < 0 ? new Message().text(2, "n") : new Message().number(1, extent));
    }
    var tensor = new Message().number(1, type).message(2, extents);
    return new Message().text(1, name).message(2, new Message().message(1, tensor));
  }

  /** The bytes of the model file. */
  public byte[] build() {
    return new Message()
        .number(1, 8)
        .message(7, graph)
        .message(8, new Message().number(2, 17))
        .bytes
        .toByteArray();
  }
}
