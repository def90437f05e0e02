package org.infd.inference.generation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.guidance.SphericalDistance;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.tensor.Tensor;

/**
 * Which of the words that a model knows its CLIP sees in a picture: those whose embeddings are the
 * nearest to the picture's, by the cosine of the angle between them.
 */
record SeenWords(ModelBundle bundle, GraphNetworks networks) {
  /** Whether a model has words, and a CLIP to compare them with pictures. */
  static boolean canBeAsked(ModelBundle bundle) {
    var words = bundle.manifest().words();
    return words != null
        && words.values().stream().anyMatch(group -> !group.isEmpty())
        && bundle.manifest().clip() != null;
  }

  /**
   * The words that are seen, the best first.
   *
   * @param rgb (1, 3, s, s) in [-1, 1], s the side of CLIP's input
   * @param most how many are wanted at most
   * @return none where the model has no words or no CLIP, or CLIP gives no finite answer
   */
  List<String> in(Tensor rgb, int most, Cancellation cancellation) {
    var words = bundle.manifest().words();
    if (words == null || !canBeAsked(bundle)) {
      return List.of();
    }
    var seen = networks.embed(rgb, cancellation).toArray();
    var tokenizer = LayoutRun.tokenizer(bundle);
    var textGraph = bundle.requireClip().textGraph();
    record Scored(String word, double cosine) {}
    var scored = new ArrayList<Scored>();
    for (var word : words.values().stream().flatMap(List::stream).distinct().toList()) {
      var tokens = Map.of("tokens", tokenizer.encode(word).row());
      var embedding = networks.run(textGraph, "embedding", tokens, cancellation).toArray();
      double cosine = new SphericalDistance(embedding).cosine(seen, 0);
      if (Double.isFinite(cosine)) {
        scored.add(new Scored(word, cosine));
      }
    }
    return scored.stream()
        .sorted(Comparator.comparingDouble(Scored::cosine).reversed())
        .limit(most)
        .map(Scored::word)
        .toList();
  }
}
