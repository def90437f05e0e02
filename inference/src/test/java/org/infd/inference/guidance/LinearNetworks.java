package org.infd.inference.guidance;

import org.infd.inference.diffusion.Denoiser;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Networks whose VJPs are obvious: ε = 0.9·z, φ = z with two channels, the colours are φ's two
 * channels and nothing, and an embedding is the mean of each colour over the crop, and 1.
 */
class LinearNetworks implements GuidanceNetworks, Denoiser.DifferentiableNetwork {
  static final float FACTOR = 0.9f;

  int decoded;
  long seenCrops;
  int mostAtOnce;
  long renderedPixels;
  int backThroughNetwork;

  @Override
  public Tensor predict(Tensor z, int timestep, @Nullable Tensor context, Cancellation c) {
    return scaled(z, FACTOR);
  }

  @Override
  public Tensor vjp(
      Tensor z, int timestep, @Nullable Tensor context, Tensor cotangent, Cancellation c) {
    backThroughNetwork++;
    return scaled(cotangent, FACTOR);
  }

  private static Tensor scaled(Tensor x, float factor) {
    var values = x.toArray();
    for (int i = 0; i < values.length; i++) {
      values[i] *= factor;
    }
    return Tensor.of(values, x.shape());
  }

  @Override
  public Tensor decode(Tensor z, Cancellation cancellation) {
    decoded++;
    return z;
  }

  @Override
  public Tensor decodeVjp(Tensor z, Tensor cotangent, Cancellation cancellation) {
    return cotangent;
  }

  @Override
  public Tensor render(Tensor query, Cancellation cancellation) {
    int pixels = query.extent(2) * query.extent(3);
    renderedPixels += pixels;
    var rgb = Tensor.zeros(1, 3, query.extent(2), query.extent(3));
    rgb.data().put(0, query.data(), 0, 2 * pixels);
    return rgb;
  }

  @Override
  public Tensor renderVjp(Tensor query, Tensor cotangent, Cancellation cancellation) {
    int pixels = query.extent(2) * query.extent(3);
    var features = Tensor.zeros(1, 2, query.extent(2), query.extent(3));
    features.data().put(0, cotangent.data(), 0, 2 * pixels);
    return features;
  }

  @Override
  public Tensor embed(Tensor crops, Cancellation cancellation) {
    int pixels = crops.extent(2) * crops.extent(3);
    seenCrops += crops.extent(0);
    mostAtOnce = Math.max(mostAtOnce, crops.extent(0));
    var embeddings = Tensor.zeros(crops.extent(0), 4);
    for (int n = 0; n < crops.extent(0); n++) {
      for (int channel = 0; channel < 3; channel++) {
        double sum = 0;
        for (int i = 0; i < pixels; i++) {
          sum += crops.get((n * 3 + channel) * pixels + i);
        }
        embeddings.set(n * 4 + channel, (float) (sum / pixels));
      }
      embeddings.set(n * 4 + 3, 1);
    }
    return embeddings;
  }

  @Override
  public Tensor embedVjp(Tensor crops, Tensor cotangent, Cancellation cancellation) {
    int pixels = crops.extent(2) * crops.extent(3);
    var back = Tensor.zeros(crops.shape());
    for (int i = 0; i < back.elements(); i++) {
      int n = i / (3 * pixels);
      back.set(i, cotangent.get(n * 4 + i / pixels % 3) / pixels);
    }
    return back;
  }
}
