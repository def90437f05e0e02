package org.infd.inference.bundle;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.infd.inference.Folders;
import org.infd.inference.Problem;
import org.jspecify.annotations.Nullable;

/**
 * The place of a bundle folder while it is made: one import at a time, in however many processes.
 * Beside the folder lie, under a number made from its name, a lock file that holds the name, the
 * new folder, and the old one while it is replaced. The system gives the lock back when a process
 * ends in whatever way, so whoever looks later can tell what was left from what is being made: the
 * old folder goes back to its name if there is none, everything else goes.
 */
public final class BundlePlace implements AutoCloseable {
  private static final String PREFIX = ".infd-import-";
  private static final String LOCK = ".lock";
  private static final String NEW = ".new";
  private static final String OLD = ".old";
  private static final Pattern TRACE = Pattern.compile("\\.infd-import-([0-9a-f]{1,16})(\\..*)?");
  private static final int DIGITS = 16;
  private static final int LONGEST_NAME = 4096;
  private static final int MOST_TRIES = 5;

  /** Behind the content, so that a lock never hinders reading it. */
  private static final long LOCKED_BYTE = 1L << 40;

  /**
   * The locks of this process. Its files must not be opened a second time: on some systems closing
   * them again would give the lock back.
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path parent;
  private final String number;
  private final FileChannel channel;
  private final Path key;

  private BundlePlace(Path parent, String number, FileChannel channel, Path key) {
    this.parent = parent;
    this.number = number;
    this.channel = channel;
    this.key = key;
  }

  /**
   * Takes the place of a folder, sweeps what an interrupted import left there, and puts a folder
   * that it had moved away back.
   *
   * @param target the folder; its parent is made if need be
   * @throws Problem if another import is at it
   * @throws IOException if nothing can be written there
   */
  public static BundlePlace take(Path target) throws IOException {
    var whole = target.toAbsolutePath().normalize();
    var parent = whole.getParent();
    var name = whole.getFileName();
    if (parent == null || name == null) {
      throw new Problem(target + " cannot be a bundle. Name a folder that does not exist yet.");
    }
    Files.createDirectories(parent);
    var place = lock(parent, number(name.toString()));
    if (place == null) {
      throw new Problem(
          "Another import is making "
              + whole
              + " at this moment. Wait until it is done, or name another folder.");
    }
    boolean taken = false;
    try {
      place.write(name.toString());
      place.tidy(whole);
      Files.createDirectory(place.fresh());
      taken = true;
      return place;
    } finally {
      if (!taken) {
        place.close();
      }
    }
  }

  private static String number(String name) {
    return ModelBundle.sha256(name.getBytes(StandardCharsets.UTF_8)).substring(0, DIGITS);
  }

  /** The place of this number, or null if someone has it. */
  private static @Nullable BundlePlace lock(Path parent, String number) throws IOException {
    var key = parent.toRealPath().resolve(PREFIX + number);
    if (!HELD.add(key)) {
      return null;
    }
    BundlePlace place = null;
    try {
      for (int i = 0; i < MOST_TRIES && place == null; i++) {
        var file = parent.resolve(PREFIX + number + LOCK);
        var channel =
            FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        if (!hasLocked(channel)) {
          channel.close();
          return null;
        }
        // who had it before has deleted the file that was waited for: try again with the next
        if (Files.exists(file)) {
          place = new BundlePlace(parent, number, channel, key);
        } else {
          channel.close();
        }
      }
      return place;
    } finally {
      if (place == null) {
        HELD.remove(key);
      }
    }
  }

