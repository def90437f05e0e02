package org.infd.app.photo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.infd.app.work.Background;
import org.infd.inference.Problem;
import org.infd.inference.generation.PhotoFile;
import org.infd.inference.runtime.Cancellation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PhotoOriginalsTest {
  @TempDir private Path folder;

  private PhotoOriginals originals() {
    return new PhotoOriginals(folder.resolve("photos.json"), new Background(Runnable::run));
  }

  private Path photo(String name, int colour) throws IOException {
    var image = new BufferedImage(40, 30, BufferedImage.TYPE_INT_RGB);
    image.setRGB(3, 4, colour);
    var file = folder.resolve(name);
    ImageIO.write(image, "png", file.toFile());
    return file;
  }

  @Test
  void anOriginalIsFoundAfterARestart() throws IOException {
    var file = photo("holiday.png", 0xFF0000);
    var read = PhotoFile.read(file, Cancellation.never());
    var square = read.square(0, 5, 20);
    originals().remember(read, file);
    var later = originals();
    assertTrue(later.knows(square));
    assertEquals(read.argb(4, 3), later.find(square).argb(4, 3));
  }

  @Test
  void whatIsGoneOrAnotherOneNowIsSaid() throws IOException {
    var file = photo("holiday.png", 0xFF0000);
    var read = PhotoFile.read(file, Cancellation.never());
    var square = read.square(0, 5, 20);
    originals().remember(read, file);
    photo("holiday.png", 0x00FF00);
    var changed = assertThrows(Problem.class, () -> originals().find(square));
    assertTrue(changed.getMessage().contains("was changed"), changed.getMessage());
    Files.delete(file);
    assertFalse(originals().knows(square));
    assertThrows(Problem.class, () -> originals().find(square));
  }

  @Test
  void aPastedOneIsKnownWhileTheProgramRuns() throws IOException {
    var read = PhotoFile.read(photo("pasted.png", 0x0000FF), Cancellation.never());
    var square = read.square(0, 0, 30);
    var originals = originals();
    assertFalse(originals.knows(square));
    originals.remember(read);
    assertTrue(originals.knows(square));
    assertEquals(read, originals.find(square));
    assertFalse(originals().knows(square));
  }

  @Test
  void aPlaceThatNoFileCanHaveIsNotKnown() throws IOException {
    var square = PhotoFile.read(photo("a.png", 1), Cancellation.never()).square(0, 0, 20);
    for (var place : new String[] {"\"a\\u0000b\"", "null"}) {
      Files.writeString(
          folder.resolve("photos.json"),
          "{\"files\": {\"" + square.sha256() + "\": " + place + "}}");
      assertFalse(originals().knows(square));
      assertThrows(Problem.class, () -> originals().find(square));
    }
  }
}
