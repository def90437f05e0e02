package org.infd.inference.generation;

import java.math.BigInteger;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.ValueSerializer;

/**
 * How seeds are written: all 64 bits are meant, from 0 to 2⁶⁴ − 1, as other programs have them; the
 * seed after the last is 0. In memory a seed is the {@code long} of the same bits. Negative
 * numbers, which files of earlier versions hold, are read as the same bits: −1 is 2⁶⁴ − 1.
 */
public final class Seed {
  private static final BigInteger BEYOND = BigInteger.ONE.shiftLeft(Long.SIZE);
  private static final BigInteger LEAST = BigInteger.valueOf(Long.MIN_VALUE);

  /** Longer numbers are none in any case; none of them is worth a computation. */
  private static final int MOST_DIGITS = 40;

  private Seed() {}

  /** A seed in decimal digits, never negative. */
  public static String text(long seed) {
    return Long.toUnsignedString(seed);
  }

  /**
   * Reads a seed as people write it.
   *
   * @return nothing if the text is no whole number from −2⁶³ to 2⁶⁴ − 1
   */
  public static Optional<Long> parse(String text) {
    var digits = text.strip();
    if (digits.isEmpty() || digits.length() > MOST_DIGITS) {
      return Optional.empty();
    }
    try {
      return of(new BigInteger(digits));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static Optional<Long> of(BigInteger number) {
    return number.compareTo(LEAST) < 0 || number.compareTo(BEYOND) >= 0
        ? Optional.empty()
        : Optional.of(number.longValue());
  }

  /** Writes a seed into JSON: a number with all its digits. */
  static final class Writer extends ValueSerializer<Long> {
    @Override
    public void serialize(Long seed, JsonGenerator out, SerializationContext context) {
      if (seed < 0) {
        out.writeNumber(new BigInteger(text(seed)));
      } else {
        out.writeNumber(seed);
      }
    }
  }

  /** Reads a seed from JSON. */
  static final class Reader extends ValueDeserializer<Long> {
    @Override
    public Long deserialize(JsonParser in, DeserializationContext context) {
      if (in.currentToken() != JsonToken.VALUE_NUMBER_INT) {
        return context.reportInputMismatch(Long.class, "a seed is a whole number");
      }
      var number = in.getBigIntegerValue();
      return of(number)
          .orElseGet(
              () -> context.reportInputMismatch(Long.class, "a seed is a whole number below 2^64"));
    }

    @Override
    public Object getNullValue(DeserializationContext context) {
      // as for any number that is missing
      return context.isEnabled(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          ? context.reportInputMismatch(Long.class, "a seed is a whole number")
          : (Object) 0L;
    }
  }
}
