package org.infd.app.engine;

import org.infd.inference.export.Film;
import org.infd.inference.export.FilmPath;

/**
 * What a film shows, and how fast.
 *
 * @param path the frames
 * @param framesPerSecond 1 to 120
 */
public record FilmShot(FilmPath path, int framesPerSecond) {
  /** Checks the speed. */
  public FilmShot {
    Film.requireSpeed(framesPerSecond);
  }

  /**
   * The pixels of a frame.
   *
   * @param index from 0
   * @param invented whether what is below the picture's own scale is invented
   */
  public ExportArea frame(int index, boolean invented) {
    var view = path.view(index);
    var shown = view.shown();
    return new ExportArea(
        view.side(), shown.row(), shown.column(), shown.height(), shown.width(), invented);
  }
}
