package org.infd.inference.field;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.infd.inference.bundle.Manifest;
import org.infd.inference.tensor.Tensor;

/**
 * Mean and biased variance of each group of each norm of a renderer, in layer order: the numbers
 * that make a renderer a plain convolution. Immutable.
 */
public final class NormStatistics {
  /** What the renderer's norms add to the variance (docs/spec/infd-model.md 2, GN-AE). */
  private static final double EPSILON = 1e-6;

  private final List<Group[]> norms;

  /**
   * One group of one norm.
   *
   * @param mean the mean over the group's channels and all pixels
   * @param variance the biased variance over the same
   */
  public record Group(double mean, double variance) {
    /**
     * A group of these sums, taken in double precision.
     *
     * @param sum of all values
     * @param squares the sum of their squares
     * @param count how many values
     */
    static Group ofSums(double sum, double squares, double count) {
      double mean = sum / count;
      return new Group(mean, Math.max(0, squares / count - mean * mean));
    }

    /** The logarithm of what the norm divides by, squared. */
    private double logVariance() {
      return Math.log(variance + EPSILON);
    }

    private static Group ofLogVariance(double mean, double logVariance) {
      return new Group(mean, Math.max(0, Math.exp(logVariance) - EPSILON));
    }
  }

  private NormStatistics(List<Group[]> norms) {
    this.norms = norms;
  }

  /**
   * Statistics of the given groups.
   *
   * @param norms the groups of each norm, in layer order
   */
  public static NormStatistics of(List<List<Group>> norms) {
    return new NormStatistics(norms.stream().map(n -> n.toArray(Group[]::new)).toList());
  }

  /** The number of norms. */
  public int norms() {
    return norms.size();
  }

  /** The groups of norm {@code k}, in channel order. */
  public List<Group> norm(int k) {
    return List.of(norms.get(k));
  }

  /**
   * Between these statistics (at 0) and others (at 1): the mean linear, the logarithm of the
   * variance linear. The ends are exactly the two.
   */
  NormStatistics towards(NormStatistics other, double place) {
    if (place == 0) {
      return this;
    }
    if (place == 1) {
      return other;
    }
    var between = new ArrayList<Group[]>();
    for (int k = 0; k < norms.size(); k++) {
      var a = norms.get(k);
      var b = other.norms.get(k);
      var groups = new Group[a.length];
      for (int g = 0; g < a.length; g++) {
        groups[g] =
            Group.ofLogVariance(
                a[g].mean + (b[g].mean - a[g].mean) * place,
                a[g].logVariance() + (b[g].logVariance() - a[g].logVariance()) * place);
      }
      between.add(groups);
    }
    return new NormStatistics(between);
  }

  /**
   * The external initializers that freeze the norms that these statistics hold.
   *
   * @param layout the norms of the renderer; those after the last held here are left out
   * @return {@code norm_<k>_mean} and {@code norm_<k>_variance}, each (channels)
   */
  Map<String, Tensor> initializers(List<Manifest.Norm> layout) {
    var initializers = new HashMap<String, Tensor>();
    for (int k = 0; k < norms.size(); k++) {
      var groups = norms.get(k);
      int channels = layout.get(k).channels();
      var mean = new float[channels];
      var variance = new float[channels];
      for (int c = 0; c < channels; c++) {
        var group = groups[c / (channels / groups.length)];
        mean[c] = (float) group.mean;
        variance[c] = (float) group.variance;
      }
      initializers.put("norm_" + k + "_mean", Tensor.of(mean, channels));
      initializers.put("norm_" + k + "_variance", Tensor.of(variance, channels));
    }
    return initializers;
  }
}
