package org.infd.app.gallery;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.infd.inference.Problem;
import org.infd.inference.export.AtomicFile;
import org.infd.inference.generation.FieldFile;
import org.infd.inference.generation.Recipe;

/** The folder of the pictures, a field file each. For one thread at a time. */
final class PictureFolder {
  private static final System.Logger LOG = System.getLogger(PictureFolder.class.getName());
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("uuuuMMdd-HHmmss", Locale.ROOT);

  private final Path folder;

  /**
   * @param folder where the files lie; made when needed
   */
  PictureFolder(Path folder) {
    this.folder = folder;
  }

  /** Where the files lie. */
  Path folder() {
    return folder;
  }

  /** A file that may be a picture. */
  private record Entry(Path file, FileTime written) {}

  /** The files that may be pictures, the newest first; none is opened. */
  List<Path> files() {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    var entries = new ArrayList<Entry>();
    try (var files = Files.newDirectoryStream(folder, "*" + FieldFile.EXTENSION)) {
      for (var file : files) {
        entries.add(new Entry(file, Files.getLastModifiedTime(file)));
      }
    } catch (IOException | DirectoryIteratorException e) {
      LOG.log(System.Logger.Level.WARNING, "pictures not listed in " + folder, e);
    }
    entries.sort(Comparator.comparing(Entry::written).thenComparing(Entry::file).reversed());
    return entries.stream().map(Entry::file).toList();
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
    var file = folder.resolve(name + "-" + recipe.seedText() + FieldFile.EXTENSION);
    for (int i = 2; Files.exists(file); i++) {
      file = folder.resolve(name + "-" + recipe.seedText() + "-" + i + FieldFile.EXTENSION);
    }
    return file;
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
}
