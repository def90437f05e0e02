package org.infd.exporter;

import java.util.HashMap;
import java.util.Map;
import java.util.function.IntFunction;
import org.infd.exporter.torch.TensorSource;

/**
 * Both towers of a CLIP in loops over float64, straight from their formulas (docs/spec/clip.md 2,
 * 3) and from official names: slow, and independent of everything that it is compared with.
 */
final class PlainClip {
  private static final double[] MEAN = {0.48145466, 0.4578275, 0.40821073};
  private static final double[] DEVIATION = {0.26862954, 0.26130258, 0.27577711};
  private static final int HEAD = 64;

  private final Map<String, float[]> tensors = new HashMap<>();
  private final Map<String, TensorSource> sources;

  PlainClip(Map<String, TensorSource> official) {
    sources = official;
    official.forEach((name, tensor) -> tensors.put(name, HubClip.values(tensor)));
  }

  private float[] tensor(String name) {
    var values = tensors.get(name);
    if (values == null) {
      throw new AssertionError(name);
    }
    return values;
  }

  private int extent(String name, int axis) {
    return (int) sources.getOrDefault(name, TensorSource.filled(0, 1, 1)).shape()[axis];
  }

  /**
   * The embedding of a picture.
   *
   * @param crop (3, side, side), from −1 to 1
   */
  double[] image(double[] crop) {
    int width = extent("visual.conv1.weight", 0);
    int patch = extent("visual.conv1.weight", 3);
    int tokens = extent("visual.positional_embedding", 0);
    int grid = (int) Math.sqrt(tokens - 1.0);
    int side = grid * patch;
    var kernels = tensor("visual.conv1.weight");
    var classToken = tensor("visual.class_embedding");
    var places = tensor("visual.positional_embedding");
    var x = new double[tokens][width];
    for (int t = 0; t < tokens; t++) {
      for (int w = 0; w < width; w++) {
        double sum = t == 0 ? classToken[w] : 0;
        for (int i = 0; t > 0 && i < 3 * patch * patch; i++) {
          int channel = i / (patch * patch);
          int row = (t - 1) / grid * patch + i / patch % patch;
          int column = (t - 1) % grid * patch + i % patch;
          double colour = (crop[(channel * side + row) * side + column] + 1) / 2;
          sum += kernels[w * 3 * patch * patch + i] * (colour - MEAN[channel]) / DEVIATION[channel];
        }
        x[t][w] = sum + places[t * width + w];
      }
      x[t] = norm(x[t], "visual.ln_pre");
    }
    blocks(x, "visual.", false);
    return times(norm(x[0], "visual.ln_post"), "visual.proj");
  }

  /** The embedding of a text whose end marker has the highest id. */
  double[] text(long[] ids) {
    int width = extent("token_embedding.weight", 1);
    var table = tensor("token_embedding.weight");
    var places = tensor("positional_embedding");
    var x = new double[ids.length][width];
    int end = 0;
    for (int t = 0; t < ids.length; t++) {
      end = ids[t] > ids[end] ? t : end;
      for (int w = 0; w < width; w++) {
        x[t][w] = table[(int) ids[t] * width + w] + places[t * width + w];
      }
    }
    blocks(x, "", true);
    return times(norm(x[end], "ln_final"), "text_projection");
  }

  private void blocks(double[][] x, String prefix, boolean causal) {
    for (int i = 0; tensors.containsKey(block(prefix, i) + "ln_1.weight"); i++) {
      var name = block(prefix, i);
      var attended = attention(map(x, t -> norm(x[t], name + "ln_1")), name + "attn.", causal);
      for (int t = 0; t < x.length; t++) {
        x[t] = sum(x[t], linear(attended[t], name + "attn.out_proj."));
        var wide = linear(norm(x[t], name + "ln_2"), name + "mlp.c_fc.");
        for (int j = 0; j < wide.length; j++) {
          wide[j] /= 1 + Math.exp(-1.702 * wide[j]);
        }
        x[t] = sum(x[t], linear(wide, name + "mlp.c_proj."));
      }
    }
  }

  private static String block(String prefix, int number) {
    return prefix + "transformer.resblocks." + number + ".";
  }

  private double[][] attention(double[][] x, String name, boolean causal) {
    int width = x[0].length;
    var all = map(x, t -> linear(x[t], name + "in_proj_"));
    var result = new double[x.length][width];
    for (int head = 0; head < width; head += HEAD) {
      for (int query = 0; query < x.length; query++) {
        int keys = causal ? query + 1 : x.length;
        var weights = new double[keys];
        double total = 0;
        for (int key = 0; key < keys; key++) {
          double score = 0;
          for (int c = head; c < head + HEAD; c++) {
            score += all[query][c] * all[key][width + c];
          }
          weights[key] = Math.exp(score / Math.sqrt(HEAD));
          total += weights[key];
        }
        for (int key = 0; key < keys; key++) {
          for (int c = head; c < head + HEAD; c++) {
            result[query][c] += weights[key] / total * all[key][2 * width + c];
          }
        }
      }
    }
    return result;
  }

  private static double[][] map(double[][] x, IntFunction<double[]> row) {
    var result = new double[x.length][];
    for (int t = 0; t < x.length; t++) {
      result[t] = row.apply(t);
    }
    return result;
  }

  private static double[] sum(double[] a, double[] b) {
    var sum = a.clone();
    for (int i = 0; i < sum.length; i++) {
      sum[i] += b[i];
    }
    return sum;
  }

  /** A weight (out, in) and its bias, which stands beside it. */
  private double[] linear(double[] x, String name) {
    var matrix = tensor(name + "weight");
    var shift = tensor(name + "bias");
    var y = new double[shift.length];
    for (int o = 0; o < y.length; o++) {
      y[o] = shift[o];
      for (int i = 0; i < x.length; i++) {
        y[o] += matrix[o * x.length + i] * x[i];
      }
    }
    return y;
  }

  /** A row times a matrix (in, out). */
  private double[] times(double[] x, String name) {
    var matrix = tensor(name);
    var y = new double[matrix.length / x.length];
    for (int o = 0; o < y.length; o++) {
      for (int i = 0; i < x.length; i++) {
        y[o] += x[i] * matrix[i * y.length + o];
      }
    }
    return y;
  }

  private double[] norm(double[] x, String name) {
    var weight = tensor(name + ".weight");
    var bias = tensor(name + ".bias");
    double mean = 0;
    for (double value : x) {
      mean += value / x.length;
    }
    double variance = 0;
    for (double value : x) {
      variance += (value - mean) * (value - mean) / x.length;
    }
    var y = new double[x.length];
    for (int i = 0; i < y.length; i++) {
      y[i] = (x[i] - mean) / Math.sqrt(variance + 1e-5) * weight[i] + bias[i];
    }
    return y;
  }
}
