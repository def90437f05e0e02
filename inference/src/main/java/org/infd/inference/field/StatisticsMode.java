package org.infd.inference.field;

/** Where the frozen norms of a field take their statistics from (docs/spec/infd-model.md 8). */
public enum StatisticsMode {
  /** Interpolated between passes of 256 pixels at powers of two: quick, 45 dB and more. */
  INTERPOLATED,
  /** The true statistics of the whole image at its scale: about three renders of it. */
  EXACT
}
