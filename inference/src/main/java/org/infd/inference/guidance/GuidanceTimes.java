package org.infd.inference.guidance;

/**
 * How long the parts of a guided step take with a model on a device, in seconds.
 *
 * @param evaluation one run of the diffusion network
 * @param vjp its VJP; 0 where there is none
 * @param decode decoding a latent, and the VJP of that
 * @param crop CLIP on one crop, and its VJP
 * @param pixel rendering one pixel, and its VJP
 */
public record GuidanceTimes(
    double evaluation, double vjp, double decode, double crop, double pixel) {
  /**
   * The seconds of some work.
   *
   * @param steering how the layout is followed
   * @param runs how often the network runs per step: twice with classifier-free guidance
   */
  public double seconds(GuidanceWork work, GuidanceSettings steering, int runs) {
    double back = steering.depth() == GuidanceSettings.Depth.FULL ? vjp * runs : 0;
    return work.decodes() * decode
        + work.evaluations() * back
        + work.crops() * crop
        + work.pixels() * pixel
        + work.repeats() * evaluation * runs;
  }
}
