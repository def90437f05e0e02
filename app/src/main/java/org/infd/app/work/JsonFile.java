package org.infd.app.work;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import org.infd.inference.FileReason;
import org.infd.inference.Problem;
import org.infd.inference.StrictJson;
import org.infd.inference.export.AtomicFile;
import tools.jackson.core.JacksonException;

/**
 * A small JSON file that the program remembers something in. What cannot be read is taken as
 * absent, what cannot be written is forgotten; the log says so.
 *
 * @param file where it lies; its folder is made when needed
 * @param type what is in it; unknown properties are passed over, so that later versions may add
 *     some
 * @param largest how many bytes it may have; anything larger is not ours
 * @param what a word for the log: "settings"
 */
public record JsonFile<T>(Path file, Class<T> type, long largest, String what) {
  private static final System.Logger LOG = System.getLogger(JsonFile.class.getName());

  /** One lock for all such files of a folder: none is held for long. */
  private static final String LOCK = "files.lock";

  /** What is in the file. Never throws. */
  public Optional<T> read() {
    try {
      return value();
    } catch (IOException | JacksonException | IllegalArgumentException e) {
      warn("not read from", e);
      return Optional.empty();
    }
  }

  /**
   * What is in a file that the user would miss: as {@link #read}, but what cannot be read is set
   * aside, since the next {@link #write} would take its place. Never throws.
   */
  public Optional<T> readKept() {
    try {
      var value = value();
      if (value.isPresent()) {
        return value;
      }
    } catch (AccessDeniedException | JacksonException | IllegalArgumentException e) {
      warn("not read from", e);
    } catch (IOException e) {
      // the disk may give it another time
      warn("not read from", e);
      return Optional.empty();
    }
    setAside();
    return Optional.empty();
  }

  private Optional<T> value() throws IOException {
    if (!Files.isRegularFile(file) || Files.size(file) > largest) {
      return Optional.empty();
    }
    return Optional.ofNullable(StrictJson.memory().readValue(Files.readAllBytes(file), type));
  }

  /** Keeps what is there from being written over. Never throws. */
  public void setAside() {
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      SetAside.take(file);
    }
  }

  /** Replaces what is in the file. Never throws. */
  public void write(T value) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      var bytes = StrictJson.memory().writeValueAsBytes(value);
      AtomicFile.write(file, stream -> stream.write(bytes));
    } catch (IOException | JacksonException | Problem e) {
      warn("not written to", e);
    }
  }

  /**
   * Replaces what is in the file by what comes of it. Another program that changes it too waits
   * meanwhile, so that nothing of it is lost. Never throws.
   *
   * @param change takes what is there by now, empty if nothing is or it cannot be read
   * @return what is in the file then
   */
  public T change(Function<Optional<T>, T> change) {
    try {
      return FolderLock.holding(
          file.resolveSibling(LOCK),
          () -> {
            var value = change.apply(readKept());
            write(value);
            return value;
          });
    } catch (IOException e) {
      warn("not written to", e);
      return change.apply(Optional.empty());
    }
  }

  private void warn(String how, Exception e) {
    LOG.log(System.Logger.Level.WARNING, what + " " + how + " " + file + ": " + FileReason.of(e));
  }
}
