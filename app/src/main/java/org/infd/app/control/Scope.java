package org.infd.app.control;

/**
 * Where a key acts. The outer scopes are active together, so a key has one meaning in all of them;
 * an inner scope takes precedence while it is active, and may give a key another meaning.
 */
public enum Scope {
  /** On every page; goes before a text that has the cursor. */
  TABS(false),
  /** On every page; a text that has the cursor goes before it. */
  WINDOW(false),
  /** On the page of the picture. */
  PICTURE(false),
  /** On the page of the picture, while one is seen. */
  VIEWER(false),
  /** While the layout is open. */
  LAYOUT(true),
  /** While a box is drawn that is to be enlarged. */
  ZOOM_BOX(true),
  /** On the line between two pictures that are compared. */
  COMPARE(true),
  /** On the page of the gallery. */
  GALLERY(true),
  /** On a picture among others: in the gallery, in a run of several. */
  CARD(true),
  /** While the square of a photo is being chosen. */
  PHOTO(true),
  /** In the choices for picture files. */
  EXPORT(true),
  /** While a frame lies over the picture. */
  FRAME(true),
  /** In the words that are searched for. */
  SEARCH(true),
  /** While the sheet of keys is open. */
  SHEET(true);

  private final boolean inner;

  Scope(boolean inner) {
    this.inner = inner;
  }

  /** Whether it goes before the outer scopes. */
  public boolean isInner() {
    return inner;
  }
}
