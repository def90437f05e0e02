package org.infd.app.window;

import org.infd.app.gallery.KeptPicture;

/** Asks for pictures, keeps views of the open one, and compares it. */
final class PictureCommands {
  private final StudioModel model;

  PictureCommands(StudioModel model) {
    this.model = model;
  }

  /** Makes as many pictures as are asked for. */
  void generate() {
    model.requests().generate(false);
  }

  /** The same in a tab of their own. */
  void generateInNewTab() {
    model.requests().generate(true);
  }

  /** Goes out from the picture that is shown. */
  void vary() {
    model.requests().vary(false);
  }

  /** Keeps the present view of the open picture as a place. */
  void bookmark() {
    model.bookmarks().keepView(model.viewer());
  }

  /** Goes to the gallery, where a picture can be chosen to compare with. */
  void chooseForCompare() {
    model.pages().pageProperty().set(Page.GALLERY);
    model.notices().note("Choose a picture with its compare button.");
  }

  /** Looks at a picture of the gallery over the open one. */
  void compareWith(KeptPicture kept) {
    if (model.pictureProperty().get().isEmpty()) {
      model.opener().open(kept.file());
      return;
    }
    model.pages().showPicture();
    model.notices().clear();
    model.comparison().withFile(kept.file());
  }
}
