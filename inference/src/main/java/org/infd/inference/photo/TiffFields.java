package org.infd.inference.photo;

import com.twelvemonkeys.imageio.plugins.tiff.TIFFImageMetadata;
import java.util.OptionalInt;

/** Reads fields of the first directory of a TIFF. */
final class TiffFields {
  private TiffFields() {}

  /** A field that is a single number, from 0; empty where it is not there, or several. */
  static OptionalInt number(TIFFImageMetadata metadata, int tag) {
    var entry = metadata.getTIFFField(tag);
    return entry != null && entry.getValue() instanceof Number number
        ? OptionalInt.of(Math.clamp(number.longValue(), 0, Integer.MAX_VALUE))
        : OptionalInt.empty();
  }
}
