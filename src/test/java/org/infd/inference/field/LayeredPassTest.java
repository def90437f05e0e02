package org.infd.inference.field;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.infd.inference.runtime.DeviceQueue;
import org.infd.inference.tensor.AnyTensor;
import org.infd.inference.tensor.Npz;
import org.infd.inference.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A whole image layer by layer: what one run of the live graph gives, in less memory. */
class LayeredPassTest {
  private static final Cancellation NEVER = Cancellation.never();

  /**
   * The live graph sums in single precision, the pass in double: they agree to some units in the
   * last place of what has gone through all layers.
   */
  private static final double ROUNDING = 1e-5;

  @TempDir Path temporary;

  private static Stream<RandomRenderer> renderers() {
    return Stream.of(
        RandomRenderer.of(32, 64, 32),
        RandomRenderer.of(64, 40, 64),
        RandomRenderer.of(32, 64, 32).encoded(10, 6),
        RandomRenderer.of(32, 32, 32).withKernel(5),
        RandomRenderer.of(32, 64, 32).withKernel(1),
        RandomRenderer.of(32, 64, 32).larger());
  }

  private ModelBundle bundle(RandomRenderer renderer) throws IOException {
    return renderer.write(Files.createTempDirectory(temporary, "bundle"), null);
  }

  private static Map<String, AnyTensor> live(ModelBundle bundle, Tensor phi, int side) {
    var rows = PixelAxis.of(side, 0, side, phi.extent(2));
    try (var graph = bundle.load("render_live", Device.cpu())) {
      var query = new RenderInputs(phi).query(rows, rows);
      return graph.run(Map.of("query", query), new LinkedHashSet<>(graph.outputNames()), NEVER);
    }
  }

  private static Tensor tensor(Map<String, AnyTensor> outputs, String name) {
    return (Tensor) Objects.requireNonNull(outputs.get(name));
  }

  @ParameterizedTest
  @MethodSource("renderers")
  void isTheLiveGraphInBands(RandomRenderer renderer) throws IOException {
    var bundle = bundle(renderer);
    var phi = renderer.phi(3);
    // a low last band joins its neighbour, whose height no other has
    int side = 187;
    var live = live(bundle, phi, side);
    var pass = LayeredPass.of(bundle).orElseThrow().inBandsOf(side * 23);
    var result = pass.run(new RenderInputs(phi), side, null, NEVER);
    assertTrue(Npz.relativeError(result.picture(), tensor(live, "rgb")) < ROUNDING);
    int norms = bundle.manifest().renderer().norms().size();
    assertEquals(norms, result.statistics().norms());
    for (int k = 0; k < norms; k++) {
      for (int g = 0; g < 32; g++) {
        var group = result.statistics().norm(k).get(g);
        double variance = tensor(live, "variance_" + k).get(g);
        double mean = tensor(live, "mean_" + k).get(g);
        assertEquals(mean, group.mean(), ROUNDING * Math.sqrt(variance));
        assertEquals(1, group.variance() / variance, ROUNDING);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("renderers")
  void itsBandsAreSeamless(RandomRenderer renderer) throws IOException {
    var bundle = bundle(renderer);
    var inputs = new RenderInputs(renderer.phi(4));
    int side = 144;
    var pass = LayeredPass.of(bundle).orElseThrow();
    var atOnce = pass.inBandsOf(side * side).run(inputs, side, null, NEVER);
    for (int rows : new int[] {12, 37, 72}) {
      var given = atOnce.statistics();
      var banded = pass.inBandsOf(side * rows).run(inputs, side, given, NEVER);
      assertArrayEquals(atOnce.picture().toArray(), banded.picture().toArray(), rows + " rows");
    }
  }

  @Test
  void holdsTwoLayersAndSomeBands() throws IOException {
    var bundle = bundle(RandomRenderer.of(32, 64, 32));
    var inputs = new RenderInputs(RandomRenderer.of(32, 64, 32).phi(4));
    int side = 512;
    var pass = LayeredPass.of(bundle).orElseThrow();
    long layer = 4L * 32 * side * side;
    var held = pass.run(inputs, side, null, NEVER).held();
    assertTrue(held < 2.75 * layer, held + " bytes, a layer has " + layer);
    assertTrue(held > layer, "all of a layer is held between layers");
  }

  @Test
  void endsWhenItIsCancelled() throws IOException {
    var bundle = bundle(RandomRenderer.of(32, 64, 32));
    var inputs = new RenderInputs(RandomRenderer.of(32, 64, 32).phi(4));
    var pass = LayeredPass.of(bundle).orElseThrow();
    var cancelled = new Cancellation();
    cancelled.cancel();
    assertThrows(CancellationException.class, () -> pass.run(inputs, 400, null, cancelled));
  }

  @Test
  void aPictureIsMadeByOnePassAndMadeAgainAsItWas() throws IOException {
    var renderer = RandomRenderer.of(32, 64, 32);
    var bundle = bundle(renderer);
    var inputs = new RenderInputs(renderer.phi(5));
    var statistics =
        new FieldStatistics(bundle, Device.cpu(), inputs, inputs, StatisticsMode.INTERPOLATED, 256);
    assertFalse(statistics.givesPictures(320));
    assertFalse(statistics.givesPictures(513));
    assertTrue(statistics.givesPictures(321) && statistics.givesPictures(512));
    var first = statistics.picture(350, NEVER);
    assertSame(first, statistics.picture(350, NEVER));
    for (int side = 330; side < 334; side++) {
      statistics.picture(side, NEVER);
    }
    var again = statistics.picture(350, NEVER);
    assertArrayEquals(first.toArray(), again.toArray());
  }

  @Test
  void whatWasNotRedoneStaysBitForBit() throws IOException {
    var renderer = RandomRenderer.of(32, 64, 32);
    var bundle = bundle(renderer);
    var phi = renderer.phi(6);
    var changed = Tensor.of(phi.toArray(), phi.shape());
    for (int channel = 0; channel < 32; channel++) {
      changed.set((channel * 64 + 20) * 64 + 30, 2);
    }
    int side = 400;
    try (var queue = new DeviceQueue(Device.cpu());
        var before =
            NeuralField.open(bundle, Device.cpu(), phi, phi, StatisticsMode.INTERPOLATED, queue);
        var after =
            NeuralField.open(
                bundle, Device.cpu(), changed, phi, StatisticsMode.INTERPOLATED, queue)) {
      var old = before.render(side, Rectangle.whole(side), NEVER);
      var redone = after.render(side, Rectangle.whole(side), NEVER);
      assertNotEquals(
          0, Npz.relativeError(redone, old), "the cell is seen: nothing is taken from the parent");
      // the cell lies in rows 125 to 131, columns 187 to 193; the renderer sees six pixels further
      for (var far :
          new Rectangle[] {new Rectangle(0, 0, 118, 400), new Rectangle(138, 0, 262, 400)}) {
        assertArrayEquals(
            before.render(side, far, NEVER).toArray(), after.render(side, far, NEVER).toArray());
      }
    }
  }
}
