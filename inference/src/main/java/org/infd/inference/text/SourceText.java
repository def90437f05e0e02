package org.infd.inference.text;

import java.util.Arrays;

/** A text of which every character knows where it stood in the text that was written. Immutable. */
final class SourceText {
  private final String text;

  /** One more than there are characters: the last is where the text ends. */
  private final int[] origins;

  private SourceText(String text, int[] origins) {
    this.text = text;
    this.origins = origins;
  }

  static SourceText of(String written) {
    var origins = new int[written.length() + 1];
    Arrays.setAll(origins, i -> i);
    return new SourceText(written, origins);
  }

  String text() {
    return text;
  }

  /** Where the character at an index stood; of the length, where the last one ended. */
  int origin(int index) {
    return origins[index];
  }

  /** The characters from one index up to another. */
  SourceText slice(int from, int to) {
    return new SourceText(text.substring(from, to), Arrays.copyOfRange(origins, from, to + 1));
  }

  /** Puts parts of texts one behind the other. */
  static final class Builder {
    private final StringBuilder text = new StringBuilder();
    private int[] origins = new int[16];

    Builder append(SourceText source, int from, int to) {
      int length = text.length() + to - from;
      origins = Arrays.copyOf(origins, Math.max(origins.length, 2 * length + 1));
      System.arraycopy(source.origins, from, origins, text.length(), to - from + 1);
      text.append(source.text, from, to);
      return this;
    }

    SourceText build() {
      return new SourceText(text.toString(), Arrays.copyOf(origins, text.length() + 1));
    }
  }
}
