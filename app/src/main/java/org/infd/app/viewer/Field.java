package org.infd.app.viewer;

import org.infd.inference.field.FieldRenderer;
import org.infd.inference.field.TileScheduler;

/**
 * A field as the viewer needs it.
 *
 * @param renderer gives its colours
 * @param worker where its tiles are rendered
 * @param featureSide the side of its feature map φ in cells
 * @param trainedSide the largest N that the renderer was trained on, 0 when unknown
 */
public record Field(
    FieldRenderer renderer, TileScheduler.Worker worker, int featureSide, int trainedSide) {
  /** Checks the sides. */
  public Field {
    if (featureSide < 1 || trainedSide < 0) {
      throw new IllegalArgumentException("feature side " + featureSide + ", " + trainedSide);
    }
  }

  /** Whether an image of this side shows more than the renderer was taught. */
  public boolean isBeyondTraining(double side) {
    return trainedSide > 0 && side > trainedSide;
  }
}
