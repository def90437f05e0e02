package org.infd.app.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Utf8RestartTest {
  @ParameterizedTest
  @CsvSource({
    "Linux, ANSI_X3.4-1968, false, true",
    "Linux, ISO-8859-1, false, true",
    "Linux, EUC-JP, false, true",
    "Linux, UTF-8, false, false",
    "Linux, ANSI_X3.4-1968, true, false",
    "Mac OS X, US-ASCII, false, false",
    "Windows 11, Cp1252, false, false",
    "Linux, '', false, false"
  })
  void onlyWhereTheCharacterSetIsAnother(
      String system, String charset, boolean done, boolean needed) {
    assertEquals(needed, Utf8Restart.isNeeded(system, charset, done));
  }

  @Test
  void theLanguageOfMessagesStays() {
    assertEquals(
        List.of("A=b", "LC_MESSAGES=de_DE.ISO-8859-1", "LC_CTYPE=C.UTF-8", "INFD_UTF8_RESTART=1"),
        Utf8Restart.environment(
            List.of("A=b", "LC_ALL=de_DE.ISO-8859-1", "LC_CTYPE=C", "LC_MESSAGES=fr_FR"), true));
    assertEquals(
        List.of("LANG=ja_JP.EUC-JP", "LC_CTYPE=C.UTF-8", "INFD_UTF8_RESTART=1"),
        Utf8Restart.environment(List.of("LANG=ja_JP.EUC-JP", "LC_ALL="), true));
  }

  @Test
  void whereAPartIsNotInstalledAllPartsAreReplaced() {
    assertEquals(
        List.of("LANG=de_DE.UTF-8", "LC_ALL=C.UTF-8", "INFD_UTF8_RESTART=1"),
        Utf8Restart.environment(List.of("LANG=de_DE.UTF-8", "LC_ALL=xx", "LC_TIME=yy"), false));
  }

  @Test
  void argumentsKeepTheirBytes() {
    var bytes = "java\0--prompt\0Müller 山\0\0".getBytes(StandardCharsets.UTF_8);
    var words = Utf8Restart.words(bytes);
    assertEquals(4, words.size());
    assertEquals(
        "Müller 山",
        new String(words.get(2).getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8));
  }
}
