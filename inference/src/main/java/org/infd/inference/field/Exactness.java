package org.infd.inference.field;

/** How well tiles agree on the device in use, found by a test run. */
public enum Exactness {
  /** Tiles equal the whole bit for bit. */
  EXACT,
  /** Tiles equal the whole up to rounding. */
  NEAR
}
