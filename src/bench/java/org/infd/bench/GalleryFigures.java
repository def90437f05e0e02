package org.infd.bench;

import atlantafx.base.theme.PrimerLight;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import javafx.application.Application;
import javafx.application.Platform;
import javafx.scene.Node;
import javafx.scene.Scene;
import javafx.scene.image.ImageView;
import javafx.stage.Stage;
import javax.imageio.ImageIO;
import org.infd.app.gallery.GalleryModel;
import org.infd.app.gallery.GalleryPane;
import org.infd.app.gallery.KeptPicture;
import org.infd.app.window.StudioWindow;
import org.infd.app.work.Background;
import org.infd.app.work.Notices;
import org.infd.app.work.UndoStack;
import org.infd.inference.Folders;
import org.infd.inference.generation.FieldFile;
import org.infd.inference.generation.FieldImage;
import org.infd.inference.generation.Recipe;
import org.infd.inference.generation.Recipe.SamplerKind;
import org.infd.inference.tensor.Tensor;

/**
 * Measures the gallery with thousands of pictures in a window of 1600 × 1000: from the page's first
 * moment to the first pictures and to all of them listed, from each key of a search to the frame
 * that shows what is found, and from a moment when all is listed to the first pictures. Run by
 * {@code src/bench/studio gallery}.
 */
final class GalleryFigures {
  private static final int WIDTH = 1600;
  private static final int HEIGHT = 1000;
  private static final int THUMBNAIL = 256;

  /** So many files are made; the others are copies under other names. */
  private static final int DISTINCT = 100;

  private static final String SEARCH = "lake 7 peak";
  private static final List<String> WORDS =
      List.of("lake", "peak", "forest", "meadow", "dusk", "fog", "river", "snow");

  private GalleryFigures() {}

  static void run(int count) throws Exception {
    var folder = Files.createTempDirectory("infd-gallery");
    try {
      write(folder, count);
      var begun = new CountDownLatch(1);
      Platform.startup(begun::countDown);
      begun.await();
      measure(folder, count);
    } finally {
      Folders.delete(folder);
      Platform.exit();
    }
  }

  private static void write(Path folder, int count) throws IOException {
    var random = new Random(1);
    var first = new ArrayList<Path>();
    for (int i = 0; i < count; i++) {
      var file = folder.resolve(String.format(Locale.ROOT, "picture-%05d.infd", i));
      if (i < DISTINCT) {
        FieldFile.write(
            file, FieldImage.of(Tensor.zeros(1, 4, 32, 32), recipe(i, random)), png(random));
        first.add(file);
      } else {
        Files.copy(first.get(i % DISTINCT), file);
      }
    }
  }

  private static Recipe recipe(int seed, Random random) {
    var prompt = new StringBuilder();
    for (int i = 0; i < 6; i++) {
      prompt.append(WORDS.get(random.nextInt(WORDS.size()))).append(' ');
    }
    return Recipe.builder("mountains", "00")
        .seed(seed)
        .steps(25)
        .sampler(SamplerKind.DPMPP)
        .eta(1)
        .prompt(prompt.toString().strip())
        .build();
  }

  /** As large as that of a landscape: colours with some noise. */
  private static byte[] png(Random random) throws IOException {
    var image = new BufferedImage(THUMBNAIL, THUMBNAIL, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < THUMBNAIL; y++) {
      for (int x = 0; x < THUMBNAIL; x++) {
        image.setRGB(x, y, (x << 16 | y << 8 | 128) ^ random.nextInt(8) * 0x010101);
      }
    }
    var bytes = new ByteArrayOutputStream();
    ImageIO.write(image, "png", bytes);
    return bytes.toByteArray();
  }

  private static final class Nothing implements GalleryPane.Actions {
    @Override
    public void open(KeptPicture picture) {}

    @Override
    public void openInNewTab(KeptPicture picture) {}

    @Override
    public void compare(KeptPicture picture) {}

