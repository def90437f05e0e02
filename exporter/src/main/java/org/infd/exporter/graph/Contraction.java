package org.infd.exporter.graph;

import java.util.ArrayList;
import java.util.List;

/** Operations that sum products: convolutions and matrix products. */
public sealed interface Contraction extends Operation {
  /**
   * A 2-D convolution of (n, c, h, w) with weights (out, c, kh, kw) and an optional bias (out).
   *
   * @param stride in both directions
   * @param padding zeros around the input
   */
  record Convolution(int stride, Padding padding) implements Contraction {
    @Override
    public String operator() {
      return "Conv";
    }

    @Override
    public List<ValueType> infer(List<Value> inputs) {
      var x = inputs.get(0).shape();
      var w = inputs.get(1).shape();
      if (x.rank() != 4 || w.rank() != 4 || !x.dim(1).equals(w.dim(1))) {
        throw new IllegalArgumentException("convolution of " + x + " with " + w);
      }
      return List.of(
          new ValueType(
              inputs.get(0).element(),
              Shape.of(
                  x.dim(0),
                  w.dim(0),
                  size(x.dim(2), w.extent(2), padding.top() + padding.bottom()),
                  size(x.dim(3), w.extent(3), padding.left() + padding.right()))));
    }

    private Dim size(Dim in, long kernel, int padding) {
      if (in.isKnown()) {
        long room = in.value() + padding - kernel;
        if (room < 0) {
          throw new IllegalArgumentException("a kernel of " + kernel + " on " + in + " pixels");
        }
        return Dim.of(room / stride + 1);
      }
      if (stride != 1 || padding < kernel - 1) {
        throw new IllegalArgumentException("a free extent " + in + " that shrinks");
      }
      long growth = padding - kernel + 1;
      return growth == 0 ? in : Dim.free(in + "+" + growth);
    }
  }

  /**
   * What carries a cotangent of a strided convolution back to its input: (n, out, h, w) with
   * weights (out, c, kh, kw) becomes (n, c, height, width).
   *
   * @param stride of the convolution
   * @param padding of the convolution
   * @param height of its input, known
   * @param width of its input, known
   */
  record TransposedConvolution(int stride, Padding padding, Dim height, Dim width)
      implements Contraction {
    @Override
    public String operator() {
      return "ConvTranspose";
    }

    @Override
    public List<ValueType> infer(List<Value> inputs) {
      var x = inputs.get(0).shape();
      var w = inputs.get(1).shape();
      if (x.rank() != 4 || w.rank() != 4 || !x.dim(1).equals(w.dim(0))) {
        throw new IllegalArgumentException("transposed convolution of " + x + " with " + w);
      }
      return List.of(
          new ValueType(inputs.get(0).element(), Shape.of(x.dim(0), w.dim(1), height, width)));
    }

    /** The rows and columns at the end that no output of the convolution reached. */
    List<Long> unreached(Shape x, Shape weight) {
      return List.of(
          height.value()
              - ((x.extent(2) - 1) * stride + weight.extent(2) - padding.top() - padding.bottom()),
          width.value()
              - ((x.extent(3) - 1) * stride + weight.extent(3) - padding.left() - padding.right()));
    }
  }

  /** Zeros around an image, in pixels. */
  record Padding(int top, int left, int bottom, int right) {
    /** The same on all sides. */
    public static Padding all(int pixels) {
      return new Padding(pixels, pixels, pixels, pixels);
    }
  }

  /** The product of the last two axes; leading axes are equal or 1. */
  record MatrixProduct() implements Contraction {
    @Override
    public String operator() {
      return "MatMul";
    }

    @Override
    public List<ValueType> infer(List<Value> inputs) {
      var a = inputs.get(0).shape();
      var b = inputs.get(1).shape();
      int left = a.rank();
      int right = b.rank();
      if (left < 2 || right < 2 || !a.dim(left - 1).equals(b.dim(right - 2))) {
        throw new IllegalArgumentException("product of " + a + " and " + b);
      }
      var batch =
          Shape.broadcast(
              new Shape(a.dims().subList(0, left - 2)), new Shape(b.dims().subList(0, right - 2)));
      var dims = new ArrayList<>(batch.dims());
      dims.add(a.dim(left - 2));
      dims.add(b.dim(right - 1));
      return List.of(new ValueType(inputs.get(0).element(), new Shape(dims)));
    }
  }

  /** x·Wᵀ + b for x (rows, in), W (out, in) and an optional b (out): a linear layer as trained. */
  record Linear() implements Contraction {
    @Override
    public String operator() {
      return "Gemm";
    }

    @Override
    public List<ValueType> infer(List<Value> inputs) {
      var x = inputs.get(0).shape();
      var w = inputs.get(1).shape();
      if (x.rank() != 2 || w.rank() != 2 || !x.dim(1).equals(w.dim(1))) {
        throw new IllegalArgumentException("linear layer " + w + " on " + x);
      }
      return List.of(new ValueType(inputs.get(0).element(), Shape.of(x.dim(0), w.dim(0))));
    }
  }
}
