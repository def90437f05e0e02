package org.infd.app.viewer;

import org.infd.inference.field.FieldRenderer;
import org.infd.inference.field.Rectangle;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.tensor.Tensor;

/** A field given by a formula: hills before a sky, with finer ripples the closer one looks. */
public final class Landscape implements FieldRenderer {
  private static final int LAYERS = 4;

  private final long seed;

  public Landscape(long seed) {
    this.seed = seed;
  }

  @Override
  public Tensor render(int imageSide, Rectangle r, Cancellation cancellation) {
    cancellation.throwIfCancelled();
    int plane = r.height() * r.width();
    var values = new float[3 * plane];
    for (int j = 0; j < r.width(); j++) {
      double x = (r.column() + j + 0.5) / imageSide;
      var ridges = ridges(x);
      for (int i = 0; i < r.height(); i++) {
        double y = (r.row() + i + 0.5) / imageSide;
        paint(values, i * r.width() + j, plane, x, y, ridges);
      }
    }
    return Tensor.of(values, 1, 3, r.height(), r.width());
  }

  private double[] ridges(double x) {
    var ridges = new double[LAYERS];
    for (int layer = 0; layer < LAYERS; layer++) {
      ridges[layer] = 0.35 + 0.15 * layer;
      for (int octave = 1; octave < 9; octave++) {
        double f = (1 << octave) * 5.1;
        ridges[layer] += 0.16 / (1 << octave) * Math.sin(f * x + seed % 97 + layer * 13 * octave);
      }
    }
    return ridges;
  }

  private static void paint(
      float[] values, int at, int plane, double x, double y, double[] ridges) {
    double red = 0.55 + 0.4 * y;
    double green = 0.7 + 0.2 * y;
    double blue = 0.95 - 0.1 * y;
    for (int layer = 0; layer < LAYERS; layer++) {
      if (y > ridges[layer]) {
        double stripe = (x * 140 + y * 110) % 1;
        double shade = 0.75 - 0.17 * layer + 0.1 * Math.abs(stripe - 0.5);
        red = shade * 0.75;
        green = shade * 0.88;
        blue = shade * (1 - 0.1 * layer);
      }
    }
    values[at] = (float) (2 * red - 1);
    values[plane + at] = (float) (2 * green - 1);
    values[2 * plane + at] = (float) (2 * blue - 1);
  }
}
