package org.infd.acceptance.hostile;

import java.io.IOException;
import java.util.Random;

/** Makes hostile files of one class; the same random numbers give the same file. */
interface Source {
  byte[] make(Random random) throws IOException;

  /** One of how many seeds is tried, as files of this class take long to make or to read. */
  default int oneOf() {
    return 1;
  }

  /** A maker of files that take long. */
  static Source slow(Source source) {
    return new Source() {
      @Override
      public byte[] make(Random random) throws IOException {
        return source.make(random);
      }

      @Override
      public int oneOf() {
        return 6;
      }
    };
  }
}
