package org.infd.inference.diffusion;

import org.infd.inference.tensor.Tensor;

/**
 * Standard normal numbers as a pure function of (seed, stream, step, index): the same on every
 * machine, in every order, on every thread. Box–Muller in {@link StrictMath} turns each block of
 * four Philox words into four numbers. This is the noise behind every saved recipe, so its bits
 * never change.
 *
 * @param seed the recipe's seed, all 64 bits
 */
public record PhiloxNoise(long seed) implements NoiseSource {
  /** What noise is for; streams are independent of each other. */
  public enum Stream {
    /** The latent that a run starts from. */
    START(0),
    /** The noise of DDIM steps. */
    STEP(1),
    /** The noise of an encoded photo. */
    ENCODE(2),
    /** Where guidance looks. */
    JITTER(3),
    /** The noise of steps that are made again. */
    TRAVEL(4),
    /** The noise that a finished latent is covered with, to go on from there. */
    RENOISE(5),
    /** What is drawn among the choices of a prompt. */
    CHOICE(6);

    private final int word;

    Stream(int word) {
      this.word = word;
    }
  }

  private static final double TWO_POW_MINUS_32 = 0x1p-32;

  @Override
  public Tensor start(long... shape) {
    return normal(Stream.START, 0, shape);
  }

  @Override
  public Tensor step(int step, long... shape) {
    return normal(Stream.STEP, step, shape);
  }

  /**
   * The normal numbers of one stream and step, row-major.
   *
   * @param shape any extents
   */
  public Tensor normal(Stream stream, int step, long... shape) {
    var tensor = Tensor.zeros(shape);
    var block = new int[4];
    for (int index = 0; index < tensor.elements(); index += 4) {
      block(stream, step, index / 4, block);
      for (int i = index; i < Math.min(index + 4, tensor.elements()); i++) {
        tensor.set(i, (float) normal(block, i - index));
      }
    }
    return tensor;
  }

  /** The normal number at one index, equal to that element of {@link #normal}. */
  public float at(Stream stream, int step, int index) {
    var block = new int[4];
    block(stream, step, index / 4, block);
    return (float) normal(block, index % 4);
  }

  /** The uniform number in [0, 1) at one index, one Philox word each. */
  public double uniform(Stream stream, int step, int index) {
    var block = new int[4];
    block(stream, step, index / 4, block);
    return Integer.toUnsignedLong(block[index % 4]) * TWO_POW_MINUS_32;
  }

  private void block(Stream stream, int step, int number, int[] block) {
    block[0] = number;
    block[1] = step;
    block[2] = stream.word;
    block[3] = 0;
    Philox.apply(block, (int) seed, (int) (seed >>> 32));
  }

  /** Words 0 and 1 give numbers 0 and 1, words 2 and 3 give numbers 2 and 3. */
  static double normal(int[] block, int which) {
    int pair = which & 2;
    // half a step above 0, so that the logarithm is finite
    double radius = (Integer.toUnsignedLong(block[pair]) + 0.5) * TWO_POW_MINUS_32;
    double turn = Integer.toUnsignedLong(block[pair + 1]) * TWO_POW_MINUS_32;
    double length = StrictMath.sqrt(-2 * StrictMath.log(radius));
    double angle = 2 * Math.PI * turn;
    return length * ((which & 1) == 0 ? StrictMath.cos(angle) : StrictMath.sin(angle));
  }
}
