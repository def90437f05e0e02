package org.infd.inference.dive;

/**
 * What is on screen of a picture, and where the user looks.
 *
 * @param side N, the whole picture's side in pixels
 * @param shown the pixels on screen
 * @param row the row of the pointer, from the picture's top
 * @param column the column of the pointer, from the picture's left
 */
public record DiveView(long side, DiveRectangle shown, long row, long column) {
  /** A view whose middle is looked at. */
  public static DiveView of(long side, DiveRectangle shown) {
    return new DiveView(
        side, shown, shown.row() + shown.height() / 2, shown.column() + shown.width() / 2);
  }
}
