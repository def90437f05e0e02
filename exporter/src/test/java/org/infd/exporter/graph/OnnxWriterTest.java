package org.infd.exporter.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.infd.inference.runtime.Graph;
import org.infd.inference.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written, and where. */
class OnnxWriterTest {
  @TempDir Path folder;

  private static float[] ramp(int count) {
    var values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = i % 100 - 50;
    }
    return values;
  }

  /** y = x·scale + shift. */
  private static NodeGraph affine(String name, int width, float[] scale, float[] shift) {
    var graph = new GraphBuilder(name);
    var x = graph.input("x", ElementType.FLOAT32, Shape.of(Dim.free("n"), Dim.of(width)));
    var a = graph.weight("scale", Shape.known(1, width), TensorSource.of(scale), true);
    var b = graph.weight("shift", Shape.known(width), TensorSource.of(shift), false);
    graph.add(x, graph.weight("unused", Shape.known(1), TensorSource.of(1), false));
    graph.output("y", graph.add(graph.multiply(x, a), b));
    return graph.build();
  }

  private Map<String, OnnxMl.TensorProto> external(String file) throws IOException {
    try (var in = Files.newInputStream(folder.resolve(file))) {
      var tensors = new HashMap<String, OnnxMl.TensorProto>();
      OnnxMl.ModelProto.parseFrom(in)
          .getGraph()
          .getInitializerList()
          .forEach(tensor -> tensors.put(tensor.getName(), tensor));
      return tensors;
    }
  }

  private static long offset(OnnxMl.TensorProto tensor) {
    return tensor.getExternalDataList().stream()
        .filter(entry -> entry.getKey().equals("offset"))
        .mapToLong(entry -> Long.parseLong(entry.getValue()))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void resultsOfFreeSizeAreDeclared() throws IOException {
    var graph = new GraphBuilder("free");
    var size = Shape.of(Dim.ONE, Dim.of(2), Dim.free("h"), Dim.free("w"));
    var x = graph.input("x", ElementType.FLOAT32, size);
    var kernel = graph.floats(ramp(36), Shape.known(2, 2, 3, 3));
    var first = graph.apply(new Contraction.Convolution(1, Contraction.Padding.all(1)), x, kernel);
    graph.output("y", graph.silu(first));
    try (var weights =
        new WeightsFile(folder.resolve("w.bin"), false, new GraphRunner.NoFindings())) {
      OnnxWriter.write(graph.build(), folder.resolve("free.onnx"), weights, "test");
    }
    try (var in = Files.newInputStream(folder.resolve("free.onnx"))) {
      var written = OnnxMl.ModelProto.parseFrom(in).getGraph();
      var declared = written.getValueInfoList();
      assertEquals(2, declared.size(), "the convolution and the gate, but not the output");
      for (var value : declared) {
        assertEquals(
            List.of("h", "w"),
            value.getType().getTensorType().getShape().getDimList().stream()
                .skip(2)
                .map(OnnxMl.TensorShapeProto.Dimension::getDimParam)
                .toList());
      }
    }
  }

  @Test
  void graphsOfOneFileShareWeights() throws IOException {
    int width = 1 << 18;
    var scale = ramp(width);
    var shift = ramp(width);
    try (var weights =
        new WeightsFile(folder.resolve("w.bin"), false, new GraphRunner.NoFindings())) {
      OnnxWriter.write(affine("a", width, scale, shift), folder.resolve("a.onnx"), weights, "test");
      OnnxWriter.write(affine("b", width, scale, shift), folder.resolve("b.onnx"), weights, "test");
    }
    var a = external("a.onnx");
    assertEquals(Set.of("scale", "shift"), a.keySet());
    assertEquals(a, external("b.onnx"));
    a.values().forEach(tensor -> assertEquals(0, offset(tensor) % 4096));
    assertEquals(2L * 4 * width, Files.size(folder.resolve("w.bin")));
    var x = new float[width];
    Arrays.fill(x, 2);
    try (var graph = Graph.load(folder.resolve("b.onnx"), Device.cpu())) {
      var y = graph.run(Map.of("x", Tensor.of(x, 1, width)), Cancellation.never());
      assertEquals(3 * scale[77], y.get(77));
    }
  }

  @Test
  void smallEntriesAreAligned() throws IOException {
    try (var weights =
        new WeightsFile(folder.resolve("w.bin"), true, new GraphRunner.NoFindings())) {
      OnnxWriter.write(affine("a", 5, ramp(5), ramp(5)), folder.resolve("a.onnx"), weights, "test");
    }
    var tensors = external("a.onnx");
    assertEquals(Set.of("scale.half", "shift"), tensors.keySet());
    tensors.values().forEach(tensor -> assertEquals(0, offset(tensor) % 64));
    try (var graph = Graph.load(folder.resolve("a.onnx"), Device.cpu())) {
      var x = Tensor.of(new float[] {1, 1, 1, 1, 1}, 1, 5);
      assertArrayEquals(
          new float[] {-100, -98, -96, -94, -92},
          graph.run(Map.of("x", x), Cancellation.never()).toArray());
    }
  }

  @Test
  void leavesOutWhatNoOutputNeeds() {
    var graph = affine("a", 2, ramp(2), ramp(2));
    assertEquals(2, graph.nodes().size());
    assertEquals(
        List.of("scale", "shift"), graph.parameters().keySet().stream().map(Value::name).toList());
  }

  @Test
  void refusesClashingNames() {
    var graph = new GraphBuilder("g");
    var x = graph.input("x", ElementType.FLOAT32, Shape.known(2));
    assertThrows(
        IllegalArgumentException.class,
        () -> graph.input("x", ElementType.FLOAT32, Shape.known(2)));
    graph.weight("w", Shape.known(2), TensorSource.of(1, 2), false);
    assertThrows(
        IllegalArgumentException.class,
        () -> graph.weight("w", Shape.known(1, 2), TensorSource.of(1, 2), false));
    assertThrows(IllegalArgumentException.class, () -> graph.output("y", x));
    var y = graph.add(x, x);
    assertThrows(IllegalArgumentException.class, () -> graph.output("x", y));
    graph.output("y", y);
    assertThrows(IllegalArgumentException.class, () -> graph.output("z", y));
  }

  @Test
  void neverOverwrites() throws IOException {
    Files.writeString(folder.resolve("w.bin"), "precious");
    assertThrows(
        IOException.class,
        () -> new WeightsFile(folder.resolve("w.bin"), false, new GraphRunner.NoFindings()));
    assertEquals("precious", Files.readString(folder.resolve("w.bin")));
  }

  @Test
  void replaceableParametersTakeGivenValues() throws IOException {
    var builder = new GraphBuilder("g");
    var x = builder.input("x", ElementType.FLOAT32, Shape.known(1, 2, 1, 1));
    var scale = builder.weight("scale", Shape.known(2), TensorSource.of(1, 1), false);
    var shift = builder.weight("shift", Shape.known(2), TensorSource.of(0, 0), false);
    builder.output(
        "y",
        builder.apply(
            new Normalization.FrozenNormalization(0),
            x,
            scale,
            shift,
            builder.replaceable("mean", 2, 0),
            builder.replaceable("variance", 2, 1)));
    try (var weights =
        new WeightsFile(folder.resolve("w.bin"), false, new GraphRunner.NoFindings())) {
      assertTrue(weights.isEmpty());
      OnnxWriter.write(builder.build(), folder.resolve("g.onnx"), weights, "test");
      assertFalse(weights.isEmpty());
    }
    var inputs = Map.of("x", Tensor.of(new float[] {8, 8}, 1, 2, 1, 1));
    var given =
        Map.of(
            "mean", Tensor.of(new float[] {2, 4}, 2),
            "variance", Tensor.of(new float[] {9, 4}, 2));
    try (var plain = Graph.load(folder.resolve("g.onnx"), Device.cpu());
        var frozen =
            Graph.load(folder.resolve("g.onnx"), Device.cpu(), given, Graph.Options.plain())) {
      assertArrayEquals(new float[] {8, 8}, plain.run(inputs, Cancellation.never()).toArray());
      assertArrayEquals(
          new float[] {2, 2}, frozen.run(inputs, Cancellation.never()).toArray(), 1e-6f);
    }
  }
}
