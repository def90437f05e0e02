package org.infd.app.work;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the program remembers, in files that may be in any state. */
class JsonFileTest {
  private static final long LARGEST = 1000;

  /** Something that is remembered. */
  record Content(int number, List<String> words) {}

  @TempDir Path folder;
  private Path file;
  private JsonFile<Content> json;
  private Instant start = Instant.EPOCH;

  @BeforeEach
  void make() {
    file = folder.resolve("settings.json");
    json = new JsonFile<>(file, Content.class, LARGEST, "settings");
    start = Instant.now();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{\"number\":1,",
        "null",
        "[]",
        "7",
        "\0\0\0\0\0\0\0\0",
        "{\"number\":{},\"words\":[]}",
        "{\"number\":1,\"words\":7}",
        "{\"number\":1e999}",
        "{\"number\":123456789012345678901234567890}",
        "<html>"
      })
  void whatCannotBeReadIsKeptAside(String damage) throws IOException {
    Files.writeString(file, damage);
    assertKeptAside(Files.readAllBytes(file));
  }

  @Test
  void whatIsTooLargeIsKeptAside() throws IOException {
    Files.writeString(file, " ".repeat((int) LARGEST) + "{}");
    assertKeptAside(Files.readAllBytes(file));
  }

  private void assertKeptAside(byte[] content) throws IOException {
    assertEquals(Optional.empty(), json.readKept());
    var kept = SetAside.since(folder, start);
    assertEquals(1, kept.size());
    assertArrayEquals(content, Files.readAllBytes(kept.getFirst()));
    assertEquals("settings.json", SetAside.name(kept.getFirst()));
    assertWorksAnew();
    assertEquals(1, SetAside.since(folder, start).size());
  }

  private void assertWorksAnew() {
    var content = new Content(3, List.of("a"));
    json.write(content);
    assertEquals(Optional.of(content), json.readKept());
  }

  @Test
  void aFolderInItsPlaceIsKeptAside() throws IOException {
    Files.writeString(Files.createDirectory(file).resolve("mine.txt"), "mine");
    assertEquals(Optional.empty(), json.readKept());
    var kept = SetAside.since(folder, start).getFirst();
    assertEquals("mine", Files.readString(kept.resolve("mine.txt")));
    assertWorksAnew();
  }

  @Test
  void aLinkToNothingIsKeptAside() throws IOException {
    Files.createSymbolicLink(file, folder.resolve("missing"));
    assertEquals(Optional.empty(), json.readKept());
    assertEquals(1, SetAside.since(folder, start).size());
    assertWorksAnew();
  }

  @Test
  void whatIsNotThereIsNothing() {
    assertEquals(Optional.empty(), json.readKept());
    assertEquals(List.of(), SetAside.since(folder, start));
  }

  @Test
  void onlyTheNewestAreKept() throws IOException {
    for (int i = 0; i < 30; i++) {
      Files.writeString(file, "damage " + i);
      json.readKept();
    }
    var kept = SetAside.since(folder, start);
    assertTrue(kept.size() <= 20, kept::toString);
    assertEquals("damage 29", Files.readString(kept.getLast()));
  }
}
