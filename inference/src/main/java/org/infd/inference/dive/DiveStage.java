package org.infd.inference.dive;

/** How far a child is made. Both stages are functions of the place alone. */
public enum DiveStage {
  /** The picture above, encoded: shown at once. */
  FIRST,
  /** Sampled on: this is how it stays. */
  FULL
}
