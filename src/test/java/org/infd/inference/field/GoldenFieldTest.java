package org.infd.inference.field;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.infd.acceptance.GoldenModel;
import org.infd.exporter.BundleExporter;
import org.infd.exporter.ImportOptions;
import org.infd.exporter.ProgressListener;
import org.infd.inference.bundle.Manifest;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.infd.inference.tensor.Npz;
import org.infd.inference.tensor.Tensor;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Rendering against arrays of the official classes, for every golden set there is: coordinates,
 * pictures at once, ranges, patches and norm statistics.
 */
class GoldenFieldTest {
  private static final Cancellation NEVER = Cancellation.never();

  /** Of one stage, relative to the largest magnitude. */
  private static final double STAGE = 1e-5;

  /** The corner of the rectangle that golden sets cut out of a grid, row and column. */
  private static final int[] SUB_RECTANGLE = {20, 30};

  @TempDir static Path temporary;

  @TestFactory
  Collection<DynamicTest> fieldsOfAllSets() {
    var tests = new ArrayList<DynamicTest>();
    for (var set : GoldenModel.discover()) {
      tests.add(DynamicTest.dynamicTest(set.name(), () -> check(set)));
    }
    assertFalse(tests.isEmpty(), "there is a golden set");
    return tests;
  }

  private static void check(GoldenModel.Source set) throws IOException {
    var folder = Files.createTempDirectory(temporary, "golden").resolve("bundle");
    BundleExporter.export(
        set.checkpoint(), folder, ImportOptions.defaults(), ProgressListener.none(), NEVER);
    var bundle = ModelBundle.open(folder);
    if (bundle.manifest().renderer().kind() == Manifest.RendererKind.FIXED) {
      return;
    }
    new Comparison(bundle, Npz.read(set.arrays())).run();
  }

  private static final class Comparison {
    private final ModelBundle bundle;
    private final Npz golden;
    private int compared;

    Comparison(ModelBundle bundle, Npz golden) {
      this.bundle = bundle;
      this.golden = golden;
    }

    void run() {
      axes();
      range();
      for (var latent : List.of("z0", "enc_z")) {
        if (golden.has(latent)) {
          pictures(decode(golden.floats(latent)));
          break;
        }
      }
      for (var name : golden.names()) {
        Matcher match = Pattern.compile("(.+)_z").matcher(name);
        if (match.matches() && !name.startsWith("grad") && !name.startsWith("enc")) {
          sampled(match.group(1), golden.floats(name));
        }
      }
      assertTrue(compared > 0, "nothing to compare");
    }

    private void near(Tensor expected, Tensor actual, double tolerance, String name) {
      compared++;
      double error = Npz.relativeError(actual, expected);
      assertEquals(0, error, tolerance, name);
    }

    /** φ of each latent; the first as the set has it, so that its stage is measured alone. */
    private List<Tensor> decode(Tensor latents) {
      var maps = new ArrayList<Tensor>();
      try (var decode = bundle.load("decode", Device.cpu())) {
        for (int i = 0; i < latents.extent(0); i++) {
          maps.add(decode.run(Map.of("z", latents.slice(i, i + 1)), NEVER));
        }
      }
      if (golden.has("phi")) {
        maps.set(0, golden.floats("phi").slice(0, 1));
      }
      return maps;
    }

    private void axes() {
      for (var name : golden.names()) {
        Matcher lookup = Pattern.compile("lookup_(\\d+)_of_(\\d+)").matcher(name);
        if (lookup.matches()) {
          int side = Integer.parseInt(lookup.group(1));
          var axis = PixelAxis.of(side, 0, side, Integer.parseInt(lookup.group(2)));
          assertArrayEquals(
              golden.longs(name).toArray(),
              IntStream.range(0, side).mapToLong(axis::nearest).toArray(),
              name);
          compared++;
        }
        Matcher centres = Pattern.compile("coord(\\d+)_axis").matcher(name);
        if (centres.matches()) {
          assertArrayEquals(
              golden.floats(name).toArray(),
              PixelAxis.officialCentres(-1, 1, Integer.parseInt(centres.group(1))),
              name);
          compared++;
        }
      }
    }

