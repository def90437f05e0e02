package org.infd.inference.dive;

/**
 * Names a child: a cell of the lattice of a level.
 *
 * @param level how deep it lies, from 1
 * @param row the row of its cell, from 0
 * @param column the column of its cell, from 0
 */
public record DiveKey(int level, long row, long column) {
  /** Checks that it can be a cell. */
  public DiveKey {
    if (level < 1 || row < 0 || column < 0) {
      throw new IllegalArgumentException(level + ": " + row + ", " + column);
    }
  }
}
