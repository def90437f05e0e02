package org.infd.exporter;

import ai.onnx.proto.OnnxMl;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Reads the graph that ONNX Runtime made of one when it was loaded. */
final class OptimizedGraph {
  private OptimizedGraph() {}

  /** The operators in the file's order. */
  static List<String> operators(Path file) {
    try (var in = Files.newInputStream(file)) {
      return OnnxMl.ModelProto.parseFrom(in).getGraph().getNodeList().stream()
          .map(OnnxMl.NodeProto::getOpType)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
