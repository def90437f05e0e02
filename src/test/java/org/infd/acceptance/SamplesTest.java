package org.infd.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.infd.app.models.SampleFile;
import org.infd.app.models.SampleThumbnail;
import org.infd.inference.bundle.ModelBundle;
import org.junit.jupiter.api.Test;

/** The samples of the model that comes with the program. */
class SamplesTest {
  private static final Path MODEL =
      Path.of(System.getProperty("infd.root", "../.."), "assets", "mountains");

  @Test
  void theThumbnailsWereMadeByTheseRecipesWithThisModel() throws IOException {
    var folder = MODEL.resolve("samples");
    var samples = SampleFile.read(folder, ModelBundle.open(MODEL.resolve("bundle")));
    assertEquals(8, samples.size());
    for (var sample : samples) {
      assertTrue(
          sample.thumbnail().isPresent(),
          "'" + sample.name() + "' has none: run './infd samples assets/mountains/samples'");
      assertTrue(Files.size(sample.thumbnail().get()) <= SampleThumbnail.LARGEST);
    }
    try (var files = Files.list(folder)) {
      assertEquals(
          9,
          files.count(),
          "thumbnails of other recipes lie in "
              + samples.stream().map(s -> s.thumbnail().toString()).collect(Collectors.toSet()));
    }
  }
}
