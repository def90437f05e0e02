package org.infd.inference.export;

/** The lengths and sums of the pieces written so far, in their order. */
final class PieceTable implements PictureLayout.Written {
  private final int[] lengths;
  private final int[] sums;
  private int count;
  private long bytes;

  PieceTable(int pieces) {
    lengths = new int[pieces];
    sums = new int[pieces];
  }

  void add(int length, int sum) {
    lengths[count] = length;
    sums[count] = sum;
    bytes += length;
    count++;
  }

  /** How many pieces there are. */
  int count() {
    return count;
  }

  /** How many bytes they have together. */
  long bytes() {
    return bytes;
  }

  @Override
  public int length(int piece) {
    return lengths[piece];
  }

  @Override
  public int sum(int piece) {
    return sums[piece];
  }
}
