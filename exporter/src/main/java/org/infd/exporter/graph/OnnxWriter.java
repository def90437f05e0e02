package org.infd.exporter.graph;

import ai.onnx.proto.OnnxMl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;

/**
 * Writes graphs as ONNX files (IR version 8, opset 17) with their weights as external data. A
 * weight stored as float16 becomes an initializer and a cast, which ONNX Runtime computes once when
 * the session is created: the running graph is the same as with float32.
 */
public final class OnnxWriter {
  private static final int IR_VERSION = 8;
  private static final int OPSET = 17;

  private final NodeGraph graph;
  private final OnnxMl.GraphProto.Builder proto = OnnxMl.GraphProto.newBuilder();
  private final Map<Value, String> names = new HashMap<>();

  private OnnxWriter(NodeGraph graph) {
    this.graph = graph;
    graph.outputs().forEach((name, value) -> names.put(value, name));
  }

  /**
   * Writes a graph.
   *
   * @param file the ONNX file, in the folder of {@code weights}
   * @param weights takes the weights that it does not hold yet
   * @param producer the name and version of the program
   * @throws IOException if a file cannot be written
   */
  public static void write(NodeGraph graph, Path file, WeightsFile weights, String producer)
      throws IOException {
    var writer = new OnnxWriter(graph);
    writer.parameters(weights);
    for (var input : graph.inputs()) {
      writer.proto.addInput(port(input.name(), input.type()));
    }
    for (var node : graph.nodes()) {
      OnnxNodes.add(writer.proto, node, writer::name);
      writer.shapes(node);
    }
    graph.outputs().forEach((name, value) -> writer.proto.addOutput(port(name, value.type())));
    var model =
        OnnxMl.ModelProto.newBuilder()
            .setIrVersion(IR_VERSION)
            .setProducerName(producer)
            .addOpsetImport(OnnxMl.OperatorSetIdProto.newBuilder().setDomain("").setVersion(OPSET))
            .setGraph(writer.proto.setName(graph.name()))
            .build();
    try (var out = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW)) {
      model.writeTo(out);
    }
  }

  /**
   * Declares results with free extents. A reader does not find out by itself that two convolutions
   * of one picture are of one size, and then puts rearrangements around what combines them.
   */
  private void shapes(Node node) {
    for (var value : node.outputs()) {
      boolean free = value.shape().dims().stream().anyMatch(dim -> !dim.isKnown());
      if (free && !graph.outputs().containsValue(value)) {
        proto.addValueInfo(port(value.name(), value.type()));
      }
    }
  }

  private String name(Value value) {
    return names.getOrDefault(value, value.name());
  }

  private void parameters(WeightsFile weights) throws IOException {
    for (var entry : graph.parameters().entrySet()) {
      var value = entry.getKey();
      switch (entry.getValue()) {
        case Parameter.Weight weight -> external(value, weights.place(value, weight), weights);
        case Parameter.Replaceable parameter ->
            external(value, weights.place(value, parameter), weights);
        case Parameter.Floats floats ->
            proto.addInitializer(tensor(value).addAllFloatData(floats.values()).build());
        case Parameter.Longs longs -> proto.addInitializer(OnnxNodes.longs(value, longs.values()));
      }
    }
  }

  private void external(Value value, WeightsFile.Entry entry, WeightsFile weights) {
    var tensor =
        tensor(value)
            .setDataLocation(OnnxMl.TensorProto.DataLocation.EXTERNAL)
            .addExternalData(pair("location", weights.fileName()))
            .addExternalData(pair("offset", Long.toString(entry.offset())))
            .addExternalData(pair("length", Long.toString(entry.length())));
    if (entry.half()) {
      var stored = value.name() + ".half";
      tensor.setName(stored).setDataType(OnnxMl.TensorProto.DataType.FLOAT16.getNumber());
      proto.addNode(
          OnnxMl.NodeProto.newBuilder()
              .setOpType("Cast")
              .addInput(stored)
              .addOutput(value.name())
              .addAttribute(
                  OnnxNodes.attribute("to", OnnxMl.TensorProto.DataType.FLOAT.getNumber())));
    }
    proto.addInitializer(tensor);
  }

  private static OnnxMl.TensorProto.Builder tensor(Value value) {
    var tensor =
        OnnxMl.TensorProto.newBuilder()
            .setName(value.name())
            .setDataType(OnnxNodes.dataType(value.element()).getNumber());
    for (long extent : value.shape().extents()) {
      tensor.addDims(extent);
    }
    return tensor;
  }

  private static OnnxMl.StringStringEntryProto pair(String key, String value) {
    return OnnxMl.StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }

  private static OnnxMl.ValueInfoProto port(String name, ValueType type) {
    var shape = OnnxMl.TensorShapeProto.newBuilder();
    for (var dim : type.shape().dims()) {
      var proto = OnnxMl.TensorShapeProto.Dimension.newBuilder();
      shape.addDim(
          dim.isKnown() ? proto.setDimValue(dim.value()) : proto.setDimParam(dim.toString()));
    }
    return OnnxMl.ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            OnnxMl.TypeProto.newBuilder()
                .setTensorType(
                    OnnxMl.TypeProto.Tensor.newBuilder()
                        .setElemType(OnnxNodes.dataType(type.element()).getNumber())
                        .setShape(shape)))
        .build();
  }
}
