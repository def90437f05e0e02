package org.infd.app.cli;

import java.util.regex.Pattern;
import org.infd.inference.field.FieldRenderer;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * The image sides that a renderer was trained on, as written on a command line.
 *
 * @param min the smallest, at least 1
 * @param max the largest, at least {@code min}
 */
public record ScaleRange(int min, int max) {
  private static final Pattern WRITTEN = Pattern.compile("(\\d{1,7})\\.\\.(\\d{1,7})");

  /** Reads "256..1024". */
  static final class Converter implements ITypeConverter<ScaleRange> {
    @Override
    public ScaleRange convert(String text) {
      var match = WRITTEN.matcher(text);
      if (match.matches()) {
        int min = Integer.parseInt(match.group(1));
        int max = Integer.parseInt(match.group(2));
        if (min >= 1 && min <= max && max <= FieldRenderer.LARGEST_SIDE) {
          return new ScaleRange(min, max);
        }
      }
      throw new TypeConversionException(
          "'" + text + "' is no range of image sides. Write MIN..MAX, for example 256..1024.");
    }
  }
}
