package org.infd.app.viewer;

import java.util.Optional;

/**
 * What is shown of the whole image in place of a field: a preview of what is in the making, or a
 * small picture of what is being opened. When a field has come it lies below the first tiles.
 */
final class Cover {
  private final CameraControl control;
  private Optional<PixelImage> image = Optional.empty();
  private Optional<Camera> before = Optional.empty();
  private boolean previewing;
  private boolean standing;

  Cover(CameraControl control) {
    this.control = control;
  }

  /** See {@link ViewerModel#preview}. */
  void preview(Optional<PixelImage> shown) {
    if (shown.isPresent()) {
      put(shown);
      previewing = true;
      standing = false;
    } else if (previewing) {
      takeAway();
    }
  }

  /** See {@link ViewerModel#standIn}. */
  void standIn(Optional<PixelImage> shown) {
    if (shown.isEmpty() && standing) {
      takeAway();
    } else if (shown.isPresent() && !previewing) {
      put(shown);
      standing = true;
    }
  }

  private void put(Optional<PixelImage> shown) {
    image = shown;
    if (!isThere()) {
      before = control.place();
      control.fit();
    }
  }

  /** Goes back to the field, and to where the user was in it. */
  void takeAway() {
    if (isThere()) {
      end();
      image = Optional.empty();
      before.ifPresent(control::jumpTo);
    }
  }

  /** A field has come, below whose tiles the image stays. */
  void end() {
    previewing = false;
    standing = false;
  }

  /** The image is not needed any more. */
  void forget() {
    image = Optional.empty();
  }

  /** Whether it is shown in place of the field. */
  boolean isThere() {
    return previewing || standing;
  }

  /** Whether it is a preview. */
  boolean isPreview() {
    return previewing;
  }

  /** The image, in place of a field or below its tiles; empty for none. */
  Optional<PixelImage> image() {
    return image;
  }

  /** Where the user is, or was before. */
  Optional<Camera> place() {
    return isThere() ? before : control.place();
  }
}
