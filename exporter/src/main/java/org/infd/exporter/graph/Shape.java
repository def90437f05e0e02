package org.infd.exporter.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/**
 * The extents of a value, outermost axis first.
 *
 * @param dims one entry per axis; empty for a scalar
 */
public record Shape(List<Dim> dims) {
  /** Copies the list. */
  public Shape {
    dims = List.copyOf(dims);
  }

  /** A shape of the given extents. */
  public static Shape of(Dim... dims) {
    return new Shape(List.of(dims));
  }

  /** A shape whose extents are all known. */
  public static Shape known(long... extents) {
    return new Shape(LongStream.of(extents).mapToObj(Dim::of).toList());
  }

  /** The number of axes. */
  public int rank() {
    return dims.size();
  }

  /** The extent of an axis. */
  public Dim dim(int axis) {
    return dims.get(axis);
  }

  /** The extent of an axis, which must be known. */
  public long extent(int axis) {
    return dims.get(axis).value();
  }

  /** The number of elements. */
  public Dim elements() {
    return dims.stream().reduce(Dim.ONE, Dim::times);
  }

  /** All extents, which must be known. */
  public long[] extents() {
    return dims.stream().mapToLong(Dim::value).toArray();
  }

  /** This shape with one axis replaced. */
  public Shape with(int axis, Dim dim) {
    var changed = new ArrayList<>(dims);
    changed.set(axis, dim);
    return new Shape(changed);
  }

  /**
   * The shape of an elementwise operation on two shapes: aligned at the last axis, extents equal or
   * 1.
   *
   * @throws IllegalArgumentException if they do not fit
   */
  public static Shape broadcast(Shape a, Shape b) {
    int rank = Math.max(a.rank(), b.rank());
    var dims = new Dim[rank];
    for (int i = 1; i <= rank; i++) {
      var left = i <= a.rank() ? a.dim(a.rank() - i) : Dim.ONE;
      var right = i <= b.rank() ? b.dim(b.rank() - i) : Dim.ONE;
      if (left.equals(right) || right.equals(Dim.ONE)) {
        dims[rank - i] = left;
      } else if (left.equals(Dim.ONE)) {
        dims[rank - i] = right;
      } else {
        throw new IllegalArgumentException(a + " and " + b + " do not fit");
      }
    }
    return new Shape(Arrays.asList(dims));
  }

  /** The extents as a manifest writes them. */
  public List<String> labels() {
    return dims.stream().map(Dim::toString).toList();
  }

  @Override
  public String toString() {
    return dims.toString();
  }
}
