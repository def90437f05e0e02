package org.infd.inference.tensor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.zip.ZipFile;

/**
 * Reads the arrays of an {@code .npz} file: float32, float64, int32, int64 and uint8. A tool of the
 * tests.
 */
public final class Npz {
  private final Map<String, NpyArray> arrays = new LinkedHashMap<>();

  /** Reads a file. */
  public static Npz read(Path file) {
    var npz = new Npz();
    try (var zip = new ZipFile(file.toFile())) {
      for (var entry : Collections.list(zip.entries())) {
        try (var in = zip.getInputStream(entry)) {
          npz.arrays.put(
              entry.getName().replaceAll("\\.npy$", ""), NpyArray.parse(in.readAllBytes()));
        }
      }
      return npz;
    } catch (IOException e) {
      throw new UncheckedIOException(file.toString(), e);
    }
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
  public NpyArray array(String name) {
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

  private NpyArray require(String name, String type) {
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
