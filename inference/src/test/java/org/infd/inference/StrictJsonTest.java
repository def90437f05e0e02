package org.infd.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;

class StrictJsonTest {
  private record Numbers(int whole, double real) {}

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "{\"a\":1,\"a\":2} | It is no valid JSON: something is named twice (line 1, column",
        "{} {}               | It is no valid JSON",
        "[1,]                | It is no valid JSON (line 1, column",
        "NaN                 | It is no valid JSON",
        "{a:1}               | It is no valid JSON",
        "'x'                 | It is no valid JSON",
        "1 // one            | It is no valid JSON"
      })
  void whatIsNoJsonIsASentence(String text, String said) {
    var message = assertThrows(Problem.class, () -> StrictJson.tree(bytes(text))).getMessage();
    assertTrue(message.startsWith(said) && message.endsWith("."), message);
  }

  @Test
  void depthAndLengthsAreBounded() {
    for (var text :
        new String[] {
          "[".repeat(65), "{\"a\":".repeat(100_000), "1".repeat(1001), "[-0." + "1".repeat(5000)
        }) {
      var message = assertThrows(Problem.class, () -> StrictJson.tree(bytes(text))).getMessage();
      assertTrue(message.contains("beyond all measure"), message);
    }
    StrictJson.tree(bytes("[".repeat(60) + "]".repeat(60)));
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1",
    "-2.5e3, -2500",
    "1e400, Infinity",
    "-1e999999999, -Infinity",
    "1e-999999999, 0",
    "9223372036854775808, 9223372036854775808",
    "true, NaN",
    "null, NaN",
    "[], NaN"
  })
  void numbersAreDoublesWhateverTheyAre(String text, double value) {
    assertEquals(value, StrictJson.number(StrictJson.tree(bytes(text))));
  }

  @Test
  void aNumberOfManyDigitsIsInfinite() {
    var digits = "7".repeat(401);
    assertEquals(Double.POSITIVE_INFINITY, StrictJson.number(StrictJson.tree(bytes(digits))));
    assertEquals(Double.NEGATIVE_INFINITY, StrictJson.number(StrictJson.tree(bytes("-" + digits))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"whole\":null,\"real\":1}",
        "{\"whole\":1e999,\"real\":1}",
        "{\"whole\":99999999999,\"real\":1}",
        "{\"whole\":\"many\",\"real\":1}",
        "{\"whole\":[],\"real\":1}"
      })
  void filesHoldWhatTheyShould(String text) {
    var failure =
        assertThrows(
            JacksonException.class, () -> StrictJson.files().readValue(text, Numbers.class));
    var clause = FileReason.of(failure);
    assertTrue(clause.startsWith("'whole' has no value that is possible there"), clause);
  }

  @Test
  void whatIsRememberedMayLackNumbers() {
    assertEquals(
        new Numbers(0, 0), StrictJson.memory().readValue("{\"whole\":null}", Numbers.class));
  }

  @Test
  void aFileIsNamed(@TempDir Path folder) throws IOException {
    var file = Files.writeString(folder.resolve("a.json"), "{\"x\":");
    var message = assertThrows(Problem.class, () -> StrictJson.tree(file, 100)).getMessage();
    assertTrue(message.startsWith(file + " could not be read as JSON: "), message);
    message = assertThrows(Problem.class, () -> StrictJson.tree(file, 2)).getMessage();
    assertTrue(message.contains("far larger"), message);
    message =
        assertThrows(Problem.class, () -> StrictJson.tree(folder.resolve("none"), 2)).getMessage();
    assertFalse(message.contains("Exception"), message);
  }

  @Test
  void whatIsShownIsShort() {
    assertEquals("a\ufffd[2J b", StrictJson.shown(StrictJson.tree(bytes("\"a\\u001b[2J\\nb\""))));
    var long40 = StrictJson.shown(StrictJson.tree(bytes("\"" + "\ud83d\ude00".repeat(50) + "\"")));
    assertEquals("\ud83d\ude00".repeat(20) + "…", long40);
  }
}
