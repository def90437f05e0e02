package org.infd.exporter.torch;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.StringJoiner;
import tools.jackson.databind.json.JsonMapper;

/** Writes safetensors files as Hugging Face's library does (docs/spec/clip.md 5.3), for tests. */
public final class SafetensorsFileWriter {
  private SafetensorsFileWriter() {}

  /** Writes tensors, each in its own type, in the order of the map. */
  public static void write(Path file, Map<String, ? extends TensorSource> tensors)
      throws IOException {
    var header = new StringJoiner(",", "{\"__metadata__\":{\"format\":\"pt\"},", "}");
    long end = 0;
    for (var entry : tensors.entrySet()) {
      var tensor = entry.getValue();
      long begin = end;
      end += tensor.elements() * tensor.type().width();
      var description =
          Map.of(
              "dtype",
              tensor.type().name(),
              "shape",
              tensor.shape(),
              "data_offsets",
              new long[] {begin, end});
      header.add(
          "\"" + entry.getKey() + "\":" + JsonMapper.shared().writeValueAsString(description));
    }
    var bytes = header.toString().getBytes(UTF_8);
    try (var out = new BufferedOutputStream(Files.newOutputStream(file))) {
      out.write(
          ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(bytes.length).array());
      out.write(bytes);
      for (var tensor : tensors.values()) {
        TorchFileWriter.writeValues(tensor, out);
      }
    }
  }
}
