package org.infd.app.engine;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.Optional;
import org.infd.inference.NumberText;
import org.infd.inference.Problem;
import org.infd.inference.dive.DiveRectangle;
import org.infd.inference.export.Frame;
import org.infd.inference.export.Frame.Region;
import org.infd.inference.field.FieldRenderer;
import org.infd.inference.field.Rectangle;
import org.infd.inference.field.Viewport;

/**
 * The pixels of a picture that are written or copied: a rectangle of the whole picture of side N,
 * which may lie deep below the picture's own scale.
 *
 * @param side N, 1 to {@link Viewport#LARGEST_SIDE}; to {@link FieldRenderer#LARGEST_SIDE} where
 *     nothing is invented
 * @param row the first row
 * @param column the first column
 * @param height rows, at least 1
 * @param width columns, at least 1
 * @param invented whether what is below the picture's own scale is invented, instead of enlarged
 */
public record ExportArea(
    long side, long row, long column, int height, int width, boolean invented) {
  /** Checks that the pixels lie in the picture. */
  public ExportArea {
    long largest = invented ? Viewport.LARGEST_SIDE : FieldRenderer.LARGEST_SIDE;
    if (side < 1 || side > largest || !new DiveRectangle(row, column, height, width).fits(side)) {
      throw new IllegalArgumentException(
          height + "×" + width + " at " + row + ", " + column + " of " + side);
    }
  }

  /** The pixels of a frame. */
  public static ExportArea of(Frame frame, boolean invented) {
    var place = frame.rectangle();
    return new ExportArea(
        frame.imageSide(), place.row(), place.column(), place.height(), place.width(), invented);
  }

  /**
   * So many pixels of a region, as {@link Frame#of} takes them, at any depth.
   *
   * @throws Problem if the size is absurd, or the region is smaller than there is anything
   */
  public static ExportArea of(int height, int width, Region region, boolean invented) {
    double exact = Math.max(height / region.height(), width / region.width());
    if (!invented || exact <= FieldRenderer.LARGEST_SIDE) {
      return of(Frame.of(height, width, region), invented);
    }
    // absurd sizes are told as they are of a whole picture
    var size = Frame.alone(height, width).rectangle();
    double side = Math.max(Math.ceil(exact * (1 - 1e-12)), Math.max(height, width));
    if (side > Viewport.LARGEST_SIDE) {
      throw new Problem(
          NumberText.format(
              "At %d × %d pixels this part is deeper than anything can be seen. Take a smaller size"
                  + " or a larger part.",
              width, height));
    }
    long n = (long) side;
    return new ExportArea(
        n,
        first(region.top() + region.height() / 2, size.height(), n),
        first(region.left() + region.width() / 2, size.width(), n),
        size.height(),
        size.width(),
        true);
  }

  private static long first(double middle, int pixels, long side) {
    return Math.clamp(Math.round(middle * side - pixels / 2.0), 0, side - pixels);
  }

  /** The same as a frame; empty where it lies deeper than a frame can be. */
  @JsonIgnore
  public Optional<Frame> frame() {
    return side > FieldRenderer.LARGEST_SIDE
        ? Optional.empty()
        : Optional.of(new Frame((int) side, new Rectangle((int) row, (int) column, height, width)));
  }

  /** The rectangle. */
  @JsonIgnore
  public DiveRectangle rectangle() {
    return new DiveRectangle(row, column, height, width);
  }

  /** The part of the picture that it shows, in fractions of its side. */
  @JsonIgnore
  public Region region() {
    double whole = side;
    return new Region(row / whole, column / whole, height / whole, width / whole);
  }

  /** How many pixels there are. */
  @JsonIgnore
  public long pixels() {
    return (long) height * width;
  }
}
