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
    return combine(
        other,
        (a, b) ->
            Group.ofLogVariance(
                a.mean + (b.mean - a.mean) * place,
                a.logVariance() + (b.logVariance() - a.logVariance()) * place));
  }

  /**
   * These statistics moved by {@code share} of the difference of two others, measured as {@link
   * #towards} measures.
   */
  NormStatistics shifted(NormStatistics from, NormStatistics to, double share) {
    var difference =
        from.combine(to, (a, b) -> new Group(b.mean - a.mean, b.logVariance() - a.logVariance()));
    return combine(
        difference,
        (a, d) ->
            Group.ofLogVariance(a.mean + d.mean * share, a.logVariance() + d.variance * share));
  }

  private interface Combination {
    Group of(Group a, Group b);
  }

  private NormStatistics combine(NormStatistics other, Combination combination) {
    var combined = new ArrayList<Group[]>();
    for (int k = 0; k < norms.size(); k++) {
      var a = norms.get(k);
      var b = other.norms.get(k);
      var groups = new Group[a.length];
      for (int g = 0; g < a.length; g++) {
        groups[g] = combination.of(a[g], b[g]);
      }
      combined.add(groups);
    }
    return new NormStatistics(combined);
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
