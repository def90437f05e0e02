package org.infd.app.photo;

import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import org.infd.inference.generation.Photo;
import org.infd.inference.generation.Recipe;

/**
 * The square of a photo that is to become a field. It is always a square of whole pixels inside the
 * photo, whatever is asked for. All methods belong to the user interface's thread.
 */
public final class PhotoCrop {
  /** A corner that is being pulled; the opposite one stays. */
  public enum Corner {
    TOP_LEFT,
    TOP_RIGHT,
    BOTTOM_LEFT,
    BOTTOM_RIGHT;

    boolean isLeft() {
      return this == TOP_LEFT || this == BOTTOM_LEFT;
    }

    boolean isTop() {
      return this == TOP_LEFT || this == TOP_RIGHT;
    }
  }

  /** Smaller squares hold nothing to encode. */
  private static final int SMALLEST = 16;

  private final Photo photo;
  private final int smallest;
  private final ReadOnlyObjectWrapper<Recipe.Photo> square;

  /** Begins with the largest square in the middle. */
  public PhotoCrop(Photo photo) {
    this.photo = photo;
    int side = Math.min(photo.width(), photo.height());
    smallest = Math.min(side, SMALLEST);
    square =
        new ReadOnlyObjectWrapper<>(
            this,
            "square",
            photo.square((photo.height() - side) / 2, (photo.width() - side) / 2, side));
  }

  /** The photo. */
  public Photo photo() {
    return photo;
  }

  /** The square, as a recipe names it. */
  public ReadOnlyObjectProperty<Recipe.Photo> squareProperty() {
    return square.getReadOnlyProperty();
  }

  /** Whether there are larger and smaller squares. */
  public boolean isResizable() {
    return smallest < Math.min(photo.width(), photo.height());
  }

  /** Moves the square so that its upper left corner comes near a place. */
  public void moveTo(double top, double left) {
    int side = square.get().side();
    square.set(
        photo.square(
            (int) Math.clamp(Math.rint(top), 0, photo.height() - side),
            (int) Math.clamp(Math.rint(left), 0, photo.width() - side),
            side));
  }

  /** Moves the square by pixels. */
  public void move(int down, int right) {
    moveTo(square.get().top() + (double) down, square.get().left() + (double) right);
  }

  /** Pulls a corner towards a place; the opposite one stays where it is. */
  public void pull(Corner corner, double row, double column) {
    var old = square.get();
    int right = old.left() + old.side();
    int bottom = old.top() + old.side();
    double wide = corner.isLeft() ? right - column : column - old.left();
    double tall = corner.isTop() ? bottom - row : row - old.top();
    int room =
        Math.min(
            corner.isLeft() ? right : photo.width() - old.left(),
            corner.isTop() ? bottom : photo.height() - old.top());
    int side = (int) Math.clamp(Math.rint(Math.max(wide, tall)), Math.min(smallest, room), room);
    square.set(
        photo.square(
            corner.isTop() ? bottom - side : old.top(),
            corner.isLeft() ? right - side : old.left(),
            side));
  }

  /** Makes the square larger or smaller around its middle. */
  public void resize(int by) {
    var old = square.get();
    int side =
        Math.clamp(old.side() + (long) by, smallest, Math.min(photo.width(), photo.height()));
    int grown = side - old.side();
    square.set(
        photo.square(
            Math.clamp(old.top() - (long) grown / 2, 0, photo.height() - side),
            Math.clamp(old.left() - (long) grown / 2, 0, photo.width() - side),
            side));
  }

  /** Takes the largest square. */
  public void enlargeFully() {
    resize(Integer.MAX_VALUE / 2);
  }
}
