package org.infd.app.control;

import java.util.function.Supplier;
import javafx.util.StringConverter;
import org.jspecify.annotations.Nullable;

/** Reads typed whole numbers within limits; other text keeps the value of before. */
public final class WholeNumber extends StringConverter<Integer> {
  private final int min;
  private final int max;
  private final Supplier<@Nullable Integer> present;

  public WholeNumber(int min, int max, Supplier<@Nullable Integer> present) {
    this.min = min;
    this.max = max;
    this.present = present;
  }

  @Override
  public String toString(@Nullable Integer number) {
    return number == null ? "" : number.toString();
  }

  @Override
  public Integer fromString(@Nullable String text) {
    try {
      return Math.clamp(Long.parseLong(text == null ? "" : text.strip()), min, max);
    } catch (NumberFormatException e) {
      var old = present.get();
      return old == null ? min : old;
    }
  }
}
