package org.infd.app.export;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class FileManagerWindowTest {
  @Test
  void everySystemHasItsCommand() {
    var file = Path.of("folder", "a b.png").toAbsolutePath();
    assertEquals(
        List.of("explorer.exe", "/select," + file), FileManagerWindow.command("Windows 11", file));
    assertEquals(
        List.of("open", "-R", file.toString()), FileManagerWindow.command("Mac OS X", file));
    assertEquals(
        List.of("xdg-open", file.getParent().toString()), FileManagerWindow.command("Linux", file));
  }
}
