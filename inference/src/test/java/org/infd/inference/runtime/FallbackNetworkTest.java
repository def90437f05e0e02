package org.infd.inference.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.infd.inference.runtime.Device.Kind;
import org.infd.inference.runtime.FallbackNetwork.Choice;
import org.infd.inference.runtime.FallbackNetwork.Form;
import org.infd.inference.tensor.AnyTensor;
import org.infd.inference.tensor.Tensor;
import org.junit.jupiter.api.Test;

class FallbackNetworkTest {
  private static final Device GPU = new Device(Kind.CUDA, 0, "Pretend 9", "it is a test.");
  private static final int LONG_ENOUGH_SECONDS = 120;
  private static final UnaryOperator<Float> EXACT = x -> 2 * x;

  private final List<String> told = new ArrayList<>();
  private final List<String> log = Collections.synchronizedList(new ArrayList<>());

  /** y = f(x), element by element, which notes when it is loaded and closed. */
  private final class Fake implements Network {
    private final String name;
    private final UnaryOperator<Float> function;

    Fake(String name, UnaryOperator<Float> function) {
      this.name = name;
      this.function = function;
      log.add("load " + name);
    }

    @Override
    public List<String> outputNames() {
      return List.of("y");
    }

    @Override
    public Map<String, AnyTensor> run(
        Map<String, ? extends AnyTensor> values, Set<String> wanted, Cancellation cancellation) {
      var y = Tensor.zeros(values.get("x").shape());
      runInto(values, Map.of("y", y), cancellation);
      return Map.of("y", y);
    }

    @Override
    public void runInto(
        Map<String, ? extends AnyTensor> values,
        Map<String, Tensor> outputs,
        Cancellation cancellation) {
      var x = (Tensor) values.get("x");
      for (int i = 0; i < x.elements(); i++) {
        outputs.get("y").set(i, function.apply(x.get(i)));
      }
    }

    @Override
    public void trim() {
      log.add("trim " + name);
    }

    @Override
    public void close() {
      log.add("close " + name);
    }
  }

  private FallbackNetwork network(Map<Form, UnaryOperator<Float>> functions) {
    var choices = new ArrayList<Choice>();
    functions.forEach(
        (form, function) -> choices.add(new Choice(form, () -> new Fake(form.name(), function))));
    return new FallbackNetwork("The decoder", GPU, choices, told::add);
  }

  private static Map<Form, UnaryOperator<Float>> map(
      Form a, UnaryOperator<Float> first, Form b, UnaryOperator<Float> second) {
    var map = new LinkedHashMap<Form, UnaryOperator<Float>>();
    map.put(a, first);
    map.put(b, second);
    return map;
  }

  private static float of(FallbackNetwork network, float x) {
    return network
        .run(Map.of("x", Tensor.of(new float[] {x, 2 * x}, 2)), Cancellation.never())
        .get(0);
  }

  private static float exhausted(float x) {
    throw new OutOfDeviceMemory("Full.", new IllegalStateException());
  }

  @Test
  void halfPrecisionThatIsNearStaysAndIsTold() {
    try (var network = network(map(Form.HALF, x -> 2.002f * x, Form.FULL, EXACT))) {
      assertEquals(2.002f, of(network, 1));
      assertEquals(2.002f, of(network, 1));
      assertEquals(Form.HALF, network.form());
    }
    assertEquals(List.of("load HALF", "load FULL", "close FULL", "close HALF"), log);
    assertEquals(
        List.of("The decoder is computed in half precision, 0.10 % from full precision in a test."),
        told);
  }

  @Test
  void halfPrecisionThatIsFarIsLeft() {
    try (var network = network(map(Form.HALF, x -> 2.2f * x, Form.FULL, EXACT))) {
      assertEquals(2, of(network, 1));
      assertEquals(Form.FULL, network.form());
    }
    assertEquals(1, told.size());
    assertTrue(told.getFirst().contains("half precision was 10 % off in a test"), told.getFirst());
  }

  @Test
  void halfPrecisionThatOverflowsInTheTestIsLeft() {
    try (var network = network(map(Form.HALF, x -> Float.POSITIVE_INFINITY, Form.FULL, EXACT))) {
      assertEquals(2, of(network, 1));
    }
    assertTrue(told.getFirst().contains("overflowed in a test"), told.getFirst());
  }

