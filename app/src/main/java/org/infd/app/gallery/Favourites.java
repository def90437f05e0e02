package org.infd.app.gallery;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.infd.app.work.FolderLock;
import org.infd.app.work.JsonFile;
import org.infd.inference.StrictJson;
import org.infd.inference.export.AtomicFile;

/**
 * The names of the favourites, in a file beside the pictures. Several programs may change it: each
 * changes one name in what is there by then, under a lock. Thread-safe.
 */
final class Favourites {
  private static final long LARGEST_LIST = 16L << 20;

  private final Path folder;
  private final Path file;

  /**
   * @param folder where the pictures lie; made when needed
   */
  Favourites(Path folder) {
    this.folder = folder;
    file = folder.resolve("favourites.json");
  }

  /** The names. */
  Set<String> names() {
    var names = new HashSet<String>();
    new JsonFile<>(file, String[].class, LARGEST_LIST, "favourites")
        .readKept()
        .ifPresent(read -> Stream.of(read).filter(Objects::nonNull).forEach(names::add));
    return names;
  }

  /**
   * Adds a name, or takes it out.
   *
   * @return all names then, those of other programs as well
   * @throws org.infd.inference.Problem if they cannot be written
   */
  Set<String> change(String name, boolean isFavourite) {
    try {
      return FolderLock.holding(
          folder.resolve("favourites.lock"),
          () -> {
            var names = names();
            if (isFavourite ? names.add(name) : names.remove(name)) {
              var bytes = StrictJson.memory().writeValueAsBytes(names.stream().sorted().toList());
              AtomicFile.write(file, stream -> stream.write(bytes));
            }
            return names;
          });
    } catch (IOException e) {
      throw AtomicFile.explain(folder, e);
    }
  }
}
