package org.infd.app.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.infd.app.work.JsonFile;
import org.infd.app.work.Notice;
import org.infd.app.work.Notices;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DamagedMemoryTest {
  @TempDir Path folder;
  private final Notices notices = new Notices();

  @Test
  void whatIsFoundIsToldWithItsPlaceAndNotAgain() throws IOException {
    spoil("settings.json");
    var memory =
        new DamagedMemory(
            () -> List.of(folder, folder),
            Instant.now().minusSeconds(60),
            notices,
            Runnable::run,
            Runnable::run);
    memory.tell();
    var said = said();
    assertTrue(said.startsWith("settings.json could not be read"), said);
    assertTrue(said.contains(folder.resolve("damaged").toString()), said);
    notices.clear();
    memory.tell();
    assertEquals(Optional.empty(), notices.noticeProperty().get());
    spoil("layout.json");
    spoil("session.json");
    memory.tell();
    assertTrue(
        said().startsWith("settings.json, layout.json, session.json could not be read"), said());
  }

  @Test
  void whatAnEarlierRunSetAsideIsNotToldAgain() throws IOException {
    spoil("settings.json");
    new DamagedMemory(
            () -> List.of(folder),
            Instant.now().plusSeconds(60),
            notices,
            Runnable::run,
            Runnable::run)
        .tell();
    assertEquals(Optional.empty(), notices.noticeProperty().get());
  }

  private void spoil(String name) throws IOException {
    var file = Files.writeString(folder.resolve(name), "{");
    assertEquals(Optional.empty(), new JsonFile<>(file, int[].class, 1000, name).readKept());
  }

  private String said() {
    return notices.noticeProperty().get().map(Notice::text).orElse("");
  }
}
