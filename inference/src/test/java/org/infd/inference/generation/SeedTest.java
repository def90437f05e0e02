package org.infd.inference.generation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

class SeedTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Recipe RECIPE =
      Recipe.builder("mountains", "0".repeat(64)).seed(7).prompt("lake").build();

  @ParameterizedTest
  @CsvSource({
    "0, 0, 0",
    "7, 7, 7",
    "007, 7, 7",
    "+7, 7, 7",
    "4294967296, 4294967296, 4294967296",
    "9007199254740993, 9007199254740993, 9007199254740993",
    "9223372036854775807, 9223372036854775807, 9223372036854775807",
    "9223372036854775808, -9223372036854775808, 9223372036854775808",
    "12345678901234567890, -6101065172474983726, 12345678901234567890",
    "18446744073709551615, -1, 18446744073709551615",
    "-1, -1, 18446744073709551615",
    "-9223372036854775808, -9223372036854775808, 9223372036854775808",
    "٧, 7, 7"
  })
  void seedsAreReadAndWrittenAsOthersDo(String typed, long bits, String text) {
    assertEquals(Optional.of(bits), Seed.parse(" " + typed + " "));
    assertEquals(text, Seed.text(bits));
    var recipe = RECIPE.withSeed(bits);
    assertEquals(text, recipe.seedText());
    var json = JSON.writeValueAsString(recipe);
    assertTrue(json.contains("\"seed\":" + text + ","), json);
    assertEquals(recipe, JSON.readValue(json, Recipe.class));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "1.5",
        "1e3",
        "0x10",
        "18446744073709551616",
        "-9223372036854775809",
        "1234567890123456789012345678901234567890123456789"
      })
  void whatIsNoSeedIsRefused(String typed) {
    assertEquals(Optional.empty(), Seed.parse(typed));
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, -5, Long.MIN_VALUE, -4611686018427387904L})
  void filesOfEarlierVersionsHoldNegativeNumbers(long seed) {
    var json = JSON.writeValueAsString(RECIPE).replace("\"seed\":7", "\"seed\":" + seed);
    assertEquals(seed, JSON.readValue(json, Recipe.class).seed());
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "1.5", "\"7\"", "true", "18446744073709551616", "[]", "{}"})
  void whatIsNoSeedInAFileIsRefused(String value) {
    var json = JSON.writeValueAsString(RECIPE).replace("\"seed\":7", "\"seed\":" + value);
    assertThrows(JacksonException.class, () -> JSON.readValue(json, Recipe.class));
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, Long.MAX_VALUE, Long.MIN_VALUE})
  void thePngHasTheSeedInDecimals(long seed) {
    var recipe = RECIPE.withSeed(seed);
    var text =
        PictureMetadata.of(
                recipe,
                org.infd.inference.export.Frame.square(64),
                false,
                new org.infd.inference.runtime.Device(
                    org.infd.inference.runtime.Device.Kind.CPU, 0, "CPU", "test"),
                false)
            .parameters();
    assertTrue(text.contains("Seed: " + Long.toUnsignedString(seed)), text);
  }
}
