package org.infd.exporter.graph;

import java.util.ArrayList;
import java.util.List;

/**
 * The extent of one axis: a number, a free extent such as {@code h}, or a product of both such as
 * {@code 8*h*n}. Products are what reshaping makes of free extents, so element counts stay exact.
 *
 * @param factor the known part, at least 1 (0 only for an empty axis without symbols)
 * @param symbols the free extents, sorted
 */
public record Dim(long factor, List<String> symbols) {
  /** The extent 1. */
  public static final Dim ONE = of(1);

  /** Checks the factor and sorts the symbols. */
  public Dim {
    if (factor < 0) {
      throw new IllegalArgumentException("extent " + factor);
    }
    symbols = symbols.stream().sorted().toList();
  }

  /** A known extent. */
  public static Dim of(long extent) {
    return new Dim(extent, List.of());
  }

  /** A free extent, written as {@code symbol} in manifests and ONNX files. */
  public static Dim free(String symbol) {
    return new Dim(1, List.of(symbol));
  }

  /** Whether the extent is a number. */
  public boolean isKnown() {
    return symbols.isEmpty();
  }

  /**
   * The number.
   *
   * @throws IllegalStateException if the extent is free
   */
  public long value() {
    if (!isKnown()) {
      throw new IllegalStateException("the extent " + this + " is not known");
    }
    return factor;
  }

  /** The product of two extents. */
  public Dim times(Dim other) {
    var all = new ArrayList<>(symbols);
    all.addAll(other.symbols);
    return new Dim(Math.multiplyExact(factor, other.factor), all);
  }

  /** This extent times a number. */
  public Dim times(long other) {
    return times(of(other));
  }

  /**
   * The quotient of two extents.
   *
   * @throws IllegalArgumentException if it is not exact
   */
  public Dim over(Dim other) {
    var rest = new ArrayList<>(symbols);
    boolean exact = other.factor != 0 && factor % other.factor == 0;
    for (var symbol : other.symbols) {
      exact &= rest.remove(symbol);
    }
    if (!exact) {
      throw new IllegalArgumentException(this + " is not a multiple of " + other);
    }
    return new Dim(factor / other.factor, rest);
  }

  @Override
  public String toString() {
    if (isKnown()) {
      return Long.toString(factor);
    }
    var product = String.join("*", symbols);
    return factor == 1 ? product : factor + "*" + product;
  }
}
