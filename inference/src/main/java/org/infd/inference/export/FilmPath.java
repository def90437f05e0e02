package org.infd.inference.export;

import org.infd.inference.Problem;
import org.infd.inference.dive.DiveLattice;
import org.infd.inference.dive.DiveRectangle;
import org.infd.inference.dive.DiveView;

/**
 * The way of a film from the whole picture down to a place: the scale grows by the same factor from
 * frame to frame, but for a soft start and end; the place moves to the middle meanwhile.
 *
 * @param row where the film ends, 0 (top) to 1
 * @param column the same from the left
 * @param lastSide the whole picture's side in the last frame
 * @param frames how many there are, at least 2
 * @param height of a frame in pixels
 * @param width of a frame in pixels
 */
public record FilmPath(
    double row, double column, long lastSide, int frames, int height, int width) {
  /** The part of the film, at either end, in which the zoom speeds up or slows down. */
  private static final double SOFT = 0.1;

  private static final int MOST_FRAMES = 100_000;
  private static final int LARGEST = 1 << 13;

  /** Checks that it is a way. */
  public FilmPath {
    if (frames < 2 || frames > MOST_FRAMES) {
      throw new Problem(
          "A film has 2 to " + MOST_FRAMES + " frames, and this one would have " + frames + ".");
    }
    if (height < 1 || width < 1 || height > LARGEST || width > LARGEST) {
      throw new Problem("The frames of a film are 1 to " + LARGEST + " pixels high and wide.");
    }
    if (lastSide < Math.max(height, width)) {
      throw new IllegalArgumentException("the last side " + lastSide);
    }
  }

  /**
   * The way to a place of a depth.
   *
   * @param depth 0 for the field itself, else the level of the children that are seen at last
   * @throws Problem if there is no such place
   */
  public static FilmPath to(
      DiveLattice lattice,
      double row,
      double column,
      int depth,
      int frames,
      int height,
      int width) {
    long last = DiveView.around(lattice, row, column, depth, height, width).side();
    return new FilmPath(row, column, last, frames, height, width);
  }

  /**
   * What a frame shows.
   *
   * @param index from 0
   */
  public DiveView view(int index) {
    double done = eased((double) index / (frames - 1));
    double first = Math.max(height, width);
    long side =
        index == frames - 1
            ? lastSide
            : Math.clamp(
                Math.round(first * Math.exp(done * Math.log(lastSide / first))),
                (long) first,
                lastSide);
    // in pixels of the frame, the place comes to the middle evenly
    double left = (1 - done) * first / side;
    return DiveView.of(
        side,
        new DiveRectangle(
            first(row - (row - 0.5) * left, side, height),
            first(column - (column - 0.5) * left, side, width),
            height,
            width));
  }

  private static long first(double middle, long side, int pixels) {
    return Math.clamp(Math.round(middle * side - pixels / 2.0), 0, side - pixels);
  }

  /** How far the zoom is, 0 to 1: at one speed, but for the two ends. */
  static double eased(double time) {
    double top = 1 / (1 - SOFT);
    if (time < SOFT) {
      return top * time * time / (2 * SOFT);
    }
    if (time > 1 - SOFT) {
      return 1 - top * (1 - time) * (1 - time) / (2 * SOFT);
    }
    return top * (time - SOFT / 2);
  }
}
