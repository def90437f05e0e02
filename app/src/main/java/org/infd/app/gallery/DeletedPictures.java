package org.infd.app.gallery;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.infd.inference.export.AtomicFile;
import org.infd.inference.generation.FieldFile;

/**
 * Where pictures go that are deleted, until the end of the session: a folder of this session's own
 * beside them, with a lock in it that the system takes away from a process that ends. So another
 * session frees only what nobody can bring back any more. For one thread at a time.
 */
final class DeletedPictures {
  private static final System.Logger LOG = System.getLogger(DeletedPictures.class.getName());
  private static final String FOLDER = "deleted";
  private static final String LOCK = "session.lock";

  private final String session;

  /** By the folder of the pictures; open for as long as this session lasts. */
  private final Map<Path, FileChannel> locks = new HashMap<>();

  DeletedPictures() {
    this(UUID.randomUUID().toString());
  }

  /**
   * @param session a name that no other session has
   */
  DeletedPictures(String session) {
    this.session = session;
  }

  private Path place(KeptPicture picture) {
    return folder(picture).resolve(FOLDER).resolve(session).resolve(picture.name());
  }

  private static Path folder(KeptPicture picture) {
    var parent = picture.file().getParent();
    return parent == null ? Path.of("") : parent;
  }

  /**
   * Puts a picture where it can be restored from until the session ends.
   *
   * @throws org.infd.inference.Problem if it cannot be moved
   */
  void delete(KeptPicture picture) {
    var place = place(picture);
    try {
      var own = folder(picture).resolve(FOLDER).resolve(session);
      Files.createDirectories(own);
      lock(folder(picture), own);
    } catch (IOException e) {
      throw AtomicFile.explain(picture.file(), e);
    }
    move(picture.file(), place);
  }

  private void lock(Path pictures, Path own) throws IOException {
    if (locks.containsKey(pictures)) {
      return;
    }
    var channel =
        FileChannel.open(own.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (!isHeld(channel)) {
      channel.close();
      throw new IOException(own + " is used by another program");
    }
    locks.put(pictures, channel);
  }

  /** Where the system has no locks at all, it is as good as it was with one program. */
  private static boolean isHeld(FileChannel channel) {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false;
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "no lock", e);
      return true;
    }
  }

  /**
   * Undoes {@link #delete}.
   *
   * @throws org.infd.inference.Problem if it cannot be moved
   */
  void restore(KeptPicture picture) {
    move(place(picture), picture.file());
  }

  private static void move(Path from, Path to) {
    try {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw AtomicFile.explain(from, e);
    }
  }

  /** Frees what sessions deleted that have ended: there is no way back any more. */
  void sweep(Path pictures) {
    var all = pictures.resolve(FOLDER);
    if (!Files.isDirectory(all)) {
      return;
    }
    try (var entries = Files.newDirectoryStream(all)) {
      for (var entry : entries) {
        if (entry.endsWith(session)) {
          // closing a file takes away all locks that this process has on it
          continue;
        }
        if (Files.isDirectory(entry)) {
          sweepSession(entry);
        } else if (entry.toString().endsWith(FieldFile.EXTENSION)) {
          // before version 0.2 there was one folder for all
          Files.deleteIfExists(entry);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      LOG.log(System.Logger.Level.WARNING, "not emptied: " + all, e);
    }
  }

  private static void sweepSession(Path ended) throws IOException {
    var file = ended.resolve(LOCK);
    try (var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        var lock = channel.tryLock()) {
      if (lock == null) {
        return;
      }
      try (var files = Files.newDirectoryStream(ended, "*" + FieldFile.EXTENSION)) {
        for (var picture : files) {
          Files.deleteIfExists(picture);
        }
      }
    } catch (OverlappingFileLockException e) {
      // of another session in this process
      return;
    }
    Files.deleteIfExists(file);
    Files.deleteIfExists(ended);
  }

  /** The session ends: another one may free what was deleted. */
  void close() {
    for (var channel : locks.values()) {
      try {
        channel.close();
      } catch (IOException e) {
        LOG.log(System.Logger.Level.DEBUG, "not closed", e);
      }
    }
    locks.clear();
  }
}
