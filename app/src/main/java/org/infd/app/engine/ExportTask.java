package org.infd.app.engine;

import java.nio.file.Path;

/** What is to be written: a picture file or a folder of tiles, or a film. */
public sealed interface ExportTask permits PictureTask, FilmTask {
  /** The file or folder. */
  Path target();

  /** How many pixels there are in all. */
  long pixels();

  /** Removes what an interrupted task of this target left. */
  void forget();
}
