package org.infd.inference.guidance;

import org.infd.inference.field.FieldCrop;

/**
 * How much a run has to do beyond one without a layout.
 *
 * @param looks how often the feature map is decoded and gone back through
 * @param crops how many crops CLIP looks at in all
 * @param pixels how many pixels are rendered for them
 * @param repeats how many steps are made once more
 */
public record GuidanceWork(int looks, long crops, double pixels, int repeats) {
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
    int looks = 0;
    long crops = 0;
    double pixels = 0;
    int repeats = 0;
    // nothing is led at the last step
    for (int executed = 0; executed < steps - 1 && steering.strength() > 0; executed++) {
      long seen = 0;
      double rendered = 0;
      for (var box : boxes) {
        if (box.isLedAt(executed, steps, steering.every())) {
          var squares = BoxCrops.of(box);
          long copies = squares.size() * (1L + steering.copies());
          double pixelSide = FieldCrop.renderedSide(squares.getFirst().size(), side, smallestSide);
          seen += copies;
          rendered += copies * pixelSide * pixelSide;
        }
      }
      if (seen > 0) {
        looks += steering.repeats();
        crops += seen * steering.repeats();
        pixels += rendered * steering.repeats();
        repeats += steering.repeats() - 1;
      }
    }
    return new GuidanceWork(looks, crops, pixels, repeats);
  }
}
