package org.infd.acceptance.golden;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.infd.inference.tensor.Tensor;

/**
 * The ways in which a recorded array may hold a computed tensor: all of it or some items, every
 * k-th row, column or channel, channels last, a mean or deviation for each channel.
 */
final class Fits {
  private Fits() {}

  /**
   * A tensor in the recorded shape.
   *
   * @param words what of it was taken, empty for all
   */
  record Fit(String words, Tensor tensor) {}

  /** All ways to bring {@code actual} to {@code shape}, the most complete one first. */
  static List<Fit> of(Tensor actual, long[] shape, ArrayName name) {
    var fits = new ArrayList<Fit>();
    if (Arrays.equals(actual.shape(), shape)) {
      fits.add(new Fit("", actual));
      return fits;
    }
    if (actual.rank() == 4 && shape.length >= 2) {
      images(actual, shape, name, fits);
    }
    if (fits.isEmpty() && actual.rank() > 0 && actual.rank() == shape.length) {
      leadingItems(actual, shape, fits);
    }
    if (fits.isEmpty() && elements(shape) == actual.elements() && sameWithoutOnes(actual, shape)) {
      fits.add(new Fit("", actual.reshape(shape)));
    }
    if (actual.rank() == 4 && shape.length <= 2 && name.says("mean", "std", "deviation")) {
      figures(actual, shape, !name.says("std", "deviation"), fits);
    }
    return fits;
  }

  private static long elements(long[] shape) {
    return Arrays.stream(shape).reduce(1, (a, b) -> a * b);
  }

  private static boolean sameWithoutOnes(Tensor actual, long[] shape) {
    return Arrays.equals(
        Arrays.stream(actual.shape()).filter(extent -> extent != 1).toArray(),
        Arrays.stream(shape).filter(extent -> extent != 1).toArray());
  }

  private static void leadingItems(Tensor actual, long[] shape, List<Fit> fits) {
    var rest = actual.shape();
    if (Arrays.equals(rest, 1, rest.length, shape, 1, shape.length) && shape[0] < rest[0]) {
      for (int from = 0; from + shape[0] <= rest[0] && from < 8; from++) {
        var words = "items from " + from;
        fits.add(new Fit(words, actual.slice(from, from + (int) shape[0])));
      }
    }
  }

  private static void images(Tensor actual, long[] shape, ArrayName name, List<Fit> fits) {
    long[] whole = shape.length == 4 ? shape : shape.length == 3 ? withItem(shape) : null;
    if (whole == null) {
      return;
    }
    thinned(actual, whole, shape, name, false, fits);
    thinned(actual, new long[] {whole[0], whole[3], whole[1], whole[2]}, shape, name, true, fits);
  }

  private static long[] withItem(long[] shape) {
    return new long[] {1, shape[0], shape[1], shape[2]};
  }

  private static void thinned(
      Tensor actual,
      long[] wanted,
      long[] shape,
      ArrayName name,
      boolean channelsLast,
      List<Fit> fits) {
    var extents = actual.shape();
    if (wanted[0] > extents[0]) {
      return;
    }
    int stated = name.number("every");
    int mostChannels = (int) Math.max(1, Math.min(64, extents[1]));
    for (int c = 1; c <= mostChannels; c++) {
      if ((extents[1] + c - 1) / c != wanted[1]) {
        continue;
      }
      for (int step : steps(extents, wanted, stated)) {
        for (int item = 0; item + wanted[0] <= extents[0] && item < 8; item++) {
          var part = actual.slice(item, item + (int) wanted[0]);
          var tensor = c == 1 && step == 1 ? part : every(part, c, step, wanted);
          tensor = (channelsLast ? channelsLast(tensor) : tensor).reshape(shape);
          fits.add(new Fit(words(extents, wanted, item, c, step), tensor));
        }
      }
    }
  }

  private static String words(long[] extents, long[] wanted, int item, int channels, int step) {
    var words = new ArrayList<String>();
    if (wanted[0] < extents[0]) {
      words.add(wanted[0] == 1 ? "item " + item : "items from " + item);
    }
    if (channels > 1) {
      words.add("one channel of " + channels);
    }
    if (step > 1) {
      words.add("one row and column of " + step);
    }
    return String.join(", ", words);
  }

  private static List<Integer> steps(long[] extents, long[] wanted, int stated) {
    var steps = new ArrayList<Integer>();
    for (int step = 1; step <= extents[2]; step++) {
      boolean up =
          (extents[2] + step - 1) / step == wanted[2]
              && (extents[3] + step - 1) / step == wanted[3];
      boolean down = extents[2] / step == wanted[2] && extents[3] / step == wanted[3];
      if ((up || down) && (stated == 0 || stated == step)) {
        steps.add(step);
      }
    }
    return steps;
  }

  private static Tensor every(Tensor x, int channels, int step, long[] wanted) {
    var thin = Tensor.zeros(wanted);
    int c = (int) wanted[1];
    int h = (int) wanted[2];
    int w = (int) wanted[3];
    for (int i = 0; i < thin.elements(); i++) {
      int column = i % w * step;
      int row = i / w % h * step;
      int channel = i / (w * h) % c * channels;
      int item = i / (w * h * c);
      thin.set(
          i, x.get(((item * x.extent(1) + channel) * x.extent(2) + row) * x.extent(3) + column));
    }
    return thin;
  }

  /** (n, c, h, w) as (n, h, w, c). */
  static Tensor channelsLast(Tensor x) {
    var result = Tensor.zeros(x.extent(0), x.extent(2), x.extent(3), x.extent(1));
    int pixels = x.extent(2) * x.extent(3);
    int channels = x.extent(1);
    for (int i = 0; i < x.elements(); i++) {
      int item = i / (channels * pixels);
      int channel = i / pixels % channels;
      result.set((item * pixels + i % pixels) * channels + channel, x.get(i));
    }
    return result;
  }

  /** The mean, or else the biased deviation, of each channel of the first items. */
  private static void figures(Tensor x, long[] shape, boolean mean, List<Fit> fits) {
    int channels = x.extent(1);
    long items = elements(shape) / channels;
    if (items * channels != elements(shape) || items < 1 || items > x.extent(0)) {
      return;
    }
    int pixels = x.extent(2) * x.extent(3);
    var figures = Tensor.zeros(shape);
    for (int plane = 0; plane < figures.elements(); plane++) {
      double sum = 0;
      double squares = 0;
      for (int i = 0; i < pixels; i++) {
        double value = x.get(plane * pixels + i);
        sum += value;
        squares += value * value;
      }
      double average = sum / pixels;
      figures.set(
          plane, (float) (mean ? average : Math.sqrt(squares / pixels - average * average)));
    }
    fits.add(new Fit(mean ? "mean of each channel" : "deviation of each channel", figures));
  }
}
