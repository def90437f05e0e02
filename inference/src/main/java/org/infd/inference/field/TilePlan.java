package org.infd.inference.field;

import java.util.ArrayList;
import java.util.List;

/**
 * How a rectangle is cut into runs of a graph. Each part has an input with a halo of the receptive
 * radius; at the border of the image the input is shifted inward instead of cut, so that the
 * network pads with zeros at the true border and never beyond, and inputs keep few shapes.
 *
 * <p>The extents of an input are the whole image where that is small, else {@code s + 2·halo} with
 * s the side or a smaller power of two. As halos are even, these are multiples of four: elementwise
 * kernels that treat the last elements of a tensor differently never see such elements.
 */
final class TilePlan {
  private static final int SMALLEST_SIDE = 32;

  private TilePlan() {}

  /**
   * A run of a graph.
   *
   * @param input the pixels that the graph is given
   * @param output the pixels taken from its result; they lie inside the input
   */
  record Part(Rectangle input, Rectangle output) {}

  private record Span(int input, int inputCount, int output, int outputCount) {}

  /**
   * Cuts {@code wanted} into parts, row by row.
   *
   * @param halo the receptive radius in pixels
   * @param side the side of a full tile without its halo, a power of two from 32
   * @param oneShape whether small rectangles are rendered with full tiles too
   */
  static List<Part> of(int imageSide, Rectangle wanted, int halo, int side, boolean oneShape) {
    if (!wanted.fits(imageSide)) {
      throw new IllegalArgumentException(wanted + " in an image of side " + imageSide);
    }
    var columns = spans(imageSide, wanted.column(), wanted.width(), halo, side, oneShape);
    var parts = new ArrayList<Part>();
    for (var row : spans(imageSide, wanted.row(), wanted.height(), halo, side, oneShape)) {
      for (var column : columns) {
        parts.add(
            new Part(
                new Rectangle(row.input, column.input, row.inputCount, column.inputCount),
                new Rectangle(row.output, column.output, row.outputCount, column.outputCount)));
      }
    }
    return parts;
  }

  private static List<Span> spans(
      int imageSide, int first, int count, int halo, int side, boolean oneShape) {
    if (imageSide <= side + 2 * halo) {
      return List.of(new Span(0, imageSide, first, count));
    }
    var spans = new ArrayList<Span>();
    int end = first + count;
    for (int output = first; output < end; ) {
      int step = side;
      while (!oneShape && step > SMALLEST_SIDE && step / 2 >= end - output) {
        step /= 2;
      }
      int extent = step + 2 * halo;
      int input = Math.clamp(output - halo, 0, imageSide - extent);
      int outputCount = Math.min(step, end - output);
      spans.add(new Span(input, extent, output, outputCount));
      output += outputCount;
    }
    return spans;
  }
}
