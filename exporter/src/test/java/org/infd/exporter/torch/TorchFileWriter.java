package org.infd.exporter.torch;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes checkpoints in the layout of the official serializer, of any size with little heap, for
 * tests and for trying full-size models.
 */
public final class TorchFileWriter {
  private static final int CHUNK = 1 << 18;

  private TorchFileWriter() {}

  /**
   * Writes a file as {@code torch.save} would. Values may be maps, lists, strings, numbers,
   * booleans, null, and tensors as {@link TensorSource}; a map that holds only tensors becomes an
   * ordered state dict. The stem inside is the file's name without its extension.
   *
   * @param outer the outermost dictionary, such as {@code {model: {name, args, sd}}}
   *     (docs/spec/infd-model.md 1.2), or a bare state dict
   */
  public static void write(Path file, Map<String, ?> outer) throws IOException {
    writeObject(file, outer);
  }

  /** The same with any value that {@link PickleWriter} can write. */
  static void writeObject(Path file, Object outer) throws IOException {
    var name = String.valueOf(file.getFileName());
    var stem = name.contains(".") ? name.substring(0, name.lastIndexOf('.')) : name;
    var writer = new PickleWriter();
    var pickle = writer.write(outer);
    try (var zip = new StoredZipWriter(file)) {
      zip.add(stem + "/data.pkl", pickle);
      int key = 0;
      for (var tensor : writer.storages()) {
        zip.add(stem + "/data/" + key++, out -> writeValues(tensor, out));
      }
      zip.add(stem + "/version", "3\n".getBytes(US_ASCII));
    }
  }

  /**
   * Writes a TorchScript archive as {@code torch.jit.save} would, without any program in it: the
   * parts of the tensors' names become modules, whose classes are partly of the outermost module
   * and partly mangled (docs/spec/clip.md 5.1).
   */
  public static void writeScript(Path file, Map<String, ? extends TensorSource> tensors)
      throws IOException {
    var writer = new PickleWriter();
    var pickle = writer.write(module("", tensors));
    try (var zip = new StoredZipWriter(file)) {
      zip.add("archive/data.pkl", pickle);
      int key = 0;
      for (var tensor : writer.storages()) {
        zip.add("archive/data/" + key++, out -> writeValues(tensor, out));
      }
      zip.add("archive/code/__torch__.py", "class Module(Module):\n".getBytes(US_ASCII));
      zip.add("archive/constants.pkl", new PickleWriter().write(List.of()));
      zip.add("archive/version", "4\n".getBytes(US_ASCII));
    }
  }

  private static PickleWriter.ScriptModule module(
      String prefix, Map<String, ? extends TensorSource> tensors) {
    Map<String, Object> attributes = new LinkedHashMap<>();
    attributes.put("training", false);
    tensors.forEach(
        (name, tensor) -> {
          if (name.startsWith(prefix)) {
            var rest = name.substring(prefix.length());
            int dot = rest.indexOf('.');
            if (dot < 0) {
              attributes.put(rest, tensor);
            } else {
              attributes.computeIfAbsent(
                  rest.substring(0, dot),
                  child -> module(prefix + rest.substring(0, dot + 1), tensors));
            }
          }
        });
    boolean outermost = prefix.length() % 2 == 1;
    return new PickleWriter.ScriptModule(
        outermost ? "__torch__" : "__torch__.clip.model.___torch_mangle_" + prefix.length(),
        "Module",
        attributes);
  }

  /**
   * The outer dictionary of an INFD checkpoint with these arguments and tensors
   * (docs/spec/infd-model.md 1.2).
   */
  public static Map<String, Object> infd(
      Map<String, ?> args, Map<String, ? extends TensorSource> stateDict) {
    Map<String, Object> model = new LinkedHashMap<>();
    model.put("name", "infd");
    model.put("args", args);
    model.put("sd", stateDict);
    Map<String, Object> outer = new LinkedHashMap<>();
    outer.put("cfg", Map.of("max_iter", 10));
    outer.put("model", model);
    outer.put("optimizers", Map.of());
    outer.put("iter", 10);
    outer.put("train_loader_epoch", 1);
    outer.put("ckpt_select_v", 1e18);
    return outer;
  }

  /** The pickle of a value alone. */
  static byte[] pickle(@Nullable Object value) {
    return new PickleWriter().write(value);
  }

  static void writeValues(TensorSource tensor, OutputStream out) throws IOException {
    long elements = tensor.elements();
    int width = tensor.type().width();
    float[] chunk = new float[(int) Math.min(CHUNK, elements)];
    var bytes = ByteBuffer.allocate(chunk.length * width).order(ByteOrder.LITTLE_ENDIAN);
    for (long from = 0; from < elements; from += chunk.length) {
      if (elements - from < chunk.length) {
        chunk = new float[(int) (elements - from)];
      }
      tensor.fill(from, chunk);
      bytes.clear();
      if (tensor.type() == DataType.F32) {
        bytes.asFloatBuffer().put(chunk);
        bytes.position(chunk.length * width);
      } else {
        for (float value : chunk) {
          put(tensor.type(), bytes, value);
        }
      }
      out.write(bytes.array(), 0, bytes.position());
    }
  }

  private static void put(DataType type, ByteBuffer bytes, float value) {
    switch (type) {
      case F32 -> bytes.putFloat(value);
      case F16 -> bytes.putShort(Float.floatToFloat16(value));
      case BF16 -> bytes.putShort((short) (Float.floatToRawIntBits(value) >>> 16));
      case F64 -> bytes.putDouble(value);
      case I64 -> bytes.putLong((long) value);
      case I32 -> bytes.putInt((int) value);
      case I16 -> bytes.putShort((short) value);
      case I8, U8 -> bytes.put((byte) value);
      case BOOL -> bytes.put((byte) (value == 0 ? 0 : 1));
    }
  }
}
