package org.infd.exporter.torch;

import java.math.BigInteger;
import java.util.regex.Pattern;
import org.infd.inference.Problem;

/** Numbers of any length and numbers written as text, with bounds on both. */
final class PickleNumbers {
  /** Bytes or digits; the official files have nothing above eight bytes. */
  private static final int LONGEST = 256;

  private static final Pattern INTEGER = Pattern.compile("-?[0-9]{1," + LONGEST + "}");
  private static final Pattern INDEX = Pattern.compile("[0-9]{1,18}");
  private static final Pattern FLOAT =
      Pattern.compile("[-+]?([0-9]{1,40}[.]?[0-9]{0,40}|[.][0-9]{1,40})([eE][-+]?[0-9]{1,4})?");

  private final SourceLocation origin;
  private final PickleCursor in;

  PickleNumbers(SourceLocation origin, PickleCursor in) {
    this.origin = origin;
    this.in = in;
  }

  /** A little-endian integer in two's complement; {@code Long} if it fits. */
  Object integer(long length) {
    if (length > LONGEST) {
      throw origin.damaged(in.opcodePlace(), "an integer of " + length + " bytes is claimed");
    }
    var little = in.take(length);
    var big = new byte[little.length];
    for (int i = 0; i < big.length; i++) {
      big[i] = little[big.length - 1 - i];
    }
    return narrowed(big.length == 0 ? BigInteger.ZERO : new BigInteger(big));
  }

  /** A line with an integer, or with {@code 00} or {@code 01} for a boolean. */
  Object integerLine() {
    var line = in.line();
    if (line.equals("00") || line.equals("01")) {
      return line.equals("01");
    }
    var digits = line.endsWith("L") ? line.substring(0, line.length() - 1) : line;
    if (!INTEGER.matcher(digits).matches()) {
      throw wrong(line, "integer");
    }
    return narrowed(new BigInteger(digits));
  }

  double floatLine() {
    var line = in.line();
    if (!FLOAT.matcher(line).matches()) {
      throw wrong(line, "number");
    }
    return Double.parseDouble(line);
  }

  /** A line with an index into the memo. */
  long indexLine() {
    var line = in.line();
    if (!INDEX.matcher(line).matches()) {
      throw wrong(line, "memo index");
    }
    return Long.parseLong(line);
  }

  private static Object narrowed(BigInteger value) {
    // not a conditional expression: that would unbox one side
    if (value.bitLength() < Long.SIZE) {
      return value.longValue();
    }
    return value;
  }

  private Problem wrong(String line, String what) {
    return origin.damaged(in.opcodePlace(), SourceLocation.quote(line) + " is no " + what);
  }
}
