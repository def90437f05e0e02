package org.infd.inference.guidance;

/**
 * How long the parts of a guided step take with a model on a device, in seconds.
 *
 * @param evaluation one run of the diffusion network
 * @param pullBack going back through it; 0 where that cannot be done
 * @param look decoding a latent and going back through that
 * @param crop CLIP on one crop, and back
 * @param pixel rendering one pixel, and back
 */
public record GuidanceTimes(
    double evaluation, double pullBack, double look, double crop, double pixel) {
  /**
   * The seconds of some work.
   *
   * @param steering how the layout is followed
   * @param runs how often the network runs per step: twice with classifier-free guidance
   */
  public double seconds(GuidanceWork work, Steering steering, int runs) {
    double back = steering.depth() == Steering.Depth.FULL ? pullBack * runs : 0;
    return work.looks() * (look + back)
        + work.crops() * crop
        + work.pixels() * pixel
        + work.repeats() * evaluation * runs;
  }
}
