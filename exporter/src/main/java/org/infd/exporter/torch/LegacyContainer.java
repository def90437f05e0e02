package org.infd.exporter.torch;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.infd.exporter.torch.Pickled.Dict;
import org.infd.exporter.torch.Pickled.Global;
import org.infd.exporter.torch.Pickled.Sequence;
import org.infd.inference.Problem;
import org.jspecify.annotations.Nullable;

/**
 * The torch format from before version 1.6: a number that marks it, its version, facts of the
 * machine, the pickle, the keys of the storages, each as a pickle of its own; then for each key the
 * number of elements (8 bytes) and the elements, as the machine had them.
 */
final class LegacyContainer implements TorchContainer {
  private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
  private static final long VERSION = 1001;
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** The first three pickles have about 80 bytes. */
  private static final int SMALL = 1 << 12;

  /** Storages that no weights are read from, and their widths. */
  private static final Map<String, Integer> OTHER_WIDTHS =
      Map.of(
          "UntypedStorage",
          1,
          "QInt8Storage",
          1,
          "QUInt8Storage",
          1,
          "QInt32Storage",
          4,
          "ComplexFloatStorage",
          8,
          "ComplexDoubleStorage",
          16);

  private final MappedFile mapped;
  private final DataOnlyUnpickler.Result pickle;
  private final Map<String, MemorySegment> storages = new HashMap<>();
  private long place;

  private LegacyContainer(MappedFile mapped) {
    this.mapped = mapped;
    if (!MAGIC.equals(next(SMALL).value()) || !Long.valueOf(VERSION).equals(next(SMALL).value())) {
      throw new Problem(
          file() + " is of an unknown version of the format of PyTorch. Save it with torch.save.");
    }
    checkByteOrder(next(SMALL).value());
    pickle = next(DataOnlyUnpickler.LARGEST);
    locate(next(DataOnlyUnpickler.LARGEST).value());
  }

  /**
   * Opens a file and reads its pickle.
   *
   * @throws Problem if the file is damaged or hostile
   */
  static LegacyContainer open(Path file) {
    return MappedFile.open(file, LegacyContainer::new);
  }

  private DataOnlyUnpickler.Result next(int longest) {
    long left = mapped.bytes().byteSize() - place;
    var bytes =
        mapped.bytes().asSlice(place, Math.min(longest, left)).toArray(ValueLayout.JAVA_BYTE);
    var result = DataOnlyUnpickler.readFirst(origin(), bytes);
    place += result.length();
    return result;
  }

  private void checkByteOrder(@Nullable Object machine) {
    if (machine instanceof Dict facts && Boolean.FALSE.equals(facts.get("little_endian"))) {
      throw new Problem(
          file()
              + " was written with the byte order 'big'. Save it again on a little-endian machine.");
    }
  }

  private void locate(@Nullable Object keys) {
    if (!(keys instanceof Sequence list)) {
      throw damaged("the list of its storages is missing");
    }
    var widths = widths();
    var whole = mapped.bytes();
    for (var item : list.items()) {
      if (!(item instanceof String key)) {
        throw damaged("a storage is not named by text");
      }
      var width = widths.get(key);
      if (width == null) {
        throw damaged(
            "nothing says of which type the storage " + SourceLocation.quote(key) + " is");
      }
      if (whole.byteSize() - place < Long.BYTES) {
        throw damaged("it ends before the storage " + SourceLocation.quote(key));
      }
      long count = whole.get(LONG, place);
      place += Long.BYTES;
      if (count < 0 || count > (whole.byteSize() - place) / width) {
        throw damaged(
            "the storage "
                + SourceLocation.quote(key)
                + " should have "
                + count
                + " elements of "
                + width
                + " bytes, and "
                + (whole.byteSize() - place)
                + " bytes are left");
      }
      var bytes = whole.asSlice(place, count * width);
      if (storages.put(key, bytes) != null) {
        throw damaged("the storage " + SourceLocation.quote(key) + " is there twice");
      }
      place += bytes.byteSize();
    }
  }

  /**
   * Bytes of an element of each storage, by all that name them: those of optimisers have a place in
   * the file too.
   */
  private Map<String, Integer> widths() {
    var widths = new HashMap<String, Integer>();
    for (var storage : pickle.storages()) {
      var id = storage.id().items();
      if (id.size() > 2 && id.get(1) instanceof Global type && id.get(2) instanceof String key) {
        int width = width(type);
        if (widths.getOrDefault(key, width) != width) {
          throw damaged("the storage " + SourceLocation.quote(key) + " is of two types");
        }
        widths.put(key, width);
      }
    }
    return widths;
  }

  private int width(Global type) {
    return DataType.ofStorage(type)
        .map(DataType::width)
        .or(() -> Optional.ofNullable(OTHER_WIDTHS.get(type.name())))
        .orElseThrow(
            () ->
                damaged(
                    "the storage class "
                        + SourceLocation.quote(type.qualifiedName())
                        + " is unknown"));
  }

  private Problem damaged(String reason) {
    return new Problem(file() + " is damaged: " + reason + ". Copy or download the file again.");
  }

  @Override
  public Path file() {
    return mapped.path();
  }

  @Override
  public SourceLocation origin() {
    return new SourceLocation(mapped.path(), "pickle");
  }

  @Override
  public DataOnlyUnpickler.Result pickle() {
    return pickle;
  }

  @Override
  public boolean isTorchScript() {
    return false;
  }

  @Override
  public @Nullable MemorySegment storage(String key) {
    return storages.get(key);
  }

  @Override
  public @Nullable String wrongChecksum(String key) {
    // the format has none
    return null;
  }

  @Override
  public void close() {
    mapped.close();
  }
}
