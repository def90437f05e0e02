package org.infd.exporter.torch;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Puts pickles together opcode by opcode, sound or not. */
final class PickleBytes {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** Starts with PROTO 2. */
  static PickleBytes protocol2() {
    return new PickleBytes().raw("\u0080\2");
  }

  /** One byte for each character. */
  PickleBytes raw(String latin1) {
    out.writeBytes(latin1.getBytes(StandardCharsets.ISO_8859_1));
    return this;
  }

  PickleBytes raw(byte[] bytes) {
    out.writeBytes(bytes);
    return this;
  }

  PickleBytes repeat(String latin1, int times) {
    return raw(latin1.repeat(times));
  }

  PickleBytes text(String text) {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    return raw("X").i32(bytes.length).raw(bytes);
  }

  PickleBytes integer(long value) {
    return raw("\u008a\10").i64(value);
  }

  PickleBytes global(String module, String name) {
    return raw("c" + module + "\n" + name + "\n");
  }

  /** A tuple of integers. */
  PickleBytes tuple(long... values) {
    raw("(");
    for (long value : values) {
      integer(value);
    }
    return raw("t");
  }

  /** A tensor in the layout of the serializer. */
  PickleBytes tensor(
      String storageClass, String key, long count, long offset, long[] shape, long[] strides) {
    global("torch._utils", "_rebuild_tensor_v2")
        .raw("((")
        .text("storage")
        .global("torch", storageClass)
        .text(key)
        .text("cpu")
        .integer(count)
        .raw("tQ")
        .integer(offset);
    return tuple(shape).tuple(strides).raw("\u0089").emptyOrderedDict().raw("tR");
  }

  PickleBytes emptyOrderedDict() {
    return global("collections", "OrderedDict").raw(")R");
  }

  /** Begins a checkpoint up to the value of {@code model.args}. */
  static PickleBytes checkpointUpToArgs() {
    return protocol2().raw("}(").text("model").raw("}(").text("name").text("infd").text("args");
  }

  /** Begins a checkpoint up to the only tensor, {@code w}, of {@code model.sd}. */
  static PickleBytes checkpointUpToTensor() {
    return checkpointUpToArgs().raw("}").text("sd").emptyOrderedDict().raw("(").text("w");
  }

  /** Ends {@link #checkpointUpToTensor}. */
  byte[] endOfTensor() {
    return raw("uuu.").bytes();
  }

  PickleBytes i32(int value) {
    return raw(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
  }

  PickleBytes i64(long value) {
    return raw(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
  }

  byte[] bytes() {
    return out.toByteArray();
  }
}
