package org.infd.app.cli;

import org.infd.inference.Problem;
import org.infd.inference.export.Frame.Region;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads "top,left,height,width" in fractions of the image. */
final class RegionConverter implements ITypeConverter<Region> {
  @Override
  public Region convert(String text) {
    var parts = text.split(",", -1);
    try {
      if (parts.length == 4) {
        return new Region(number(parts[0]), number(parts[1]), number(parts[2]), number(parts[3]));
      }
    } catch (NumberFormatException e) {
      throw malformed(text);
    } catch (Problem e) {
      throw new TypeConversionException(e.getMessage());
    }
    throw malformed(text);
  }

  private static double number(String text) {
    return Double.parseDouble(text.strip());
  }

  private static TypeConversionException malformed(String text) {
    return new TypeConversionException(
        "'"
            + text
            + "' is no region. Write top,left,height,width as fractions of the image, for example"
            + " 0.25,0.25,0.5,0.5.");
  }
}
