package org.infd.app.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.infd.app.models.TinyBundle;
import org.infd.inference.bundle.ModelBundle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreviewMapsTest {
  private static final int CHANNELS = 4;

  @TempDir private Path folder;

  private double[] read(ModelBundle bundle, String text) throws IOException {
    Files.writeString(folder.resolve(bundle.hash().substring(0, 16) + ".json"), text);
    var map = new PreviewMaps(folder).map(bundle);
    assertEquals(CHANNELS, map.channels(), text);
    return map.coefficients();
  }

  @Test
  void aDamagedMapIsNone() throws IOException {
    TinyBundle.write(folder.resolve("bundle"), "hills");
    var bundle = ModelBundle.open(folder.resolve("bundle"));
    var kept = new double[3 * (CHANNELS + 1)];
    Arrays.setAll(kept, i -> i / 8.0);
    assertArrayEquals(kept, read(bundle, Arrays.toString(kept)));
    var none = new PreviewMaps(folder.resolve("nothing")).map(bundle).coefficients();
    for (var text : new String[] {"null", "[]", "[null]", "[1]", "{}", "\"NaN\"", "[1e999]", ""}) {
      assertArrayEquals(none, read(bundle, text), text);
    }
  }
}
