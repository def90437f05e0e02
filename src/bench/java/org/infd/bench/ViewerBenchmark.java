package org.infd.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import javafx.animation.AnimationTimer;
import javafx.application.Platform;
import javafx.scene.Scene;
import javafx.stage.Stage;
import org.infd.app.engine.BundleEngine;
import org.infd.app.engine.DeviceChoice;
import org.infd.app.engine.Engine;
import org.infd.app.engine.Picture;
import org.infd.app.viewer.Field;
import org.infd.app.viewer.Placement;
import org.infd.app.viewer.ViewerModel;
import org.infd.app.viewer.ViewerPane;
import org.infd.inference.bundle.BundleCatalog;
import org.infd.inference.field.TileKey;
import org.infd.inference.generation.Recipe;
import org.infd.inference.generation.Recipe.SamplerKind;
import org.infd.inference.runtime.Cancellation;

/**
 * Measures the viewer in a window of 1600 × 1000 over the embedded model: frames a second while
 * panning over tiles that are there, and how a jump to eight times the zoom is covered, against the
 * pure time of rendering the same tiles. Run by {@code src/bench/studio view}.
 */
final class ViewerBenchmark {
  private static final int WIDTH = 1600;
  private static final int HEIGHT = 1000;
  private static final int PAN_SIDE = 2600;
  private static final double PAN_SPEED = 11;
  private static final long PAN_NANOS = 6_000_000_000L;
  private static final int JUMP = 8;
  private static final int JUMPS = 3;

  private final BundleEngine engine;
  private final ViewerModel model = new ViewerModel(Platform::runLater, 512L << 20);

  private ViewerBenchmark(Path scratch) {
    engine =
        new BundleEngine(
            BundleCatalog.ofSystem(), scratch, () -> DeviceChoice.choose("auto", false, 0, 0));
  }

  static void run() throws Exception {
    var begun = new CountDownLatch(1);
    Platform.startup(begun::countDown);
    begun.await();
    var benchmark = new ViewerBenchmark(Files.createTempDirectory("infd-bench"));
    try {
      benchmark.measure();
    } finally {
      benchmark.engine.close();
      Platform.exit();
    }
  }

  private Picture picture(long seed) {
    var chosen = engine.models().getFirst();
    return engine.generate(
        Recipe.builder(chosen.id(), chosen.hash())
            .seed(seed)
            .steps(4)
            .sampler(SamplerKind.DPMPP)
            .build(),
        Engine.Watcher.NOBODY,
        Cancellation.never());
  }

  private void measure() throws Exception {
    var picture = picture(7);
    FxQuery.ask(
        () -> {
          var pane = new ViewerPane(model, () -> {});
          model.attach(pane::refresh, System.err::println);
          model.setReducedMotion(true);
          var stage = new Stage();
          stage.setScene(new Scene(pane, WIDTH, HEIGHT));
          stage.show();
          model.show(alone(picture));
          return null;
        });
    FxQuery.await(() -> isWhole());
    System.out.println(
        "Window " + FxQuery.ask(() -> model.cameraProperty().get().width()) + " × " + HEIGHT);
    pan();
    for (int i = 0; i < JUMPS; i++) {
      jump(picture, 0.3 + 0.2 * i);
    }
  }

  /** The field without what is invented below its own scale, which takes as long as it takes. */
  private static Field alone(Picture picture) {
    var field = picture.field();
    return new Field(field.renderer(), field.worker(), field.featureSide(), field.trainedSide());
  }

  /** At rest, and nothing on screen is resampled. */
  private boolean isWhole() {
    return !model.isMoving()
        && model.pendingProperty().get() == 0
        && !model.frame().isEmpty()
        && model.frame().stream().allMatch(p -> p.isExact() && p.opacity() == 1);
  }

