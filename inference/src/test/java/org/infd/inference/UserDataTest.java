package org.infd.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UserDataTest {
  @TempDir Path folder;

  @Test
  void theDataFolderIsTheSystemsUsualPlace() {
    var home = folder.toString();
    var xdg = folder.resolve("xdg").toString();
    assertEquals(
        folder.resolve(".local/share/infd-studio"), UserData.folder(Map.of(), "Linux", home));
    assertEquals(
        folder.resolve("xdg/infd-studio"),
        UserData.folder(Map.of("XDG_DATA_HOME", xdg), "Linux", home));
    assertEquals(
        folder.resolve(".local/share/infd-studio"),
        UserData.folder(Map.of("XDG_DATA_HOME", "relative"), "Linux", home));
    assertEquals(
        folder.resolve("Library/Application Support/infd-studio"),
        UserData.folder(Map.of("XDG_DATA_HOME", xdg), "Mac OS X", home));
    assertEquals(
        folder.resolve("xdg/infd-studio"),
        UserData.folder(Map.of("LOCALAPPDATA", xdg), "Windows 11", home));
    assertEquals(
        folder.resolve("xdg"), UserData.folder(Map.of("INFD_DATA", xdg), "Windows 11", home));
  }

  @Test
  void theHomeThatWasAskedForGoesBeforeTheAccounts() {
    var asked = folder.resolve("elsewhere").toString();
    var home = folder.toString();
    assertEquals(
        folder.resolve("elsewhere/.local/share/infd-studio"),
        UserData.folder(Map.of("HOME", asked), "Linux", home));
    assertEquals(
        folder.resolve("elsewhere/Library/Application Support/infd-studio"),
        UserData.folder(Map.of("HOME", asked), "Mac OS X", home));
    assertEquals(
        folder.resolve("xdg/infd-studio"),
        UserData.folder(
            Map.of("HOME", asked, "XDG_DATA_HOME", folder.resolve("xdg").toString()),
            "Linux",
            home));
    assertEquals(
        folder.resolve(".local/share/infd-studio"),
        UserData.folder(Map.of("HOME", ""), "Linux", home));
    assertEquals(
        folder.resolve(".local/share/infd-studio"),
        UserData.folder(Map.of("HOME", "here"), "Linux", home));
    assertEquals(
        folder.resolve("AppData/Local/infd-studio"),
        UserData.folder(Map.of("HOME", asked), "Windows 11", home),
        "a shell on Windows may set it to a path of its own");
  }

  @ParameterizedTest
  @ValueSource(strings = {"INFD_DATA", "XDG_DATA_HOME", "HOME"})
  void aNameThatIsNoneIsSaidWithItsVariable(String variable) {
    for (var name : List.of("/a\ufffdb", "/a\0b")) {
      var said =
          assertThrows(
                  Problem.class, () -> UserData.folder(Map.of(variable, name), "Linux", "/home/a"))
              .getMessage();
      assertTrue(said.contains(variable), said);
    }
  }
}
