package org.infd.inference.photo;

import java.util.OptionalDouble;

/**
 * How far a file can be trusted, as the checks of its own format tell it: checksums, ends, and
 * codes that no writer makes. Damage that a format cannot tell is not told.
 *
 * @param isCut whether the end of the file is missing
 * @param doubt what may be wrong
 * @param surePart the part of the picture, 0 to 1 from the top, that is certainly right; empty if
 *     that is not known
 */
record Soundness(boolean isCut, Doubt doubt, OptionalDouble surePart) {
  /** Nothing is wrong, as far as can be told. */
  static final Soundness SOUND = new Soundness(false, Doubt.NONE, OptionalDouble.empty());

  /** The end is missing, and nothing else is known. */
  static final Soundness CUT = new Soundness(true, Doubt.NONE, OptionalDouble.empty());

  /** Somewhere the picture is damaged. */
  static final Soundness DAMAGED = new Soundness(false, Doubt.PICTURE, OptionalDouble.empty());

  /** What may be wrong in a file. */
  enum Doubt {
    /** Nothing. */
    NONE,
    /** What a picture does not need. */
    BESIDE,
    /** What colours mean. */
    COLOURS,
    /** The picture itself. */
    PICTURE
  }
}
