package org.infd.app.cli;

import org.infd.inference.generation.Seed;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads seeds. */
final class SeedConverter implements ITypeConverter<Long> {
  @Override
  public Long convert(String text) {
    return Seed.parse(text)
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "'" + text + "' is not a whole number from 0 to 18446744073709551615"));
  }
}
