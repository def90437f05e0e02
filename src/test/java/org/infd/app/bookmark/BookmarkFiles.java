package org.infd.app.bookmark;

import java.nio.file.Path;
import org.infd.acceptance.hostile.Looked;

/** The files of bookmarks, read as the viewer does. */
public final class BookmarkFiles {
  private BookmarkFiles() {}

  /** The bookmarks in a file, and the views that they lead to. */
  public static void read(Path file) {
    var key = file.getFileName().toString().replace(".json", "");
    for (var mark : new BookmarkFolder(file.getParent()).read(key)) {
      Looked.at(mark.view().in(800, 600));
      Looked.at(mark.name());
    }
  }
}
