package org.infd.exporter.graph;

import ai.onnx.proto.OnnxMl;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** How each operation is spelt in ONNX (opset 17): its attributes and its extra constant inputs. */
final class OnnxNodes {
  private final OnnxMl.GraphProto.Builder graph;
  private final OnnxMl.NodeProto.Builder proto;
  private final Node node;

  private OnnxNodes(OnnxMl.GraphProto.Builder graph, Node node, Function<Value, String> names) {
    this.graph = graph;
    this.node = node;
    this.proto =
        OnnxMl.NodeProto.newBuilder()
            .setOpType(node.operation().operator())
            .setName(node.outputs().getFirst().name());
    node.inputs().forEach(value -> proto.addInput(names.apply(value)));
    node.outputs().forEach(value -> proto.addOutput(names.apply(value)));
  }

  /** Adds a node to an ONNX graph. */
  static void add(OnnxMl.GraphProto.Builder graph, Node node, Function<Value, String> names) {
    var writer = new OnnxNodes(graph, node, names);
    writer.spell();
    graph.addNode(writer.proto);
  }

  private void spell() {
    switch (node.operation()) {
      case Elementwise operation -> elementwise(operation);
      case Contraction operation -> contraction(operation);
      case Rearrangement operation -> rearrangement(operation);
      case Resampling operation -> resampling(operation);
      case Reduction operation -> reduction(operation);
      case Normalization operation -> normalization(operation);
    }
  }

  private void elementwise(Elementwise operation) {
    switch (operation) {
      case Elementwise.Binary _, Elementwise.Unary _ -> {}
      case Elementwise.Clip clip -> {
        floatInput("min", List.of(), clip.min());
        floatInput("max", List.of(), clip.max());
      }
      case Elementwise.Cast cast -> integer("to", dataType(cast.to()).getNumber());
    }
  }

  private void contraction(Contraction operation) {
    switch (operation) {
      case Contraction.Convolution convolution -> {
        var kernel = node.inputs().get(1).shape();
        attribute("kernel_shape", List.of(kernel.extent(2), kernel.extent(3)));
        pads(convolution.padding());
        attribute("strides", List.of((long) convolution.stride(), (long) convolution.stride()));
      }
      case Contraction.TransposedConvolution transposed -> {
        var kernel = node.inputs().get(1).shape();
        attribute("kernel_shape", List.of(kernel.extent(2), kernel.extent(3)));
        pads(transposed.padding());
        attribute("strides", List.of((long) transposed.stride(), (long) transposed.stride()));
        attribute("output_padding", transposed.unreached(node.inputs().getFirst().shape(), kernel));
      }
      case Contraction.MatrixProduct _ -> {}
      case Contraction.Linear _ -> integer("transB", 1);
    }
  }

  private void pads(Contraction.Padding padding) {
    attribute(
        "pads",
        List.of(
            (long) padding.top(),
            (long) padding.left(),
            (long) padding.bottom(),
            (long) padding.right()));
  }

  private void rearrangement(Rearrangement operation) {
    switch (operation) {
      case Rearrangement.Reshape reshape ->
          longInput("shape", reshape.encode(node.inputs().getFirst().shape()));
      case Rearrangement.Transpose transpose -> attribute("perm", widen(transpose.order()));
      case Rearrangement.Split split -> integer("axis", split.axis());
      case Rearrangement.Concatenation concatenation -> integer("axis", concatenation.axis());
      case Rearrangement.Slice slice -> longInput("axes", widen(slice.axes()));
      case Rearrangement.Reversal reversal -> {
        var axes = widen(reversal.axes());
        longInput("starts", Collections.nCopies(axes.size(), -1L));
        // the end is exclusive, and −1 is the last entry
        longInput("ends", Collections.nCopies(axes.size(), -Long.MAX_VALUE));
        longInput("axes", axes);
        longInput("steps", Collections.nCopies(axes.size(), -1L));
      }
      case Rearrangement.ZeroPadding zeros ->
          longInput(
              "pads", Stream.concat(zeros.before().stream(), zeros.after().stream()).toList());
      case Rearrangement.Gather gather -> integer("axis", gather.axis());
      case Rearrangement.ScatterAddition _ -> attribute("reduction", "add");
      case Rearrangement.EntryOfEach _ -> integer("batch_dims", 1);
    }
  }