    @Override
    public void useRecipe(KeptPicture picture) {}

    @Override
    public void showFile(KeptPicture picture) {}

    @Override
    public void delete(KeptPicture picture) {}
  }

  private static void measure(Path folder, int count) throws Exception {
    var threads = Executors.newCachedThreadPool(Thread.ofPlatform().daemon().factory());
    var background = new Background(threads);
    var model =
        new GalleryModel(
            folder, background, Platform::runLater, Instant::now, new Notices(), new UndoStack());
    var stage =
        FxQuery.ask(
            () -> {
              Application.setUserAgentStylesheet(new PrimerLight().getUserAgentStylesheet());
              var shown = new Stage();
              shown.setScene(new Scene(new javafx.scene.layout.StackPane(), WIDTH, HEIGHT));
              shown.show();
              return shown;
            });
    long begun = System.nanoTime();
    open(stage, model, background);
    FxQuery.ask(
        () -> {
          model.load();
          return null;
        });
    FxQuery.await(() -> !model.pictures().isEmpty());
    System.out.printf(Locale.ROOT, "First listed after %.0f ms%n", millis(begun));
    FxQuery.await(() -> pictures(stage) > 0);
    System.out.printf(Locale.ROOT, "First pictures after %.0f ms%n", millis(begun));
    FxQuery.await(model.loadedProperty()::get);
    System.out.printf(Locale.ROOT, "All %d listed after %.0f ms%n", count, millis(begun));
    Thread.sleep(3000);
    var times = new ArrayList<Double>();
    for (int round = 0; round < 3; round++) {
      for (int i = 1; i <= SEARCH.length(); i++) {
        times.add(key(stage, model, SEARCH.substring(0, i)));
        Thread.sleep(150);
      }
      for (int i = SEARCH.length() - 1; i >= 0; i--) {
        times.add(key(stage, model, SEARCH.substring(0, i)));
        Thread.sleep(150);
      }
    }
    Collections.sort(times);
    System.out.printf(
        Locale.ROOT,
        "A key of the search: %.0f ms in the middle, %.0f ms at 95 %%, %.0f ms at most%n",
        times.get(times.size() / 2),
        times.get(times.size() * 95 / 100),
        times.getLast());
    // as in a program that has listed them when it started
    long again = System.nanoTime();
    open(stage, model, background);
    FxQuery.await(() -> pictures(stage) > 0);
    System.out.printf(Locale.ROOT, "Opened again: first pictures after %.0f ms%n", millis(again));
    threads.shutdownNow();
  }

  private static void open(Stage stage, GalleryModel model, Background background)
      throws Exception {
    FxQuery.ask(
        () -> {
          var pane = new GalleryPane(model, background, new Nothing());
          pane.getStylesheets().add(StudioWindow.class.getResource("studio.css").toExternalForm());
          stage.getScene().setRoot(pane);
          return null;
        });
  }

  private static double key(Stage stage, GalleryModel model, String words) throws Exception {
    var drawn = new CompletableFuture<Double>();
    Platform.runLater(
        () -> {
          long begun = System.nanoTime();
          var scene = stage.getScene();
          scene.addPostLayoutPulseListener(
              new Runnable() {
                @Override
                public void run() {
                  scene.removePostLayoutPulseListener(this);
                  drawn.complete(millis(begun));
                }
              });
          model.searchProperty().set(words);
          Platform.requestNextPulse();
        });
    return drawn.get();
  }

  private static double millis(long since) {
    return (System.nanoTime() - since) / 1e6;
  }

  /** How many cards show their picture. */
  private static long pictures(Stage stage) {
    return Arrays.stream(stage.getScene().getRoot().lookupAll(".card-image").toArray(Node[]::new))
        .flatMap(frame -> frame.lookupAll("ImageView").stream())
        .filter(node -> node instanceof ImageView view && view.getImage() != null)
        .count();
  }
}
