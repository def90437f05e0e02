package org.infd.inference.export;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.infd.inference.FileReason;
import org.infd.inference.NumberText;
import org.infd.inference.Problem;
import org.infd.inference.ShownText;

/**
 * A file that appears whole or not at all. It is written beside its target under a temporary name,
 * forced to the disk, and moved over the target in one step; without {@link #commit()} it vanishes
 * and the target stays as it was. A crash can leave the temporary file, which {@link #sweep}
 * removes (and so does the next file opened in that folder). For one writing thread; different
 * files are independent.
 */
public final class AtomicFile implements Closeable {
  /** Nobody else names files like this, so a sweep meets only what this class left. */
  private static final Pattern TEMPORARY = Pattern.compile("\\.infd-[0-9a-f]{16}\\.part");

  private static final int BUFFER = 1 << 16;

  /** So much of a name that is too long is repeated. */
  private static final int NAME_SHOWN = 40;

  /** The temporary files of this process: spared by sweeps, removed when the process ends. */
  private static final Set<Path> IN_USE = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(AtomicFile::removeAll, "remove half files"));
  }

  private final Path target;
  private final Path temporary;
  private final Disk disk;
  private final FileChannel channel;
  private final OutputStream stream;
  private boolean closed;

  private AtomicFile(Path target, Disk disk) throws IOException {
    this.target = target;
    this.disk = disk;
    long name = ThreadLocalRandom.current().nextLong();
    temporary = target.resolveSibling(NumberText.format(".infd-%016x.part", name));
    IN_USE.add(temporary);
    try {
      channel = disk.open(temporary);
    } catch (IOException | RuntimeException e) {
      IN_USE.remove(temporary);
      throw e;
    }
    lockUntilClosed(channel);
    stream = new BufferedOutputStream(new Sink(), BUFFER);
  }

  /** What fills a file. */
  @FunctionalInterface
  public interface Content {
    /**
     * Writes everything; the caller closes the stream.
     *
     * @throws IOException if the stream does
     */
    void writeTo(OutputStream stream) throws IOException;
  }

  /**
   * Writes a whole file. Whatever {@code content} throws, nothing is left and the target is as it
   * was; exceptions other than {@link IOException} pass unchanged.
   *
   * @param target the file to make or to replace; its folder must exist
   * @throws Problem if the file cannot be written: no such folder, no permission, no room
   */
  public static void write(Path target, Content content) {
    write(target, content, Disk.REAL);
  }

  static void write(Path target, Content content, Disk disk) {
    try (var file = open(target, disk)) {
      content.writeTo(file.stream());
      file.commit();
    } catch (IOException e) {
      throw explain(target, e);
    }
  }

  /**
   * Starts a file. Close it always; call {@link #commit()} before when all is well.
   *
   * @param target the file to make or to replace; its folder must exist
   * @throws Problem if the place cannot take a file
   */
  public static AtomicFile open(Path target) {
    return open(target, Disk.REAL);
  }

  static AtomicFile open(Path target, Disk disk) {
    try {
      var place = requireWritable(target);
      sweep(parent(place));
      return new AtomicFile(place, disk);
    } catch (IOException e) {
      throw explain(target, e);
    }
  }

  /**
   * Checks, before any long work, that a file could be made here.
   *
   * @return where it will lie, absolute, links followed
   * @throws Problem if the folder is missing or cannot be written, or the target is no plain file
   */
  public static Path requireWritable(Path target) {
    if (target.toString().isEmpty()) {
      throw new Problem("The name of the file to write is empty. Name a file.");
    }
    var place = target.toAbsolutePath().normalize();
    requirePossibleName(place);
    try {
      if (Files.isSymbolicLink(place)) {
        place = place.toRealPath();
      }
    } catch (IOException e) {
      throw new Problem(target + " is a link to nothing. Remove it or choose another name.", e);
    }
    if (place.getFileName() == null || Files.isDirectory(place)) {
      throw new Problem(target + " is a folder. Name a file in it.");
    }
    var folder = parent(place);
    if (!Files.exists(folder)) {
      throw new Problem("There is no folder " + folder + ". Make it first or choose another.");
    }
    if (!Files.isDirectory(folder)) {
      throw new Problem(folder + " is not a folder, so " + target + " cannot be written.");
    }
    if (Files.exists(place) && !Files.isRegularFile(place)) {
      throw new Problem(target + " is not a plain file. Choose another name.");
    }
    if (!Files.isWritable(folder)) {
      throw new Problem("The folder " + folder + " is read-only. Choose another folder.");
    }
    if (Files.exists(place) && !Files.isWritable(place)) {
      throw new Problem(target + " is read-only. Choose another name.");
    }
    return place;
  }

  /** Asks the system, which alone knows what its disks take for a name. */
  private static void requirePossibleName(Path place) {
    try {
      Files.readAttributes(place, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    } catch (FileSystemException e) {
      if (String.valueOf(e.getReason()).contains("too long")) {
        throw new Problem(
            "The name '"
                + ShownText.shortened(String.valueOf(place.getFileName()), NAME_SHOWN)
                + "' is too long for this disk. Take a shorter one.",
            e);
      }
    } catch (IOException e) {
      // whatever else is wrong is told by what comes after
    }
  }

  /**
   * The sentence for a failed write.
   *
   * @param target the file that was asked for
   * @param reason what the system said
   */
  public static Problem explain(Path target, IOException reason) {
    var said = String.valueOf(reason.getMessage());
    if (said.contains("No space left") || said.contains("not enough space")) {
      return new Problem(
          "The disk is full: " + target + " was not written. Free some space or choose another.",
          reason);
    }
    if (reason instanceof AccessDeniedException || said.contains("Read-only file system")) {
      return new Problem(
          target + " could not be written: the place is read-only for you. Choose another.",
          reason);
    }
    if (said.contains("quota")) {
      return new Problem("Your disk quota is used up: " + target + " was not written.", reason);
    }
    var why =
        reason instanceof NoSuchFileException
            ? "its folder is gone, or takes no files. Choose another"
            : FileReason.of(reason);
    return new Problem(
        target + " could not be written: " + why + ". Nothing was left behind.", reason);
  }

  /**
   * Removes the temporary files that a crash left in a folder. Files that any process is still
   * writing stay, and so does everything under another name. Never throws.
   *
   * @return how many were removed
   */
  public static int sweep(Path folder) {
    int removed = 0;
    try (var entries = Files.newDirectoryStream(folder, ".infd-*.part")) {
      for (var entry : entries) {
        if (isLeftover(entry.toAbsolutePath().normalize()) && Files.deleteIfExists(entry)) {
          removed++;
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      return removed;
    }
    return removed;
  }

  private static boolean isLeftover(Path file) {
    if (!TEMPORARY.matcher(file.getFileName().toString()).matches()
        || IN_USE.contains(file)
        || !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    // a writer holds the lock for as long as it lives
    try (var channel = FileChannel.open(file, StandardOpenOption.WRITE);
        var free = channel.tryLock()) {
      return free != null;
    } catch (IOException | OverlappingFileLockException e) {
      return false;
    }
  }

  /** Where the bytes go, buffered. Its own close does nothing to the file. */
  public OutputStream stream() {
    return stream;
  }

  /** How many bytes went to the temporary file so far, buffered ones not counted. */
  public long size() throws IOException {
    return channel.size();
  }

  /**
   * Forces the bytes to the disk and moves the file over its target.
   *
   * @throws IOException if either fails; the file is then gone
   */
  public void commit() throws IOException {
    if (closed) {
      throw new IllegalStateException("already closed: " + target);
    }
    try {
      stream.flush();
      disk.force(channel);
      channel.close();
      disk.move(temporary, target);
      closed = true;
      IN_USE.remove(temporary);
    } finally {
      close();
    }
    disk.forceFolder(parent(target));
  }

  /** Ends the file: what was not committed is removed. Closing twice does no harm. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      channel.close();
    } catch (IOException e) {
      // the bytes are not wanted
    }
    remove(temporary);
  }

  private static void remove(Path temporary) {
    try {
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      // left for the next sweep
    }
    IN_USE.remove(temporary);
  }

  private static void removeAll() {
    IN_USE.forEach(AtomicFile::remove);
  }

  private static Path parent(Path file) {
    var parent = file.getParent();
    if (parent == null) {
      throw new IllegalArgumentException("not absolute: " + file);
    }
    return parent;
  }

  /**
   * Takes the lock that spares a file from sweeps, where the file system has locks. The system
   * holds it until the channel closes or the process dies.
   */
  @SuppressWarnings("ReturnValueIgnored") // closing the channel releases the lock
  private static void lockUntilClosed(FileChannel channel) {
    try {
      channel.tryLock();
    } catch (IOException | UnsupportedOperationException e) {
      // without locks a sweep of another process may take the file; then the move fails and says so
    }
  }

  /** The steps that can fail; tests put their own here. */
  interface Disk {
    Disk REAL = new Disk() {};

    default FileChannel open(Path file) throws IOException {
      return FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    default void write(FileChannel channel, ByteBuffer bytes) throws IOException {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    }

    default void force(FileChannel channel) throws IOException {
      channel.force(true);
    }

    default void move(Path from, Path to) throws IOException {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Makes the move itself last through a power cut, where folders can be forced. */
    default void forceFolder(Path folder) {
      try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
        channel.force(true);
      } catch (IOException e) {
        // Windows cannot; the file is whole either way
      }
    }
  }

  private final class Sink extends OutputStream {
    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      disk.write(channel, ByteBuffer.wrap(bytes, offset, length));
    }

    @Override
    public void close() throws IOException {
      // commit() or AtomicFile.close() end the file
    }
  }
}
