package org.infd.app.models;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.infd.inference.bundle.Manifest;
import org.infd.inference.bundle.ModelBundle;

/** A bundle of one graph that nobody could run, for tests of what lies around it. */
public final class TinyBundle {
  private TinyBundle() {}

  /** Writes it. */
  public static void write(Path bundle, String id) throws IOException {
    Files.createDirectories(bundle);
    Files.write(bundle.resolve("render.onnx"), emptyGraph(id));
    var hash = ModelBundle.sha256(bundle.resolve("render.onnx"));
    var manifest =
        new Manifest(
            1,
            id,
            "Hills " + id,
            "Hills.",
            "Apache-2.0",
            new Manifest.Source("x.pth", "00", null),
            "test",
            Manifest.Storage.FP32,
            new Manifest.Latent(4, 8, 8, Manifest.LatentKind.PLAIN, 0),
            new Manifest.FeatureMap(8, 32, 32),
            32,
            new Manifest.Renderer(Manifest.RendererKind.FIELD, 6, 16, List.of()),
            new Manifest.TrainedScale(64, 512, "user"),
            null,
            null,
            Manifest.Conditioning.none(),
            null,
            null,
            Map.of(
                "render",
                new Manifest.GraphEntry(
                    "render.onnx", hash, null, null, "forward", List.of(), List.of())));
    Files.writeString(bundle.resolve(ModelBundle.MANIFEST), ModelBundle.toJson(manifest));
  }

  /** An ONNX model (ModelProto) of nothing but a graph (field 7) with a name (its field 2). */
  private static byte[] emptyGraph(String name) {
    var text = name.getBytes(StandardCharsets.UTF_8);
    var bytes = ByteBuffer.allocate(4 + text.length);
    bytes.put((byte) 0x3a).put((byte) (2 + text.length)).put((byte) 0x12).put((byte) text.length);
    return bytes.put(text).array();
  }
}
