package org.infd.exporter.torch;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.infd.exporter.torch.Pickled.Dict;
import org.infd.exporter.torch.Pickled.Global;
import org.infd.exporter.torch.Pickled.Persistent;
import org.infd.exporter.torch.Pickled.Sequence;
import org.infd.exporter.torch.Pickled.TensorArguments;
import org.infd.inference.Problem;
import org.jspecify.annotations.Nullable;

/**
 * A file of the torch serializer: its one pickle, and tensors as views of its storages
 * (docs/spec/infd-model.md 1.1). Storages are looked at only for tensors that are asked for.
 */
final class TorchArchive implements AutoCloseable {
  private static final int MOST_AXES = 32;

  /** Longest name of a tensor, in characters; the official ones stay below 100. */
  static final int LONGEST_NAME = 1024;

  private final TorchContainer container;
  private final Map<String, Storage> storages = new HashMap<>();

  private TorchArchive(TorchContainer container) {
    this.container = container;
  }

  /**
   * Opens a file and reads its pickle.
   *
   * @throws Problem if the file is of another kind, is damaged or hostile
   */
  static TorchArchive open(Path file) {
    var kind = FileKind.of(file);
    return new TorchArchive(
        switch (kind) {
          case ZIP -> ZipContainer.open(file);
          case LEGACY_TORCH -> LegacyContainer.open(file);
          default -> throw kind.asProblem(file);
        });
  }

  Path file() {
    return container.file();
  }

  SourceLocation origin() {
    return container.origin();
  }

  DataOnlyUnpickler.Result pickle() {
    return container.pickle();
  }

  /** Whether the archive holds program text or constants, as only TorchScript does. */
  boolean isTorchScript() {
    return container.isTorchScript();
  }

  /**
   * Checks a tensor of the pickle against its storage.
   *
   * @throws Problem naming the tensor, if its storage is missing or of another type or size, or its
   *     shape, strides or offset are impossible
   */
  StoredTensor tensor(String name, TensorArguments arguments) {
    if (name.length() > LONGEST_NAME) {
      throw wrong(name, "has a name of " + name.length() + " characters");
    }
    var items = arguments.items();
    // versions before 0.4 told no more than these four
    if (items.size() < 4
        || items.size() == 5
        || !(items.get(0) instanceof Persistent persistent)
        || !(items.get(1) instanceof Long offset)
        || !(items.get(2) instanceof Sequence shape)
        || !(items.get(3) instanceof Sequence strides)) {
      throw wrong(name, "is not described by storage, offset, shape and strides");
    }
    for (var extra : items.subList(Math.min(5, items.size()), items.size())) {
      if (extra != null && !(extra instanceof Dict dict && dict.entries().isEmpty())) {
        throw wrong(name, "carries hooks or flags that change its values");
      }
    }
    var storage = storage(name, persistent.id().items());
    return StoredTensor.of(
        name, storage.type(), longs(name, shape), longs(name, strides), offset, storage);
  }

  private View storage(String name, List<@Nullable Object> id) {
    if (id.size() < 5
        || !"storage".equals(id.get(0))
        || !(id.get(1) instanceof Global type)
        || !(id.get(2) instanceof String key)
        || !(id.get(4) instanceof Long count)) {
      throw wrong(name, "does not name its storage");
    }
    var elementType = DataType.ofStorage(type).orElse(null);
    if (elementType == null && type.name().startsWith("Complex")) {
      throw wrong(name, "has complex numbers, which no weights of these networks are");
    }
    if (elementType == null) {
      throw wrong(
          name, "has the unknown storage class " + SourceLocation.quote(type.qualifiedName()));
    }
    var known = storages.get(key);
    if (known == null) {
      known = open(name, key, elementType);
      storages.put(key, known);
    }
    if (known.type != elementType) {
      throw wrong(name, "shares a storage of another type, " + known.type);
    }
    if (count < 0 || count > Long.MAX_VALUE / 8 || count * elementType.width() != known.size()) {
      throw wrong(
          name,
          "should have a storage of "
              + count
              + " elements of type "
              + elementType
              + ", but its entry has "
              + known.size()
              + " bytes");
    }
    return id.size() > 5 && id.get(5) != null ? part(name, known, id.get(5)) : known;
  }

  /** Files of before version 0.4 may give a part of a storage a key of its own. */
  private View part(String name, Storage whole, @Nullable Object view) {
    if (!(view instanceof Sequence tuple)
        || tuple.items().size() != 3
        || !(tuple.items().get(1) instanceof Long offset)
        || !(tuple.items().get(2) instanceof Long count)
        || offset < 0
        || count < 0
        || offset > whole.size()
        || count > whole.size() / whole.type.width() - offset) {
      throw wrong(name, "is of a part of a storage that does not lie inside it");
    }
    int width = whole.type.width();
    return new Part(whole, whole.bytes().asSlice(offset * width, count * width));
  }

  private Storage open(String name, String key, DataType type) {
    var bytes = container.storage(key);
    if (bytes == null) {
      throw wrong(
          name, "has no storage: the entry " + SourceLocation.quote("data/" + key) + " is missing");
    }
    return new Storage(type, key, bytes);
  }

  private long[] longs(String name, Sequence sequence) {
    if (sequence.items().size() > MOST_AXES) {
      throw wrong(name, "has " + sequence.items().size() + " axes");
    }
    var values = new long[sequence.items().size()];
    for (int i = 0; i < values.length; i++) {
      if (!(sequence.items().get(i) instanceof Long extent)) {
        throw wrong(name, "has an extent or stride that is no integer");
      }
      values[i] = extent;
    }
    return values;
  }

  /** A failure that names a tensor. */
  Problem wrong(String tensor, String what) {
    return wrongTensor(file(), tensor, what);
  }

  static Problem wrongTensor(Path file, String tensor, String what) {
    return new Problem(
        file
            + " cannot be used: the tensor "
            + SourceLocation.quote(tensor)
            + " "
            + what
            + ". Copy or save the file again.");
  }

  @Override
  public void close() {
    container.close();
  }

  /** A storage or a part of one. */
  private sealed interface View extends StoredBytes {
    DataType type();
  }

  private record Part(Storage whole, MemorySegment bytes) implements View {
    @Override
    public DataType type() {
      return whole.type;
    }

    @Override
    public long size() {
      return bytes.byteSize();
    }

    @Override
    public void verify(String tensor) {
      whole.verify(tensor);
    }

    @Override
    public Problem wrong(String tensor, String what) {
      return whole.wrong(tensor, what);
    }
  }

  private final class Storage implements View {
    private final DataType type;
    private final String key;
    private final MemorySegment bytes;
    private boolean verified;

    Storage(DataType type, String key, MemorySegment bytes) {
      this.type = type;
      this.key = key;
      this.bytes = bytes;
    }

    @Override
    public DataType type() {
      return type;
    }

    @Override
    public long size() {
      return bytes.byteSize();
    }

    @Override
    public MemorySegment bytes() {
      return bytes;
    }

    @Override
    public synchronized void verify(String tensor) {
      if (!verified) {
        var wrong = container.wrongChecksum(key);
        if (wrong != null) {
          throw wrong(tensor, "does not match the checksum of " + SourceLocation.quote(wrong));
        }
        verified = true;
      }
    }

    @Override
    public Problem wrong(String tensor, String what) {
      return TorchArchive.this.wrong(tensor, what);
    }
  }
}
