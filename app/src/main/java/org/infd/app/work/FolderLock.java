package org.infd.app.work;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Keeps other programs, and other threads, out of a file while it is read and written. Where the
 * file system has no locks only other threads are kept out. Waits for as long as others take.
 */
public final class FolderLock {
  private static final System.Logger LOG = System.getLogger(FolderLock.class.getName());

  /** Within one process the system's locks exclude nobody. */
  private static final Lock HERE = new ReentrantLock();

  private FolderLock() {}

  /** What is done meanwhile. */
  @FunctionalInterface
  public interface Action<T> {
    /** Does it. */
    T run() throws IOException;
  }

  /**
   * Does something while nobody else does what is under the same lock.
   *
   * @param file what is locked; it is made when needed, its folder too, and stays empty
   * @throws IOException if the file cannot be made, or the action throws it
   */
  public static <T> T holding(Path file, Action<T> action) throws IOException {
    HERE.lock();
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      try (var channel =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
        lock(channel);
        return action.run();
      }
    } finally {
      HERE.unlock();
    }
  }

  /** Goes with the channel. */
  @SuppressWarnings("resource")
  private static void lock(FileChannel channel) {
    try {
      channel.lock();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "no lock", e);
    }
  }
}