  private static boolean hasLocked(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock(LOCKED_BYTE, 1, false);
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  private void write(String name) throws IOException {
    channel.truncate(0);
    channel.write(StandardCharsets.UTF_8.encode(name), 0);
  }

  private String name() throws IOException {
    var bytes = ByteBuffer.allocate((int) Math.min(LONGEST_NAME, channel.size()));
    channel.read(bytes, 0);
    return StandardCharsets.UTF_8.decode(bytes.flip()).toString();
  }

  /** The new folder, empty at first. */
  public Path fresh() {
    return parent.resolve(PREFIX + number + NEW);
  }

  private Path old() {
    return parent.resolve(PREFIX + number + OLD);
  }

  /**
   * Moves the new folder to its place; what lies there is replaced. If this is interrupted, the
   * next look puts the old folder back.
   *
   * @return what to tell if the replaced folder could not be removed
   * @throws IOException if it cannot be moved; what was there stays
   */
  public Optional<String> commit(Path target) throws IOException {
    force(fresh());
    if (!Files.exists(target)) {
      Files.move(fresh(), target, StandardCopyOption.ATOMIC_MOVE);
      return Optional.empty();
    }
    Files.move(target, old(), StandardCopyOption.ATOMIC_MOVE);
    try {
      Files.move(fresh(), target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      Files.move(old(), target, StandardCopyOption.ATOMIC_MOVE);
      throw e;
    }
    try {
      Folders.delete(old());
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(
          "The model was replaced, but the former one could not be removed: its rest lies in "
              + old()
              + ". The next import there tries again, or delete it.");
    }
  }

  private static void force(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
          channel.force(true);
        }
      }
    }
  }

  /** Leaves the place as the last finished import made it. */
  private void tidy(Path target) throws IOException {
    if (Files.exists(old())) {
      if (Files.exists(target)) {
        Folders.delete(old());
      } else {
        Files.move(old(), target, StandardCopyOption.ATOMIC_MOVE);
      }
    }
    Folders.delete(fresh());
  }

  /**
   * Looks for what interrupted imports left in a folder of bundles, and tidies it up. Imports that
   * are running, in this process or another, are left alone; a folder that cannot be written is
   * left as it is.
   */
  public static void recover(Path parent) {
    var numbers = new HashSet<String>();
    try (var traces = Files.newDirectoryStream(parent, PREFIX + "*")) {
      for (var trace : traces) {
        var match = TRACE.matcher(String.valueOf(trace.getFileName()));
        if (match.matches()) {
          numbers.add(match.group(1));
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      // no such folder, or one that may not be read: nothing was left there by this user
      return;
    }
    for (var number : numbers) {
      try (var place = lock(parent, number)) {
        if (place != null) {
          place.recover();
        }
      } catch (IOException e) {
        // read-only, or on a disk that cannot lock: whoever imports there is told
      }
    }
  }

  private void recover() throws IOException {
    var target = target();
    if (target != null) {
      tidy(target);
      return;
    }
    // without a lock file that tells the name, a model may still go back to its own id
    if (Files.exists(old())) {
      try {
        var own = parent.resolve(ModelBundle.open(old()).manifest().id());
        if (own.getParent() != null && own.getParent().equals(parent) && !Files.exists(own)) {
          Files.move(old(), own, StandardCopyOption.ATOMIC_MOVE);
        }
      } catch (Problem | InvalidPathException e) {
        // no model, so nothing that anybody could miss by its name
        return;
      }
    }
    Folders.delete(fresh());
  }

  private @Nullable Path target() throws IOException {
    var name = name();
    if (!number(name).equals(number)) {
      return null;
    }
    try {
      var target = parent.resolve(name);
      return parent.equals(target.getParent()) ? target : null;
    } catch (InvalidPathException e) {
      return null;
    }
  }

  /** Gives the place back; a new folder that was not committed goes. */
  @Override
  public void close() {
    try {
      Folders.delete(fresh());
      if (!Files.exists(old())) {
        // before the lock is given back, so that nobody locks a file that is about to go
        Files.deleteIfExists(parent.resolve(PREFIX + number + LOCK));
      }
    } catch (IOException e) {
      // the next import there, or the next look, tries again
    } finally {
      try {
        channel.close();
      } catch (IOException e) {
        // nothing was left to be written
      }
      HELD.remove(key);
    }
  }
}
