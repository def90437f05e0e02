package org.infd.app.gallery;

import java.nio.file.Path;

/** The files of the gallery, read as the gallery does. */
public final class GalleryFiles {
  private GalleryFiles() {}

  /** The favourites of a folder. */
  public static void favourites(Path folder) {
    new Favourites(folder).names().forEach(String::length);
  }

  /** A picture of the gallery, and what is shown and searched of it. */
  public static void picture(Path file) {
    new PictureFolder(file.getParent())
        .read(file)
        .ifPresent(picture -> picture.recipe().seedText());
  }
}
