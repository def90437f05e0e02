package org.infd.app.work;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A file that one window has for itself where several have one folder: the first of a row of
 * numbered ones that no other program holds. The next start finds again what a window left in it.
 * Held until it is closed, or the program ends in whatever way.
 */
public final class OwnFile implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(OwnFile.class.getName());

  /** Nobody has more windows open on one folder. */
  public static final int MOST_WINDOWS = 9;

  private final Path file;
  private final @Nullable FileChannel lock;

  private OwnFile(Path file, @Nullable FileChannel lock) {
    this.file = file;
    this.lock = lock;
  }

  /** The row: the file itself, then those with a number in their names. */
  public static Stream<Path> row(Path file) {
    return IntStream.rangeClosed(1, MOST_WINDOWS)
        .mapToObj(i -> i == 1 ? file : file.resolveSibling(numbered(file, i)));
  }

  private static String numbered(Path file, int number) {
    return String.valueOf(file.getFileName()).replaceFirst("(\\.[^.]*)?$", "-" + number + "$1");
  }

  /**
   * Takes the first file that is free; beyond {@link #MOST_WINDOWS}, and where the system gives no
   * lock, the first one of all, which is shared then.
   */
  public static OwnFile claim(Path file) {
    for (var candidate : row(file).toList()) {
      FileChannel channel = null;
      boolean taken = false;
      try {
        Files.createDirectories(candidate.toAbsolutePath().getParent());
        channel =
            FileChannel.open(
                candidate.resolveSibling(candidate.getFileName() + ".lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        taken = channel.tryLock() != null;
        if (taken) {
          return new OwnFile(candidate, channel);
        }
      } catch (OverlappingFileLockException e) {
        LOG.log(System.Logger.Level.DEBUG, "held by another window of this program", e);
      } catch (IOException e) {
        LOG.log(System.Logger.Level.WARNING, "no lock beside " + candidate, e);
        return new OwnFile(file, null);
      } finally {
        if (!taken) {
          close(channel);
        }
      }
    }
    return new OwnFile(file, null);
  }

  private static void close(@Nullable FileChannel channel) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "not closed", e);
    }
  }

  /** Where it lies. */
  public Path path() {
    return file;
  }

  @Override
  public void close() {
    close(lock);
  }
}
