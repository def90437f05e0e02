package org.infd.inference.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * One array of NumPy. A tool of the tests.
 *
 * @param type the NumPy type, for example {@code <f4}
 * @param shape its extents
 * @param bytes the elements, row-major, in the order of bytes that the type names
 */
public record NpyArray(String type, long[] shape, ByteBuffer bytes) {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final Pattern TYPE = Pattern.compile("'descr'\\s*:\\s*'([<>|=]?[a-zA-Z?]\\d*)'");
  private static final Pattern ORDER = Pattern.compile("'fortran_order'\\s*:\\s*(False|True)");
  private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([0-9, ]*)\\)");

  /**
   * Reads an {@code .npy} file.
   *
   * @throws IllegalArgumentException if it is none, or holds something else than numbers
   */
  public static NpyArray parse(byte[] npy) {
    if (npy.length < 12 || !Arrays.equals(Arrays.copyOf(npy, MAGIC.length), MAGIC)) {
      throw new IllegalArgumentException("it is no array of NumPy");
    }
    var bytes = ByteBuffer.wrap(npy).order(ByteOrder.LITTLE_ENDIAN);
    int version = bytes.get(6);
    int headerStart = version == 1 ? 10 : 12;
    int headerLength = version == 1 ? bytes.getShort(8) & 0xffff : bytes.getInt(8);
    if (headerLength < 0 || headerStart + headerLength > npy.length) {
      throw new IllegalArgumentException("it is cut");
    }
    var header = new String(npy, headerStart, headerLength, StandardCharsets.ISO_8859_1);
    var type = field(TYPE, header);
    var shape =
        Arrays.stream(field(SHAPE, header).split(","))
            .map(String::strip)
            .filter(s -> !s.isEmpty())
            .mapToLong(Long::parseLong)
            .toArray();
    int width = width(type);
    int start = headerStart + headerLength;
    int length = Math.multiplyExact(Shapes.elements(shape), width);
    if (npy.length - start < length) {
      throw new IllegalArgumentException("it is cut");
    }
    var elements = bytes.slice(start, length);
    if (field(ORDER, header).equals("True")) {
      elements = rowMajor(elements, shape, width);
    }
    var order = type.startsWith(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    return new NpyArray(type, shape, elements.order(order));
  }

  private static String field(Pattern pattern, String header) {
    var match = pattern.matcher(header);
    if (!match.find()) {
      throw new IllegalArgumentException("it holds no numbers: " + header.strip());
    }
    return match.group(1);
  }

  private static int width(String type) {
    var kind = type.replaceAll("^[<>|=]", "");
    return switch (kind) {
      case "b1", "?", "i1", "u1" -> 1;
      case "f2", "i2", "u2" -> 2;
      case "f4", "i4", "u4" -> 4;
      case "f8", "i8", "u8" -> 8;
      default -> throw new IllegalArgumentException("it holds no numbers but " + type);
    };
  }

  /** Elements whose first axis runs fastest, in the order in which the last one does. */
  private static ByteBuffer rowMajor(ByteBuffer elements, long[] shape, int width) {
    int count = Shapes.elements(shape);
    var ordered = ByteBuffer.allocate(count * width);
    for (int i = 0; i < count; i++) {
      int rest = i;
      int place = 0;
      int stride = count;
      for (int axis = shape.length - 1; axis >= 0; axis--) {
        stride /= (int) shape[axis];
        place += rest % (int) shape[axis] * stride;
        rest /= (int) shape[axis];
      }
      // the last axis of the shape runs slowest in the file
      ordered.put(i * width, elements, place * width, width);
    }
    return ordered;
  }

  /** The number of elements. */
  public int elements() {
    return Shapes.elements(shape);
  }

  /** Whether the elements are whole numbers or truths. */
  public boolean isInteger() {
    return !kind().startsWith("f");
  }

  /** Whether the elements are in half precision. */
  public boolean isHalf() {
    return kind().equals("f2");
  }

  private String kind() {
    return type.replaceAll("^[<>|=]", "");
  }

  /** The elements, row-major. */
  public double[] toDoubles() {
    var values = new double[elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (kind()) {
            case "f2" -> Float.float16ToFloat(bytes.getShort(2 * i));
            case "f4" -> bytes.getFloat(4 * i);
            case "f8" -> bytes.getDouble(8 * i);
            default -> toLong(i);
          };
    }
    return values;
  }

  /** The elements, row-major; fractions are an error. */
  public long[] toLongs() {
    var values = new long[elements()];
    if (isInteger()) {
      Arrays.setAll(values, this::toLong);
      return values;
    }
    var doubles = toDoubles();
    for (int i = 0; i < values.length; i++) {
      values[i] = (long) doubles[i];
      if (values[i] != doubles[i]) {
        throw new IllegalArgumentException(doubles[i] + " is no whole number");
      }
    }
    return values;
  }

  private long toLong(int i) {
    return switch (kind()) {
      case "b1", "?", "i1" -> bytes.get(i);
      case "u1" -> bytes.get(i) & 0xff;
      case "i2" -> bytes.getShort(2 * i);
      case "u2" -> bytes.getShort(2 * i) & 0xffff;
      case "i4" -> bytes.getInt(4 * i);
      case "u4" -> bytes.getInt(4 * i) & 0xffffffffL;
      default -> bytes.getLong(8 * i);
    };
  }
}
