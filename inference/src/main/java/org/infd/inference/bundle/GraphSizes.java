package org.infd.inference.bundle;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.infd.inference.runtime.GraphFile;
import org.infd.inference.runtime.GraphFile.Node;

/**
 * Sizes of a network that its inputs and outputs do not tell, read off its operations and the
 * shapes of its weights. What a graph does not tell, because it is written in a way that no import
 * writes, is left open.
 */
final class GraphSizes {
  /** What only brings weights into another form. */
  private static final Set<String> FORMS = Set.of("Cast", "Transpose", "Reshape", "Slice");

  /** They move what they take, by how much their attributes do not say. */
  private static final Set<String> MOVES =
      Set.of("ConvTranspose", "Resize", "Upsample", "Pad", "AveragePool", "MaxPool", "GridSample");

  private static final long BEYOND = 1 << 20;

  private final GraphFile file;
  private final Map<String, Node> makers = new HashMap<>();

  GraphSizes(GraphFile file) {
    this.file = file;
    file.nodes().forEach(node -> node.outputs().forEach(output -> makers.put(output, node)));
  }

  /**
   * How far beside its own place a value of the output depends on the input, in pixels: the padding
   * of the convolutions along the longest way. The size stays as it is all the way, so what a
   * convolution reads beyond is what it is padded by; one that is written as a 1×1 convolution of
   * more channels and a sum of shifted parts is padded the same.
   */
  OptionalLong reach(String output) {
    var reaches = new HashMap<String, Long>();
    for (var node : file.nodes()) {
      long reach = 0;
      for (var input : node.inputs()) {
        reach = Math.max(reach, reaches.getOrDefault(input, 0L));
      }
      if (MOVES.contains(node.operator())) {
        return OptionalLong.empty();
      }
      if (node.operator().equals("Conv")) {
        boolean steps =
            node.numbers().getOrDefault("strides", List.of()).stream().anyMatch(s -> s != 1);
        if (steps || !node.texts().getOrDefault("auto_pad", "NOTSET").equals("NOTSET")) {
          return OptionalLong.empty();
        }
        long pad = 0;
        for (long side : node.numbers().getOrDefault("pads", List.of())) {
          pad = Math.max(pad, side);
        }
        reach = Math.min(reach + pad, BEYOND);
      }
      for (var made : node.outputs()) {
        reaches.put(made, reach);
      }
    }
    var reach = reaches.get(output);
    return reach == null ? OptionalLong.empty() : OptionalLong.of(reach);
  }

  /** The channels that the last convolution before an output takes. */
  OptionalLong lastInputChannels(String output) {
    var next = new ArrayDeque<>(List.of(output));
    var seen = new HashSet<String>();
    while (!next.isEmpty()) {
      var node = makers.get(next.poll());
      if (node == null) {
        continue;
      }
      if (node.operator().equals("Conv") && node.inputs().size() > 1) {
        return weight(node.inputs().get(1), 4, 1);
      }
      node.inputs().stream().filter(seen::add).forEach(next::add);
    }
    return OptionalLong.empty();
  }

  /** The rows of the one table of the graph from which rows are taken by their number. */
  OptionalLong tableRows() {
    var rows =
        file.nodes().stream()
            .filter(node -> node.operator().equals("Gather") && !node.inputs().isEmpty())
            .map(node -> weight(node.inputs().getFirst(), 2, 0))
            .filter(OptionalLong::isPresent)
            .distinct()
            .toList();
    return rows.size() == 1 ? rows.getFirst() : OptionalLong.empty();
  }

  /** An extent of the constant behind a value. */
  private OptionalLong weight(String value, int axes, int axis) {
    return constant(value)
        .filter(shape -> shape.size() == axes)
        .map(shape -> OptionalLong.of(Long.parseLong(shape.get(axis))))
        .orElse(OptionalLong.empty());
  }

  private Optional<List<String>> constant(String value) {
    var at = value;
    var shape = file.initializers().get(at);
    // a value comes after what it is made of, so this ends
    while (shape == null) {
      var node = makers.get(at);
      if (node == null || !FORMS.contains(node.operator()) || node.inputs().isEmpty()) {
        return Optional.empty();
      }
      at = node.inputs().getFirst();
      shape = file.initializers().get(at);
    }
    return Optional.of(shape);
  }
}