    /** Low and high of rows, then of columns, from centres and cells; they have few decimals. */
    private double[] ranges() {
      var centres = golden.floats("range_coord");
      var cells = golden.floats("range_cell");
      int height = centres.extent(1);
      int width = centres.extent(2);
      var ranges = new double[4];
      for (int axis = 0; axis < 2; axis++) {
        double half = cells.get(axis) / 2;
        double first = centres.get(axis);
        double last = centres.get((height * width - 1) * 2 + axis);
        ranges[2 * axis] = Math.rint((first - half) * 1e4) / 1e4;
        ranges[2 * axis + 1] = Math.rint((last + half) * 1e4) / 1e4;
      }
      return ranges;
    }

    private void range() {
      if (!golden.has("range_coord")) {
        return;
      }
      var centres = golden.floats("range_coord");
      int height = centres.extent(1);
      int width = centres.extent(2);
      var ranges = ranges();
      var rows = PixelAxis.officialCentres(ranges[0], ranges[1], height);
      var columns = PixelAxis.officialCentres(ranges[2], ranges[3], width);
      for (int r = 0; r < height; r++) {
        for (int c = 0; c < width; c++) {
          assertEquals(centres.get((r * width + c) * 2), rows[r]);
          assertEquals(centres.get((r * width + c) * 2 + 1), columns[c]);
        }
      }
      var cells = golden.floats("range_cell");
      assertEquals(cells.get(0), PixelAxis.officialCell(ranges[0], ranges[1], height));
      assertEquals(cells.get(1), PixelAxis.officialCell(ranges[2], ranges[3], width));
      compared++;
    }

    private void pictures(List<Tensor> maps) {
      layout(maps.getFirst());
      for (int i = 0; i < maps.size(); i++) {
        try (var official = OfficialRendering.open(bundle, Device.cpu(), maps.get(i));
            var field =
                NeuralField.open(bundle, Device.cpu(), maps.get(i), StatisticsMode.INTERPOLATED)) {
          // φ of later items comes from our own decoder: two stages
          double tolerance = i == 0 && golden.has("phi") ? STAGE : 2 * STAGE;
          for (var name : golden.names()) {
            if (name.startsWith("rgb_")) {
              picture(name, official, field, i, tolerance);
            } else if (name.matches("gn\\d+\\..*\\.mean")) {
              statistics(name, field, i);
            }
          }
        }
      }
    }

    private void layout(Tensor phi) {
      if (!golden.has("layout16")) {
        return;
      }
      var expected = golden.floats("layout16");
      var inputs = new RenderInputs(phi);
      var query =
          inputs.query(
              PixelAxis.of(16, 0, 16, inputs.cellRows()),
              PixelAxis.of(16, 0, 16, inputs.cellColumns()));
      // with positional encodings the rest of the official input is made inside the graph
      int same =
          expected.elements() == query.elements() ? query.elements() : phi.extent(1) * 16 * 16;
      for (int i = 0; i < same; i++) {
        assertEquals(expected.get(i), query.get(i), 1e-5, "layout16 at " + i);
      }
      compared++;
    }

