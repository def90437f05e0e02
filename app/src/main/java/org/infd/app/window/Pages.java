package org.infd.app.window;

import javafx.beans.property.ObjectProperty;
import javafx.beans.property.SimpleObjectProperty;
import org.infd.app.gallery.GalleryModel;
import org.infd.app.opening.FileOpener;

/** Which page the window shows. Belongs to the user interface's thread. */
final class Pages implements FileOpener.Pages {
  private final ObjectProperty<Page> page = new SimpleObjectProperty<>(this, "page", Page.PICTURE);
  private final GalleryModel gallery;

  Pages(GalleryModel gallery) {
    this.gallery = gallery;
  }

  /** The page that is shown. */
  ObjectProperty<Page> pageProperty() {
    return page;
  }

  @Override
  public void showPicture() {
    page.set(Page.PICTURE);
  }

  @Override
  public void showModels() {
    page.set(Page.MODELS);
  }

  /** Shows all pictures that were made. */
  void showGallery() {
    gallery.searchProperty().set("");
    gallery.favouritesOnlyProperty().set(false);
    page.set(Page.GALLERY);
  }
}
