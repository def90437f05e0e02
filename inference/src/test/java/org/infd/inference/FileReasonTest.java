package org.infd.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.zip.ZipException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

class FileReasonTest {
  record Inner(int count) {}

  record Outer(List<Inner> inners) {}

  private static String json(String text) {
    var mapper =
        JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES).build();
    return FileReason.of(
        assertThrows(JacksonException.class, () -> mapper.readValue(text, Outer.class)));
  }

  @Test
  void jsonIsSaidByItsPlace() {
    assertEquals("it is no valid JSON (line 2, column 1)", json("{\n]"));
    var place = "'inners[1].count' has no value that is possible there";
    for (var value : List.of("null", "\"many\"", "1e999", "99999999999", "[]", "{}")) {
      var said = json("{\"inners\":[{\"count\":1},{\"count\":" + value + "}]}");
      assertEquals(place, said.substring(0, place.length()), value);
    }
  }

  @Test
  void systemsAreSaidInWords() {
    assertEquals("it is not there", FileReason.of(new NoSuchFileException("/a/b")));
    assertEquals("permission is missing", FileReason.of(new AccessDeniedException("/a/b")));
    assertEquals("permission is missing", FileReason.of(new IOException("a (Permission denied)")));
    assertEquals(
        "the disk or the connection to it failed",
        FileReason.of(new IOException("Input/output error")));
    assertEquals("the system gives no reason", FileReason.of(new FileSystemException("/a/b")));
    assertEquals("it ends too early", FileReason.of(new EOFException("Unexpected end of ZLIB")));
    assertEquals("it is no text in UTF-8", FileReason.of(new MalformedInputException(1)));
    assertEquals(
        "it is no archive, or its end is missing",
        FileReason.of(new ZipException("zip END header not found")));
    assertEquals(
        "its archive is damaged", FileReason.of(new ZipException("invalid CEN header (bad size)")));
  }

  @Test
  void aProblemInsideIsWhatIsSaid() {
    var inside = new Problem("A box has no prompt.");
    assertEquals(
        "A box has no prompt", FileReason.of(new IllegalStateException("wrapped", inside)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Cannot invoke \"org.infd.Manifest$Graph.file()\" because \"graph\" is null",
        "Cannot map `null` into type `int` (set `DeserializationFeature.FAIL_ON_NULL` to 'false')",
        "java.lang.IllegalStateException: closed",
        "Index 7 out of bounds for length 3",
        "sun.nio.ch.FileChannelImpl#read failed"
      })
  void nothingOfAProgramIsSaid(String message) {
    for (var failure :
        List.of(
            new IOException(message),
            new NullPointerException(message),
            new IllegalArgumentException(message))) {
      assertEquals("its content is not what it should be", FileReason.of(failure));
    }
  }

  @Test
  void longAndStrangeMessagesBecomeOneShortLine() {
    var said = FileReason.of(new IOException("\u001b[2J" + "x".repeat(5000) + "\nsecond"));
    assertEquals(201, said.length());
    assertFalse(said.contains("\u001b"));
  }
}
