package org.infd.inference.export;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A picture on disk as a row of pieces, each of which is made from its own pixels alone. So pieces
 * can be compressed side by side, and what was interrupted goes on behind the last whole piece; the
 * bytes are the same either way.
 */
public sealed interface PictureLayout {
  /** The pieces. */
  PyramidPlan plan();

  /**
   * Makes the bytes of a piece. Called by several threads at once.
   *
   * @param rgb the pixels of its area: rows × columns × RGB
   */
  Encoded encode(PyramidPlan.Tile tile, byte[] rgb) throws IOException;

  /** A piece as it stands in a file. */
  final class Encoded {
    private final byte[] bytes;
    private final int sum;

    /**
     * @param bytes what stands in the file; kept, not copied
     * @param sum what the format needs to remember of the piece, or 0
     */
    Encoded(byte[] bytes, int sum) {
      this.bytes = bytes;
      this.sum = sum;
    }

    /** What stands in the file; nobody writes into it. */
    byte[] bytes() {
      return bytes;
    }

    /** What the format needs to remember of the piece, or 0. */
    int sum() {
      return sum;
    }
  }

  /** What is known of the pieces that were written. */
  interface Written {
    /** How many bytes a piece has. */
    int length(int piece);

    /** What the format wanted to remember of it. */
    int sum(int piece);
  }

  /** All pieces in one file, one behind the other. */
  non-sealed interface OfFile extends PictureLayout {
    /** The bytes before the first piece. */
    byte[] head();

    /**
     * The bytes behind the last piece.
     *
     * @param at where they begin in the file
     */
    byte[] tail(Written written, long at);

    /**
     * Bytes that replace those at {@link #patchAt} when everything else is on the disk; none if
     * empty.
     *
     * @param tail where the tail begins
     */
    default byte[] patch(long tail) {
      return new byte[0];
    }

    /** Where the patch goes. */
    default long patchAt() {
      return 0;
    }
  }

  /** Each piece a file of its own in a folder. */
  non-sealed interface OfFolder extends PictureLayout {
    /** Where a piece lies in the folder. */
    String place(PyramidPlan.Tile tile);

    /**
     * Writes what else is in the folder, when all pieces are there.
     *
     * @param folder where the pieces lie
     */
    void finish(Path folder) throws IOException;
  }
}
