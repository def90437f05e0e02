package org.infd.app.window;

/** Asks for pictures, and keeps views of the open one. */
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
}
