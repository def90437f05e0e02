package org.infd.app.runs;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.infd.app.engine.Picture;
import org.jspecify.annotations.Nullable;

/**
 * The picture that a run goes out from: open, in a field file, or both. One that is open gets its
 * file when it is kept. In the session file it is the path of its field file. Two are equal when
 * they are the same picture in the same file.
 */
public final class ParentPicture {
  private final @Nullable Picture open;

  /** Set on the user interface's thread, read in the background. */
  private volatile @Nullable Path file;

  private ParentPicture(@Nullable Picture open, @Nullable Path file) {
    this.open = open;
    this.file = file;
  }

  /**
   * A picture that is open.
   *
   * @param file the field file that it is in; empty while it is in none
   */
  public static ParentPicture of(Picture open, Optional<Path> file) {
    return new ParentPicture(open, file.orElse(null));
  }

  /**
   * A picture in a field file.
   *
   * @throws java.nio.file.InvalidPathException if no file of this system can be called so
   */
  @JsonCreator
  public static ParentPicture in(String file) {
    return new ParentPicture(null, Path.of(file));
  }

  /** The picture, where it is open. */
  public Optional<Picture> open() {
    return Optional.ofNullable(open);
  }

  /** The field file that it is in. */
  public Optional<Path> file() {
    return Optional.ofNullable(file);
  }

  /** The path of the field file for the session file; "" while it is in none. */
  @JsonValue
  String path() {
    return file().map(path -> path.toAbsolutePath().toString()).orElse("");
  }

  /** A picture is kept: nothing changes where it is another one. */
  void keptAs(Picture kept, Path where) {
    if (kept.equals(open)) {
      file = where;
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ParentPicture that
        && Objects.equals(open, that.open)
        && path().equals(that.path());
  }

  @Override
  public int hashCode() {
    return Objects.hash(open, path());
  }
}
