package org.infd.inference.generation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Network;
import org.infd.inference.tensor.AnyTensor;
import org.infd.inference.tensor.Tensor;
import org.junit.jupiter.api.Test;

class NetworkTurnsTest {
  private final List<String> told = new ArrayList<>();

  /** Tells when it is loaded, run and closed. */
  private final class Told implements Network {
    private final String name;
    private final Runnable inside;

    Told(String name, Runnable inside) {
      this.name = name;
      this.inside = inside;
      told.add("load " + name);
    }

    @Override
    public List<String> outputNames() {
      return List.of("out");
    }

    @Override
    public Map<String, AnyTensor> run(
        Map<String, ? extends AnyTensor> values, Set<String> wanted, Cancellation cancellation) {
      inside.run();
      return Map.of("out", Tensor.zeros(1));
    }

    @Override
    public void runInto(
        Map<String, ? extends AnyTensor> values,
        Map<String, Tensor> outputs,
        Cancellation cancellation) {
      inside.run();
    }

    @Override
    public void trim() {
      told.add("trim " + name);
    }

    @Override
    public void close() {
      told.add("close " + name);
    }
  }

  private Network network(NetworkTurns turns, String name, long bytes) {
    return turns.network(bytes, () -> new Told(name, () -> {}));
  }

  private static void run(Network network) {
    network.run(Map.of(), Set.of("out"), Cancellation.never());
  }

  @Test
  void whatFitsTogetherIsLoadedOnce() {
    try (var turns = new NetworkTurns(100)) {
      var text = network(turns, "text", 40);
      var unet = network(turns, "unet", 60);
      run(text);
      run(unet);
      run(text);
      run(unet);
      text.trim();
    }
    assertEquals(List.of("load text", "load unet", "trim text", "close text", "close unet"), told);
  }

  @Test
  void whatDoesNotFitTakesTurnsAndTheLongestAtRestGoesFirst() {
    try (var turns = new NetworkTurns(100)) {
      var text = network(turns, "text", 30);
      var encode = network(turns, "encode", 30);
      var unet = network(turns, "unet", 70);
      run(text);
      run(encode);
      run(text);
      run(unet);
      run(encode);
    }
    assertEquals(
        List.of(
            "load text",
            "load encode",
            "close encode",
            "load unet",
            "close text",
            "load encode",
            "close encode",
            "close unet"),
        told);
  }

  @Test
  void whatIsRunningStays() {
    try (var turns = new NetworkTurns(10)) {
      var inner = network(turns, "inner", 10);
      var outer = turns.network(10, () -> new Told("outer", () -> run(inner)));
      run(outer);
      assertEquals(List.of("load outer", "load inner"), told, "the outer one is in use");
      // one alone may be larger than the bound
      run(network(turns, "large", 1000));
      assertEquals(
          List.of("load outer", "load inner", "close inner", "close outer", "load large"), told);
    }
  }

  @Test
  void aClosedModelRunsNothing() {
    var turns = new NetworkTurns(10);
    var network = network(turns, "a", 1);
    turns.close();
    assertThrows(CancellationException.class, () -> run(network));
    assertEquals(List.of(), told);
  }
}
