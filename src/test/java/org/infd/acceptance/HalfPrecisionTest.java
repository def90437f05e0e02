package org.infd.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.diffusion.PhiloxNoise;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.infd.inference.runtime.FallbackNetwork;
import org.infd.inference.runtime.FallbackNetwork.Choice;
import org.infd.inference.runtime.FallbackNetwork.Form;
import org.infd.inference.runtime.Graph;
import org.infd.inference.tensor.AnyTensor;
import org.infd.inference.tensor.LongTensor;
import org.infd.inference.tensor.Tensor;
import org.junit.jupiter.api.Test;

/**
 * The embedded model's networks in float16, computed on the CPU: weights are rounded as on a GPU,
 * and what lies between where the runtime does not fold the casts. It is slower, so nothing is said
 * here about time.
 */
class HalfPrecisionTest {
  private static final ModelBundle BUNDLE =
      ModelBundle.open(
          Path.of(System.getProperty("infd.root", "../.."), "assets/mountains/bundle"));

  private final List<String> told = new ArrayList<>();

  private static Tensor noise(long... shape) {
    return new PhiloxNoise(7).normal(PhiloxNoise.Stream.START, 0, shape);
  }

  private Map<String, AnyTensor> run(String graph, String output, Map<String, AnyTensor> inputs) {
    var choices = List.of(choice(graph, Form.HALF), choice(graph, Form.FULL));
    try (var network = new FallbackNetwork(graph, Device.cpu(), choices, told::add)) {
      var result = network.run(inputs, Set.of(output), Cancellation.never());
      assertEquals(Form.HALF, network.form(), told::toString);
      return result;
    }
  }

  private static Choice choice(String graph, Form form) {
    return new Choice(
        form,
        () ->
            BUNDLE.load(
                graph,
                Device.cpu(),
                Map.of(),
                Graph.Options.in(form == Form.HALF ? Graph.Form.HALF : Graph.Form.FASTEST)));
  }

  @Test
  void everyStageIsNearItsFullPrecision() {
    var latent = BUNDLE.manifest().latent();
    var conditioning = BUNDLE.manifest().conditioning();
    var inputs = new HashMap<String, AnyTensor>();
    inputs.put("z", noise(latent.shape(1)));
    inputs.put("t", LongTensor.of(new long[] {500}, 1));
    inputs.put("context", noise(1, conditioning.contextLength(), conditioning.contextWidth()));
    run("unet", "prediction", inputs);
    var phi = (Tensor) run("decode", "phi", Map.of("z", noise(latent.shape(1)))).get("phi");
    run("render", "rgb", Map.of("query", noise(1, phi.extent(1) + 4, 64, 64)));
    assertEquals(3, told.size(), told::toString);
    for (var sentence : told) {
      assertTrue(sentence.contains("half precision, 0."), sentence);
      System.err.println(sentence);
    }
  }
}
