package org.infd.exporter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.infd.inference.FileName;
import org.infd.inference.FileReason;
import org.infd.inference.Problem;
import org.infd.inference.bundle.BundlePlace;
import org.infd.inference.bundle.ModelBundle;

/**
 * A bundle folder that appears whole or not at all: it is filled beside its place, which nobody
 * else can take meanwhile, and moved there at the end; without {@link #commit()} nothing is left.
 */
final class BundleFolder implements AutoCloseable {
  private final Path target;
  private final BundlePlace place;

  private BundleFolder(Path target, BundlePlace place) {
    this.target = target;
    this.place = place;
  }

  /**
   * Checks that a bundle may be made at a place.
   *
   * @return the place as an absolute path
   * @throws Problem if something else lies there, or a bundle that must not be replaced
   */
  static Path requireFree(Path folder, boolean overwrite) {
    FileName.requirePossible(folder);
    var target = real(folder.toAbsolutePath().normalize());
    if (target.getFileName() == null || target.getParent() == null) {
      throw new Problem(folder + " cannot be a bundle. Name a folder that does not exist yet.");
    }
    requireOutsideOfBundles(target);
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

  /** A link is followed, not replaced. */
  private static Path real(Path target) {
    try {
      return Files.isSymbolicLink(target) ? target.toRealPath() : target;
    } catch (IOException e) {
      throw new Problem(target + " is a link to nothing. Remove it or choose another name.", e);
    }
  }

  /** What lies in a bundle goes when it is replaced or removed. */
  private static void requireOutsideOfBundles(Path target) {
    for (var above = target.getParent(); above != null; above = above.getParent()) {
      if (Files.isRegularFile(above.resolve(ModelBundle.MANIFEST))) {
        throw new Problem(
            target
                + " would lie inside of the model "
                + above
                + " and be lost with it. Name a folder beside it.");
      }
    }
  }

  private static boolean isEmpty(Path folder) {
    try (var files = Files.list(folder)) {
      return files.findAny().isEmpty();
    } catch (IOException e) {
      throw FileReason.unreadable(folder, e);
    }
  }

  /**
   * Starts a folder.
   *
   * @param target the place, from {@link #requireFree}
   * @param overwrite whether a bundle that lies there may be replaced
   * @throws Problem if no folder can be made beside it, another import is at it, or the place was
   *     taken in the meantime
   */
  static BundleFolder create(Path target, boolean overwrite) {
    BundlePlace place;
    try {
      place = BundlePlace.take(target);
    } catch (IOException e) {
      throw new Problem(
          "Nothing can be written into "
              + target.getParent()
              + ": "
              + FileReason.of(e)
              + ". Choose another place.",
          e);
    }
    try {
      // another import may have finished since the place was looked at first
      return new BundleFolder(requireFree(target, overwrite), place);
    } catch (RuntimeException e) {
      place.close();
      throw e;
    }
  }

  /** What to tell when a bundle could not be written. */
  static Problem notWritten(Path target, IOException e) {
    return new Problem(
        "The bundle could not be written to "
            + target
            + ": "
            + FileReason.of(e)
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
        var copy = path().resolve(name);
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
    return place.fresh();
  }

  /**
   * Moves the folder to its place; a bundle that lies there is replaced.
   *
   * @return what to tell if the replaced bundle could not be removed
   * @throws IOException if it cannot be moved; what was there stays
   */
  Optional<String> commit() throws IOException {
    return place.commit(target);
  }

  @Override
  public void close() {
    place.close();
  }
}
