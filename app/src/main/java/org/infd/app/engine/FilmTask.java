package org.infd.app.engine;

import java.nio.file.Path;
import org.infd.inference.export.Film;

/**
 * A film that is to be written.
 *
 * @param shot what it shows
 * @param target the file, or the folder of its frames; its ending says how it is kept
 */
public record FilmTask(FilmShot shot, Path target) implements ExportTask {
  @Override
  public long pixels() {
    var path = shot.path();
    return (long) path.frames() * path.height() * path.width();
  }

  @Override
  public void forget() {
    Film.forget(target);
  }
}
