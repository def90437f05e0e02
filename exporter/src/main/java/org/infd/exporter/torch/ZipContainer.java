package org.infd.exporter.torch;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.infd.inference.Problem;
import org.jspecify.annotations.Nullable;

/** The zip archive of the torch serializer since version 1.6 (docs/spec/infd-model.md 1.1). */
final class ZipContainer implements TorchContainer {
  private static final String PICKLE = "/data.pkl";
  private static final int LONGEST_BYTE_ORDER = 64;

  private final Path file;
  private final ZipArchive zip;
  private final String stem;
  private final DataOnlyUnpickler.Result pickle;

  private ZipContainer(Path file, ZipArchive zip) {
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
  static ZipContainer open(Path file) {
    return MappedFile.closingOnFailure(ZipArchive.open(file), zip -> new ZipContainer(file, zip));
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

  @Override
  public Path file() {
    return file;
  }

  @Override
  public SourceLocation origin() {
    return new SourceLocation(file, "data.pkl");
  }

  @Override
  public DataOnlyUnpickler.Result pickle() {
    return pickle;
  }

  @Override
  public boolean isTorchScript() {
    return zip.entry(stem + "/constants.pkl") != null
        || zip.entries().keySet().stream().anyMatch(name -> name.startsWith(stem + "/code/"));
  }

  @Override
  public @Nullable MemorySegment storage(String key) {
    var entry = entry(key);
    return entry == null ? null : zip.stored(entry);
  }

  private ZipDirectory.@Nullable Entry entry(String key) {
    return zip.entry(stem + "/data/" + key);
  }

  @Override
  public @Nullable String wrongChecksum(String key) {
    var entry = entry(key);
    return entry == null || zip.matchesChecksum(entry) ? null : entry.name();
  }

  @Override
  public void close() {
    zip.close();
  }
}
