package org.infd.app.control;

/**
 * Where cards of one size lie in rows from the left, as many as fit in the width. Lengths are in
 * pixels of the screen, offsets are from the upper end of all rows.
 */
final class CardRows {
  private final double cardWidth;
  private final double cardHeight;
  private final double gap;
  private int columns = 1;

  /**
   * @param gap between cards, at least
   */
  CardRows(double cardWidth, double cardHeight, double gap) {
    this.cardWidth = cardWidth;
    this.cardHeight = cardHeight;
    this.gap = gap;
  }

  double cardWidth() {
    return cardWidth;
  }

  double cardHeight() {
    return cardHeight;
  }

  double gap() {
    return gap;
  }

  /** How many cards a row has. */
  int columns() {
    return columns;
  }

  /** From one row to the next. */
  double pitch() {
    return cardHeight + gap;
  }

  /**
   * Fits rows to a width.
   *
   * @param offset what is at the top of the view
   * @return the offset at which the same card is at the top
   */
  double fit(double width, double offset) {
    int before = columns;
    columns = Math.max(1, (int) ((width - gap) / (cardWidth + gap)));
    if (columns == before) {
      return offset;
    }
    int first = rowAt(offset) * before;
    return topOf(first) + offset % pitch();
  }

  private int rowAt(double offset) {
    return (int) (offset / pitch());
  }

  /** The first card of the row at an offset. */
  int firstAt(double offset) {
    return rowAt(offset) * columns;
  }

  /** Where the row of a card begins, with the gap above it. */
  double topOf(int index) {
    int row = index / columns;
    return row * pitch();
  }

  /** Where the row of a card ends, with the gap below it. */
  double endOf(int index) {
    return topOf(index) + pitch() + gap;
  }

  /** How high so many cards are. */
  double height(int count) {
    return count == 0 ? 0 : endOf(count - 1);
  }

  /** The left edge of a card; what the width leaves over goes between several columns. */
  double leftOf(int index, double width) {
    double left = width - gap - columns * (cardWidth + gap);
    double step = cardWidth + gap + (columns == 1 ? 0 : Math.max(0, left) / columns);
    return gap + index % columns * step;
  }

  /** The card so many places on; the same one where there is none. */
  int stepped(int from, int by, int count) {
    int to = from + by;
    // the last row is rarely full: below a card there may be none, but there is a last one
    boolean isLastRow = from / columns == (count - 1) / columns;
    if (to >= count && !isLastRow) {
      to = count - 1;
    }
    return to >= 0 && to < count ? to : from;
  }

  /** The card as many rows on as a view of this height has, or in the first or last row. */
  int paged(int from, int direction, double height, int count) {
    int rows = Math.max(1, (int) ((height - gap) / pitch()));
    int row = Math.clamp(from / columns + (long) direction * rows, 0, (count - 1) / columns);
    return Math.min(row * columns + from % columns, count - 1);
  }
}