    private void picture(
        String name, OfficialRendering official, NeuralField field, int item, double tolerance) {
      var expected = golden.floats(name).slice(item, item + 1);
      Matcher full = Pattern.compile("rgb_full(\\d+)").matcher(name);
      Matcher sub = Pattern.compile("rgb_sub_of_full(\\d+)").matcher(name);
      Matcher patches = Pattern.compile("rgb_patchwise(\\d+)_p(\\d+)_pad(\\d+)").matcher(name);
      if (full.matches()) {
        int side = Integer.parseInt(full.group(1));
        near(expected, official.whole(side, NEVER), tolerance, name);
        if (side >= smallestUnaveraged()) {
          var whole = field.render(side, Rectangle.whole(side), NEVER);
          near(expected, whole, tolerance, name + " with frozen norms");
          var area = new Rectangle(side / 3, side / 2, side / 2, side / 4);
          var part = Tensor.zeros(1, 3, area.height(), area.width());
          NeuralField.copy(whole, new TilePlan.Part(Rectangle.whole(side), area), area, part);
          assertArrayEquals(part.toArray(), field.render(side, area, NEVER).toArray(), name);
        }
      } else if (sub.matches()) {
        var area =
            new Rectangle(
                SUB_RECTANGLE[0], SUB_RECTANGLE[1], expected.extent(2), expected.extent(3));
        near(
            expected,
            official.rectangle(Integer.parseInt(sub.group(1)), area, NEVER),
            tolerance,
            name);
      } else if (patches.matches()) {
        int side = Integer.parseInt(patches.group(1));
        int patch = Integer.parseInt(patches.group(2));
        int padding = Integer.parseInt(patches.group(3));
        var whole = official.patchwise(side, patch, padding, NEVER);
        near(expected, whole, tolerance, name);
        var area = new Rectangle(side / 5, side / 3, side / 2, side - side / 3);
        var part = Tensor.zeros(1, 3, area.height(), area.width());
        NeuralField.copy(whole, new TilePlan.Part(Rectangle.whole(side), area), area, part);
        assertArrayEquals(
            part.toArray(), official.patchwise(side, area, patch, padding, NEVER).toArray(), name);
      } else if (name.equals("rgb_range")) {
        var r = ranges();
        near(
            expected,
            official.range(r[0], r[1], r[2], r[3], expected.extent(2), expected.extent(3), NEVER),
            tolerance,
            name);
      }
    }

    private int smallestUnaveraged() {
      var trained = bundle.manifest().trainedScale();
      var map = bundle.manifest().featureMap();
      return trained == null ? Math.max(map.height(), map.width()) : trained.min();
    }

    private void statistics(String name, NeuralField field, int item) {
      Matcher match = Pattern.compile("gn(\\d+)\\.(.*)\\.mean").matcher(name);
      if (!match.matches()) {
        return;
      }
      var norms = bundle.manifest().renderer().norms();
      int k =
          IntStream.range(0, norms.size())
              .filter(i -> norms.get(i).name().endsWith(match.group(2)))
              .findFirst()
              .orElseThrow();
      var groups = field.statistics(Integer.parseInt(match.group(1)), NEVER).norm(k);
      var mean = Tensor.zeros(1, groups.size());
      var variance = Tensor.zeros(1, groups.size());
      for (int g = 0; g < groups.size(); g++) {
        mean.set(g, (float) groups.get(g).mean());
        variance.set(g, (float) groups.get(g).variance());
      }
      near(golden.floats(name).slice(item, item + 1), mean, STAGE, name);
      var varianceName = name.replaceAll("mean$", "var");
      near(golden.floats(varianceName).slice(item, item + 1), variance, STAGE, varianceName);
    }

    /** Pictures of a latent that the set names: whole, or a rectangle of a larger one. */
    private void sampled(String stem, Tensor latent) {
      if (golden.names().stream().noneMatch(name -> name.startsWith(stem + "_rgb"))) {
        return;
      }
      Tensor phi;
      try (var decode = bundle.load("decode", Device.cpu())) {
        phi = decode.run(Map.of("z", latent.slice(0, 1)), NEVER);
      }
      var pattern =
          Pattern.compile(
              Pattern.quote(stem) + "_rgb(\\d+)(?:_rows(\\d+)_(\\d+)_cols(\\d+)_(\\d+))?");
      try (var field = NeuralField.open(bundle, Device.cpu(), phi, StatisticsMode.INTERPOLATED)) {
        for (var name : golden.names()) {
          Matcher match = pattern.matcher(name);
          if (match.matches()) {
            int side = Integer.parseInt(match.group(1));
            var area = match.group(2) == null ? Rectangle.whole(side) : area(match);
            near(golden.floats(name).slice(0, 1), field.render(side, area, NEVER), 2 * STAGE, name);
          }
        }
      }
    }

    private static Rectangle area(Matcher match) {
      int row = Integer.parseInt(match.group(2));
      int column = Integer.parseInt(match.group(4));
      return new Rectangle(
          row,
          column,
          Integer.parseInt(match.group(3)) - row,
          Integer.parseInt(match.group(5)) - column);
    }
  }
}
