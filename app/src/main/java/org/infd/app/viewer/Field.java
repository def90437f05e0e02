package org.infd.app.viewer;

import java.util.Optional;
import org.infd.inference.field.FieldRenderer;
import org.infd.inference.field.TileScheduler;

/**
 * A field as the viewer needs it.
 *
 * @param renderer gives its colours
 * @param worker where its tiles are rendered
 * @param featureSide the side of its feature map φ in cells
 * @param trainedSide the largest N that the renderer was trained on, 0 when unknown
 * @param depths how it goes on below its own scale; empty where it ends there
 * @param isFixed whether the renderer has one resolution, so that more is the same enlarged
 */
public record Field(
    FieldRenderer renderer,
    TileScheduler.Worker worker,
    int featureSide,
    int trainedSide,
    Optional<Depths> depths,
    boolean isFixed) {
  /** How often a picture of one resolution is enlarged at most. */
  private static final int MOST_ENLARGED = 16;

  /** Checks the sides. */
  public Field {
    if (featureSide < 1 || trainedSide < 0) {
      throw new IllegalArgumentException("feature side " + featureSide + ", " + trainedSide);
    }
  }

  /** A field that ends at its own scale. */
  public Field(
      FieldRenderer renderer, TileScheduler.Worker worker, int featureSide, int trainedSide) {
    this(renderer, worker, featureSide, trainedSide, Optional.empty());
  }

  /** A field of any scale, with what is below it. */
  public Field(
      FieldRenderer renderer,
      TileScheduler.Worker worker,
      int featureSide,
      int trainedSide,
      Optional<Depths> depths) {
    this(renderer, worker, featureSide, trainedSide, depths, false);
  }

  /**
   * A picture of one resolution, which is only enlarged.
   *
   * @param side its side in pixels
   */
  public static Field fixed(FieldRenderer renderer, TileScheduler.Worker worker, int side) {
    return new Field(renderer, worker, side, side, Optional.empty(), true);
  }

  /** This field without what is below its own scale. */
  Field alone() {
    return new Field(renderer, worker, featureSide, trainedSide, Optional.empty(), isFixed);
  }

  /** The largest N at which the image is shown. */
  public long largestSide() {
    return isFixed
        ? (long) MOST_ENLARGED * trainedSide
        : depths.map(Depths::largestSide).orElse((long) FieldRenderer.LARGEST_SIDE);
  }

  /** How deep below its own scale an image of this side is; 0 for its own. */
  public int depthAt(double side) {
    return depths.map(below -> below.depthAt(side)).orElse(0);
  }

  /** Whether an image of this side shows more than the renderer was taught. */
  public boolean isBeyondTraining(double side) {
    return trainedSide > 0 && side > trainedSide && depthAt(side) == 0;
  }
}