  private void resampling(Resampling operation) {
    switch (operation) {
      case Resampling.NearestUpsampling upsampling -> {
        proto.addInput("");
        floatInput("scales", List.of(4L), 1, 1, upsampling.factor(), upsampling.factor());
        attribute("mode", "nearest");
        attribute("coordinate_transformation_mode", "asymmetric");
        attribute("nearest_mode", "floor");
      }
      case Resampling.AveragePooling pooling -> {
        attribute("kernel_shape", List.of((long) pooling.size(), (long) pooling.size()));
        attribute("strides", List.of((long) pooling.size(), (long) pooling.size()));
      }
    }
  }

  private void reduction(Reduction operation) {
    switch (operation) {
      case Reduction.Fold fold -> {
        // from opset 13 on the axes of a sum are an input, those of a mean an attribute until 18
        if (fold.kind() == Reduction.FoldKind.SUM) {
          longInput("axes", widen(fold.axes()));
        } else {
          attribute("axes", widen(fold.axes()));
        }
        integer("keepdims", 1);
      }
      case Reduction.Extent extent -> {
        integer("start", extent.axis());
        integer("end", extent.axis() + 1L);
      }
      case Reduction.ArgMin _ -> {
        integer("axis", -1);
        integer("keepdims", 0);
      }
    }
  }

  private void normalization(Normalization operation) {
    switch (operation) {
      case Normalization.Softmax _ -> integer("axis", -1);
      case Normalization.InstanceNormalization norm -> epsilon(norm.epsilon());
      case Normalization.LayerNormalization norm -> epsilon(norm.epsilon());
      case Normalization.FrozenNormalization norm -> epsilon(norm.epsilon());
    }
  }

  private static List<Long> widen(List<Integer> values) {
    return values.stream().map(Integer::longValue).toList();
  }

  private String extraName(String suffix) {
    return node.outputs().getFirst().name() + "." + suffix;
  }

  private void longInput(String suffix, List<Long> values) {
    var value =
        new Value(extraName(suffix), new ValueType(ElementType.INT64, Shape.known(values.size())));
    graph.addInitializer(longs(value, values));
    proto.addInput(value.name());
  }

  private void floatInput(String suffix, List<Long> shape, float... values) {
    var tensor =
        OnnxMl.TensorProto.newBuilder()
            .setName(extraName(suffix))
            .setDataType(OnnxMl.TensorProto.DataType.FLOAT.getNumber())
            .addAllDims(shape);
    for (float value : values) {
      tensor.addFloatData(value);
    }
    graph.addInitializer(tensor);
    proto.addInput(tensor.getName());
  }

  private void integer(String name, long value) {
    proto.addAttribute(attribute(name, value));
  }

  private void attribute(String name, List<Long> values) {
    proto.addAttribute(
        OnnxMl.AttributeProto.newBuilder()
            .setName(name)
            .setType(OnnxMl.AttributeProto.AttributeType.INTS)
            .addAllInts(values));
  }

  private void attribute(String name, String value) {
    proto.addAttribute(
        OnnxMl.AttributeProto.newBuilder()
            .setName(name)
            .setType(OnnxMl.AttributeProto.AttributeType.STRING)
            .setS(com.google.protobuf.ByteString.copyFromUtf8(value)));
  }

  private void epsilon(float value) {
    proto.addAttribute(
        OnnxMl.AttributeProto.newBuilder()
            .setName("epsilon")
            .setType(OnnxMl.AttributeProto.AttributeType.FLOAT)
            .setF(value));
  }

  /** An integer attribute. */
  static OnnxMl.AttributeProto attribute(String name, long value) {
    return OnnxMl.AttributeProto.newBuilder()
        .setName(name)
        .setType(OnnxMl.AttributeProto.AttributeType.INT)
        .setI(value)
        .build();
  }

  /** An int64 constant with one axis. */
  static OnnxMl.TensorProto longs(Value value, List<Long> values) {
    return OnnxMl.TensorProto.newBuilder()
        .setName(value.name())
        .setDataType(OnnxMl.TensorProto.DataType.INT64.getNumber())
        .addDims(values.size())
        .addAllInt64Data(values)
        .build();
  }

  /** The ONNX number of an element type. */
  static OnnxMl.TensorProto.DataType dataType(ElementType type) {
    return switch (type) {
      case FLOAT32 -> OnnxMl.TensorProto.DataType.FLOAT;
      case FLOAT64 -> OnnxMl.TensorProto.DataType.DOUBLE;
      case INT64 -> OnnxMl.TensorProto.DataType.INT64;
      case INT32 -> OnnxMl.TensorProto.DataType.INT32;
    };
  }
}
