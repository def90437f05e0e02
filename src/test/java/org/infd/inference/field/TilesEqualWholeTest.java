package org.infd.inference.field;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.IntBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.infd.inference.bundle.Manifest;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.infd.inference.runtime.DeviceQueue;
import org.infd.inference.tensor.Npz;
import org.infd.inference.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The invariant of the field: a pixel does not depend on what it is rendered with. */
class TilesEqualWholeTest {
  private static final Cancellation NEVER = Cancellation.never();

  @TempDir Path temporary;

  private static Stream<RandomRenderer> renderers() {
    return Stream.of(
        RandomRenderer.of(32, 64, 32),
        RandomRenderer.of(32, 64, 48).withoutNorms(),
        RandomRenderer.of(64, 40, 64),
        RandomRenderer.of(32, 64, 32).encoded(10, 6),
        RandomRenderer.of(32, 50, 32).encoded(6, 0).withoutNorms(),
        RandomRenderer.of(32, 32, 32).withKernel(5),
        RandomRenderer.of(32, 64, 32).withKernel(1),
        RandomRenderer.of(32, 64, 32).larger());
  }

  private ModelBundle bundle(RandomRenderer renderer) throws IOException {
    return renderer.write(Files.createTempDirectory(temporary, "bundle"), null);
  }

  private static float[] cut(Tensor whole, Rectangle area) {
    int side = whole.extent(3);
    var values = new float[3 * area.height() * area.width()];
    int i = 0;
    for (int k = 0; k < 3; k++) {
      for (int r = area.row(); r < area.rowEnd(); r++) {
        for (int c = area.column(); c < area.columnEnd(); c++) {
          values[i++] = whole.get((k * side + r) * side + c);
        }
      }
    }
    return values;
  }

  private static Rectangle random(Random random, int side) {
    int height = 1 + random.nextInt(side);
    int width = 1 + random.nextInt(random.nextBoolean() ? side : Math.min(side, 50));
    return new Rectangle(
        random.nextInt(side - height + 1), random.nextInt(side - width + 1), height, width);
  }

  @ParameterizedTest
  @MethodSource("renderers")
  void anyRectangleFromAnyTiles(RandomRenderer renderer) throws IOException {
    var bundle = bundle(renderer);
    var phi = renderer.phi(1);
    var random = new Random(renderer.hashCode());
    var others =
        List.of(
            new NeuralField.Settings(128, 1, false, true),
            new NeuralField.Settings(64, 2, false, false),
            new NeuralField.Settings(32, 1, false, true));
    // small: averaged or whole; middle: exact statistics; large: blended
    var sides = new ArrayList<>(List.of(1 + random.nextInt(77), 269 + random.nextInt(60)));
    if (renderer.equals(renderers().findFirst().orElseThrow())) {
      sides.add(513 + random.nextInt(90));
    }
    try (var usual = NeuralField.open(bundle, Device.cpu(), phi, StatisticsMode.INTERPOLATED)) {
      for (int i = 0; i < sides.size(); i++) {
        int side = sides.get(i);
        var whole = usual.render(side, Rectangle.whole(side), NEVER);
        assertTrue(whole.isFinite());
        var settings = others.get(i);
        try (var other =
            NeuralField.open(bundle, Device.cpu(), phi, StatisticsMode.INTERPOLATED, settings)) {
          for (int trial = 0; trial < 3; trial++) {
            var area = random(random, side);
            var message = renderer + " N " + side + ", " + area + ", " + settings;
            var expected = cut(whole, area);
            assertArrayEquals(expected, other.render(side, area, NEVER).toArray(), message);
            assertArrayEquals(expected, usual.render(side, area, NEVER).toArray(), message);
          }
        }
      }
    }
  }

