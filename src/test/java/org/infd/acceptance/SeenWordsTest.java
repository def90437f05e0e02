package org.infd.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.generation.DiveRules;
import org.infd.inference.generation.ImageEngine;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.infd.inference.tensor.AnyTensor;
import org.infd.inference.tensor.Tensor;
import org.infd.inference.text.ClipTokenizer;
import org.junit.jupiter.api.Test;

/** What the embedded model's CLIP sees in a picture, in the model's own words. */
class SeenWordsTest {
  private static final ModelBundle MODEL =
      ModelBundle.open(Path.of(System.getProperty("infd.root", "."), "assets/mountains/bundle"));
  private static final int MOST = 4;

  /** Blue above, green below, with a lighter band between. */
  private static Tensor picture(int side) {
    var rgb = Tensor.zeros(1, 3, side, side);
    for (int i = 0; i < side * side; i++) {
      boolean above = i < side * side / 2;
      rgb.set(i, above ? -0.4f : -0.3f);
      rgb.set(side * side + i, above ? 0.1f : 0.2f);
      rgb.set(2 * side * side + i, above ? 0.7f : -0.6f);
    }
    return rgb;
  }

  private static float[] embedding(String graph, Map<String, AnyTensor> inputs) {
    try (var loaded = MODEL.load(graph, Device.cpu())) {
      var outputs = loaded.run(inputs, Set.of("embedding"), Cancellation.never());
      return ((Tensor) outputs.get("embedding")).toArray();
    }
  }

  private static double cosine(float[] a, float[] b) {
    double product = 0;
    double left = 0;
    double right = 0;
    for (int i = 0; i < a.length; i++) {
      product += (double) a[i] * b[i];
      left += (double) a[i] * a[i];
      right += (double) b[i] * b[i];
    }
    return product / Math.sqrt(left * right);
  }

  @Test
  void theNearestOfTheModelsOwnWordsComeFirst() throws IOException {
    assertTrue(DiveRules.seesWords(MODEL));
    var clip = MODEL.requireClip();
    var rgb = picture(clip.side());
    List<String> seen;
    try (var engine = new ImageEngine(Device::cpu)) {
      seen = engine.seenWords(MODEL, rgb, MOST, Cancellation.never());
    }
    var file = MODEL.clipVocabulary();
    var tokenizer =
        ClipTokenizer.read(
            file.toString(),
            Files.readAllBytes(file),
            clip.vocabulary().tokens(),
            clip.contextLength());
    var image = embedding("clip_image", Map.of("crop", rgb));
    var cosines = new HashMap<String, Double>();
    for (var group : MODEL.manifest().words().values()) {
      for (var word : group) {
        var tokens = Map.<String, AnyTensor>of("tokens", tokenizer.encode(word).row());
        cosines.put(word, cosine(image, embedding(clip.textGraph(), tokens)));
      }
    }
    var expected = new ArrayList<>(cosines.keySet());
    expected.sort(Comparator.comparingDouble((String word) -> -cosines.get(word)));
    assertEquals(expected.subList(0, MOST), seen);
  }
}