  private void pan() throws Exception {
    FxQuery.ask(
        () -> {
          model.zoomTo(PAN_SIDE, System.nanoTime());
          return null;
        });
    // every tile of the way, so that nothing is rendered while it is measured
    for (double x : new double[] {0, 1, 0.5}) {
      FxQuery.ask(
          () -> {
            model.centre(x, 0.5);
            return null;
          });
      FxQuery.await(this::isWhole);
    }
    FxQuery.await(() -> model.pendingProperty().get() == 0);
    Thread.sleep(4000);
    var frames = new ArrayList<Long>();
    var done = new CompletableFuture<Void>();
    Platform.runLater(
        () -> {
          long begun = System.nanoTime();
          new AnimationTimer() {
            private double direction = PAN_SPEED;

            @Override
            public void handle(long now) {
              frames.add(System.nanoTime());
              var before = model.cameraProperty().get();
              model.drag(direction, 0);
              if (model.cameraProperty().get().equals(before)) {
                direction = -direction;
              }
              if (System.nanoTime() - begun > PAN_NANOS) {
                stop();
                done.complete(null);
              }
            }
          }.start();
        });
    done.get();
    var gaps = new ArrayList<Double>();
    for (int i = 1; i < frames.size(); i++) {
      gaps.add((frames.get(i) - frames.get(i - 1)) / 1e6);
    }
    gaps.sort(null);
    System.out.printf(
        "Panning over cached tiles: %.1f frames a second (median gap %.1f ms, 95 %% %.1f ms)%n",
        1e9 * (frames.size() - 1) / (frames.getLast() - frames.getFirst()),
        gaps.get(gaps.size() / 2),
        gaps.get(gaps.size() * 95 / 100));
  }

  private void jump(Picture picture, double place) throws Exception {
    FxQuery.ask(
        () -> {
          model.fit(System.nanoTime());
          return null;
        });
    FxQuery.await(this::isWhole);
    // what is rendered ahead is not to be there already
    FxQuery.ask(
        () -> {
          model.show(alone(picture));
          return null;
        });
    FxQuery.await(this::isWhole);
    long begun = System.nanoTime();
    var next = new CompletableFuture<Boolean>();
    FxQuery.ask(
        () -> {
          double side = model.cameraProperty().get().side() * JUMP;
          model.zoomTo(side, System.nanoTime());
          model.centre(place, place);
          new AnimationTimer() {
            @Override
            public void handle(long now) {
              stop();
              next.complete(covers(model.frame()));
            }
          }.start();
          return null;
        });
    boolean covered = next.get();
    double frame = (System.nanoTime() - begun) / 1e6;
    FxQuery.await(this::isWhole);
    double whole = (System.nanoTime() - begun) / 1e9;
    var view = FxQuery.ask(() -> model.cameraProperty().get().atRest());
    var keys = TileKey.visible(view);
    double pure = pureSeconds(picture, keys);
    System.out.printf(
        "Jump to %d×: %s in the next frame (after %.0f ms); %d tiles whole after %.2f s, rendered"
            + " alone %.2f s: %.2f×%n",
        JUMP,
        covered ? "covered by stand-ins" : "BLANK",
        frame,
        keys.size(),
        whole,
        pure,
        whole / pure);
  }

  /** Whether something opaque is everywhere in the window. */
  private boolean covers(List<Placement> frame) {
    for (int y = 0; y < HEIGHT; y += 10) {
      for (int x = 0; x < WIDTH; x += 10) {
        int px = x;
        int py = y;
        if (frame.stream()
            .noneMatch(
                p ->
                    p.opacity() == 1
                        && px >= p.x()
                        && px < p.x() + p.width()
                        && py >= p.y()
                        && py < p.y() + p.height())) {
          return false;
        }
      }
    }
    return true;
  }

  /** The same tiles one after the other, with nothing else to do. */
  private static double pureSeconds(Picture picture, List<TileKey> keys) {
    var renderer = picture.field().renderer();
    long begun = System.nanoTime();
    for (var key : keys) {
      renderer.render((int) key.imageSide(), key.rectangle(), Cancellation.never());
    }
    return (System.nanoTime() - begun) / 1e9;
  }
}
