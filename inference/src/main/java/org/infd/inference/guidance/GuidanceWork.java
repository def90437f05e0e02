package org.infd.inference.guidance;

import org.infd.inference.field.FieldCrop;

/**
 * The work of a run beyond one without a layout.
 *
 * @param evaluations how often the boxes are evaluated
 * @param decodes how many of these decode a feature map, with its VJP: all where a linear map
 *     stands for none, and as few as the settings say where it can for all others
 * @param crops how many crops CLIP evaluates in all
 * @param pixels how many pixels are rendered for them
 * @param repeats how many steps are made once more
 */
public record GuidanceWork(int evaluations, int decodes, long crops, double pixels, int repeats) {
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
    int decodes = 0;
    long crops = 0;
    double pixels = 0;
    int repeats = 0;
    for (int executed = 0; executed < steps; executed++) {
      int now = executed;
      if (boxes.stream().noneMatch(box -> steering.evaluates(box, now, steps))) {
        continue;
      }
      var active = boxes.stream().filter(box -> steering.isActive(box, now, steps)).toList();
      boolean shown =
          steering.exact() > 1
              && active.stream().allMatch(box -> LinearSight.shows(box, smallestSide, side));
      repeats += steering.repeats() - 1;
      for (int round = 0; round < steering.repeats(); round++) {
        boolean linear = shown && evaluations % steering.exact() != 0;
        evaluations++;
        decodes += linear ? 0 : 1;
        for (var box : active) {
          var squares = BoxCrops.of(box);
          long seen = squares.size() * (1L + steering.copies());
          // a decoded look is compared with the map's
          crops += shown && !linear ? 2 * seen : seen;
          if (!linear) {
            double wide = FieldCrop.renderedSide(squares.getFirst().size(), side, smallestSide);
            pixels += seen * wide * wide;
          }
        }
      }
    }
    return new GuidanceWork(evaluations, decodes, crops, pixels, repeats);
  }
}
