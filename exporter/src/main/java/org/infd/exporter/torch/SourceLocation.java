package org.infd.exporter.torch;

import java.nio.file.Path;
import java.util.regex.Pattern;
import org.infd.inference.Problem;

/**
 * Where a value was read, for the sentences of failures.
 *
 * @param file the file on disk
 * @param part the part of the file, such as {@code data.pkl}
 */
record SourceLocation(Path file, String part) {
  private static final int LONGEST_QUOTE = 120;
  private static final Pattern INVISIBLE =
      Pattern.compile("[\\p{Cntrl}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Cs}]");

  /** The content contradicts itself or ends early. */
  Problem damaged(long offset, String reason) {
    return new Problem(
        file
            + " is damaged: at byte "
            + offset
            + " of its "
            + part
            + ", "
            + reason
            + ". Copy or download the file again.");
  }

  /** The content is well formed and asks for something that is never done. */
  Problem refused(long offset, String reason) {
    return new Problem(
        file
            + " is refused: at byte "
            + offset
            + " of its "
            + part
            + ", "
            + reason
            + ". Nothing of it was run; use a checkpoint from a source you trust.");
  }

  /** A text of the file in quotes, made fit for a sentence. */
  static String quote(Object text) {
    return "'" + plain(String.valueOf(text)) + "'";
  }

  /** A text of the file without control characters, cut if it is long. */
  static String plain(String text) {
    var cut = text.length() > LONGEST_QUOTE ? text.substring(0, LONGEST_QUOTE) + "..." : text;
    return INVISIBLE.matcher(cut).replaceAll("?");
  }
}
