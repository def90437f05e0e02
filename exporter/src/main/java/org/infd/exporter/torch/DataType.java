package org.infd.exporter.torch;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Element types of stored tensors, all little-endian (docs/spec/infd-model.md 1.1,
 * docs/spec/clip.md 5.3), with their names in a torch pickle and in a safetensors header.
 */
public enum DataType {
  /** IEEE single precision. */
  F32(4, "FloatStorage"),
  /** IEEE half precision. */
  F16(2, "HalfStorage"),
  /** The upper half of a single. */
  BF16(2, "BFloat16Storage"),
  /** IEEE double precision. */
  F64(8, "DoubleStorage"),
  /** Signed, 64 bits. */
  I64(8, "LongStorage"),
  /** Signed, 32 bits. */
  I32(4, "IntStorage"),
  /** Signed, 16 bits. */
  I16(2, "ShortStorage"),
  /** Signed, 8 bits. */
  I8(1, "CharStorage"),
  /** Unsigned, 8 bits. */
  U8(1, "ByteStorage"),
  /** One byte, zero or not. */
  BOOL(1, "BoolStorage");

  private static final Map<String, DataType> BY_NAME =
      Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(DataType::name, type -> type));

  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfDouble DOUBLE =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final int width;
  private final String storageClass;

  DataType(int width, String storageClass) {
    this.width = width;
    this.storageClass = storageClass;
  }

  /** Bytes of one element. */
  public int width() {
    return width;
  }

  /** The name of the storage class in module {@code torch}. */
  public String storageClass() {
    return storageClass;
  }

  /** Whether elements are integers (or booleans), which {@link #integer} reads without loss. */
  public boolean isInteger() {
    return switch (this) {
      case F32, F16, BF16, F64 -> false;
      case I64, I32, I16, I8, U8, BOOL -> true;
    };
  }

  static Optional<DataType> ofStorageClass(String name) {
    return Arrays.stream(values()).filter(type -> type.storageClass.equals(name)).findFirst();
  }

  /** The type of a storage by its class in a pickle. */
  static Optional<DataType> ofStorage(Pickled.Global type) {
    boolean known = type.module().equals("torch") || type.module().equals("torch.cuda");
    return known ? ofStorageClass(type.name()) : Optional.empty();
  }

  static Optional<DataType> ofName(String name) {
    return Optional.ofNullable(BY_NAME.get(name));
  }

  /** Element {@code index} of {@code bytes}, as a float; doubles and large integers are rounded. */
  float single(MemorySegment bytes, long index) {
    long at = index * width;
    return switch (this) {
      case F32 -> bytes.get(FLOAT, at);
      case F16 -> Float.float16ToFloat(bytes.get(SHORT, at));
      case BF16 -> Float.intBitsToFloat(bytes.get(SHORT, at) << 16);
      case F64 -> (float) bytes.get(DOUBLE, at);
      case I64, I32, I16, I8, U8, BOOL -> (float) integer(bytes, index);
    };
  }

  /** Element {@code index} of {@code bytes}, as an integer; only for integer types. */
  long integer(MemorySegment bytes, long index) {
    long at = index * width;
    return switch (this) {
      case I64 -> bytes.get(LONG, at);
      case I32 -> bytes.get(INT, at);
      case I16 -> bytes.get(SHORT, at);
      case I8 -> bytes.get(ValueLayout.JAVA_BYTE, at);
      case U8 -> Byte.toUnsignedLong(bytes.get(ValueLayout.JAVA_BYTE, at));
      case BOOL -> bytes.get(ValueLayout.JAVA_BYTE, at) == 0 ? 0 : 1;
      case F32, F16, BF16, F64 -> throw new IllegalStateException(this + " is no integer type");
    };
  }

  /** Copies {@code count} elements from {@code index} on into {@code target}. */
  void singles(MemorySegment bytes, long index, float[] target, int at, int count) {
    if (this == F32) {
      MemorySegment.copy(bytes, FLOAT, index * width, target, at, count);
      return;
    }
    for (int i = 0; i < count; i++) {
      target[at + i] = single(bytes, index + i);
    }
  }
}
