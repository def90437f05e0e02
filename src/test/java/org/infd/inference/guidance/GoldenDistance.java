package org.infd.inference.guidance;

/** The distance that guidance makes small, for comparison with recorded ones. */
public final class GoldenDistance {
  private GoldenDistance() {}

  /** The distance of an embedding from a text's. */
  public static double loss(float[] text, float[] embedding) {
    return new SphericalDistance(text).loss(embedding, 0);
  }

  /** Its gradient with respect to the embedding. */
  public static float[] gradient(float[] text, float[] embedding) {
    var gradient = new float[embedding.length];
    new SphericalDistance(text).addGradient(embedding, 0, 1, gradient);
    return gradient;
  }
}
