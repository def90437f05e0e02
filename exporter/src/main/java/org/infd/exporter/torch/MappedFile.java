package org.infd.exporter.torch;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Function;
import org.infd.inference.Problem;

/**
 * A file of any size, mapped read-only; its pages are loaded when touched. Another program that
 * shortens the file meanwhile makes reads fail with an {@code InternalError}. Thread-safe.
 */
final class MappedFile implements AutoCloseable {
  private final Path path;
  private final Arena arena;
  private final MemorySegment bytes;

  @SuppressWarnings("MustBeClosedChecker") // the arena lives as long as this object
  private MappedFile(Path path) {
    this.path = path;
    arena = Arena.ofShared();
    boolean mapped = false;
    try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
      bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      mapped = true;
    } catch (IOException e) {
      throw unreadable(path, e);
    } finally {
      if (!mapped) {
        arena.close();
      }
    }
  }

  /**
   * Maps a file and hands it to {@code reader}, whose result owns it from then on; if the reader
   * fails, the file is closed.
   *
   * @throws Problem if the file cannot be read, or what the reader throws
   */
  static <T> T open(Path path, Function<MappedFile, T> reader) {
    var file = new MappedFile(path);
    return closingOnFailure(file, reader);
  }

  /** Applies {@code reader}; if it fails, closes the resource. */
  static <R extends AutoCloseable, T> T closingOnFailure(R resource, Function<R, T> reader) {
    boolean taken = false;
    try {
      var result = reader.apply(resource);
      taken = true;
      return result;
    } finally {
      if (!taken) {
        close(resource);
      }
    }
  }

  private static void close(AutoCloseable resource) {
    try {
      resource.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** The failure to read a file at all. */
  static Problem unreadable(Path path, IOException cause) {
    var reason =
        cause instanceof AccessDeniedException
            ? "access is denied"
            : String.valueOf(cause.getMessage());
    return new Problem(
        path + " could not be read: " + reason + ". Check the file and its permissions.", cause);
  }

  Path path() {
    return path;
  }

  MemorySegment bytes() {
    return bytes;
  }

  @Override
  public void close() {
    arena.close();
  }
}
