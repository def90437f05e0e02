package org.infd.app.engine;

import java.nio.file.Path;
import org.infd.inference.export.ExportSettings;
import org.infd.inference.export.ResumableExport;

/**
 * A picture file, or a folder of tiles, that is to be written.
 *
 * @param area the pixels that it holds
 * @param settings how they become bytes
 * @param target the file or folder
 */
public record PictureTask(ExportArea area, ExportSettings settings, Path target)
    implements ExportTask {
  @Override
  public long pixels() {
    return area.pixels();
  }

  @Override
  public void forget() {
    ResumableExport.forget(target);
  }
}
