package org.infd.inference.diffusion;

import java.util.Arrays;
import java.util.concurrent.CancellationException;
import org.infd.inference.bundle.Manifest.Prediction;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A diffusion network with its condition, turned into estimates of the clean latent and the noise
 * whatever the network predicts (docs/spec/infd-model.md 6). The arithmetic is float32 in the
 * reference's order. As thread-safe as its network.
 */
public final class Denoiser {
  /** The network itself. */
  @FunctionalInterface
  public interface Network {
    /**
     * Runs the network.
     *
     * @param z noisy latents, (n, C, H, W)
     * @param timestep the training step of all of them, 0 to T − 1
     * @param context the condition of each, (n, tokens, width), or null for none
     * @return the prediction, in the shape of {@code z}
     * @throws CancellationException if it was asked for
     */
    Tensor predict(Tensor z, int timestep, @Nullable Tensor context, Cancellation cancellation);
  }

  /** A network that can tell how its result depends on the latents. */
  public interface DifferentiableNetwork extends Network {
    /**
     * The vector-Jacobian product of {@link #predict}.
     *
     * @param cotangent of the prediction, in its shape
     * @return the cotangent of {@code z}, in its shape
     * @throws CancellationException if it was asked for
     */
    Tensor vjp(
        Tensor z,
        int timestep,
        @Nullable Tensor context,
        Tensor cotangent,
        Cancellation cancellation);
  }

  private final Network network;
  private final Prediction prediction;
  private final @Nullable Tensor context;
  private final boolean guided;
  private final float guidanceScale;
  private final @Nullable Known known;

  /** Values that estimates of the clean latent are drawn to. */
  private static final class Known {
    private final float[] latent;

    /** Per value how far, 0 (not at all) to 1 (it is this value). */
    private final float[] share;

    Known(float[] latent, float[] share) {
      this.latent = latent;
      this.share = share;
    }

    float drawn(int at, float x0) {
      return share[at] == 1 ? latent[at] : x0 + share[at] * (latent[at] - x0);
    }
  }

  private Denoiser(
      Network network,
      Prediction prediction,
      @Nullable Tensor context,
      boolean guided,
      double guidanceScale,
      @Nullable Known known) {
    this.network = network;
    this.prediction = prediction;
    this.context = context;
    this.guided = guided;
    this.guidanceScale = (float) guidanceScale;
    this.known = known;
  }

  /**
   * The same network where a part of the clean latent is known: it is what every estimate says
   * there, and the noise is what is left, so that a sampler passes through noised copies of it and
   * ends on it.
   *
   * @param latent the clean latent, (1, C, H, W)
   * @param where per value, row-major, whether it is known
   */
  public Denoiser knowing(Tensor latent, boolean[] where) {
    if (latent.elements() != where.length) {
      throw new IllegalArgumentException(where.length + " flags for " + latent);
    }
    var share = new float[where.length];
    for (int i = 0; i < share.length; i++) {
      share[i] = where[i] ? 1 : 0;
    }
    return drawnTo(new Known(latent.toArray(), share));
  }

  /**
   * The same network whose estimates of the clean latent are drawn to a given one, the noise being
   * what is left: x̂0 ← x̂0 + λ(given − x̂0).
   *
   * @param latent the given clean latent, (1, C, H, W)
   * @param pull λ, 0 (not at all) to 1 (the estimate is the given latent)
   */
  public Denoiser drawnTo(Tensor latent, double pull) {
    var share = new float[latent.elements()];
    Arrays.fill(share, (float) pull);
    return drawnTo(new Known(latent.toArray(), share));
  }

  private Denoiser drawnTo(Known given) {
    return new Denoiser(network, prediction, context, guided, guidanceScale, given);
  }

  /**
   * A network under one condition.
   *
   * @param context (1, tokens, width), or null for a network that takes none
   */
  public static Denoiser of(Network network, Prediction prediction, @Nullable Tensor context) {
    return new Denoiser(network, prediction, context, false, 1, null);
  }

  /**
   * A network under classifier-free guidance: the prediction is u + w·(c − u), both branches in one
   * run of the network on a batch of two (docs/spec/infd-model.md 10).
   *
   * @param context the condition c, (1, tokens, width)
   * @param unconditional the empty or negative condition u, (1, tokens, width)
   * @param guidanceScale w; 1 is {@code context} alone and costs half
   */
  public static Denoiser guided(
      Network network,
      Prediction prediction,
      Tensor context,
      Tensor unconditional,
      double guidanceScale) {
    boolean guided = guidanceScale != 1;
    return new Denoiser(
        network,
        prediction,
        guided ? Tensor.joined(context, unconditional) : context,
        guided,
        guidanceScale,
        null);
  }

