package org.infd.exporter.torch;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
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
 * A zip archive of the torch serializer: its one pickle, and tensors as views of its storages
 * (docs/spec/infd-model.md 1.1). Storages are mapped only for tensors that are asked for.
 */
final class TorchArchive implements AutoCloseable {
  private static final String PICKLE = "/data.pkl";
  private static final int LONGEST_BYTE_ORDER = 64;
  private static final int MOST_AXES = 32;

  /** Longest name of a tensor, in characters; the official ones stay below 100. */
  static final int LONGEST_NAME = 1024;

  private final Path file;
  private final ZipArchive zip;
  private final String stem;
  private final DataOnlyUnpickler.Result pickle;
  private final Map<String, Storage> storages = new HashMap<>();

  private TorchArchive(Path file, ZipArchive zip) {
    this.file = file;
    this.zip = zip;
    stem = stem();
    checkByteOrder();
    var entry = zip.entry(stem + PICKLE);
    if (entry == null) {
      throw new IllegalStateException(stem);
    }
    pickle = DataOnlyUnpickler.read(origin(), zip.contents(entry, DataOnlyUnpickler.LARGEST));
  }

  /**
   * Opens an archive and reads its pickle.
   *
   * @throws Problem if the file is no such archive, is damaged or hostile
   */
  static TorchArchive open(Path file) {
    var kind = FileKind.of(file);
    if (kind != FileKind.ZIP) {
      throw kind.asProblem(file);
    }
    return MappedFile.closingOnFailure(ZipArchive.open(file), zip -> new TorchArchive(file, zip));
  }

  Path file() {
    return file;
  }

  SourceLocation origin() {
    return new SourceLocation(file, "data.pkl");
  }

  DataOnlyUnpickler.Result pickle() {
    return pickle;
  }

  /** Whether the archive holds program text or constants, as only TorchScript does. */
  boolean isTorchScript() {
    return zip.entry(stem + "/constants.pkl") != null
        || zip.entries().keySet().stream().anyMatch(name -> name.startsWith(stem + "/code/"));
  }

  private String stem() {
    var found = zip.entries().keySet().stream().filter(name -> name.endsWith(PICKLE)).toList();
    if (found.size() > 1) {
      throw new Problem(
          file
              + " is refused: it has more than one data.pkl ("
              + SourceLocation.quote(found.get(0))
              + ", "
              + SourceLocation.quote(found.get(1))
              + "). Use a checkpoint as torch.save wrote it.");
    }
    if (found.isEmpty()) {
      throw new Problem(
          file
              + " is a zip archive but not a PyTorch checkpoint: it has no data.pkl."
              + " Give the .pth file that the training wrote.");
    }
    return found.getFirst().substring(0, found.getFirst().length() - PICKLE.length());
  }

  private void checkByteOrder() {
    var entry = zip.entry(stem + "/byteorder");
    if (entry == null) {
      return;
    }
    var order = new String(zip.contents(entry, LONGEST_BYTE_ORDER), StandardCharsets.ISO_8859_1);
    if (!order.strip().equals("little")) {
      throw new Problem(
          file
              + " was written with the byte order "
              + SourceLocation.quote(order.strip())
              + ". Save it again on a little-endian machine.");
    }
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
    if (items.size() < 6
        || !(items.get(0) instanceof Persistent persistent)
        || !(items.get(1) instanceof Long offset)
        || !(items.get(2) instanceof Sequence shape)
        || !(items.get(3) instanceof Sequence strides)) {
      throw wrong(name, "is not described by storage, offset, shape and strides");
    }
    for (var extra : items.subList(5, items.size())) {
      if (extra != null && !(extra instanceof Dict dict && dict.entries().isEmpty())) {
        throw wrong(name, "carries hooks or flags that change its values");
      }
    }
    var storage = storage(name, persistent.id().items());
    return StoredTensor.of(
        name, storage.type, longs(name, shape), longs(name, strides), offset, storage);
  }

  private Storage storage(String name, List<@Nullable Object> id) {
    if (id.size() < 5
        || !"storage".equals(id.get(0))
        || !(id.get(1) instanceof Global type)
        || !(id.get(2) instanceof String key)
        || !(id.get(4) instanceof Long count)) {
      throw wrong(name, "does not name its storage");
    }
    var elementType =
        type.module().equals("torch") ? DataType.ofStorageClass(type.name()).orElse(null) : null;
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
    return known;
  }

  private Storage open(String name, String key, DataType type) {
    var entry = zip.entry(stem + "/data/" + key);
    if (entry == null) {
      throw wrong(
          name, "has no storage: the entry " + SourceLocation.quote("data/" + key) + " is missing");
    }
    return new Storage(type, entry, zip.stored(entry));
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
    return wrongTensor(file, tensor, what);
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
    zip.close();
  }

  private final class Storage implements StoredBytes {
    private final DataType type;
    private final ZipDirectory.Entry entry;
    private final MemorySegment bytes;
    private boolean verified;

    Storage(DataType type, ZipDirectory.Entry entry, MemorySegment bytes) {
      this.type = type;
      this.entry = entry;
      this.bytes = bytes;
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
        if (!zip.matchesChecksum(entry)) {
          throw wrong(
              tensor, "does not match the checksum of " + SourceLocation.quote(entry.name()));
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
