package org.infd.inference.dive;

import java.util.List;
import java.util.concurrent.CancellationException;
import org.infd.inference.Problem;
import org.infd.inference.field.FieldRenderer;
import org.infd.inference.field.Rectangle;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.tensor.Tensor;

/**
 * A picture that goes on below its field's scale: the field itself up to its sharp side N*, bit for
 * bit, and below it children, blended where their squares overlap and brought to agree with the
 * picture above on anchor pixels (docs/design.md 12). All is local and aligned to the picture's own
 * pixels, so tiles equal the whole, and a pixel depends neither on the order of visits nor on the
 * way to it. Thread-safe.
 *
 * <p>At sides N* · 2^k children are rendered as they are. A side between is the mean, by area, of
 * the next such side; where it is less than twice N(ℓ−1), what the children add comes in gradually,
 * so that a zoom is continuous.
 */
public final class DiveComposite implements FieldRenderer {
  private final FieldRenderer root;
  private final DiveLattice lattice;
  private final int anchor;
  private final DiveChildren children;

  /**
   * @param root the field that is dived into
   * @param anchor M, the anchor pixels across a square: a multiple of 8 that divides e
   * @param children who has the children
   */
  public DiveComposite(FieldRenderer root, DiveLattice lattice, int anchor, DiveChildren children) {
    if (anchor % 8 != 0 || lattice.encoderSide() % anchor != 0) {
      throw new Problem(
          "The anchor of a dive is a multiple of 8 that divides "
              + lattice.encoderSide()
              + ", and "
              + anchor
              + " is not.");
    }
    this.root = root;
    this.lattice = lattice;
    this.anchor = anchor;
    this.children = children;
  }

  /** {@inheritDoc} */
  @Override
  public Tensor render(int imageSide, Rectangle rectangle, Cancellation cancellation) {
    if (imageSide < 1 || imageSide > LARGEST_SIDE || !rectangle.fits(imageSide)) {
      throw new IllegalArgumentException(rectangle + " in an image of side " + imageSide);
    }
    return render(
        imageSide,
        new DiveRectangle(
            rectangle.row(), rectangle.column(), rectangle.height(), rectangle.width()),
        cancellation);
  }

  /**
   * The square part of the picture that is one of 2^depth × 2^depth, as a picture of its own: its
   * side N is the whole picture's N · 2^depth. With it a view can be anywhere, however deep.
   *
   * @param depth from 0; the whole picture's side stays at most {@link DiveLattice#largestSide}
   * @param row which of them, from 0 at the top
   * @param column which of them, from 0 at the left
   */
  public FieldRenderer part(int depth, long row, long column) {
    if (depth < 0 || depth > 40 || row < 0 || column < 0) {
      throw new IllegalArgumentException("part " + row + ", " + column + " at depth " + depth);
    }
    if (row >> depth != 0 || column >> depth != 0) {
      throw new IllegalArgumentException("part " + row + ", " + column + " of 2^" + depth);
    }
    return (side, rectangle, cancellation) -> {
      if (side < 1 || side > LARGEST_SIDE || !rectangle.fits(side)) {
        throw new IllegalArgumentException(rectangle + " in an image of side " + side);
      }
      return render(
          (long) side << depth,
          new DiveRectangle(
              row * side + rectangle.row(),
              column * side + rectangle.column(),
              rectangle.height(),
              rectangle.width()),
          cancellation);
    };
  }

  /**
   * Renders a rectangle of the picture at any side.
   *
   * @param side N, 1 to {@link DiveLattice#largestSide}
   * @return RGB (1, 3, height, width), unclamped, roughly −1 to 1
   * @throws Problem if a child cannot be made
   * @throws CancellationException if it was asked for
   */
  public Tensor render(long side, DiveRectangle rectangle, Cancellation cancellation) {
    if (side < 1 || side > lattice.largestSide() || !rectangle.fits(side)) {
      throw new IllegalArgumentException(rectangle + " in a picture of side " + side);
    }
    cancellation.throwIfCancelled();
    int level = lattice.levelOf(side);
    if (level == 0) {
      return ofRoot(side, rectangle, cancellation);
    }
    long base = lattice.baseSide(level);
    long whole = lattice.renderedSide(level, side);
    if (whole == side) {
      return ofLevel(level, side, rectangle, cancellation);
    }
    var below = AreaMean.of(side, rectangle, whole, at -> ofLevel(level, whole, at, cancellation));
    double share = DiveLattice.smooth(Math.log((double) side / base) / Math.log(2));
    if (share >= 1) {
      return below;
    }
    return mixed(above(level, side, whole, rectangle, cancellation), below, share);
  }

  private Tensor ofRoot(long side, DiveRectangle rectangle, Cancellation cancellation) {
    return root.render(
        Math.toIntExact(side),
        new Rectangle(
            Math.toIntExact(rectangle.row()),
            Math.toIntExact(rectangle.column()),
            rectangle.height(),
            rectangle.width()),
        cancellation);
  }

  /** What the picture is without the children of a level, between N(ℓ−1) and 2 N(ℓ−1). */
  private Tensor above(
      int level, long side, long whole, DiveRectangle rectangle, Cancellation cancellation) {
    if (level == 1) {
      return ofRoot(side, rectangle, cancellation);
    }
    return AreaMean.of(side, rectangle, whole, at -> ofLevel(level - 1, whole, at, cancellation));
  }

  private static Tensor mixed(Tensor above, Tensor below, double share) {
    var result = Tensor.zeros(above.shape());
    for (int i = 0; i < result.elements(); i++) {
      result.set(i, (float) (above.get(i) + share * ((double) below.get(i) - above.get(i))));
    }
    return result;
  }

  /**
   * The picture of a level's children; where one is not there, what is seen without it.
   *
   * @param side N(ℓ−1) times a power of two, at least 2
   */
  private Tensor ofLevel(int level, long side, DiveRectangle rectangle, Cancellation cancellation) {
    if (level == 0) {
      return ofRoot(side, rectangle, cancellation);
    }
    var area = LevelArea.around(lattice, anchor, level, side, rectangle);
    return children
        .with(
            lattice.meeting(level, area.onBase()),
            open -> rendered(area, open, rectangle, cancellation),
            cancellation)
        .orElseGet(() -> without(level, side, rectangle, cancellation));
  }

  /** The level above as far as its own children go, beyond that enlarged. */
  private Tensor without(int level, long side, DiveRectangle rectangle, Cancellation cancellation) {
    if (side == 2 * lattice.baseSide(level)) {
      return ofLevel(level - 1, side, rectangle, cancellation);
    }
    return Enlargement.of(side / 2, rectangle, at -> ofLevel(level, side / 2, at, cancellation));
  }

  private static Tensor rendered(
      LevelArea area, List<DiveChild> open, DiveRectangle wanted, Cancellation cancellation) {
    for (var child : open) {
      cancellation.throwIfCancelled();
      area.add(child, cancellation);
    }
    return area.agreed(wanted);
  }
}
