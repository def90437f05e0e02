package org.infd.inference.runtime;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Constants inside ONNX graphs, row-major. Numbers are those of {@code onnx.proto}. */
final class OnnxConstant {
  // TensorProto
  private static final int DIMENSION = 1;
  private static final int TYPE = 2;
  private static final int NAME = 8;
  private static final int BYTES = 9;
  private static final int FLOAT = 1;
  private static final int INT64 = 7;
  private static final int FLOAT16 = 10;

  private OnnxConstant() {}

  /** Values as float32. */
  static Protobuf floats(String name, float[] values, long... shape) {
    var bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return tensor(name, FLOAT, bytes.array(), shape);
  }

  /** Values rounded to float16. */
  static Protobuf halves(String name, float[] values, long... shape) {
    var bytes = ByteBuffer.allocate(values.length * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      bytes.putShort(Float.floatToFloat16(value));
    }
    return tensor(name, FLOAT16, bytes.array(), shape);
  }

  /** A row of whole numbers. */
  static Protobuf longs(String name, long... values) {
    var bytes = ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(values);
    return tensor(name, INT64, bytes.array(), values.length);
  }

  private static Protobuf tensor(String name, int type, byte[] bytes, long... shape) {
    var tensor = new Protobuf();
    for (long extent : shape) {
      tensor.number(DIMENSION, extent);
    }
    return tensor.number(TYPE, type).text(NAME, name).bytes(BYTES, bytes);
  }
}
