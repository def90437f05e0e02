package org.infd.exporter.network;

import org.infd.inference.Problem;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a renderer (docs/spec/infd-model.md 4).
 *
 * @param featureChannels the channels of φ
 * @param fixed whether it is the fixed-resolution tail, which knows no coordinates
 * @param coordinateEncoding the encoding of the relative coordinate, or null for the raw values
 * @param cellEncoding the encoding of the relative cell, or null for the raw values
 * @param hiddenChannels the width of the inner network, 0 for the fixed tail
 * @param residualBlocks its residual blocks, 0 for the fixed tail
 * @param kernel the side of every convolution, odd
 * @param normalize whether its norms exist
 */
public record RendererSettings(
    int featureChannels,
    boolean fixed,
    @Nullable Encoding coordinateEncoding,
    @Nullable Encoding cellEncoding,
    int hiddenChannels,
    int residualBlocks,
    int kernel,
    boolean normalize) {
  /**
   * A positional encoding of a 2-vector.
   *
   * @param dim the number of products, even; the encoding has twice as many channels
   * @param largest the largest weight
   */
  public record Encoding(int dim, double largest) {}

  /**
   * Reads the settings.
   *
   * @throws Problem if a value is absurd or cannot be run
   */
  static RendererSettings of(Arguments.Component renderer) {
    var args = renderer.args();
    int features = args.integer("z_dec_channels", 128, 1, 1 << 14);
    return switch (renderer.name()) {
      case "renderer_concat_wrapper" -> concatenating(args, args.component("net"), features);
      case "renderer_fixres_wrapper" -> fixed(args, args.component("net"), features);
      default ->
          throw new Problem(
              "The renderer '"
                  + renderer.name()
                  + "' is not known; renderer_concat_wrapper and renderer_fixres_wrapper can be"
                  + " imported.");
    };
  }

  private static RendererSettings concatenating(
      Arguments args, Arguments.Component net, int features) {
    if (args.has("x_channels") && args.integer("x_channels", 0, 0, 1 << 14) > 0) {
      throw new Problem(
          args
              + ".x_channels widens the renderer's input, but nothing supplies these channels: such"
              + " a checkpoint cannot be run.");
    }
    args.skip("x_channels");
    var coordinate = encoding(args, "co_pe_dim", "co_pe_w_max");
    var cell = encoding(args, "ce_pe_dim", "ce_pe_w_max");
    args.refuseUnread();
    int blocks =
        switch (net.name()) {
          case "simple_renderer_net" -> 2;
          case "simple_renderer_net_larger" -> 3;
          default -> throw unknown(net, "renderer_concat_wrapper");
        };
    var inner = net.args();
    int kernel = inner.integer("kernel_size", 3, 1, 63);
    if (kernel % 2 == 0) {
      throw new Problem(
          inner + ".kernel_size is " + kernel + ", but an even kernel changes the image's size.");
    }
    requireColours(inner);
    int hidden = inner.integer("hidden_channels", 256, 1, 1 << 14);
    boolean normalize = inner.flag("normalize", true);
    inner.skip("in_channels");
    inner.refuseUnread();
    return new RendererSettings(
        features, false, coordinate, cell, hidden, blocks, kernel, normalize);
  }

  private static RendererSettings fixed(Arguments args, Arguments.Component net, int features) {
    args.skip("co_pe_dim", "co_pe_w_max", "ce_pe_dim", "ce_pe_w_max", "x_channels");
    args.refuseUnread();
    if (!net.name().equals("fixres_original_tail")) {
      throw unknown(net, "renderer_fixres_wrapper");
    }
    requireColours(net.args());
    net.args().skip("in_channels", "z_dec_channels", "hidden_channels", "out_ch", "ch");
    net.args().refuseUnread();
    return new RendererSettings(features, true, null, null, 0, 0, 3, true);
  }

  private static Problem unknown(Arguments.Component net, String wrapper) {
    return new Problem(
        "The network '" + net.name() + "' in " + wrapper + " is not known; it cannot be imported.");
  }

  private static void requireColours(Arguments args) {
    int out = args.integer("out_channels", 3, 1, 1 << 14);
    if (out != 3) {
      throw new Problem(args + ".out_channels is " + out + "; only RGB can be shown.");
    }
  }

  private static @Nullable Encoding encoding(Arguments args, String dimName, String largestName) {
    int dim = args.integer(dimName, 0, 0, 4096);
    double largest = args.real(largestName, 1, 1e-6, 1e9);
    if (dim == 0) {
      return null;
    }
    if (dim % 2 != 0 || !args.has(largestName)) {
      throw new Problem(
          args
              + "."
              + dimName
              + " is "
              + dim
              + "; it has to be even, and "
              + largestName
              + " has to be set.");
    }
    return new Encoding(dim, largest);
  }

  /** How many pixels beside its own a pixel depends on, norms aside. */
  public int receptiveRadius() {
    int convolutions = fixed ? 1 : 2 * residualBlocks + 2;
    return (kernel - 1) / 2 * convolutions;
  }
}
