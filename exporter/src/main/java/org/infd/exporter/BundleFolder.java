package org.infd.exporter;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.infd.inference.Problem;
import org.infd.inference.bundle.ModelBundle;

/**
 * A bundle folder that appears whole or not at all: it is filled beside its place under a temporary
 * name and moved there at the end; without {@link #commit()} nothing is left.
 */
final class BundleFolder implements AutoCloseable {
  private static final String TEMPORARY = ".infd-import-";

  private final Path target;
  private final Path temporary;

  private BundleFolder(Path target, Path temporary) {
    this.target = target;
    this.temporary = temporary;
  }

  /**
   * Checks that a bundle may be made at a place.
   *
   * @return the place as an absolute path
   * @throws Problem if something else lies there, or a bundle that must not be replaced
   */
  static Path requireFree(Path folder, boolean overwrite) {
    var target = folder.toAbsolutePath().normalize();
    if (target.getFileName() == null || target.getParent() == null) {
      throw new Problem(folder + " cannot be a bundle. Name a folder that does not exist yet.");
    }
    if (!Files.exists(target)) {
      return target;
    }
    if (!Files.isDirectory(target)) {
      throw new Problem(target + " is a file. Name a folder that does not exist yet.");
    }
    if (isEmpty(target)) {
      return target;
    }
    if (!Files.isRegularFile(target.resolve(ModelBundle.MANIFEST))) {
      throw new Problem(
          target
              + " holds other files than a model bundle and is left alone. Name another folder.");
    }
    if (!overwrite) {
      throw new Problem(
          target + " already holds a model. Name another folder, or ask for it to be replaced.");
    }
    return target;
  }

  private static boolean isEmpty(Path folder) {
    try (var files = Files.list(folder)) {
      return files.findAny().isEmpty();
    } catch (IOException e) {
      throw new Problem(folder + " could not be read: " + e.getMessage(), e);
    }
  }

  /**
   * Starts a folder.
   *
   * @param target the place, from {@link #requireFree}
   * @throws Problem if no folder can be made beside it
   */
  static BundleFolder create(Path target) {
    var parent = target.toAbsolutePath().getParent();
    var name = TEMPORARY + Long.toHexString(ThreadLocalRandom.current().nextLong());
    if (parent == null) {
      throw new Problem(target + " cannot be a bundle. Name a folder that does not exist yet.");
    }
    try {
      Files.createDirectories(parent);
      return new BundleFolder(target, Files.createDirectory(parent.resolve(name)));
    } catch (IOException e) {
      throw new Problem(
          "Nothing can be written into "
              + parent
              + " ("
              + e.getClass().getSimpleName()
              + "). Choose another place.",
          e);
    }
  }

  /** What to tell when a bundle could not be written. */
  static Problem notWritten(Path target, IOException e) {
    var reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    return new Problem(
        "The bundle could not be written to "
            + target
            + ": "
            + reason
            + ". Make room or choose another place; nothing was left behind.",
        e);
  }

  /**
   * Takes the files of an existing bundle over, as second names of the same files where the disk
   * can do that.
   *
   * @param left the names of files that are not taken
   * @throws IOException if a file cannot be taken; nothing is left then
   */
  void takeOver(Path bundle, Set<String> left) throws IOException {
    try (var files = Files.list(bundle)) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        var name = String.valueOf(file.getFileName());
        if (left.contains(name)) {
          continue;
        }
        var copy = temporary.resolve(name);
        try {
          Files.createLink(copy, file);
        } catch (IOException | UnsupportedOperationException e) {
          Files.copy(file, copy);
        }
      }
    }
  }

  /** Where the files go until {@link #commit()}. */
  Path path() {
    return temporary;
  }

  /**
   * Moves the folder to its place; a bundle that lies there is replaced.
   *
   * @throws IOException if it cannot be moved; what was there stays
   */
  void commit() throws IOException {
    if (!Files.exists(target)) {
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
      return;
    }
    var aside = temporary.resolveSibling(temporary.getFileName() + ".old");
    Files.move(target, aside, StandardCopyOption.ATOMIC_MOVE);
    try {
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      Files.move(aside, target, StandardCopyOption.ATOMIC_MOVE);
      throw e;
    }
    delete(aside);
  }

  @Override
  public void close() {
    if (Files.exists(temporary)) {
      try {
        delete(temporary);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static void delete(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
