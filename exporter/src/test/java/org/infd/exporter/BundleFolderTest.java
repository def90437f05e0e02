package org.infd.exporter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.infd.inference.Problem;
import org.infd.inference.bundle.ModelBundle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where a bundle may be made. */
class BundleFolderTest {
  @TempDir Path folder;

  @Test
  void whatCannotBeAPlaceIsSaidBeforeTheWork() throws IOException {
    var bundle = Files.createDirectories(folder.resolve("bundle"));
    Files.writeString(bundle.resolve(ModelBundle.MANIFEST), "{}");
    Files.writeString(Files.createDirectory(folder.resolve("full")).resolve("mine.txt"), "mine");
    Files.createSymbolicLink(folder.resolve("nowhere"), folder.resolve("missing"));
    assertRefused(folder.resolve("nowhere"), "is a link to nothing");
    assertRefused(folder.resolve("full"), "holds other files");
    assertRefused(folder.resolve("full/mine.txt"), "is a file");
    assertRefused(bundle, "already holds a model");
    assertRefused(bundle.resolve("inner"), "would lie inside of the model " + bundle);
    assertRefused(bundle.resolve("deep/inner"), "would lie inside of the model " + bundle);
    assertRefused(folder.resolve("ü".repeat(300)), "is too long for this disk");
    assertRefused(Path.of(""), "is empty");
  }

  @Test
  void aLinkIsFollowedNotReplaced() throws IOException {
    var real = Files.createDirectory(folder.resolve("real"));
    var link = Files.createSymbolicLink(folder.resolve("link"), real);
    assertEquals(real.toRealPath(), BundleFolder.requireFree(link, false));
  }

  @Test
  void whatTheSystemSaysBecomesASentence() {
    var target = folder.resolve("x");
    var fresh = folder.resolve(".infd-import-1.new").toString();
    for (var failure :
        new IOException[] {
          new AccessDeniedException(fresh),
          new FileSystemException(fresh, target.toString(), "No space left on device"),
          new IOException()
        }) {
      var said = BundleFolder.notWritten(target, failure).getMessage();
      assertTrue(said.startsWith("The bundle could not be written to " + target + ": "), said);
      assertFalse(said.contains("Exception"), said);
      assertFalse(said.contains(".infd-import-"), said);
    }
  }

  private static void assertRefused(Path target, String part) {
    var said =
        assertThrows(Problem.class, () -> BundleFolder.requireFree(target, false)).getMessage();
    assertTrue(said.contains(part), said);
  }
}
