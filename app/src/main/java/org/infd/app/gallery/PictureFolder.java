package org.infd.app.gallery;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.infd.inference.Problem;
import org.infd.inference.export.AtomicFile;
import org.infd.inference.generation.FieldFile;
import org.infd.inference.generation.Recipe;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The folder of the pictures: a field file each, the names of the favourites beside them, and a
 * folder of those that were deleted a moment ago. For one thread at a time.
 */
final class PictureFolder {
  private static final System.Logger LOG = System.getLogger(PictureFolder.class.getName());
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("uuuuMMdd-HHmmss", Locale.ROOT);
  private static final long LARGEST_LIST = 16L << 20;

  private final Path folder;
  private final Path deleted;
  private final Path favourites;

  /**
   * @param folder where the files lie; made when needed
   */
  PictureFolder(Path folder) {
    this.folder = folder;
    deleted = folder.resolve("deleted");
    favourites = folder.resolve("favourites.json");
  }

  /** The folder that a picture lies in. */
  static PictureFolder of(KeptPicture picture) {
    var parent = picture.file().getParent();
    return new PictureFolder(parent == null ? Path.of("") : parent);
  }

  /** Where the files lie. */
  Path folder() {
    return folder;
  }

  /** All pictures, the newest first. Files that are none are passed over. */
  List<KeptPicture> list() {
    var pictures = new ArrayList<KeptPicture>();
    if (!Files.isDirectory(folder)) {
      return pictures;
    }
    try (var files = Files.newDirectoryStream(folder, "*" + FieldFile.EXTENSION)) {
      for (var file : files) {
        read(file).ifPresent(pictures::add);
      }
    } catch (IOException | DirectoryIteratorException e) {
      LOG.log(System.Logger.Level.WARNING, "pictures not listed in " + folder, e);
    }
    pictures.sort(
        Comparator.comparing(KeptPicture::made).thenComparing(KeptPicture::name).reversed());
    return pictures;
  }

  /** A picture that lies in the folder; empty when the file is not one. */
  Optional<KeptPicture> read(Path file) {
    try {
      return Optional.of(
          new KeptPicture(
              file,
              FieldFile.recipe(file),
              Files.getLastModifiedTime(file).toInstant(),
              Files.size(file)));
    } catch (IOException | Problem e) {
      LOG.log(System.Logger.Level.WARNING, "not a picture: " + e.getMessage());
      return Optional.empty();
    }
  }

  /**
   * A file name for a new picture that no other picture has.
   *
   * @throws Problem if the folder cannot be made
   */
  Path newFile(Recipe recipe, Instant made) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw AtomicFile.explain(folder, e);
    }
    var model = recipe.model().replaceAll("[^A-Za-z0-9._-]", "_");
    var name = STAMP.format(made.atZone(ZoneId.systemDefault())) + "-" + model;
    var file = folder.resolve(name + "-" + recipe.seed() + FieldFile.EXTENSION);
    for (int i = 2; Files.exists(file); i++) {
      file = folder.resolve(name + "-" + recipe.seed() + "-" + i + FieldFile.EXTENSION);
    }
    return file;
  }

  /**
   * Puts a picture where it can be restored from until {@link #sweep}.
   *
   * @throws Problem if it cannot be moved
   */
  void delete(KeptPicture picture) {
    move(picture.file(), deleted.resolve(picture.name()));
  }

  /**
   * Undoes {@link #delete}.
   *
   * @throws Problem if it cannot be moved
   */
  void restore(KeptPicture picture) {
    move(deleted.resolve(picture.name()), picture.file());
  }

  /**
   * Deletes a picture for good.
   *
   * @throws Problem if it cannot be deleted
   */
  void remove(KeptPicture picture) {
    try {
      Files.deleteIfExists(picture.file());
    } catch (IOException e) {
      throw AtomicFile.explain(picture.file(), e);
    }
  }

  private static void move(Path from, Path to) {
    try {
      var parent = to.getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw AtomicFile.explain(from, e);
    }
  }

  /** Frees what was deleted: there is no way back any more. */
  void sweep() {
    if (!Files.isDirectory(deleted)) {
      return;
    }
    try (var files = Files.newDirectoryStream(deleted, "*" + FieldFile.EXTENSION)) {
      for (var file : files) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | DirectoryIteratorException e) {
      LOG.log(System.Logger.Level.WARNING, "not emptied: " + deleted, e);
    }
  }

  /** The names of the favourites. */
  Set<String> favourites() {
    try {
      if (Files.isRegularFile(favourites) && Files.size(favourites) <= LARGEST_LIST) {
        return new HashSet<>(
            List.of(JSON.readValue(Files.readAllBytes(favourites), String[].class)));
      }
    } catch (IOException | JacksonException | NullPointerException e) {
      LOG.log(System.Logger.Level.WARNING, "favourites not read from " + favourites, e);
    }
    return new HashSet<>();
  }

  /**
   * Keeps the names of the favourites.
   *
   * @throws Problem if they cannot be written
   */
  void keepFavourites(Set<String> names) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw AtomicFile.explain(folder, e);
    }
    var bytes = JSON.writeValueAsBytes(names.stream().sorted().toList());
    AtomicFile.write(favourites, stream -> stream.write(bytes));
  }
}
