package org.infd.inference.export;

import java.util.concurrent.atomic.AtomicInteger;
import org.infd.inference.field.FieldRenderer;
import org.infd.inference.field.Rectangle;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.tensor.Tensor;

/** A renderer of a known pattern: every pixel tells where it lies. */
final class FakeRenderer implements FieldRenderer {
  final AtomicInteger tiles = new AtomicInteger();
  int largestTile;

  /** The byte that a pixel must have in a file. */
  static int expected(int imageSide, int row, int column, int channel) {
    int mixed = imageSide * 31 + row * 7 + column * 3 + channel * 101 + (row * column) % 13;
    return mixed & 0xff;
  }

  @Override
  public Tensor render(int imageSide, Rectangle rectangle, Cancellation cancellation) {
    cancellation.throwIfCancelled();
    if (!rectangle.fits(imageSide)) {
      throw new IllegalArgumentException(rectangle + " outside " + imageSide);
    }
    tiles.incrementAndGet();
    largestTile = Math.max(largestTile, rectangle.height() * rectangle.width());
    var colours = Tensor.zeros(1, 3, rectangle.height(), rectangle.width());
    int index = 0;
    for (int channel = 0; channel < 3; channel++) {
      for (int row = rectangle.row(); row < rectangle.rowEnd(); row++) {
        for (int column = rectangle.column(); column < rectangle.columnEnd(); column++) {
          // the middle of the byte's interval, so that rounding cannot matter
          float value = (expected(imageSide, row, column, channel) + 0.5f) / 255f;
          colours.set(index++, value * 2 - 1);
        }
      }
    }
    return colours;
  }
}
