package org.infd.inference.field;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.runtime.GraphPart;

/**
 * Where the graph {@code render} can be cut: in front of every norm, or where it has none, in front
 * of every activation. Between two cuts lies one convolution.
 *
 * @param values the values at the cuts, in layer order
 * @param shape the shape of each, as {@link GraphPart} wants it
 * @param reach how far a convolution sees, in pixels
 */
record RendererLayers(List<String> values, List<String> shape, int reach) {
  /** The graph. */
  static final String GRAPH = "render";

  /** Its input. */
  static final String QUERY = "query";

  /** Its output. */
  static final String COLOURS = "rgb";

  /** Copies the lists. */
  RendererLayers {
    values = List.copyOf(values);
    shape = List.copyOf(shape);
  }

  /** The layers of a model's renderer; empty if it is built in another way than is known here. */
  static Optional<RendererLayers> of(ModelBundle bundle) {
    var renderer = bundle.manifest().renderer();
    var file = bundle.structure(GRAPH);
    var query = file.inputs().get(QUERY);
    if (query == null) {
      return Optional.empty();
    }
    var normalized = new HashMap<String, String>();
    var values = new ArrayList<String>();
    for (var node : file.nodes()) {
      var input = node.inputs().isEmpty() ? "" : node.inputs().getFirst();
      if (node.operator().equals("BatchNormalization")) {
        normalized.put(node.outputs().getFirst(), input);
      } else if (node.operator().equals("Sigmoid")) {
        values.add(normalized.getOrDefault(input, input));
      }
    }
    int norms = renderer.norms().size();
    boolean known =
        !values.isEmpty()
            && normalized.size() == norms
            && (norms == 0 || values.size() == norms)
            && renderer.receptiveRadius() % (values.size() + 1) == 0
            && renderer.norms().stream().allMatch(n -> n.channels() == renderer.hiddenChannels());
    if (!known) {
      return Optional.empty();
    }
    var shape = new ArrayList<>(query.shape());
    shape.set(1, Integer.toString(renderer.hiddenChannels()));
    return Optional.of(
        new RendererLayers(values, shape, renderer.receptiveRadius() / (values.size() + 1)));
  }

  /** From the query to the first cut. */
  GraphPart first() {
    return new GraphPart(Set.of(), shape, values.getFirst());
  }

  /** From the first cut to the colours. */
  GraphPart behindFirst() {
    return new GraphPart(Set.of(values.getFirst()), shape, COLOURS);
  }
}
