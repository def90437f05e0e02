package org.infd.inference.field;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.infd.inference.runtime.DeviceQueue;
import org.infd.inference.runtime.Network;
import org.infd.inference.runtime.OutOfDeviceMemory;
import org.infd.inference.tensor.AnyTensor;
import org.infd.inference.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a field does when the memory of a GPU ends; the GPU is a CPU with a short memory. */
class MemoryFallbackTest {
  private static final Device GPU = new Device(Device.Kind.CUDA, 0, "Pretend 9", "it is a test.");
  private static final int SIDE = 600;

  @TempDir private Path folder;
  private final List<String> told = new ArrayList<>();
  private final List<Integer> tiles = new ArrayList<>();

  /** Renders on the CPU what is at most so wide, and has no memory for more. */
  private record Small(Network inner, int widest, List<Integer> tiles) implements Network {
    @Override
    public List<String> outputNames() {
      return inner.outputNames();
    }

    @Override
    public Map<String, AnyTensor> run(
        Map<String, ? extends AnyTensor> values, Set<String> wanted, Cancellation cancellation) {
      return inner.run(values, wanted, cancellation);
    }

    @Override
    public void runInto(
        Map<String, ? extends AnyTensor> values,
        Map<String, Tensor> outputs,
        Cancellation cancellation) {
      int width = outputs.get("rgb").extent(3);
      tiles.add(width);
      if (width > widest) {
        throw new OutOfDeviceMemory("Full.", new IllegalStateException());
      }
      inner.runInto(values, outputs, cancellation);
    }

    @Override
    public void trim() {}

    @Override
    public void close() {
      inner.close();
    }
  }

  private Tensor render(int widest, int widestOnCpu) throws IOException {
    var renderer = RandomRenderer.of(32, 128, 32).withoutNorms();
    var bundle = renderer.write(Files.createTempDirectory(folder, "bundle"), null);
    NeuralField.Loader loader =
        (device, graph, part, frozen) ->
            new Small(
                part.isPresent()
                    ? bundle.loadPart(graph, Device.cpu(), frozen, part.get())
                    : bundle.load(graph, Device.cpu(), frozen),
                device.isGpu() ? widest : widestOnCpu,
                tiles);
    try (var queue = new DeviceQueue(GPU, told::add);
        var field =
            NeuralField.open(
                bundle,
                GPU,
                renderer.phi(3),
                StatisticsMode.INTERPOLATED,
                new NeuralField.Settings(256, 2, false, true),
                loader,
                queue)) {
      return field.render(SIDE, Rectangle.whole(SIDE), Cancellation.never());
    }
  }

  @Test
  void tilesBecomeSmallerUntilTheyFit() throws IOException {
    var roomy = render(10_000, 0);
    assertEquals(List.of(), told);
    tiles.clear();
    assertArrayEquals(roomy.toArray(), render(100, 0).toArray());
    assertEquals(2, told.size(), told::toString);
    assertTrue(told.getFirst().contains("tiles of 256 pixels; they are rendered at 128"));
    assertTrue(told.getLast().contains("tiles of 128 pixels; they are rendered at 64"));
    assertTrue(tiles.getLast() <= 100, tiles::toString);
  }

  @Test
  void theCpuTakesOverWhenNoTileFits() throws IOException {
    var roomy = render(10_000, 0);
    assertArrayEquals(roomy.toArray(), render(10, 10_000).toArray());
    assertTrue(told.getLast().contains("goes on on the CPU"), told::toString);
    int full = 256 + 2 * 6;
    assertTrue(tiles.lastIndexOf(full) > tiles.indexOf(64 + 2 * 6), "the CPU has full tiles");
  }

  @Test
  void whenNothingFitsItIsSaid() {
    assertThrows(OutOfDeviceMemory.class, () -> render(10, 10));
  }
}
