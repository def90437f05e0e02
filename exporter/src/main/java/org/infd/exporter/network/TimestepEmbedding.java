package org.infd.exporter.network;

import org.infd.exporter.graph.Dim;
import org.infd.exporter.graph.ElementType;
import org.infd.exporter.graph.Elementwise;
import org.infd.exporter.graph.GraphBuilder;
import org.infd.exporter.graph.Shape;
import org.infd.exporter.graph.Value;

/** The sinusoidal embedding of time steps (docs/spec/infd-model.md 5): cosines first. */
public final class TimestepEmbedding {
  private static final double LONGEST_PERIOD = 10_000;

  private TimestepEmbedding() {}

  /**
   * Embeds time steps.
   *
   * @param timesteps int64 (n)
   * @param width the number of values per step
   * @return (n, width)
   */
  public static Value embed(GraphBuilder graph, Value timesteps, int width) {
    var n = timesteps.shape().dim(0);
    int half = width / 2;
    var frequencies = new float[half];
    float exponent = (float) -Math.log(LONGEST_PERIOD);
    for (int i = 0; i < half; i++) {
      // every rounding to float32 of the original: at step 999 it shows in the fifth digit
      frequencies[i] = (float) StrictMath.exp((exponent * i) / half);
    }
    var column = graph.reshape(graph.cast(timesteps, ElementType.FLOAT32), Shape.of(n, Dim.ONE));
    var angles = graph.multiply(column, graph.floats(frequencies, Shape.known(1, half)));
    var cosine = graph.map(Elementwise.UnaryKind.COSINE, angles);
    var sine = graph.map(Elementwise.UnaryKind.SINE, angles);
    return width % 2 == 0
        ? graph.concatenate(1, cosine, sine)
        : graph.concatenate(1, cosine, sine, graph.multiply(column, graph.scalar(0)));
  }
}
