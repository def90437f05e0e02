package org.infd.inference.guidance;

import org.infd.inference.field.FieldCrop;

/**
 * The work of a run beyond one without a layout.
 *
 * @param evaluations how often the feature map is decoded, with its VJP
 * @param crops how many crops CLIP evaluates in all
 * @param pixels how many pixels are rendered for them
 * @param repeats how many steps are made once more
 */
public record GuidanceWork(int evaluations, long crops, double pixels, int repeats) {
  /**
   * What it takes to follow a layout.
   *
   * @param takesText whether the network is conditioned on texts
   * @param steps the sampling steps
   * @param side the side of CLIP's input in pixels
   * @param smallestSide the least side of an image at which the renderer does not alias
   */
  public static GuidanceWork of(
      Guidance guidance, boolean takesText, int steps, int side, int smallestSide) {
    var steering = guidance.steering();
    var boxes = guidance.layout().scored(takesText);
    int evaluations = 0;
    long crops = 0;
    double pixels = 0;
    int repeats = 0;
    for (int executed = 0; executed < steps; executed++) {
      int now = executed;
      if (boxes.stream().noneMatch(box -> steering.evaluates(box, now, steps))) {
        continue;
      }
      evaluations += steering.repeats();
      repeats += steering.repeats() - 1;
      for (var box : boxes) {
        if (steering.isActive(box, executed, steps)) {
          var squares = BoxCrops.of(box);
          long seen = squares.size() * (1L + steering.copies()) * steering.repeats();
          double pixelSide = FieldCrop.renderedSide(squares.getFirst().size(), side, smallestSide);
          crops += seen;
          pixels += seen * pixelSide * pixelSide;
        }
      }
    }
    return new GuidanceWork(evaluations, crops, pixels, repeats);
  }
}
