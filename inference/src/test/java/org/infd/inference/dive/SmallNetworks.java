package org.infd.inference.dive;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.infd.inference.bundle.Manifest;
import org.infd.inference.diffusion.BetaSchedule;
import org.infd.inference.diffusion.Denoiser;
import org.infd.inference.diffusion.DpmSolver;
import org.infd.inference.diffusion.Sampler;
import org.infd.inference.field.FieldRenderer;
import org.infd.inference.field.OpenField;
import org.infd.inference.field.Rectangle;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.tensor.Tensor;

/** Latents are means of 4×4 pixels; fields show them with a weave of their own. */
class SmallNetworks implements DiveNetworks {
  static final int SIDE = 32;
  static final int CELLS = 8;
  static final DiveLattice LATTICE = new DiveLattice(SIDE, CELLS, 64);

  /** A picture of waves with detail at every scale. */
  static final FieldRenderer ROOT =
      (side, at, cancellation) -> {
        var rgb = Tensor.zeros(1, 3, at.height(), at.width());
        for (int channel = 0; channel < 3; channel++) {
          for (int r = 0; r < at.height(); r++) {
            for (int c = 0; c < at.width(); c++) {
              double y = (at.row() + r + 0.5) / side;
              double x = (at.column() + c + 0.5) / side;
              double value =
                  0.5 * Math.sin(9 * y + channel) * Math.cos(7 * x) + 0.3 * Math.sin(61 * (x + y));
              rgb.set((channel * at.height() + r) * at.width() + c, (float) value);
            }
          }
        }
        return rgb;
      };

  final AtomicInteger encoded = new AtomicInteger();
  final AtomicInteger open = new AtomicInteger();
  final List<Integer> levels = Collections.synchronizedList(new ArrayList<>());

  @Override
  public Tensor encode(Tensor rgb, Cancellation cancellation) {
    encoded.incrementAndGet();
    var z = Tensor.zeros(1, 3, CELLS, CELLS);
    int f = SIDE / CELLS;
    for (int channel = 0; channel < 3; channel++) {
      for (int i = 0; i < SIDE * SIDE; i++) {
        int to = (channel * CELLS + i / SIDE / f) * CELLS + i % SIDE / f;
        z.set(to, z.get(to) + rgb.get(channel * SIDE * SIDE + i) / (f * f));
      }
    }
    return z;
  }

  @Override
  public OpenField open(Tensor latent, Cancellation cancellation) {
    open.incrementAndGet();
    return new OpenField() {
      @Override
      public Tensor render(int side, Rectangle at, Cancellation cancellation) {
        var rgb = Tensor.zeros(1, 3, at.height(), at.width());
        for (int channel = 0; channel < 3; channel++) {
          for (int r = 0; r < at.height(); r++) {
            for (int c = 0; c < at.width(); c++) {
              int row = (at.row() + r) * CELLS / side;
              int column = (at.column() + c) * CELLS / side;
              double weave = 0.1 * Math.sin(0.7 * (at.row() + r) + 1.3 * (at.column() + c));
              rgb.set(
                  (channel * at.height() + r) * at.width() + c,
                  (float) (latent.get((channel * CELLS + row) * CELLS + column) + weave));
            }
          }
        }
        return rgb;
      }

      @Override
      public void close() {
        open.decrementAndGet();
      }
    };
  }

  @Override
  public Sampler sampler(int steps) {
    return new DpmSolver(
        BetaSchedule.of(
            new Manifest.Diffusion(
                1000, Manifest.Schedule.LINEAR, 1e-4, 0.02, Manifest.Prediction.VELOCITY, 1, "")),
        steps);
  }

  @Override
  public Denoiser denoiser(int level, Cancellation cancellation) {
    levels.add(level);
    return Denoiser.of((z, t, context, c) -> z, Manifest.Prediction.VELOCITY, null);
  }
}