  @Test
  void anyOrderAndManyThreads() throws IOException, InterruptedException, ExecutionException {
    var renderer = RandomRenderer.of(32, 64, 32);
    var bundle = bundle(renderer);
    var phi = renderer.phi(2);
    var random = new Random(9);
    int[] sides = {200, 290, 300, 320};
    var wholes = new ArrayList<Tensor>();
    try (var field = NeuralField.open(bundle, Device.cpu(), phi, StatisticsMode.INTERPOLATED)) {
      for (int side : sides) {
        wholes.add(field.render(side, Rectangle.whole(side), NEVER));
      }
    }
    record Job(int which, Rectangle area) {}
    var jobs = new ArrayList<Job>();
    for (int i = 0; i < 48; i++) {
      int which = i % sides.length;
      int height = 1 + random.nextInt(100);
      int width = 1 + random.nextInt(100);
      jobs.add(
          new Job(
              which,
              new Rectangle(
                  random.nextInt(sides[which] - height),
                  random.nextInt(sides[which] - width),
                  height,
                  width)));
    }
    Collections.shuffle(jobs, random);
    // fewer sessions than scales: they are evicted while others use them
    var settings = new NeuralField.Settings(64, 2, false, false);
    try (var field =
            NeuralField.open(bundle, Device.cpu(), phi, StatisticsMode.INTERPOLATED, settings);
        var threads = Executors.newFixedThreadPool(4)) {
      var results = new ArrayList<Future<float[]>>();
      for (var job : jobs) {
        results.add(
            threads.submit(() -> field.render(sides[job.which], job.area, NEVER).toArray()));
      }
      for (int i = 0; i < jobs.size(); i++) {
        var job = jobs.get(i);
        assertArrayEquals(cut(wholes.get(job.which), job.area), results.get(i).get());
      }
      assertEquals(Exactness.EXACT, field.exactness(NEVER));
      assertTrue(field.held() <= 4, "sessions and buffers are few");
    }
  }

  @Test
  void theViewerShowsWhatAnExportWrites() throws IOException, InterruptedException {
    var renderer = RandomRenderer.of(32, 64, 32).withoutNorms();
    var bundle = bundle(renderer);
    var arrived = new LinkedBlockingQueue<Tile>();
    var failures = new LinkedBlockingQueue<Throwable>();
    var listener =
        new TileScheduler.Listener() {
          @Override
          public void arrived(Tile tile, java.util.Optional<Tile> replaced) {
            arrived.add(tile);
          }

          @Override
          public void failed(TileKey key, Throwable cause) {
            failures.add(cause);
          }
        };
    int side = 500;
    try (var field =
            NeuralField.open(bundle, Device.cpu(), renderer.phi(7), StatisticsMode.INTERPOLATED);
        var queue = new DeviceQueue(Device.cpu());
        var scheduler =
            new TileScheduler(
                TileSource.of(field),
                new ViewLevels(64),
                new TileStore(64 << 20),
                TileScheduler.Worker.on(queue),
                listener)) {
      scheduler.show(new Viewport(side, -20, -20, 600, 600), 0, 0);
      var whole = field.render(side, Rectangle.whole(side), NEVER);
      for (int i = 0; i < 5; i++) {
        var tile = arrived.poll(120, TimeUnit.SECONDS);
        assertTrue(tile != null && failures.isEmpty(), () -> "failed: " + failures);
        if (tile.key().imageSide() == side) {
          var area = tile.key().rectangle();
          var part = Tensor.of(cut(whole, area), 1, 3, area.height(), area.width());
          var pixels = IntBuffer.allocate(area.height() * area.width());
          DisplayColours.toArgb(part, pixels);
          assertArrayEquals(pixels.array(), tile.pixels().array());
        }
      }
      assertEquals(0, scheduler.pending());
    }
  }

  @Test
  void theGatheringGraphSeesTheSame() throws IOException {
    var renderer = RandomRenderer.of(32, 64, 32);
    var bundle = bundle(renderer);
    var phi = renderer.phi(3);
    var gathering = new NeuralField.Settings(256, 4, true, true);
    try (var plain = NeuralField.open(bundle, Device.cpu(), phi, StatisticsMode.INTERPOLATED);
        var gathered =
            NeuralField.open(bundle, Device.cpu(), phi, StatisticsMode.INTERPOLATED, gathering)) {
      for (int side : new int[] {100, 333}) {
        var area = new Rectangle(side / 3, side / 5, side / 2, side / 4);
        assertEquals(
            0,
            Npz.relativeError(gathered.render(side, area, NEVER), plain.render(side, area, NEVER)),
            1e-6);
      }
    }
  }

  @Test
  void smallImagesAreAveragesOfTheTrainedScale() throws IOException {
    var renderer = RandomRenderer.of(32, 32, 32).withoutNorms();
    var trained = new Manifest.TrainedScale(100, 1000, "user");
    var bundle = renderer.write(Files.createTempDirectory(temporary, "bundle"), trained);
    try (var field =
        NeuralField.open(bundle, Device.cpu(), renderer.phi(4), StatisticsMode.INTERPOLATED)) {
      var small = field.render(30, new Rectangle(7, 9, 2, 3), NEVER);
      var large = field.render(120, new Rectangle(28, 36, 8, 12), NEVER);
      double mean = 0;
      for (int r = 4; r < 8; r++) {
        for (int c = 8; c < 12; c++) {
          mean += large.get((2 * 8 + r) * 12 + c) / 16;
        }
      }
      assertEquals(mean, small.get((2 * 2 + 1) * 3 + 2), 1e-6);
    }
  }
}
