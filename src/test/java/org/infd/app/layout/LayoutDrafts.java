package org.infd.app.layout;

import java.nio.file.Path;
import org.infd.acceptance.hostile.Looked;
import org.infd.app.work.Background;
import org.infd.app.work.Notices;
import org.infd.inference.Problem;

/** Layouts that are being edited, read as the editor does at the start. */
public final class LayoutDrafts {
  private LayoutDrafts() {}

  /**
   * Goes on with what is in a file.
   *
   * @throws Problem if what came back is no layout
   */
  public static void restore(Path file) {
    var notices = new Notices();
    var model = new LayoutModel(notices);
    new LayoutFiles(model, file, new Background(Runnable::run), Runnable::run, notices).restore();
    Looked.at(model.layout());
  }
}
