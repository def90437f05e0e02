package org.infd.app.cli;

import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads numbers as the parser does, and says in words of people what is none. */
final class NumberConverters {
  private NumberConverters() {}

  /** Has a command and those below it read their numbers so. */
  static void register(CommandLine line) {
    var number = of(Double::valueOf, "a number");
    var whole = of(Integer::valueOf, "a whole number that is possible there");
    var longWhole = of(Long::valueOf, "a whole number that is possible there");
    line.registerConverter(Double.class, number)
        .registerConverter(double.class, number)
        .registerConverter(Integer.class, whole)
        .registerConverter(int.class, whole)
        .registerConverter(Long.class, longWhole)
        .registerConverter(long.class, longWhole);
  }

  private static <T extends Number> ITypeConverter<T> of(Function<String, T> reader, String what) {
    return text -> {
      try {
        return reader.apply(text);
      } catch (NumberFormatException e) {
        throw new TypeConversionException("'" + text + "' is not " + what);
      }
    };
  }
}
