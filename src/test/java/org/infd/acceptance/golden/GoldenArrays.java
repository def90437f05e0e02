package org.infd.acceptance.golden;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.ZipFile;
import org.infd.exporter.torch.DataType;
import org.infd.exporter.torch.StoredTensor;
import org.infd.exporter.torch.TensorFile;
import org.infd.inference.tensor.LongTensor;
import org.infd.inference.tensor.NpyArray;
import org.infd.inference.tensor.Tensor;

/**
 * The arrays of a golden set by name, of whatever type of number, from {@code .npz}, {@code .npy}
 * or safetensors. What cannot be read is kept as a reason.
 */
final class GoldenArrays {
  /**
   * One array.
   *
   * @param half whether it is stored in half precision
   * @param values the elements, row-major
   */
  record Numbers(long[] shape, boolean integer, boolean half, double[] values) {
    Tensor floats() {
      var floats = new float[values.length];
      for (int i = 0; i < floats.length; i++) {
        floats[i] = (float) values[i];
      }
      return Tensor.of(floats, shape);
    }

    int extent(int axis) {
      return (int) shape[axis];
    }

    int rank() {
      return shape.length;
    }
  }

  private final Map<String, Numbers> arrays = new LinkedHashMap<>();
  private final Map<String, String> unreadable = new LinkedHashMap<>();

  /** Reads files; a name that is there already keeps its first array. */
  static GoldenArrays read(List<Path> files) {
    var arrays = new GoldenArrays();
    for (var file : files) {
      var name = String.valueOf(file.getFileName());
      try {
        if (name.endsWith(".npz")) {
          arrays.addZip(file);
        } else if (name.endsWith(".npy")) {
          arrays.addNumPy(name.substring(0, name.length() - 4), Files.readAllBytes(file));
        } else {
          arrays.addSafetensors(file);
        }
      } catch (IOException | RuntimeException e) {
        arrays.unreadable.put(name, String.valueOf(e.getMessage()));
      }
    }
    return arrays;
  }

  private void addZip(Path file) throws IOException {
    try (var zip = new ZipFile(file.toFile())) {
      for (var entry : Collections.list(zip.entries())) {
        if (!entry.isDirectory()) {
          try (var in = zip.getInputStream(entry)) {
            addNumPy(entry.getName().replaceAll("\\.npy$", ""), in.readAllBytes());
          }
        }
      }
    }
  }

  private void addNumPy(String name, byte[] bytes) {
    try {
      var array = NpyArray.parse(bytes);
      put(name, new Numbers(array.shape(), array.isInteger(), array.isHalf(), array.toDoubles()));
    } catch (RuntimeException e) {
      unreadable.put(name, String.valueOf(e.getMessage()));
    }
  }

  private void addSafetensors(Path file) {
    try (var tensors = TensorFile.open(file)) {
      for (var tensor : tensors.stateDict().values()) {
        boolean half = tensor.type() == DataType.F16 || tensor.type() == DataType.BF16;
        put(
            tensor.name(),
            new Numbers(tensor.shape(), tensor.type().isInteger(), half, values(tensor)));
      }
    }
  }

  private static double[] values(StoredTensor tensor) {
    if (tensor.type().isInteger()) {
      return Arrays.stream(tensor.toLongs()).asDoubleStream().toArray();
    }
    if (tensor.type() == DataType.F64 && tensor.isContiguous()) {
      var order = ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
      return tensor.segment().asSlice(0, 8 * tensor.elements()).toArray(order);
    }
    var floats = tensor.toFloats();
    var values = new double[floats.length];
    Arrays.setAll(values, i -> floats[i]);
    return values;
  }

  private void put(String name, Numbers numbers) {
    arrays.putIfAbsent(name, numbers);
  }

  /** The names of what can be read. */
  Set<String> names() {
    return Collections.unmodifiableSet(arrays.keySet());
  }

  /** What cannot be read, with the reason. */
  Map<String, String> unreadable() {
    return Collections.unmodifiableMap(unreadable);
  }

  boolean has(String name) {
    return arrays.containsKey(name);
  }

  Numbers get(String name) {
    var array = arrays.get(name);
    if (array == null) {
      throw new IllegalArgumentException("no array " + name + " among " + arrays.keySet());
    }
    return array;
  }

  /** An array as float32, whatever it is stored as. */
  Tensor floats(String name) {
    return get(name).floats();
  }

  /** An array of whole numbers. */
  LongTensor longs(String name) {
    var array = get(name);
    var values = new long[array.values().length];
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.round(array.values()[i]);
    }
    return LongTensor.of(values, array.shape());
  }

  /** The names of arrays of a shape; a negative extent stands for any. */
  List<String> shaped(boolean integer, long... shape) {
    var found = new ArrayList<String>();
    arrays.forEach(
        (name, array) -> {
          if (array.integer() == integer && fits(array.shape(), shape)) {
            found.add(name);
          }
        });
    return found;
  }

  private static boolean fits(long[] actual, long[] wanted) {
    if (actual.length != wanted.length) {
      return false;
    }
    for (int i = 0; i < wanted.length; i++) {
      if (wanted[i] >= 0 && wanted[i] != actual[i]) {
        return false;
      }
    }
    return true;
  }

  /** How many arrays there are, with those that cannot be read. */
  int size() {
    return arrays.size() + unreadable.size();
  }
}
