package org.infd.inference.photo;

import java.util.regex.Pattern;

/**
 * Tells the warnings of the runtime's reader of JPEG apart. The words are libjpeg's own (jerror.h),
 * which it never translates.
 */
final class JpegWarning {
  private static final Pattern EXTRA =
      Pattern.compile("Corrupt JPEG data: (\\d+) extraneous bytes before marker 0xd9");
  private static final String CODES = "Corrupt JPEG data";
  private static final String END = "Premature end of JPEG file";

  private JpegWarning() {}

  /** Whether a warning means that a picture is not as it was written. */
  static boolean isDamage(String warning, byte[] file) {
    var extra = EXTRA.matcher(warning);
    if (extra.find()) {
      return !isPadding(file, Integer.parseInt(extra.group(1)));
    }
    return warning.startsWith(CODES) || warning.startsWith(END);
  }

  /** Some cameras fill up with zeros before the end. */
  private static boolean isPadding(byte[] file, int count) {
    for (int end = file.length - 2; end > count; end--) {
      if (file[end] == (byte) 0xFF && (file[end + 1] & 0xFF) == JpegFrame.END_OF_IMAGE) {
        for (int i = end - count; i < end; i++) {
          if (file[i] != 0 && file[i] != -1) {
            return false;
          }
        }
        return true;
      }
    }
    return false;
  }
}
