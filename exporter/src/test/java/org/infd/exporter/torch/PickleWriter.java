package org.infd.exporter.torch;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes protocol 2 exactly as the torch serializer does: opcodes, globals, memo
 * (docs/spec/infd-model.md 1.1).
 */
final class PickleWriter {
  private static final int BATCH = 1000;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final Map<Object, Integer> memo = new HashMap<>();
  private final List<TensorSource> storages = new ArrayList<>();
  private int memoSize;

  /** A module of a TorchScript archive: its class, and its attributes by name. */
  record ScriptModule(String module, String name, Map<String, ?> attributes) {}

  /** An object of a class that settings are kept in: entries of a dictionary, and attributes. */
  record Settings(String module, String name, Map<String, ?> items, Map<String, ?> state) {}

  /** The pickle of {@code value}; afterwards {@link #storages} are the tensors in key order. */
  byte[] write(@Nullable Object value) {
    out.write(0x80);
    out.write(2);
    save(value);
    out.write('.');
    return out.toByteArray();
  }

  List<TensorSource> storages() {
    return storages;
  }

  private void save(@Nullable Object value) {
    switch (value) {
      case null -> out.write('N');
      case Boolean flag -> out.write(flag ? 0x88 : 0x89);
      case Integer number -> integer(number);
      case Long number -> integer(number);
      case Float number -> real(number);
      case Double number -> real(number);
      case String text -> text(text);
      case TensorSource tensor -> tensor(tensor);
      case ScriptModule module -> scriptModule(module);
      case Settings settings -> settings(settings);
      case List<?> list -> list(list);
      case Map<?, ?> map -> {
        boolean stateDict =
            !map.isEmpty() && map.values().stream().allMatch(TensorSource.class::isInstance);
        if (stateDict) {
          stateDict(map);
        } else {
          out.write('}');
          put();
          items(map);
        }
      }
      default -> throw new IllegalArgumentException("cannot pickle " + value.getClass());
    }
  }

  private void integer(long value) {
    if (value >= 0 && value < 1 << 8) {
      out.write('K');
      out.write((int) value);
    } else if (value >= 0 && value < 1 << 16) {
      out.write('M');
      little(2, value);
    } else if (value == (int) value) {
      out.write('J');
      little(4, value);
    } else {
      out.write(0x8a);
      out.write(8);
      little(8, value);
    }
  }

  private void real(double value) {
    out.write('G');
    out.writeBytes(ByteBuffer.allocate(8).putDouble(value).array());
  }

  private void text(String text) {
    if (recall(text)) {
      return;
    }
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    out.write('X');
    little(4, bytes.length);
    out.writeBytes(bytes);
    remember(text);
  }

  private void global(String module, String name) {
    record Name(String module, String name) {}
    var key = new Name(module, name);
    if (recall(key)) {
      return;
    }
    out.write('c');
    out.writeBytes((module + "\n" + name + "\n").getBytes(StandardCharsets.UTF_8));
    remember(key);
  }

  private void list(List<?> list) {
    out.write(']');
    put();
    for (int from = 0; from < list.size(); from += BATCH) {
      var batch = list.subList(from, Math.min(list.size(), from + BATCH));
      if (batch.size() == 1) {
        save(batch.getFirst());
        out.write('a');
      } else {
        out.write('(');
        batch.forEach(this::save);
        out.write('e');
      }
    }
  }

  private void items(Map<?, ?> map) {
    List<Map.Entry<?, ?>> entries = new ArrayList<>(map.entrySet());
    for (int from = 0; from < entries.size(); from += BATCH) {
      var batch = entries.subList(from, Math.min(entries.size(), from + BATCH));
      if (batch.size() > 1) {
        out.write('(');
      }
      for (var entry : batch) {
        save(entry.getKey());
        save(entry.getValue());
      }
      out.write(batch.size() > 1 ? 'u' : 's');
    }
  }

  private void scriptModule(ScriptModule module) {
    global(module.module(), module.name());
    out.write(')');
    out.write(0x81);
    out.write('}');
    out.write('(');
    for (var attribute : module.attributes().entrySet()) {
      text(attribute.getKey());
      save(attribute.getValue());
    }
    out.write('u');
    out.write('b');
    put();
  }

  private void settings(Settings settings) {
    global(settings.module(), settings.name());
    out.write(')');
    out.write(0x81);
    put();
    if (!settings.items().isEmpty()) {
      items(settings.items());
    }
    if (!settings.state().isEmpty()) {
      save(settings.state());
      out.write('b');
    }
  }

  private void orderedDict() {
    global("collections", "OrderedDict");
    out.write(')');
    out.write('R');
    put();
  }

  /** An ordered dictionary that carries a {@code _metadata} attribute. */
  private void stateDict(Map<?, ?> tensors) {
    orderedDict();
    items(tensors);
    out.write('}');
    put();
    text("_metadata");
    orderedDict();
    out.write('s');
    out.write('b');
  }

  private void tensor(TensorSource tensor) {
    global("torch._utils", "_rebuild_tensor_v2");
    out.write('(');
    out.write('(');
    text("storage");
    global("torch", tensor.type().storageClass());
    text(Integer.toString(storages.size()));
    storages.add(tensor);
    text("cuda:0");
    integer(tensor.elements());
    out.write('t');
    put();
    out.write('Q');
    integer(0);
    tuple(tensor.shape());
    tuple(StoredTensor.rowMajor(tensor.shape()));
    out.write(0x89);
    orderedDict();
    out.write('t');
    put();
    out.write('R');
    put();
  }

  private void tuple(long[] values) {
    if (values.length == 0) {
      out.write(')');
      return;
    }
    if (values.length > 3) {
      out.write('(');
    }
    for (long value : values) {
      integer(value);
    }
    out.write(values.length > 3 ? 't' : 0x84 + values.length);
    put();
  }

  private boolean recall(Object key) {
    var index = memo.get(key);
    if (index == null) {
      return false;
    }
    out.write(index < 256 ? 'h' : 'j');
    little(index < 256 ? 1 : 4, index);
    return true;
  }

  private void remember(Object key) {
    memo.put(key, memoSize);
    put();
  }

  private void put() {
    out.write(memoSize < 256 ? 'q' : 'r');
    little(memoSize < 256 ? 1 : 4, memoSize++);
  }

  private void little(int length, long value) {
    var bytes = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
    out.write(bytes, 0, length);
  }
}
