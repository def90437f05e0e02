package org.infd.inference.dive;

import java.util.concurrent.CancellationException;
import org.infd.inference.Problem;
import org.infd.inference.diffusion.WorldNoise;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.tensor.Tensor;

/**
 * Makes the latents of children: the picture above a square is encoded, covered with noise up to a
 * part of the schedule, and sampled on while every estimate is drawn to what was encoded. The noise
 * belongs to the absolute place, so neighbours are sampled from the same noise where they overlap.
 */
final class DiveMaker {
  private final DiveLattice lattice;
  private final DiveOptions options;
  private final DiveNetworks networks;

  DiveMaker(DiveLattice lattice, DiveOptions options, DiveNetworks networks) {
    this.lattice = lattice;
    this.options = options;
    this.networks = networks;
  }

  /**
   * The picture above a square as the encoder takes it.
   *
   * @param rgb (1, 3, e, e), unclamped
   */
  static Tensor clamped(Tensor rgb) {
    var result = Tensor.zeros(rgb.shape());
    for (int i = 0; i < rgb.elements(); i++) {
      result.set(i, Math.clamp(rgb.get(i), -1f, 1f));
    }
    return result;
  }

  /**
   * The means on anchor pixels, in steps of 1/32767: a hundredth of a grey level, in half the room.
   *
   * @param rgb (1, 3, e, e), −1 to 1
   * @return 3 · M · M
   */
  short[] anchors(Tensor rgb) {
    int anchor = options.anchor();
    int side = lattice.encoderSide();
    var grid = new AnchorGrid(anchor, anchor, side / anchor);
    var result = new short[3 * anchor * anchor];
    var plane = new double[side * side];
    for (int channel = 0; channel < 3; channel++) {
      for (int i = 0; i < plane.length; i++) {
        plane[i] = rgb.get(channel * plane.length + i);
      }
      var means = grid.means(plane);
      for (int i = 0; i < means.length; i++) {
        result[channel * means.length + i] = (short) Math.rint(means[i] * Short.MAX_VALUE);
      }
    }
    return result;
  }

  /** The means on anchor pixels as colours, (1, 3, M, M). */
  Tensor colours(short[] anchors) {
    var result = Tensor.zeros(1, 3, options.anchor(), options.anchor());
    for (int i = 0; i < anchors.length; i++) {
      result.set(i, (float) anchors[i] / Short.MAX_VALUE);
    }
    return result;
  }

  /**
   * The latent of a child; without strength the encoded picture above itself.
   *
   * @param encoded the picture above its square, encoded, (1, C, L, L)
   * @throws Problem if the latent overflows
   * @throws CancellationException if it was asked for
   */
  Tensor latent(DiveKey key, Tensor encoded, Cancellation cancellation) {
    if (options.strength() == 0) {
      return encoded;
    }
    // so many steps from noise alone that the last ones begin at the strength
    var sampler = networks.sampler((int) Math.rint(options.steps() / options.strength()));
    int first = Math.max(0, sampler.timesteps().length - options.steps());
    var square = lattice.square(key);
    int cell = lattice.pixelsPerCell();
    var noise =
        new WorldNoise(
            options.seedOf(key), key.level(), square.row() / cell, square.column() / cell);
    var start = sampler.level(first).covered(encoded, noise.start(encoded.shape()));
    return sampler.resume(
        networks.denoiser(key.level(), cancellation).drawnTo(encoded, options.pull()),
        noise,
        start,
        first,
        step -> {},
        cancellation);
  }
}
