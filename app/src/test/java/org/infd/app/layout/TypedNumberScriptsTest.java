package org.infd.app.layout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Locale;
import java.util.Optional;
import org.infd.app.work.Bytes;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TypedNumberScriptsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {"ar-EG", "fa-IR", "th-TH-u-nu-thai", "hi-u-nu-deva", "de-DE", "sv-SE", "my-MM"})
  void whatIsShownIsPlainAndCanBeReadAgain(String tag) {
    var before = Locale.getDefault(Locale.Category.FORMAT);
    Locale.setDefault(Locale.Category.FORMAT, Locale.forLanguageTag(tag));
    try {
      for (double number : new double[] {0, -0.00001, 12.3456, -7.25, 100000, 0.5}) {
        var shown = TypedNumber.text(number);
        assertTrue(shown.matches("-?[0-9]+([.,][0-9]+)?"), shown);
        assertEquals(number, TypedNumber.parse(shown).orElseThrow(), 0.05);
      }
      assertTrue(Bytes.text(123_456_789).matches("[0-9.,]+ MB"), Bytes.text(123_456_789));
    } finally {
      Locale.setDefault(Locale.Category.FORMAT, before);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"١٢٫٥|12.5", "−3,5|-3.5", "४२|42", "๗.๕ %|7.5", "۵٪|5"})
  void numbersOfOtherScriptsCanBeTyped(String typed, double number) {
    assertEquals(Optional.of(number), TypedNumber.parse(typed));
  }
}
