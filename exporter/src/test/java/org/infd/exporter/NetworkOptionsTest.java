package org.infd.exporter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.infd.inference.tensor.AnyTensor;
import org.infd.inference.tensor.Npz;
import org.infd.inference.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

/**
 * Options that the golden arrays do not cover, against outputs that networks.py made from the
 * specification: whole way, from a checkpoint to the graphs of its bundle.
 */
class NetworkOptionsTest {
  private static final double TOLERANCE = 1e-5;

  @TempDir Path folder;

  static List<Path> fixtures() throws IOException {
    var any = NetworkOptionsTest.class.getResource("/networks/renderer-fixed.npz");
    assertNotNull(any);
    var parent = Path.of(java.net.URI.create(any.toString())).getParent();
    assertNotNull(parent);
    try (var files = Files.list(parent)) {
      return files.sorted().toList();
    }
  }

  @Test
  void coversEveryFixture() throws IOException {
    assertEquals(16, fixtures().size());
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void agreesWithTheSpecification(Path fixture) throws IOException {
    var arrays = Npz.read(fixture);
    var bundle = bundle(arrays);
    var given = new LinkedHashMap<String, AnyTensor>();
    int checked = 0;
    if (arrays.has("image")) {
      given.put("image", arrays.floats("image"));
      var encoded = run(bundle, "encode", given);
      if (arrays.has("mean")) {
        checked += check(arrays, "mean", encoded.get("mean"));
        checked += check(arrays, "deviation", encoded.get("deviation"));
        given.put("z", arrays.floats("mean"));
      } else {
        checked += check(arrays, "encoded", encoded.get("z"));
        given.put("z", arrays.floats("encoded"));
      }
      checked += check(arrays, "phi", run(bundle, "decode", given).get("phi"));
    }
    if (arrays.has("prediction")) {
      given.put("z", arrays.floats("z"));
      given.put("t", arrays.longs("t"));
      if (arrays.has("label")) {
        given.put("label", arrays.longs("label"));
        var context = run(bundle, "condition", given).get("context");
        checked += check(arrays, "context", context);
        assertNotNull(context);
        given.put("context", context);
      }
      checked += check(arrays, "prediction", run(bundle, "unet", given).get("prediction"));
    }
    if (arrays.has("query")) {
      given.put("query", arrays.floats("query"));
      checked += check(arrays, "rgb", run(bundle, "render_live", given).get("rgb"));
      if (bundle.has("render") && !bundle.manifest().renderer().hasNorms()) {
        checked += check(arrays, "rgb", run(bundle, "render", given).get("rgb"));
      }
    }
    if (arrays.has("phi_in")) {
      given.put("phi", arrays.floats("phi_in"));
      checked += check(arrays, "rgb", run(bundle, "render_fixed", given).get("rgb"));
      assertFalse(bundle.has("render"));
    }
    assertTrue(checked > 0);
  }

  private ModelBundle bundle(Npz arrays) throws IOException {
    Map<?, ?> args = JsonMapper.shared().readValue(arrays.bytes("args"), Map.class);
    var named = new LinkedHashMap<String, Object>();
    args.forEach((key, value) -> named.put(String.valueOf(key), value));
    var checkpoint = folder.resolve("model.pth");
    RandomCheckpoint.write(checkpoint, named, 0);
    var target = folder.resolve("bundle");
    var report =
        BundleExporter.export(
            checkpoint,
            target,
            ImportOptions.defaults(),
            ProgressListener.none(),
            Cancellation.never());
    assertTrue(report.unexpected().isEmpty(), report::toText);
    return ModelBundle.open(target);
  }

  private static Map<String, AnyTensor> run(
      ModelBundle bundle, String graph, Map<String, AnyTensor> given) {
    try (var session = bundle.load(graph, Device.cpu())) {
      var inputs = new LinkedHashMap<>(given);
      inputs.keySet().retainAll(session.inputNames());
      return session.run(inputs, java.util.Set.copyOf(session.outputNames()), Cancellation.never());
    }
  }

  private static int check(
      Npz arrays, String name, @org.jspecify.annotations.Nullable AnyTensor actual) {
    assertNotNull(actual, name);
    double error = Npz.relativeError((Tensor) actual, arrays.floats(name));
    assertTrue(error <= TOLERANCE, () -> name + " is off by " + error);
    return 1;
  }
}
