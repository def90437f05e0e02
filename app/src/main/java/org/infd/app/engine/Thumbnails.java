package org.infd.app.engine;

import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import javafx.application.Platform;
import javafx.scene.image.Image;
import org.infd.inference.Problem;
import org.infd.inference.generation.FieldFile;

/**
 * The small pictures in field files, read in the background and kept while they are likely to be
 * seen again. Belongs to the user interface's thread.
 */
public final class Thumbnails {
  /** Of 256 × 256 pixels each: 64 MB. */
  private static final int MOST = 256;

  private final Executor background;
  private final Map<Path, Image> images =
      new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Path, Image> eldest) {
          return size() > MOST;
        }
      };

  /**
   * @param background where files are read, one after the other
   */
  public Thumbnails(Executor background) {
    this.background = background;
  }

  /** The small picture of a file if it is at hand; else it is read and told. */
  public Optional<Image> get(Path file, Consumer<Image> later) {
    return get(file, () -> true, later);
  }

  /**
   * The small picture of a file if it is at hand; else it is read and told.
   *
   * @param wanted whether it still is when its turn comes, asked in the background: who scrolls far
   *     does not wait for what was passed
   */
  public Optional<Image> get(Path file, BooleanSupplier wanted, Consumer<Image> later) {
    var image = images.get(file);
    if (image == null) {
      background.execute(
          () -> {
            if (wanted.getAsBoolean()) {
              read(file, later);
            }
          });
    }
    return Optional.ofNullable(image);
  }

  private void read(Path file, Consumer<Image> later) {
    try {
      FieldFile.thumbnail(file)
          .map(png -> new Image(new ByteArrayInputStream(png)))
          .filter(image -> !image.isError())
          .ifPresent(
              image ->
                  Platform.runLater(
                      () -> {
                        images.put(file, image);
                        later.accept(image);
                      }));
    } catch (Problem e) {
      // the file went a moment ago
    }
  }
}
