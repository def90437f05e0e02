package org.infd.app.gallery;

import java.nio.file.Path;
import org.infd.acceptance.hostile.Looked;

/** The files of the gallery, read as the gallery does. */
public final class GalleryFiles {
  private GalleryFiles() {}

  /** The favourites of a folder. */
  public static void favourites(Path folder) {
    new Favourites(folder).names().forEach(Looked::at);
  }

  /** A picture of the gallery, and what is shown and searched of it. */
  public static void picture(Path file) {
    new PictureFolder(file.getParent())
        .read(file)
        .ifPresent(picture -> Looked.at(picture.recipe().seedText()));
  }
}
