package org.infd.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumberTextTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ar-EG|12.5|7",
        "fa-IR|12.5|7",
        "th-TH-u-nu-thai|12.5|7",
        "hi-u-nu-deva|12.5|7",
        "de-DE|12,5|7",
        "en-US|12.5|7",
        "mr-IN|12.5|7"
      })
  void digitsAreThoseOfSeeds(String tag, String part, String whole) {
    var before = Locale.getDefault(Locale.Category.FORMAT);
    Locale.setDefault(Locale.Category.FORMAT, Locale.forLanguageTag(tag));
    try {
      assertEquals(part + " of " + whole, NumberText.format("%.1f of %d", 12.5, 7));
    } finally {
      Locale.setDefault(Locale.Category.FORMAT, before);
    }
  }

  @Test
  void oldLocalesAreUnderstood() {
    assertEquals("th", NumberText.withLatinDigits(Locale.of("th", "TH", "TH")).getLanguage());
    assertEquals("ja", NumberText.withLatinDigits(Locale.of("ja", "JP", "JP")).getLanguage());
    assertEquals(
        "ar", NumberText.withLatinDigits(Locale.of("ar", "EG", "ill-formed!")).getLanguage());
    assertEquals(
        "7", String.format(NumberText.withLatinDigits(Locale.of("th", "TH", "TH")), "%d", 7));
  }
}
