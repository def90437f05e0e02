package org.infd.inference.generation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.infd.inference.bundle.Manifest;
import org.infd.inference.bundle.Manifest.Conditioning;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.runtime.TinyOnnx;
import org.jspecify.annotations.Nullable;

/** Writes bundles of made-up models, small enough to be made anew by every test. */
final class TinyBundle {
  static final String ID = "tiny";
  private static final byte[] MERGES = merges();

  private final Map<String, byte[]> graphs = new LinkedHashMap<>();
  private Conditioning conditioning = Conditioning.none();
  private Manifest.@Nullable Diffusion diffusion =
      new Manifest.Diffusion(
          1000, Manifest.Schedule.LINEAR, 0.0015, 0.0195, Manifest.Prediction.EPSILON, 1, "ddim20");
  private int side = 4;
  private String name = "Tiny";

  /** ε = 0.9·z; φ = z. */
  static TinyBundle plain() {
    return new TinyBundle().unet(0.9f).decodeIdentity();
  }

  TinyBundle name(String newName) {
    name = newName;
    return this;
  }

  private TinyBundle unet(float factor) {
    graphs.put(
        "unet",
        new TinyOnnx()
            .input("z", -1, 2, side, side)
            .longInput("t", -1)
            .constant("factor", factor)
            .node("Mul", "prediction", "z", "factor")
            .output("prediction", -1, 2, side, side)
            .build());
    return this;
  }

  TinyBundle decodeIdentity() {
    graphs.put(
        "decode",
        new TinyOnnx()
            .input("z", -1, 2, side, side)
            .node("Identity", "phi", "z")
            .output("phi", -1, 2, side, side)
            .build());
    return this;
  }

  /** ε = z·factor with a factor that overflows in some steps. */
  TinyBundle overflowing() {
    return unet(1e30f);
  }

  /** ε = 0.9·z + context, where the context is the label itself. */
  TinyBundle classes(int count, boolean unconditionalTrained) {
    conditioning =
        new Conditioning(Manifest.ConditioningKind.CLASS, count, 1, 1, unconditionalTrained, null);
    graphs.put(
        "unet",
        new TinyOnnx()
            .input("z", -1, 2, side, side)
            .longInput("t", -1)
            .input("context", -1, 1, 1)
            .constant("factor", 0.9f)
            .longs("axes", 3)
            .node("Mul", "scaled", "z", "factor")
            .node("Unsqueeze", "shift", "context", "axes")
            .node("Add", "prediction", "scaled", "shift")
            .output("prediction", -1, 2, side, side)
            .build());
    graphs.put(
        "condition",
        new TinyOnnx()
            .longInput("label", -1)
            .castToFloat("number", "label")
            .longs("axes", 1, 2)
            .node("Unsqueeze", "context", "number", "axes")
            .output("context", -1, 1, 1)
            .build());
    return this;
  }

  /**
   * ε = 0.9·z plus a weighted sum of the token ids: linear in them, so a letter is a number.
   *
   * @param length how many tokens are read
   */
  TinyBundle texts(int length, boolean unconditionalTrained) {
    conditioning =
        new Conditioning(
            Manifest.ConditioningKind.TEXT,
            0,
            1,
            length,
            unconditionalTrained,
            new Manifest.Vocabulary("merges.txt.gz", ModelBundle.sha256(MERGES), 574));
    var weights = new float[length];
    for (int i = 0; i < length; i++) {
      weights[i] = 0.01f / (1 + i);
    }
    graphs.put(
        "unet",
        new TinyOnnx()
            .input("z", -1, 2, side, side)
            .longInput("t", -1)
            .input("context", -1, length, 1)
            .constant("factor", 0.9f)
            .row("weights", weights)
            .longs("axes", 3)
            .node("Mul", "scaled", "z", "factor")
            .node("MatMul", "sum", "weights", "context")
            .node("Unsqueeze", "shift", "sum", "axes")
            .node("Add", "prediction", "scaled", "shift")
            .output("prediction", -1, 2, side, side)
            .build());
    graphs.put(
        "clip_text",
        new TinyOnnx()
            .longInput("tokens", -1, length)
            .castToFloat("number", "tokens")
            .longs("axes", 2)
            .node("Unsqueeze", "states", "number", "axes")
            .output("states", -1, length, 1)
            .build());
    return this;
  }

  private static byte[] merges() {
    try (var in = TinyBundle.class.getResourceAsStream("/clip-tiny/merges.txt.gz")) {
      if (in == null) {
        throw new IllegalStateException("the merges are not among the test resources");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A network that takes seconds for one step: a chain of large matrix products. */
  TinyBundle slow(int products) {
    side = 768;
    var graph =
        new TinyOnnx().input("z", -1, 2, side, side).longInput("t", -1).constant("factor", 1e-3f);
    var last = "z";
    for (int i = 0; i < products; i++) {
      graph.node("MatMul", "product" + i, last, "z").node("Mul", "m" + i, "product" + i, "factor");
      last = "m" + i;
    }
    graphs.put(
        "unet",
        graph.node("Identity", "prediction", last).output("prediction", -1, 2, side, side).build());
    return decodeIdentity();
  }

  /** z = the red and green of the image. */
  TinyBundle encodeRedAndGreen() {
    graphs.put(
        "encode",
        new TinyOnnx()
            .input("image", -1, 3, side, side)
            .longs("starts", 0)
            .longs("ends", 2)
            .longs("axes", 1)
            .node("Slice", "z", "image", "starts", "ends", "axes")
            .output("z", -1, 2, side, side)
            .build());
    return this;
  }

  TinyBundle withoutDiffusion() {
    diffusion = null;
    graphs.remove("unet");
    return this;
  }

  TinyBundle respacing(String respacing, double eta) {
    diffusion =
        new Manifest.Diffusion(
            1000,
            Manifest.Schedule.LINEAR,
            0.0015,
            0.0195,
            Manifest.Prediction.EPSILON,
            eta,
            respacing);
    return this;
  }

  ModelBundle write(Path folder) {
    try {
      Files.createDirectories(folder);
      var entries = new LinkedHashMap<String, Manifest.GraphEntry>();
      for (var graph : graphs.entrySet()) {
        var file = folder.resolve(graph.getKey() + ".onnx");
        Files.write(file, graph.getValue());
        entries.put(
            graph.getKey(),
            new Manifest.GraphEntry(
                graph.getKey() + ".onnx",
                ModelBundle.sha256(file),
                null,
                null,
                "forward",
                List.of(),
                List.of()));
      }
      var manifest =
          new Manifest(
              1,
              ID,
              name,
              "",
              "unknown",
              new Manifest.Source("tiny.pth", "0".repeat(64), null),
              "test",
              Manifest.Storage.FP32,
              new Manifest.Latent(2, side, side, Manifest.LatentKind.PLAIN, 0),
              new Manifest.FeatureMap(2, side, side),
              side,
              new Manifest.Renderer(Manifest.RendererKind.FIELD, 6, 8, List.of()),
              null,
              null,
              diffusion,
              conditioning,
              null,
              null,
              entries);
      var vocabulary = conditioning.vocabulary();
      if (vocabulary != null) {
        Files.write(folder.resolve(vocabulary.file()), MERGES);
      }
      Files.writeString(folder.resolve(ModelBundle.MANIFEST), ModelBundle.toJson(manifest));
      return ModelBundle.open(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
