package org.infd.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FoldersTest {
  @TempDir private Path place;

  @Test
  void everythingInAFolderGoesAndNothingBesideIt() throws IOException {
    var kept = Files.writeString(Files.createDirectory(place.resolve("kept")).resolve("a"), "a");
    var folder = Files.createDirectories(place.resolve("b/c")).getParent();
    Files.writeString(folder.resolve("c/d"), "d");
    Files.createSymbolicLink(folder.resolve("link"), kept.getParent());
    Files.createSymbolicLink(folder.resolve("c/loop"), folder);
    Files.createSymbolicLink(folder.resolve("c/nowhere"), place.resolve("nowhere"));
    Folders.delete(folder);
    assertFalse(Files.exists(folder));
    assertEquals("a", Files.readString(kept));
    Folders.delete(folder);
  }

  @Test
  void aLinkGoesButNotWhatItLeadsTo() throws IOException {
    var kept = Files.createDirectory(place.resolve("kept"));
    var link = Files.createSymbolicLink(place.resolve("link"), kept);
    Folders.delete(link);
    assertFalse(Files.exists(link, LinkOption.NOFOLLOW_LINKS));
    assertEquals(true, Files.isDirectory(kept));
  }
}
