package org.infd.exporter.torch;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.infd.exporter.graph.TensorSource;
import org.jspecify.annotations.Nullable;

/**
 * Writes a training checkpoint that torch can load: a zip of stored entries with a pickle of
 * protocol 2 (docs/spec/infd-model.md 1.1). Values are maps with text keys, lists, texts, whole and
 * real numbers, booleans, nothing, and tensors in single precision, which are streamed and never
 * held.
 */
public final class CheckpointFile {
  private static final String STEM = "model";
  private static final int BATCH = 1000;

  /**
   * A tensor to be written.
   *
   * @param shape its extents
   * @param values row-major
   */
  public record Written(List<Long> shape, TensorSource values) {
    /** Copies the list. */
    public Written {
      shape = List.copyOf(shape);
    }
  }

  private final ByteArrayOutputStream pickle = new ByteArrayOutputStream();
  private final List<Written> tensors = new ArrayList<>();

  private CheckpointFile() {}

  /**
   * Writes a checkpoint.
   *
   * @param out closed at the end
   * @param content the outermost dictionary
   * @throws IOException if it cannot be written, or values cannot be read
   */
  public static void write(OutputStream out, Map<String, ?> content) throws IOException {
    var file = new CheckpointFile();
    file.pickle.write(0x80);
    file.pickle.write(2);
    file.save(content);
    file.pickle.write('.');
    try (var zip = new ZipOutputStream(out)) {
      add(zip, STEM + "/data.pkl", file.pickle.toByteArray());
      for (int key = 0; key < file.tensors.size(); key++) {
        add(zip, STEM + "/data/" + key, file.tensors.get(key).values());
      }
      add(zip, STEM + "/version", "3\n".getBytes(StandardCharsets.US_ASCII));
    }
  }

  private static void add(ZipOutputStream zip, String name, byte[] content) throws IOException {
    var crc = new CRC32();
    crc.update(content);
    zip.putNextEntry(stored(name, content.length, crc.getValue()));
    zip.write(content);
    zip.closeEntry();
  }

  /** The checksum stands before the content, so that values are read twice. */
  private static void add(ZipOutputStream zip, String name, TensorSource values)
      throws IOException {
    var crc = new CRC32();
    values.stream(piece -> crc.update(bytes(piece)));
    zip.putNextEntry(stored(name, values.elements() * Float.BYTES, crc.getValue()));
    values.stream(piece -> zip.write(bytes(piece).array()));
    zip.closeEntry();
  }

  private static ByteBuffer bytes(java.nio.FloatBuffer piece) {
    var bytes = ByteBuffer.allocate(piece.remaining() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(piece);
    return bytes;
  }

  private static ZipEntry stored(String name, long size, long crc) {
    var entry = new ZipEntry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(size);
    entry.setCompressedSize(size);
    entry.setCrc(crc);
    return entry;
  }

  private void save(@Nullable Object value) {
    switch (value) {
      case null -> pickle.write('N');
      case Boolean flag -> pickle.write(flag ? 0x88 : 0x89);
      case Integer number -> whole(number);
      case Long number -> whole(number);
      case Double number -> {
        pickle.write('G');
        pickle.writeBytes(ByteBuffer.allocate(Double.BYTES).putDouble(number).array());
      }
      case String text -> text(text);
      case Written tensor -> tensor(tensor);
      case List<?> list -> list(list);
      case Map<?, ?> map -> map(map);
      default -> throw new IllegalArgumentException("cannot be written: " + value.getClass());
    }
  }

  private void whole(long value) {
    if (value == (int) value) {
      pickle.write('J');
      little(Integer.BYTES, value);
    } else {
      pickle.write(0x8a);
      pickle.write(Long.BYTES);
      little(Long.BYTES, value);
    }
  }

  private void text(String text) {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    pickle.write('X');
    little(Integer.BYTES, bytes.length);
    pickle.writeBytes(bytes);
  }

  private void little(int length, long value) {
    for (int i = 0; i < length; i++) {
      pickle.write((int) (value >> (8 * i)));
    }
  }

  private void list(List<?> list) {
    pickle.write(']');
    for (var each : list) {
      save(each);
      pickle.write('a');
    }
  }

  private void map(Map<?, ?> map) {
    pickle.write('}');
    int open = 0;
    for (var entry : map.entrySet()) {
      if (open == 0) {
        pickle.write('(');
      }
      save(entry.getKey());
      save(entry.getValue());
      open++;
      if (open == BATCH) {
        pickle.write('u');
        open = 0;
      }
    }
    if (open > 0) {
      pickle.write('u');
    }
  }

  private void global(String module, String name) {
    pickle.write('c');
    pickle.writeBytes((module + "\n" + name + "\n").getBytes(StandardCharsets.US_ASCII));
  }

  private void tensor(Written tensor) {
    int key = tensors.size();
    tensors.add(tensor);
    global("torch._utils", "_rebuild_tensor_v2");
    pickle.write('(');
    pickle.write('(');
    text("storage");
    global("torch", "FloatStorage");
    text(String.valueOf(key));
    text("cpu");
    whole(tensor.values().elements());
    pickle.write('t');
    pickle.write('Q');
    whole(0);
    tuple(tensor.shape());
    long step = 1;
    var strides = new ArrayList<Long>();
    for (var extent : tensor.shape().reversed()) {
      strides.addFirst(step);
      step *= Math.max(1, extent);
    }
    tuple(strides);
    pickle.write(0x89);
    global("collections", "OrderedDict");
    pickle.write(')');
    pickle.write('R');
    pickle.write('t');
    pickle.write('R');
  }

  private void tuple(List<Long> values) {
    pickle.write('(');
    values.forEach(this::whole);
    pickle.write('t');
  }
}
