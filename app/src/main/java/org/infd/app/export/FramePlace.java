package org.infd.app.export;

import java.util.OptionalDouble;
import org.infd.app.control.Handle;
import org.infd.inference.export.Frame.Region;

/** Where a frame goes when it is moved, pulled, or given another shape: always in the picture. */
final class FramePlace {
  private FramePlace() {}

  /** A place further down and to the right, as far as the picture goes. */
  static Region moved(Region place, double down, double right) {
    return at(place.top() + down, place.left() + right, place.height(), place.width());
  }

  private static Region at(double top, double left, double height, double width) {
    return new Region(
        Math.clamp(top, 0, 1 - height), Math.clamp(left, 0, 1 - width), height, width);
  }

  /** A place with another shape and the same middle, as large as it was as far as that fits. */
  static Region withRatio(Region place, double ratio) {
    return around(
        place.top() + place.height() / 2,
        place.left() + place.width() / 2,
        Math.sqrt(place.width() * place.height() * ratio),
        ratio);
  }

  /** The largest place of a shape in a share of what is seen. */
  static Region within(Region seen, double share, double ratio) {
    return around(
        seen.top() + seen.height() / 2,
        seen.left() + seen.width() / 2,
        share * Math.min(seen.width(), seen.height() * ratio),
        ratio);
  }

  private static Region around(double row, double column, double width, double ratio) {
    double fitting = Math.min(width, Math.min(1, ratio));
    double height = Math.min(1, fitting / ratio);
    return at(row - height / 2, column - fitting / 2, height, fitting);
  }

  /**
   * A place with a handle pulled. What lies opposite stays; an edge goes no further than the
   * picture, and not over the opposite one.
   *
   * @param ratio the shape that stays; empty for any
   * @param least no side becomes smaller
   */
  static Region pulled(
      Region place, Handle handle, double down, double right, OptionalDouble ratio, double least) {
    if (handle == Handle.INSIDE) {
      return moved(place, down, right);
    }
    double height = place.height() + handle.down() * down;
    double width = place.width() + handle.across() * right;
    double mostHeight = room(handle.down(), place.top(), place.height());
    double mostWidth = room(handle.across(), place.left(), place.width());
    if (ratio.isPresent()) {
      double shape = ratio.getAsDouble();
      boolean byWidth =
          Math.abs(width / place.width() - 1) >= Math.abs(height / place.height() - 1);
      double wanted = byWidth ? width : height * shape;
      double smallest = Math.max(least, least * shape);
      width = limited(wanted, smallest, Math.min(mostWidth, mostHeight * shape));
      height = width / shape;
    } else {
      height = handle.down() == 0 ? place.height() : limited(height, least, mostHeight);
      width = handle.across() == 0 ? place.width() : limited(width, least, mostWidth);
    }
    return at(
        first(handle.down(), place.top(), place.height(), height),
        first(handle.across(), place.left(), place.width(), width),
        height,
        width);
  }

  private static double limited(double wanted, double least, double most) {
    return Math.clamp(wanted, Math.min(least, most), most);
  }

  /** How large a side can become: from the edge that stays, or to both sides of the middle. */
  private static double room(int moves, double first, double extent) {
    double middle = first + extent / 2;
    return moves < 0 ? first + extent : moves > 0 ? 1 - first : 2 * Math.min(middle, 1 - middle);
  }

  private static double first(int moves, double first, double before, double extent) {
    return moves < 0 ? first + before - extent : moves > 0 ? first : first + (before - extent) / 2;
  }
}
