package org.infd.inference.diffusion;

import java.util.Arrays;
import org.infd.inference.tensor.Tensor;

/**
 * How noisy a latent is: x = √ᾱ·x0 + √(1 − ᾱ)·ε. The factors are computed in float64 and cast, as
 * the reference does (docs/spec/infd-model.md 6).
 *
 * @param timestep the training step that the network is told
 * @param alphaCumprod ᾱ, between 0 and 1, both exclusive
 */
public record NoiseLevel(int timestep, double alphaCumprod) {
  /** The training steps of levels, in their order. */
  static int[] timesteps(NoiseLevel[] levels) {
    return Arrays.stream(levels).mapToInt(NoiseLevel::timestep).toArray();
  }

  /** √ᾱ. */
  public float sqrtAlpha() {
    return (float) Math.sqrt(alphaCumprod);
  }

  /** √(1 − ᾱ). */
  public float sqrtOneMinusAlpha() {
    return (float) Math.sqrt(1 - alphaCumprod);
  }

  /** √(1/ᾱ). */
  public float sqrtRecipAlpha() {
    return (float) Math.sqrt(1 / alphaCumprod);
  }

  /** √(1/ᾱ − 1). */
  public float sqrtRecipAlphaMinusOne() {
    return (float) Math.sqrt(1 / alphaCumprod - 1);
  }

  /**
   * A clean latent covered with noise: √ᾱ·z + √(1 − ᾱ)·n.
   *
   * @param z the clean latent, any shape
   * @param noise standard normal numbers, the same shape
   */
  public Tensor covered(Tensor z, Tensor noise) {
    float[] values = z.toArray();
    float ofLatent = sqrtAlpha();
    float ofNoise = sqrtOneMinusAlpha();
    for (int i = 0; i < values.length; i++) {
      values[i] = ofLatent * values[i] + ofNoise * noise.get(i);
    }
    return Tensor.of(values, z.shape());
  }

  /** σ = √((1 − ᾱ)/ᾱ), the deviation of the noise in x/√ᾱ. */
  public double sigma() {
    return Math.sqrt((1 - alphaCumprod) / alphaCumprod);
  }

  /** λ = ln(√ᾱ / √(1 − ᾱ)), half the logarithm of the signal-to-noise ratio. */
  public double lambda() {
    return 0.5 * StrictMath.log(alphaCumprod / (1 - alphaCumprod));
  }
}
