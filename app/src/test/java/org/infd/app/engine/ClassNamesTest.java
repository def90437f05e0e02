package org.infd.app.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassNamesTest {
  @TempDir private Path folder;

  @Test
  void aNameInEachLine() throws IOException {
    assertEquals(List.of(), ClassNames.read(folder, 2));
    Files.writeString(folder.resolve(ClassNames.FILE), "tench\n goldfish \n");
    assertEquals(List.of("tench", "goldfish"), ClassNames.read(folder, 2));
    assertEquals(List.of(), ClassNames.read(folder, 3), "not of this model");
    assertEquals(List.of(), ClassNames.read(folder, 0));
    Files.write(folder.resolve(ClassNames.FILE), new byte[] {(byte) 0xFF, '\n', 'a'});
    assertEquals(List.of(), ClassNames.read(folder, 2), "no text");
  }
}
