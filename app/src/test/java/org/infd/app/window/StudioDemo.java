package org.infd.app.window;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Executors;
import javafx.application.Application;
import javafx.application.Platform;
import javafx.stage.Stage;
import org.infd.app.FakeEngine;
import org.infd.app.opening.FileDialogs;
import org.infd.app.settings.Settings;
import org.infd.inference.export.ExportFormat;

/** The studio over the fake engine, to be looked at by hand. */
public final class StudioDemo extends Application {
  @Override
  public void start(Stage stage) {
    var args = getParameters().getNamed();
    var engine = new FakeEngine();
    int permits = Integer.parseInt(args.getOrDefault("permits", "100000"));
    engine.gate.release(permits);
    if (args.containsKey("nomodel")) {
      engine.models = java.util.List.of();
    }
    if (args.containsKey("fail")) {
      engine.failure =
          new org.infd.inference.Problem(
              "/home/ada/models/mountains/unet.onnx was changed after the import: its hash does not"
                  + " match. Import the model again.");
    }
    var model =
        new StudioModel(
            new StudioServices(
                engine,
                Executors.newCachedThreadPool(task -> Thread.ofPlatform().daemon().unstarted(task)),
                Platform::runLater,
                System::nanoTime,
                new Random(1)),
            Settings.defaults(),
            Path.of("/tmp/studio-demo-none"));
    if (args.containsKey("dark")) {
      model.preferences().switchTheme();
    }
    var none =
        new FileDialogs() {
          @Override
          public Optional<Path> open() {
            return Optional.of(Path.of("/nowhere/x.infd"));
          }

          @Override
          public Optional<Path> saveField(String name) {
            return Optional.of(Path.of("/tmp", name + ".infd"));
          }

          @Override
          public Optional<Path> export(String name, ExportFormat format) {
            return Optional.of(
                Path.of("/tmp", name + format.endings().stream().findFirst().orElse("")));
          }
        };
    var window = new StudioWindow(model, none);
    stage.setScene(
        window.scene(
            Double.parseDouble(args.getOrDefault("width", "1680")),
            Double.parseDouble(args.getOrDefault("height", "1050"))));
    stage.setTitle("INFD Studio");
    stage.show();
    model.start();
  }
}
