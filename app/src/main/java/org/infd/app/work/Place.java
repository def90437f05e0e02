package org.infd.app.work;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Places on disk that files of ours name. Such a file may be damaged, or of another system. */
public final class Place {
  private Place() {}

  /** The place that a text names; empty without a text, and where no file can be called so. */
  public static Optional<Path> of(@Nullable String text) {
    try {
      return Optional.ofNullable(text).map(Path::of);
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }
}
