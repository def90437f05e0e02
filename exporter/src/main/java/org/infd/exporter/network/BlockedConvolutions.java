package org.infd.exporter.network;

import java.util.List;
import org.infd.exporter.graph.Contraction;
import org.infd.exporter.graph.Contraction.Padding;
import org.infd.exporter.graph.Dim;
import org.infd.exporter.graph.Rearrangement;
import org.infd.exporter.graph.Shape;
import org.infd.exporter.graph.Value;

/**
 * Convolutions written so that a CPU which computes channels in blocks of 16 has nothing to pad.
 * The results are those of {@link Layers#convolution} up to the order of summation; kernels are odd
 * and sizes are kept.
 */
final class BlockedConvolutions {
  private static final long BLOCK = 16;

  private BlockedConvolutions() {}

  /**
   * For input channels that do not fill their last block: the rest has a convolution of its own,
   * which reads plain planes. 36 channels otherwise cost as much as 48.
   *
   * @param x (n, c, h, w)
   * @return (n, out, h, w)
   */
  static Value ofRaggedInput(Layers layers, Value x, String name, int out, int kernel) {
    long channels = Layers.channels(x);
    long whole = channels / BLOCK * BLOCK;
    if (whole == 0 || whole == channels) {
      return layers.convolution(x, name, out, kernel);
    }
    var graph = layers.graph();
    return ofParts(
        layers, graph.slice(x, 1, 0, whole), graph.slice(x, 1, whole, channels), name, out, kernel);
  }

  /**
   * The convolution of two inputs side by side, each with its own share of the weights.
   *
   * @param first (n, a, h, w)
   * @param second (n, b, h, w)
   * @return (n, out, h, w)
   */
  static Value ofParts(Layers layers, Value first, Value second, String name, int out, int kernel) {
    var graph = layers.graph();
    long border = Layers.channels(first);
    long channels = border + Layers.channels(second);
    var part = layers.in(name);
    var weight = part.weight("weight", out, channels, kernel, kernel);
    var padding = Padding.all((kernel - 1) / 2);
    var sum =
        graph.convolution(
            first, graph.slice(weight, 1, 0, border), part.weight("bias", out), 1, padding);
    var rest =
        graph.apply(
            new Contraction.Convolution(1, padding),
            second,
            graph.slice(weight, 1, border, channels));
    return graph.add(sum, rest);
  }

  /**
   * For few output channels: every tap of the kernel becomes output channels of one 1×1
   * convolution, whose planes are shifted and summed. Three channels otherwise cost as much as 16
   * at every tap.
   *
   * @param x (n, c, h, w)
   * @return (n, out, h, w)
   */
  static Value toFewChannels(Layers layers, Value x, String name, int out, int kernel) {
    if (kernel == 1) {
      return layers.convolution(x, name, out, kernel);
    }
    var graph = layers.graph();
    long channels = Layers.channels(x);
    int taps = kernel * kernel;
    var weight = layers.in(name).weight("weight", out, channels, kernel, kernel);
    var byTap =
        graph.reshape(
            graph.transpose(weight, 2, 3, 0, 1), Shape.known((long) taps * out, channels, 1, 1));
    // the zeros around the picture give zeros around the planes
    var planes =
        graph.apply(new Contraction.Convolution(1, Padding.all((kernel - 1) / 2)), x, byTap);
    var sum = layers.vector(name + ".bias", out, out, 1, 1);
    for (int tap = 0; tap < taps; tap++) {
      int row = tap / kernel;
      int column = tap % kernel;
      var shifted =
          graph.apply(
              new Rearrangement.Slice(
                  List.of(1, 2, 3), List.of(Dim.of(out), x.shape().dim(2), x.shape().dim(3))),
              planes,
              graph.longs((long) tap * out, row, column),
              graph.longs((tap + 1L) * out, end(row, kernel), end(column, kernel)));
      sum = graph.add(shifted, sum);
    }
    return sum;
  }

  /** The exclusive end of a window that begins at {@code first}, counted from the far side. */
  private static long end(int first, int kernel) {
    int behind = kernel - 1 - first;
    return behind == 0 ? Long.MAX_VALUE : -behind;
  }
}
