package org.infd.exporter.ldm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.ZipFile;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** Both names of every tensor of two networks, as the public conversion gives them. */
class DiffusersNamesTest {
  private record Both(String original, String hub) {}

  private static List<Both> names(String set, String part, String prefix) throws IOException {
    var resource = DiffusersNamesTest.class.getResource("/golden/" + set + "/" + set + ".zip");
    assertNotNull(resource);
    try (var zip = new ZipFile(Path.of(URI.create(resource.toString())).toFile());
        var in = zip.getInputStream(zip.getEntry("names.json"))) {
      var pairs = new ArrayList<Both>();
      for (var entry : JsonMapper.shared().readTree(in.readAllBytes()).get(part)) {
        pairs.add(
            new Both(
                entry.get("ldm").asString().substring(prefix.length()),
                entry.get("diffusers").asString()));
      }
      assertFalse(pairs.isEmpty());
      return pairs;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"sd1-tiny", "sd2-tiny"})
  void everyTensorOfTheNetworkHasItsOtherName(String set) throws IOException {
    var pairs = names(set, "unet", "model.diffusion_model.");
    var names = new DiffusersNames(pairs.stream().map(Both::hub).toList());
    for (var pair : pairs) {
      assertEquals(Optional.of(pair.original()), names.unet(pair.hub()), pair.hub());
      int dot = pair.original().lastIndexOf('.');
      assertEquals(
          pair.hub().substring(0, pair.hub().lastIndexOf('.')),
          DiffusersNames.ofOriginal(pair.original().substring(0, dot), 2));
    }
    assertEquals(Optional.empty(), names.unet("class_embedding.weight"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"sd1-tiny", "sd2-tiny"})
  void everyTensorOfTheAutoencoderHasItsOtherName(String set) throws IOException {
    var pairs = names(set, "vae", "first_stage_model.");
    var names = new DiffusersNames(pairs.stream().map(Both::hub).toList());
    for (var pair : pairs) {
      assertEquals(Optional.of(pair.original()), names.vae(pair.hub()), pair.hub());
    }
    assertEquals(Optional.empty(), names.vae("loss.logvar"));
  }
}
