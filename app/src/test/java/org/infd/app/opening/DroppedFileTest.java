package org.infd.app.opening;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DroppedFileTest {
  /** Those that cannot be read are handed on too: their reader says what to do. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "a.webp", "A.WEBP", "b.heic", "c.avif", "d.jxl", "e.tif", "f.CR2", "g.ppm", "h.mov"
      })
  void picturesAreTakenForPictures(String name) {
    assertEquals(DroppedFile.PICTURE, DroppedFile.of(Path.of(name)));
  }
}
