package org.infd.inference.runtime;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.infd.inference.FileReason;
import org.infd.inference.Problem;
import org.infd.inference.UserData;

/**
 * The folders in which native libraries may be put, best first: in the user's data, where all runs
 * share them, and for the case that nothing can be written or run there, in the temporary folder.
 * The libraries stay in both, so that nothing piles up.
 *
 * @param folders the candidates; need not exist
 * @param foreign those among them in which other users can make files: a folder there counts only
 *     if it is this user's alone
 */
public record NativePlaces(List<Path> folders, Set<Path> foreign) {
  /** What is tried in a folder. */
  @FunctionalInterface
  interface Attempt<R> {
    /**
     * Uses a folder, which need not exist.
     *
     * @throws IOException if something could not be written or read there
     * @throws UnsatisfiedLinkError if a library there could not be loaded
     */
    R in(Path folder) throws IOException;
  }

  /** Those of this user on this machine. */
  public static NativePlaces ofSystem() {
    var user = System.getProperty("user.name", "").replaceAll("[^A-Za-z0-9._-]", "_");
    var temporary =
        Path.of(System.getProperty("java.io.tmpdir", ".")).resolve("infd-studio-" + user);
    return new NativePlaces(
        List.of(UserData.folder().resolve("natives"), temporary.toAbsolutePath()),
        Set.of(temporary.toAbsolutePath()));
  }

  /**
   * A folder in which libraries of a version can be written and run. It is made where it is
   * missing, and those of other versions are removed.
   *
   * @param product what they belong to, for example "javafx"
   * @throws Problem if there is none; names every place, why it will not do, and what to do
   */
  public Path folder(String product, String version) {
    var name = product + "-" + version.replaceAll("[^A-Za-z0-9._+-]", "_");
    return first(
        place -> {
          var folder = place.resolve(name);
          if (!holdsRunnable(folder)) {
            requireRunnable(folder);
            sweep(place, product + "-", name);
          }
          return folder;
        });
  }

  /** What was put there by an earlier run can be used, even where nothing can be written now. */
  private static boolean holdsRunnable(Path folder) throws IOException {
    if (!Files.isDirectory(folder) || Files.isWritable(folder)) {
      return false;
    }
    try (var files = Files.newDirectoryStream(folder, "*.{so,dll,dylib}")) {
      var first = files.iterator();
      return first.hasNext() && Files.isExecutable(first.next());
    }
  }

  /**
   * Removes what other versions have left in a place. A program that still runs with them goes on:
   * what it has loaded stays, and what it loads later it unpacks again.
   *
   * @param start how the names begin of what may be removed
   * @param kept how those begin that stay
   */
  static void sweep(Path place, String start, String kept) {
    try (var found = Files.newDirectoryStream(place, start + "*")) {
      for (var old : found) {
        if (!String.valueOf(old.getFileName()).startsWith(kept)) {
          remove(old);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      // a place that cannot be read has nothing to sweep, and what is in use stays
    }
  }

  /** Removes a folder of files, or a file; what the system holds back stays. */
  static void remove(Path folder) throws IOException {
    if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      try (var files = Files.newDirectoryStream(folder)) {
        for (var file : files) {
          Files.deleteIfExists(file);
        }
      }
    }
    Files.deleteIfExists(folder);
  }

  /**
   * The first success.
   *
   * @throws Problem if there is none; names every place, why it will not do, and what to do
   */
  <R> R first(Attempt<R> attempt) {
    var reasons = new ArrayList<String>();
    Throwable last = null;
    for (var place : folders) {
      try {
        if (foreign.contains(place)) {
          requireOwn(place);
        }
        return attempt.in(place);
      } catch (IOException | SecurityException e) {
        reasons.add(place + ": " + FileReason.of(e));
        last = e;
      } catch (UnsatisfiedLinkError e) {
        reasons.add(place + ": " + LibraryFailure.inShort(e));
        last = e;
      }
    }
    var problem =
        new Problem(
            "The program's native libraries can be put nowhere on this machine ("
                + String.join("; ", reasons)
                + "). Make room and allow programs to run in one of these folders, or name another"
                + " folder by the variable "
                + UserData.OVERRIDE
                + ".",
            last);
    throw problem;
  }

  /** Whoever could write there could have this program run what they want. */
  private static void requireOwn(Path folder) throws IOException {
    if (!isPosix(folder)) {
      Files.createDirectories(folder);
      return;
    }
    if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      var above = folder.getParent();
      if (above != null) {
        Files.createDirectories(above);
      }
      Files.createDirectory(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    var view =
        Files.getFileAttributeView(folder, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    var found = view.readAttributes();
    var probe = probe(folder);
    Files.createFile(probe);
    boolean mine = Files.getOwner(probe).equals(found.owner());
    Files.delete(probe);
    if (!found.isDirectory()
        || !mine
        || found.permissions().contains(PosixFilePermission.GROUP_WRITE)
        || found.permissions().contains(PosixFilePermission.OTHERS_WRITE)) {
      throw new IOException("others can write there");
    }
  }

  private static void requireRunnable(Path folder) throws IOException {
    Files.createDirectories(folder);
    var probe = probe(folder);
    try {
      // a full disk takes a name and no content
      Files.write(probe, new byte[1]);
      makeRunnable(probe);
      requireExecutable(probe);
    } finally {
      Files.deleteIfExists(probe);
    }
  }

  /**
   * Fails where the system would not map a file as a program, for example on a file system that is
   * mounted "noexec".
   */
  static void requireExecutable(Path file) throws IOException {
    if (!Files.isExecutable(file)) {
      throw new IOException("programs may not run there");
    }
  }

  /** Gives a file the permission to be run by its owner, where there are such permissions. */
  static void makeRunnable(Path file) throws IOException {
    if (isPosix(file)) {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }
  }

  private static boolean isPosix(Path file) {
    return file.getFileSystem().supportedFileAttributeViews().contains("posix");
  }

  private static Path probe(Path folder) {
    return folder.resolve(".probe-" + Long.toHexString(ThreadLocalRandom.current().nextLong()));
  }
}
