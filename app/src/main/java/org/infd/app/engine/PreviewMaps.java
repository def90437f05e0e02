package org.infd.app.engine;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.infd.app.work.JsonFile;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.diffusion.SamplingStep;
import org.infd.inference.generation.LatentPreview;
import org.infd.inference.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The colour maps of live previews, one per model, kept in the user's data. The first run of a
 * model fits its map twice: before its first preview to a few soft random latents, which have more
 * colours than any one picture, and later to a guess of x̂0 in which things can be told apart as
 * well. On the Mountains model previews were then off by 0.03 of the range; fitted to one daylight
 * picture alone they were off by 0.07 at sunset, and to white noise by 0.13. Thread-safe.
 */
final class PreviewMaps {
  private static final System.Logger LOG = System.getLogger(PreviewMaps.class.getName());
  private static final long LARGEST_FILE = 64 << 10;

  /** When this part of a run is done, x̂0 shows things in nearly their final colours. */
  private static final double FIT_AT = 0.6;

  private static final int FITS = 2;
  private static final int SOFT_SAMPLES = 4;
  private static final int SOFTENING = 8;

  private final Path folder;
  private final Map<String, Fitting> fittings = new HashMap<>();

  /** A map, how often it was fitted, and what to. */
  private record Fitting(LatentPreview map, int fits, List<Sample> samples) {}

  /** A latent (1, C, h, w) and what it looks like, (1, 3, H, W). */
  private record Sample(Tensor z, Tensor rgb) {}

  /**
   * @param folder where they are kept; made when needed
   */
  PreviewMaps(Path folder) {
    this.folder = folder;
  }

  /** The map of a model: fitted, or a rough one before that. */
  LatentPreview map(ModelBundle bundle) {
    return fitting(bundle).map();
  }

  private synchronized Fitting fitting(ModelBundle bundle) {
    return fittings.computeIfAbsent(
        bundle.hash(),
        hash -> {
          int channels = bundle.manifest().latent().channels();
          var kept = read(file(bundle), channels);
          return kept == null
              ? new Fitting(LatentPreview.unfitted(channels), 0, List.of())
              : new Fitting(kept, FITS, List.of());
        });
  }

  /** Whether the map should be fitted to this step. */
  boolean wantsFit(ModelBundle bundle, SamplingStep step) {
    return switch (fitting(bundle).fits()) {
      case 0 -> true;
      case 1 -> step.number() >= step.steps() * FIT_AT;
      default -> false;
    };
  }

  /** The side of the picture that a latent is compared with: a few pixels per cell. */
  static int fitSide(ModelBundle bundle) {
    return bundle.manifest().latent().width() * 4;
  }

  /**
   * Fits the map of a model.
   *
   * @param z a latent (1, C, h, w)
   * @param look gives what a latent looks like, (1, 3, {@link #fitSide}, {@link #fitSide})
   */
  void fit(ModelBundle bundle, Tensor z, UnaryOperator<Tensor> look) {
    var old = fitting(bundle);
    var samples = new ArrayList<>(old.samples());
    if (samples.isEmpty()) {
      var noise = new Random(1);
      for (int i = 0; i < SOFT_SAMPLES; i++) {
        var soft = softNoise(noise, z.shape());
        samples.add(new Sample(soft, look.apply(soft)));
      }
    }
    samples.add(new Sample(z, look.apply(z)));
    var map =
        LatentPreview.fit(
            belowEachOther(samples.stream().map(Sample::z).toList()),
            belowEachOther(samples.stream().map(Sample::rgb).toList()));
    boolean last = old.fits() + 1 >= FITS;
    var next = new Fitting(map, old.fits() + 1, last ? List.of() : samples);
    synchronized (this) {
      fittings.put(bundle.hash(), next);
    }
    if (last) {
      json(file(bundle)).write(map.coefficients());
    }
  }

  /** Noise that changes little from cell to cell, with variance 1 in each channel. */
  private static Tensor softNoise(Random random, long[] shape) {
    var z = Tensor.zeros(shape);
    int height = z.extent(2);
    int width = z.extent(3);
    for (int channel = 0; channel < z.extent(1); channel++) {
      var values = random.doubles((long) height * width, -1, 1).toArray();
      for (int pass = 0; pass < SOFTENING; pass++) {
        values = softened(values, height, width);
      }
      double variance = Arrays.stream(values).map(v -> v * v).average().orElse(1);
      for (int i = 0; i < values.length; i++) {
        z.set(channel * values.length + i, (float) (values[i] / Math.sqrt(variance)));
      }
    }
    return z;
  }

  /** The mean of each cell and its eight neighbours, edges joined to the opposite ones. */
  private static double[] softened(double[] values, int height, int width) {
    var soft = new double[values.length];
    for (int row = 0; row < height; row++) {
      for (int column = 0; column < width; column++) {
        double sum = 0;
        for (int i = -1; i <= 1; i++) {
          for (int j = -1; j <= 1; j++) {
            sum +=
                values[Math.floorMod(row + i, height) * width + Math.floorMod(column + j, width)];
          }
        }
        soft[row * width + column] = sum / 9;
      }
    }
    return soft;
  }

  /** One image of (1, C, h, w) after the other, (1, C, n·h, w): a fit knows no places. */
  private static Tensor belowEachOther(List<Tensor> images) {
    var first = images.getFirst();
    int plane = first.extent(2) * first.extent(3);
    var all =
        Tensor.zeros(1, first.extent(1), (long) images.size() * first.extent(2), first.extent(3));
    for (int n = 0; n < images.size(); n++) {
      for (int channel = 0; channel < first.extent(1); channel++) {
        for (int i = 0; i < plane; i++) {
          all.set(
              (channel * images.size() + n) * plane + i, images.get(n).get(channel * plane + i));
        }
      }
    }
    return all;
  }

  private Path file(ModelBundle bundle) {
    return folder.resolve(bundle.hash().substring(0, 16) + ".json");
  }

  private static @Nullable LatentPreview read(Path file, int channels) {
    try {
      return json(file)
          .read()
          .map(LatentPreview::of)
          .filter(map -> map.channels() == channels)
          .orElse(null);
    } catch (IllegalArgumentException e) {
      LOG.log(System.Logger.Level.WARNING, "preview map not read from " + file, e);
      return null;
    }
  }

  private static JsonFile<double[]> json(Path file) {
    return new JsonFile<>(file, double[].class, LARGEST_FILE, "preview map");
  }
}
