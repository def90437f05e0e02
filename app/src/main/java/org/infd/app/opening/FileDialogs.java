package org.infd.app.opening;

import java.nio.file.Path;
import java.util.Optional;
import org.infd.app.layout.LayoutDialogs;
import org.infd.inference.export.ExportFormat;
import org.infd.inference.export.FilmFormat;

/** Asks the user for files. The tests answer at once. */
public interface FileDialogs extends LayoutDialogs {
  /** A field file or a picture to open. */
  Optional<Path> open();

  /** A checkpoint to import. */
  default Optional<Path> openCheckpoint() {
    return Optional.empty();
  }

  /** The list by which texts become tokens. */
  default Optional<Path> openMerges() {
    return Optional.empty();
  }

  /** A folder. */
  default Optional<Path> folder(String title) {
    return Optional.empty();
  }

  /** Where to save a text. */
  default Optional<Path> saveText(String name) {
    return Optional.empty();
  }

  /** Shows a folder in the system's own window. */
  default void show(Path folder) {}

  /** Where to save a field file. */
  Optional<Path> saveField(String name);

  /** Opens a file with the system's own program for it. */
  default void open(Path file) {}

  /** Where to write a film, or a folder of its frames. */
  default Optional<Path> film(String name, FilmFormat format) {
    return Optional.empty();
  }

  /** Where to write a picture, or a folder of tiles. */
  Optional<Path> export(String name, ExportFormat format);
}