  /**
   * Estimates the clean latent and the noise.
   *
   * @param x the noisy latent, (1, C, H, W)
   * @throws CancellationException if it was asked for
   */
  public Estimate estimate(Tensor x, NoiseLevel level, Cancellation cancellation) {
    float[] output = predict(x, level.timestep(), cancellation);
    float[] noisy = x.toArray();
    if (output.length != noisy.length) {
      throw new IllegalStateException(
          "the network gave " + output.length + " values for " + noisy.length);
    }
    float sqrtAlpha = level.sqrtAlpha();
    float sqrtOneMinusAlpha = level.sqrtOneMinusAlpha();
    float recip = level.sqrtRecipAlpha();
    float recipMinusOne = level.sqrtRecipAlphaMinusOne();
    var x0 = new float[noisy.length];
    var epsilon = new float[noisy.length];
    for (int i = 0; i < noisy.length; i++) {
      x0[i] =
          switch (prediction) {
            case EPSILON -> recip * noisy[i] - recipMinusOne * output[i];
            case X0 -> output[i];
            case VELOCITY -> sqrtAlpha * noisy[i] - sqrtOneMinusAlpha * output[i];
          };
      if (known != null) {
        x0[i] = known.drawn(i, x0[i]);
      }
      epsilon[i] = (recip * noisy[i] - x0[i]) / recipMinusOne;
    }
    return new Estimate(Tensor.of(x0, x.shape()), Tensor.of(epsilon, x.shape()));
  }

  /**
   * Carries a cotangent of x̂0 back to the noisy latent: through the network, under classifier-free
   * guidance through both branches.
   *
   * @param x the noisy latent that x̂0 was estimated from, (1, C, H, W)
   * @param cotangent of x̂0, the same shape
   * @return the cotangent of {@code x}
   * @throws IllegalStateException if the network is not differentiable
   * @throws CancellationException if it was asked for
   */
  public Tensor vjp(Tensor x, NoiseLevel level, Tensor cotangent, Cancellation cancellation) {
    if (!(network instanceof DifferentiableNetwork differentiable)) {
      throw new IllegalStateException("the network has no VJP");
    }
    // how x̂0 depends on x itself, and on what the network gave
    float direct =
        switch (prediction) {
          case EPSILON -> level.sqrtRecipAlpha();
          case X0 -> 0;
          case VELOCITY -> level.sqrtAlpha();
        };
    float throughOutput =
        switch (prediction) {
          case EPSILON -> -level.sqrtRecipAlphaMinusOne();
          case X0 -> 1;
          case VELOCITY -> -level.sqrtOneMinusAlpha();
        };
    var free = known == null ? cotangent : freeOf(cotangent, known);
    var ofOutput = scaled(free, throughOutput);
    int timestep = level.timestep();
    float[] back;
    if (guided) {
      // u + w·(c − u), the condition's branch first
      var both =
          Tensor.joined(scaled(ofOutput, guidanceScale), scaled(ofOutput, 1 - guidanceScale));
      var branches = differentiable.vjp(Tensor.joined(x, x), timestep, context, both, cancellation);
      back = branches.slice(0, 1).toArray();
      for (int i = 0; i < back.length; i++) {
        back[i] += branches.get(back.length + i);
      }
    } else {
      back = differentiable.vjp(x, timestep, context, ofOutput, cancellation).toArray();
    }
    for (int i = 0; i < back.length; i++) {
      back[i] += direct * free.get(i);
    }
    return Tensor.of(back, x.shape());
  }

  /** What is given depends on nothing, and what is drawn to it on as much as is left. */
  private static Tensor freeOf(Tensor cotangent, Known known) {
    var values = cotangent.toArray();
    for (int i = 0; i < values.length; i++) {
      values[i] *= 1 - known.share[i];
    }
    return Tensor.of(values, cotangent.shape());
  }

  private static Tensor scaled(Tensor x, float factor) {
    var values = x.toArray();
    for (int i = 0; i < values.length; i++) {
      values[i] *= factor;
    }
    return Tensor.of(values, x.shape());
  }

  private float[] predict(Tensor x, int timestep, Cancellation cancellation) {
    if (!guided) {
      return network.predict(x, timestep, context, cancellation).toArray();
    }
    float[] both = network.predict(Tensor.joined(x, x), timestep, context, cancellation).toArray();
    var mixed = new float[x.elements()];
    if (both.length != 2 * mixed.length) {
      throw new IllegalStateException(
          "the network gave " + both.length + " values for two times " + mixed.length);
    }
    for (int i = 0; i < mixed.length; i++) {
      float plain = both[mixed.length + i];
      mixed[i] = plain + guidanceScale * (both[i] - plain);
    }
    return mixed;
  }
}
