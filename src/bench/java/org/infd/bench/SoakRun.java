package org.infd.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import javafx.application.Platform;
import javafx.stage.Stage;
import org.infd.app.engine.BundleEngine;
import org.infd.app.engine.DeviceChoice;
import org.infd.app.opening.FileDialogs;
import org.infd.app.settings.Settings;
import org.infd.app.window.StudioModel;
import org.infd.app.window.StudioServices;
import org.infd.app.window.StudioWindow;
import org.infd.inference.bundle.BundleCatalog;
import org.infd.inference.export.ExportFormat;

/**
 * Rounds of making a picture and zooming into it, in the whole studio over the embedded model, with
 * the heap and the process's memory at intervals: neither may grow for ever. Run by {@code
 * src/bench/studio soak}.
 */
final class SoakRun {
  private static final int STEPS = 2;
  private static final int REPORTS = 10;
  private static final int ZOOM = 3000;

  /** Tabs are opened and closed in rounds of so many. */
  private static final int TABS = 7;

  private final StudioModel model;

  private SoakRun(StudioModel model) {
    this.model = model;
  }

  static void run(int rounds) throws Exception {
    var begun = new CountDownLatch(1);
    Platform.startup(begun::countDown);
    begun.await();
    var scratch = Files.createTempDirectory("infd-soak");
    var background =
        Executors.newCachedThreadPool(Thread.ofPlatform().daemon().name("soak-", 1).factory());
    var model =
        FxQuery.ask(
            () ->
                new StudioModel(
                    new StudioServices(
                        new BundleEngine(
                            BundleCatalog.ofSystem(),
                            scratch,
                            () -> DeviceChoice.choose("auto", false, 0, 0)),
                        background,
                        Platform::runLater,
                        System::nanoTime,
                        new Random(1)),
                    Settings.defaults(),
                    scratch));
    new SoakRun(model).rounds(rounds);
    FxQuery.ask(
        () -> {
          model.close();
          return null;
        });
    background.shutdownNow();
    Platform.exit();
  }

  private void rounds(int rounds) throws Exception {
    FxQuery.ask(
        () -> {
          var stage = new Stage();
          stage.setScene(new StudioWindow(model, new NoFiles()).scene(860, 520));
          stage.show();
          model.viewer().setReducedMotion(true);
          model.recipe().stepsProperty().set(STEPS);
          model.start();
          return null;
        });
    FxQuery.await(() -> model.pictureProperty().get().isPresent());
    System.out.println("round   heap after GC   heap taken   resident   tiles   tabs   seconds");
    long begun = System.nanoTime();
    for (int round = 1; round <= rounds; round++) {
      round(round);
      if (round % Math.max(1, rounds / REPORTS) == 0 || round == 1) {
        report(round, (System.nanoTime() - begun) / 1e9);
      }
    }
  }

  private void round(int round) throws Exception {
    var before = FxQuery.ask(() -> model.pictureProperty().get());
    FxQuery.ask(
        () -> {
          if (round % TABS == 0) {
            while (model.tabs().tabs().size() > 1) {
              model.tabs().close(model.tabs().current());
            }
            model.requests().generate(false);
          } else if (round % 2 == 0) {
            model.requests().generate(true);
          } else {
            model.requests().generate(false);
          }
          return null;
        });
    FxQuery.await(
        () ->
            !model.generation().isRunning()
                && model.pictureProperty().get().isPresent()
                && !model.pictureProperty().get().equals(before));
    FxQuery.ask(
        () -> {
          model.viewer().zoomTo(ZOOM + round, System.nanoTime());
          model.viewer().centre(0.1 + 0.013 * (round % 60), 0.5);
          return null;
        });
    FxQuery.await(() -> !model.viewer().isMoving() && model.viewer().pendingProperty().get() == 0);
  }

  private void report(int round, double seconds) throws Exception {
    long heap = Long.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      System.gc();
      Thread.sleep(100);
      var runtime = Runtime.getRuntime();
      heap = Math.min(heap, runtime.totalMemory() - runtime.freeMemory());
    }
    long tiles = FxQuery.ask(() -> model.viewer().cachedBytes() + model.tabs().asideBytes());
    System.out.printf(
        "%5d %12.0f MB %9.0f MB %7.0f MB %4.0f MB %6d %9.0f%n",
        round,
        heap / 1e6,
        Runtime.getRuntime().totalMemory() / 1e6,
        residentBytes() / 1e6,
        tiles / 1e6,
        FxQuery.ask(() -> model.tabs().tabs().size()),
        seconds);
  }

  /** What the system says that this process holds in memory; 0 where it does not say. */
  private static long residentBytes() {
    try {
      for (var line : Files.readAllLines(Path.of("/proc/self/status"))) {
        if (line.startsWith("VmRSS:")) {
          return 1024 * Long.parseLong(line.replaceAll("\\D", ""));
        }
      }
    } catch (IOException e) {
      // another system
    }
    return 0;
  }

  private static final class NoFiles implements FileDialogs {
    @Override
    public Optional<Path> open() {
      return Optional.empty();
    }

    @Override
    public Optional<Path> saveField(String name) {
      return Optional.empty();
    }

    @Override
    public Optional<Path> export(String name, ExportFormat format) {
      return Optional.empty();
    }
  }
}
