package org.infd.inference.field;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.infd.inference.runtime.Network;
import org.infd.inference.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The first convolution by cells: what it is pixel by pixel, and the same from every rectangle. */
class CellLayerTest {
  private static final Cancellation NEVER = Cancellation.never();

  /** The same products in another order: some units in the last place. */
  private static final double ROUNDING = 2e-6;

  @TempDir Path temporary;

  private static Stream<RandomRenderer> renderers() {
    return Stream.of(
        RandomRenderer.of(32, 32, 32),
        RandomRenderer.of(32, 30, 48).withoutNorms(),
        RandomRenderer.of(32, 32, 32).encoded(10, 6),
        RandomRenderer.of(32, 21, 32).encoded(6, 0).withoutNorms(),
        RandomRenderer.of(32, 20, 32).withKernel(5),
        RandomRenderer.of(32, 32, 32).larger());
  }

  private ModelBundle bundle(RandomRenderer renderer) throws IOException {
    return renderer.write(Files.createTempDirectory(temporary, "bundle"), null);
  }

  private static PixelAxis axis(int side, int first, int count, int cells) {
    return PixelAxis.of(side, first, count, cells);
  }

  private static Tensor byCells(
      CellLayer layer, Network first, RenderInputs inputs, int hidden, int side, Rectangle area) {
    var output = Tensor.zeros(1, hidden, area.height(), area.width());
    layer.fill(
        first,
        output,
        axis(side, area.row(), area.height(), inputs.cellRows()),
        axis(side, area.column(), area.width(), inputs.cellColumns()),
        NEVER);
    return output;
  }

  @ParameterizedTest
  @MethodSource("renderers")
  void isTheConvolution(RandomRenderer renderer) throws IOException {
    var bundle = bundle(renderer);
    var layers = RendererLayers.of(bundle).orElseThrow();
    var inputs = new RenderInputs(renderer.phi(8));
    var layer = new CellLayer(inputs, layers.reach(), renderer.hidden());
    // as tiles are, a multiple of four; cells of unequal widths; a corner of the image, all of it,
    // and something in its middle
    int side = (renderer.side() * 11 - 1) / 4 * 4;
    assertTrue(layer.serves(side));
    try (var first = bundle.loadPart("render", Device.cpu(), Map.of(), layers.first())) {
      var whole = byCells(layer, first, inputs, renderer.hidden(), side, Rectangle.whole(side));
      for (var area :
          new Rectangle[] {
            new Rectangle(0, 0, 44, 60),
            new Rectangle(side - 52, side - 40, 52, 40),
            new Rectangle(57, 81, 70, 44)
          }) {
        var part = byCells(layer, first, inputs, renderer.hidden(), side, area);
        var query =
            inputs.query(
                axis(side, area.row(), area.height(), renderer.side()),
                axis(side, area.column(), area.width(), renderer.side()));
        var pixelwise = first.run(Map.of("query", query), NEVER);
        compare(renderer, area, layers.reach(), side, part, pixelwise, whole);
      }
    }
  }

  /** Away from borders that are not those of the image. */
  private static void compare(
      RandomRenderer renderer,
      Rectangle area,
      int reach,
      int side,
      Tensor part,
      Tensor pixelwise,
      Tensor whole) {
    double error = 0;
    double size = 0;
    for (int channel = 0; channel < renderer.hidden(); channel++) {
      for (int r = area.row(); r < area.rowEnd(); r++) {
        for (int c = area.column(); c < area.columnEnd(); c++) {
          boolean seesAll =
              (r - reach >= area.row() || area.row() == 0)
                  && (c - reach >= area.column() || area.column() == 0)
                  && (r + reach < area.rowEnd() || area.rowEnd() == side)
                  && (c + reach < area.columnEnd() || area.columnEnd() == side);
          if (seesAll) {
            int i = (channel * area.height() + r - area.row()) * area.width() + c - area.column();
            var place = renderer + ": " + channel + ", " + r + ", " + c;
            assertEquals(whole.get((channel * side + r) * side + c), part.get(i), place);
            error += Math.pow((double) part.get(i) - pixelwise.get(i), 2);
            size += Math.pow(pixelwise.get(i), 2);
          }
        }
      }
    }
    assertTrue(size > 0);
    assertTrue(Math.sqrt(error / size) < ROUNDING, renderer + ", " + area);
  }

  @Test
  void servesLargeCellsAlone() {
    var inputs = new RenderInputs(Tensor.zeros(1, 4, 10, 20));
    assertFalse(new CellLayer(inputs, 1, 8).serves(119));
    assertTrue(new CellLayer(inputs, 1, 8).serves(120));
    assertTrue(new CellLayer(inputs, 2, 8).serves(200));
    assertFalse(new CellLayer(inputs, 2, 8).serves(199));
    assertFalse(new CellLayer(inputs, 0, 8).serves(2000), "there is nothing to share");
  }

  @Test
  void aFieldOfLargeCellsIsNearTheWholeGraph() throws IOException {
    var renderer = RandomRenderer.of(32, 32, 32).withoutNorms();
    var bundle = bundle(renderer);
    var phi = renderer.phi(2);
    int side = 400;
    var all = axis(side, 0, side, 32);
    try (var field = NeuralField.open(bundle, Device.cpu(), phi, StatisticsMode.INTERPOLATED);
        var graph = bundle.load("render", Device.cpu())) {
      var whole = graph.run(Map.of("query", new RenderInputs(phi).query(all, all)), NEVER);
      var rendered = field.render(side, Rectangle.whole(side), NEVER);
      assertTrue(rendered.distanceFrom(whole) < ROUNDING);
      assertFalse(Arrays.equals(rendered.toArray(), whole.toArray()), "by cells");
      assertEquals(Exactness.EXACT, field.exactness(NEVER));
      var part = field.render(side, new Rectangle(100, 30, 50, 60), NEVER);
      var expected = Tensor.zeros(1, 3, 50, 60);
      NeuralField.copy(
          rendered,
          new TilePlan.Part(Rectangle.whole(side), new Rectangle(100, 30, 50, 60)),
          new Rectangle(100, 30, 50, 60),
          expected);
      assertArrayEquals(expected.toArray(), part.toArray());
    }
  }
}
