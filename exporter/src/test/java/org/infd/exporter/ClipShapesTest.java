package org.infd.exporter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.infd.exporter.graph.GraphRunner;
import org.infd.exporter.network.ClipSettings.Activation;
import org.infd.exporter.network.ClipTowers;
import org.infd.exporter.torch.DataType;
import org.infd.exporter.torch.SafetensorsFileWriter;
import org.infd.exporter.torch.TensorSource;
import org.infd.exporter.torch.TorchFileWriter;
import org.infd.inference.tensor.LongTensor;
import org.infd.inference.tensor.Tensor;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * CLIPs with the grids of the released models at their own side of 224 pixels, but narrow: width
 * and embedding are equal in both towers, so a matrix that lies the wrong way has the right shape.
 * Every kind of file is compared with {@link PlainClip}.
 */
class ClipShapesTest {
  private static final int SIDE = 224;

  private static final int WIDTH = NarrowClip.WIDTH;
  private static final int CONTEXT = NarrowClip.CONTEXT;
  private static final int VOCABULARY = NarrowClip.VOCABULARY;

  private enum Form {
    STATE_DICT,
    TORCH_SCRIPT,
    HUB_HALF,
    HUB_SINGLE
  }

  @TempDir Path folder;

  private static TensorSource in(DataType type, TensorSource tensor) {
    return TensorSource.of(type, tensor.shape(), HubClip.values(tensor));
  }

  private Path write(Map<String, TensorSource> tensors, Form form) throws IOException {
    var file =
        folder.resolve(form.name() + (form.name().startsWith("HUB") ? ".safetensors" : ".pt"));
    switch (form) {
      case STATE_DICT -> TorchFileWriter.write(file, tensors);
      case TORCH_SCRIPT -> {
        var counted = new LinkedHashMap<>(tensors);
        counted.put("input_resolution", TensorSource.of(DataType.I64, new long[0], SIDE));
        counted.put("context_length", TensorSource.of(DataType.I64, new long[0], CONTEXT));
        counted.put("vocab_size", TensorSource.of(DataType.I64, new long[0], VOCABULARY));
        TorchFileWriter.writeScript(file, counted);
      }
      case HUB_HALF, HUB_SINGLE -> {
        var type = form == Form.HUB_HALF ? DataType.F16 : DataType.F32;
        var hub = HubClip.of(tensors);
        hub.replaceAll((name, tensor) -> in(type, tensor));
        hub.put(
            "text_model.embeddings.position_ids",
            TensorSource.of(DataType.I64, new long[] {1, 2}, 0, 1));
        SafetensorsFileWriter.write(file, hub);
        var heads =
            "{\"hidden_act\": \"quick_gelu\", \"num_attention_heads\": %d}".formatted(WIDTH / 64);
        Files.writeString(
            folder.resolve("config.json"),
            "{\"vision_config\": %s, \"text_config\": %s}".formatted(heads, heads));
      }
    }
    return file;
  }

  @ParameterizedTest
  @CsvSource({"14, 257", "16, 197", "32, 50"})
  void everyFileGivesWhatTheFormulasSay(int patch, int tokens) throws IOException {
    var tensors = NarrowClip.of(patch, SIDE / patch);
    var plain = new PlainClip(tensors);
    var random = new Random(patch);
    var crop = new double[3 * SIDE * SIDE];
    Arrays.setAll(
        crop, i -> (float) Math.sin(i % SIDE * 0.05 + i / SIDE * 0.03 + i / (SIDE * SIDE)));
    var way = new double[crop.length];
    Arrays.setAll(way, i -> (float) random.nextGaussian());
    var cotangent = new double[WIDTH];
    Arrays.setAll(cotangent, i -> (float) random.nextGaussian());
    var ids = new long[CONTEXT];
    Arrays.setAll(ids, i -> i == 0 ? VOCABULARY - 2 : i < 9 ? 7L * i : i == 9 ? VOCABULARY - 1 : 0);
    var image = plain.image(crop);
    var text = plain.text(ids);
    double slope = slope(plain, crop, way, cotangent);
    for (var form : Form.values()) {
      try (var clip = ClipFile.open(write(tensors, form), null, Activation.QUICK_GELU)) {
        var settings = clip.settings().image();
        var ofText = clip.settings().text();
        assertNotNull(settings);
        assertNotNull(ofText);
        assertEquals(SIDE, settings.side());
        assertEquals(patch, settings.patch());
        int grid = settings.side() / settings.patch();
        assertEquals(tokens, grid * grid + 1);
        var inputs = Map.of("crop", tensor(crop, 1, 3, SIDE, SIDE));
        var graph = ClipTowers.imageGraph(clip.weights(), settings);
        close(form, image, GraphRunner.run(graph, folder, inputs).get("embedding"));
        var row = Map.of("tokens", LongTensor.of(ids, 1, CONTEXT));
        graph = ClipTowers.textGraph("clip_text", clip.weights(), "", ofText);
        close(form, text, GraphRunner.run(graph, folder, row).get("embedding"));
        graph = ClipTowers.imageVjpGraph(clip.weights(), settings);
        var back = Map.of("crop", inputs.get("crop"), "d_embedding", tensor(cotangent, 1, WIDTH));
        var gradient = (Tensor) GraphRunner.run(graph, folder, back).get("d_crop");
        assertNotNull(gradient);
        double along = 0;
        for (int i = 0; i < way.length; i++) {
          along += gradient.get(i) * way[i];
        }
        assertEquals(slope, along, 1e-4 * Math.abs(slope), form::name);
        assertEquals(List.of(), clip.weights().missing());
        assertEquals(List.of(), clip.weights().misshaped());
      }
    }
  }

  /** How the embedding, weighted by a cotangent, changes along a way through pictures. */
  private static double slope(PlainClip plain, double[] crop, double[] way, double[] cotangent) {
    double step = 1e-4;
    double change = 0;
    for (int sign : new int[] {1, -1}) {
      var moved = crop.clone();
      for (int i = 0; i < moved.length; i++) {
        moved[i] += sign * step * way[i];
      }
      var embedding = plain.image(moved);
      for (int i = 0; i < embedding.length; i++) {
        change += sign * embedding[i] * cotangent[i];
      }
    }
    return change / (2 * step);
  }

  private static Tensor tensor(double[] values, long... shape) {
    var tensor = Tensor.zeros(shape);
    for (int i = 0; i < values.length; i++) {
      tensor.set(i, (float) values[i]);
    }
    return tensor;
  }

  private static void close(Form form, double[] expected, Object actual) {
    double wrong = 0;
    double size = 0;
    for (int i = 0; i < expected.length; i++) {
      double error = ((Tensor) actual).get(i) - expected[i];
      wrong += error * error;
      size += expected[i] * expected[i];
    }
    double relative = Math.sqrt(wrong / size);
    assertTrue(relative < 1e-5, form + " is off by " + relative);
  }
}
