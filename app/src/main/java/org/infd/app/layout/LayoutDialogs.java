package org.infd.app.layout;

import java.nio.file.Path;
import java.util.Optional;

/** Asks the user for layout files. */
public interface LayoutDialogs {
  /** A layout to open. */
  default Optional<Path> openLayout() {
    return Optional.empty();
  }

  /** Where to save a layout. */
  default Optional<Path> saveLayout(String name) {
    return Optional.empty();
  }
}