  @Test
  void halfPrecisionThatOverflowsLaterIsComputedAgain() {
    UnaryOperator<Float> half = x -> x > 100 ? Float.NaN : 2 * x;
    try (var network = network(map(Form.HALF, half, Form.FULL, EXACT))) {
      assertEquals(2, of(network, 1));
      assertEquals(400, of(network, 200));
      assertEquals(Form.FULL, network.form());
      var into = Tensor.zeros(1);
      network.runInto(
          Map.of("x", Tensor.of(new float[] {300}, 1)), Map.of("y", into), Cancellation.never());
      assertEquals(600, into.get(0));
    }
    assertTrue(told.getLast().contains("overflowed in half precision"), told.getLast());
  }

  @Test
  void resultsInTheCallersMemoryAreLookedAtToo() {
    UnaryOperator<Float> half = x -> x > 100 ? Float.NaN : 2 * x;
    try (var network = network(map(Form.HALF, half, Form.FULL, EXACT))) {
      var into = Tensor.zeros(1);
      for (float x : new float[] {1, 200}) {
        network.runInto(
            Map.of("x", Tensor.of(new float[] {x}, 1)), Map.of("y", into), Cancellation.never());
        assertEquals(2 * x, into.get(0));
      }
    }
  }

  @Test
  void whatDoesNotFitGoesToTheCpu() {
    try (var network = network(map(Form.FULL, FallbackNetworkTest::exhausted, Form.CPU, EXACT))) {
      assertEquals(2, of(network, 1));
      assertEquals(Form.CPU, network.form());
    }
    assertEquals(List.of("load FULL", "close FULL", "load CPU", "close CPU"), log);
    assertTrue(
        told.getFirst().startsWith("The decoder does not fit into the memory of Pretend 9"),
        told.getFirst());
  }

  @Test
  void whatCannotEvenBeLoadedGoesToTheCpu() {
    var choices =
        List.of(
            new Choice(Form.FULL, () -> new Fake("" + exhausted(1), EXACT)),
            new Choice(Form.CPU, () -> new Fake("CPU", EXACT)));
    try (var network = new FallbackNetwork("The decoder", GPU, choices, told::add)) {
      assertEquals(2, of(network, 1));
    }
    assertEquals(1, told.size());
  }

  @Test
  void withoutAnotherChoiceTheFailureStands() {
    try (var network = network(Map.of(Form.FULL, FallbackNetworkTest::exhausted))) {
      assertThrows(OutOfDeviceMemory.class, () -> of(network, 1));
    }
    assertEquals(List.of(), told);
  }

  @Test
  void tooLittleMemoryToCompareIsTold() {
    try (var network = network(map(Form.HALF, EXACT, Form.FULL, FallbackNetworkTest::exhausted))) {
      assertEquals(2, of(network, 1));
      assertEquals(Form.HALF, network.form());
    }
    assertTrue(told.getFirst().contains("no memory to compare"), told.getFirst());
  }

  @Test
  void theWordsOfEachProviderAreKnown() {
    for (var words :
        List.of(
            "Failed to allocate memory for requested buffer of size 1073741824",
            "Available memory of 1024 is smaller than requested bytes of 2048",
            "CUDA failure 2: out of memory ; GPU=0",
            "CUDNN_STATUS_ALLOC_FAILED",
            "CUBLAS failure 3: CUBLAS_STATUS_ALLOC_FAILED")) {
      assertTrue(OutOfDeviceMemory.isMeantBy(words), words);
    }
    assertTrue(!OutOfDeviceMemory.isMeantBy("CUDNN_STATUS_EXECUTION_FAILED"));
  }

  @Test
  void aNetworkIsNotClosedUnderARunThatGoesThroughIt() throws Exception {
    var inside = new CountDownLatch(1);
    var goOn = new CountDownLatch(1);
    UnaryOperator<Float> slow =
        x -> {
          if (x == 7f) {
            inside.countDown();
            await(goOn);
            return 2 * x;
          }
          if (x == 14f) {
            return 2 * x;
          }
          throw new OutOfDeviceMemory("full", new IllegalStateException("full"));
        };
    var network = network(map(Form.FULL, slow, Form.CPU, EXACT));
    var first = new CompletableFuture<Float>();
    var thread = Thread.startVirtualThread(() -> first.complete(of(network, 7)));
    await(inside);
    assertEquals(6, of(network, 3), "the second run finds no memory and goes to the CPU");
    assertEquals(List.of("load FULL", "load CPU"), log, "the first run still needs its network");
    goOn.countDown();
    assertEquals(14, first.get(LONG_ENOUGH_SECONDS, TimeUnit.SECONDS));
    thread.join();
    assertEquals(List.of("load FULL", "load CPU", "close FULL"), log);
    network.close();
    assertEquals("close CPU", log.getLast());
  }

  private static void await(CountDownLatch latch) {
    try {
      assertTrue(latch.await(LONG_ENOUGH_SECONDS, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
