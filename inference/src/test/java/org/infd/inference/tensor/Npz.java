package org.infd.inference.tensor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipFile;

/**
 * Reads the arrays of an {@code .npz} file: float32, float64, int32, int64 and uint8. A tool of the
 * tests.
 */
public final class Npz {
  private static final Pattern HEADER =
      Pattern.compile(
          "'descr': '([<|][a-z][0-9])', 'fortran_order': (False|True), 'shape': \\(([0-9, ]*)\\)");

  private final Map<String, Array> arrays = new LinkedHashMap<>();

  /**
   * One array.
   *
   * @param type the NumPy type, for example {@code <f4}
   * @param shape its extents
   * @param bytes the elements, row-major, little-endian
   */
  public record Array(String type, long[] shape, ByteBuffer bytes) {
    int elements() {
      return Shapes.elements(shape);
    }
  }

  /** Reads a file. */
  public static Npz read(Path file) {
    var npz = new Npz();
    try (var zip = new ZipFile(file.toFile())) {
      for (var entry : Collections.list(zip.entries())) {
        try (var in = zip.getInputStream(entry)) {
          npz.arrays.put(entry.getName().replaceAll("\\.npy$", ""), parse(in.readAllBytes()));
        }
      }
      return npz;
    } catch (IOException e) {
      throw new UncheckedIOException(file.toString(), e);
    }
  }

  private static Array parse(byte[] npy) {
    var bytes = ByteBuffer.wrap(npy).order(ByteOrder.LITTLE_ENDIAN);
    int version = bytes.get(6);
    int headerStart = version == 1 ? 10 : 12;
    int headerLength = version == 1 ? bytes.getShort(8) & 0xffff : bytes.getInt(8);
    var header = new String(npy, headerStart, headerLength, StandardCharsets.ISO_8859_1);
    Matcher match = HEADER.matcher(header);
    if (!match.find()) {
      throw new IllegalArgumentException("cannot read " + header);
    }
    long[] shape =
        Arrays.stream(match.group(3).split(","))
            .map(String::strip)
            .filter(s -> !s.isEmpty())
            .mapToLong(Long::parseLong)
            .toArray();
    int start = headerStart + headerLength;
    var elements = bytes.slice(start, npy.length - start);
    if (match.group(2).equals("True")) {
      elements = rowMajor(elements, shape, match.group(1).charAt(2) - '0');
    }
    return new Array(match.group(1), shape, elements.order(ByteOrder.LITTLE_ENDIAN));
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
      ordered.put(i * width, elements, place * width, width);
    }
    return ordered;
  }

  /** The names of the arrays, in the file's order. */
  public Set<String> names() {
    return Collections.unmodifiableSet(arrays.keySet());
  }

  /** Whether there is an array of this name. */
  public boolean has(String name) {
    return arrays.containsKey(name);
  }

  /** One array as it is stored. */
  public Array array(String name) {
    var array = arrays.get(name);
    if (array == null) {
      throw new IllegalArgumentException("no array " + name + " among " + arrays.keySet());
    }
    return array;
  }

  /** A float32 array. */
  public Tensor floats(String name) {
    var array = require(name, "<f4");
    var tensor = Tensor.zeros(array.shape());
    tensor.data().put(array.bytes().asFloatBuffer());
    return tensor;
  }

  /** A float64 array, row-major. */
  public double[] doubles(String name) {
    var array = require(name, "<f8");
    var values = new double[array.elements()];
    array.bytes().asDoubleBuffer().get(values);
    return values;
  }

  /** An int64 or int32 array. */
  public LongTensor longs(String name) {
    var array = array(name);
    var values = new long[array.elements()];
    if (array.type().equals("<i8")) {
      array.bytes().asLongBuffer().get(values);
    } else {
      var ints = require(name, "<i4").bytes().asIntBuffer();
      Arrays.setAll(values, ints::get);
    }
    return LongTensor.of(values, array.shape());
  }

  /** A uint8 array, row-major. */
  public byte[] bytes(String name) {
    var values = new byte[require(name, "|u1").elements()];
    array(name).bytes().get(0, values);
    return values;
  }

  private Array require(String name, String type) {
    var array = array(name);
    if (!array.type().equals(type)) {
      throw new IllegalArgumentException(name + " is " + array.type() + ", not " + type);
    }
    return array;
  }

  /**
   * The largest absolute difference of two tensors of the same shape, relative to the largest
   * magnitude of the second.
   */
  public static double relativeError(Tensor actual, Tensor expected) {
    if (!Arrays.equals(actual.shape(), expected.shape())) {
      throw new IllegalArgumentException(actual + " against " + expected);
    }
    double difference = 0;
    double magnitude = 0;
    for (int i = 0; i < expected.elements(); i++) {
      double d = Math.abs((double) actual.get(i) - expected.get(i));
      if (!(d <= difference)) {
        difference = d; // a NaN sticks
      }
      magnitude = Math.max(magnitude, Math.abs(expected.get(i)));
    }
    return magnitude == 0 ? difference : difference / magnitude;
  }
}
