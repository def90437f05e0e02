package org.infd.bench;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.infd.inference.bundle.Manifest;
import org.infd.inference.tensor.AnyTensor;
import org.infd.inference.tensor.LongTensor;
import org.infd.inference.tensor.Tensor;

/** What benchmarks run the graphs of a model on. */
final class GraphInputs {
  /** The side of what the renderer renders: a box of the usual CLIP. */
  private static final long SIDE = 224;

  private GraphInputs() {}

  /** A graph as the manifest describes it. */
  static Manifest.GraphEntry entry(Manifest manifest, String graph) {
    var entry = manifest.graphs().get(graph);
    if (entry == null) {
      throw new IllegalStateException("no " + graph);
    }
    return entry;
  }

  /** Made-up values for all inputs of a graph, for one picture. */
  static Map<String, AnyTensor> of(Manifest manifest, String graph) {
    var inputs = new HashMap<String, AnyTensor>();
    for (var port : entry(manifest, graph).inputs()) {
      var shape =
          port.shape().stream()
              .mapToLong(
                  extent ->
                      switch (extent) {
                        case "n" -> 1;
                        case "k" -> manifest.conditioning().contextLength();
                        case "h", "w" -> SIDE;
                        default -> Long.parseLong(extent);
                      })
              .toArray();
      int elements = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
      if (port.type().equals("int64")) {
        var steps = new long[elements];
        Arrays.fill(steps, 500);
        inputs.put(port.name(), LongTensor.of(steps, shape));
      } else {
        var tensor = Tensor.zeros(shape);
        for (int i = 0; i < elements; i++) {
          tensor.set(i, (float) Math.sin(i * 0.7));
        }
        inputs.put(port.name(), tensor);
      }
    }
    return inputs;
  }
}
