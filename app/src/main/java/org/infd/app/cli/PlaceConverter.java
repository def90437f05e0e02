package org.infd.app.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads "row,column" in fractions of the image. */
final class PlaceConverter implements ITypeConverter<PlaceConverter.Place> {
  /**
   * A place in an image.
   *
   * @param row 0 (top) to 1
   * @param column 0 (left) to 1
   */
  record Place(double row, double column) {}

  @Override
  public Place convert(String text) {
    var parts = text.split(",", -1);
    try {
      if (parts.length == 2) {
        var place = new Place(number(parts[0]), number(parts[1]));
        if (isShare(place.row()) && isShare(place.column())) {
          return place;
        }
      }
    } catch (NumberFormatException e) {
      throw malformed(text);
    }
    throw malformed(text);
  }

  private static double number(String text) {
    return Double.parseDouble(text.strip());
  }

  private static boolean isShare(double value) {
    return value >= 0 && value <= 1;
  }

  private static TypeConversionException malformed(String text) {
    return new TypeConversionException(
        "'"
            + text
            + "' is no place. Write row,column as fractions of the image from its upper left"
            + " corner, for example 0.42,0.61.");
  }
}
