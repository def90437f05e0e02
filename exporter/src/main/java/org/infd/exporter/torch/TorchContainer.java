package org.infd.exporter.torch;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What the torch serializer wraps a pickle and its storages in: a zip archive, or one after the
 * other as before version 1.6. Thread-safe; the bytes end with {@link #close()}.
 */
sealed interface TorchContainer extends AutoCloseable permits ZipContainer, LegacyContainer {
  /** The file on disk. */
  Path file();

  /** Where the pickle lies, for sentences. */
  SourceLocation origin();

  /** The pickle, read as data. */
  DataOnlyUnpickler.Result pickle();

  /** Whether there is program text or constants, as only TorchScript has. */
  boolean isTorchScript();

  /**
   * The bytes of a storage, mapped, or null if the container has none of this key.
   *
   * @throws org.infd.inference.Problem if they are not stored plainly
   */
  @Nullable MemorySegment storage(String key);

  /**
   * Compares the bytes of a storage with their checksum, where there is one.
   *
   * @return null if they agree, otherwise what they are called in the container
   */
  @Nullable String wrongChecksum(String key);

  @Override
  void close();
}
