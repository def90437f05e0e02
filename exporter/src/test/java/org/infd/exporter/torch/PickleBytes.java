package org.infd.exporter.torch;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Puts pickles together opcode by opcode, sound or not. */
public final class PickleBytes {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** Starts with PROTO 2. */
  public static PickleBytes protocol2() {
    return new PickleBytes().raw("\u0080\2");
  }

  /** One byte for each character. */
  public PickleBytes raw(String latin1) {
    out.writeBytes(latin1.getBytes(StandardCharsets.ISO_8859_1));
    return this;
  }

  public PickleBytes raw(byte[] bytes) {
    out.writeBytes(bytes);
    return this;
  }

  public PickleBytes repeat(String latin1, int times) {
    return raw(latin1.repeat(times));
  }

  public PickleBytes text(String text) {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    return raw("X").i32(bytes.length).raw(bytes);
  }

  public PickleBytes integer(long value) {
    return raw("\u008a\10").i64(value);
  }

  public PickleBytes global(String module, String name) {
    return raw("c" + module + "\n" + name + "\n");
  }

  /** A tuple of integers. */
  public PickleBytes tuple(long... values) {
    raw("(");
    for (long value : values) {
      integer(value);
    }
    return raw("t");
  }

  /** A tensor in the layout of the serializer. */
  public PickleBytes tensor(
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

  public PickleBytes emptyOrderedDict() {
    return global("collections", "OrderedDict").raw(")R");
  }

  /** Begins a checkpoint up to the value of {@code model.args}. */
  public static PickleBytes checkpointUpToArgs() {
    return protocol2().raw("}(").text("model").raw("}(").text("name").text("infd").text("args");
  }

  /** Begins a checkpoint up to the only tensor, {@code w}, of {@code model.sd}. */
  public static PickleBytes checkpointUpToTensor() {
    return checkpointUpToArgs().raw("}").text("sd").emptyOrderedDict().raw("(").text("w");
  }

  /** Ends {@link #checkpointUpToTensor}. */
  public byte[] endOfTensor() {
    return raw("uuu.").bytes();
  }

  public PickleBytes i32(int value) {
    return raw(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
  }

  public PickleBytes i64(long value) {
    return raw(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
  }

  public byte[] bytes() {
    return out.toByteArray();
  }
}
