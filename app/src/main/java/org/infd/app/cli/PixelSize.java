package org.infd.app.cli;

import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * The size of a picture as it is written on a command line.
 *
 * @param width pixels from left to right
 * @param height pixels from top to bottom
 */
record PixelSize(long width, long height) {
  private static final Pattern WRITTEN = Pattern.compile("(-?\\d{1,18})(?:[x×X](-?\\d{1,18}))?");

  /** Reads "1920x1080", or "2048" for a square. Whether it makes sense is decided later. */
  static final class Converter implements ITypeConverter<PixelSize> {
    @Override
    public PixelSize convert(String text) {
      var match = WRITTEN.matcher(text);
      if (!match.matches()) {
        throw new TypeConversionException(
            "'" + text + "' is no size. Write WIDTHxHEIGHT in pixels, for example 1920x1080.");
      }
      long width = Long.parseLong(match.group(1));
      var height = match.group(2);
      return new PixelSize(width, height == null ? width : Long.parseLong(height));
    }
  }
}
