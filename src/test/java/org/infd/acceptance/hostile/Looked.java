package org.infd.acceptance.hostile;

import org.jspecify.annotations.Nullable;

/** Uses what came out of a reader, as whoever shows it does. */
public final class Looked {
  private Looked() {}

  /** Makes the words of a thing, and all of them. */
  public static void at(@Nullable Object thing) {
    if (String.valueOf(thing).length() < 0) {
      throw new AssertionError();
    }
  }
}
