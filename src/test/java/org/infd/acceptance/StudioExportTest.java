package org.infd.acceptance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CancellationException;
import javax.imageio.ImageIO;
import org.infd.app.engine.BundleEngine;
import org.infd.app.engine.Engine;
import org.infd.app.engine.ExportArea;
import org.infd.app.engine.FilmShot;
import org.infd.app.engine.FilmTask;
import org.infd.app.engine.Picture;
import org.infd.app.engine.PictureTask;
import org.infd.app.viewer.PixelImage;
import org.infd.inference.bundle.BundleCatalog;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.dive.DiveRectangle;
import org.infd.inference.export.ExportFormat;
import org.infd.inference.export.ExportSettings;
import org.infd.inference.export.FilmPath;
import org.infd.inference.export.Frame;
import org.infd.inference.export.OtherExport;
import org.infd.inference.export.PictureFormat;
import org.infd.inference.export.ResumableExport;
import org.infd.inference.export.ViewerPage;
import org.infd.inference.field.DisplayColours;
import org.infd.inference.field.StatisticsMode;
import org.infd.inference.generation.DiveRules;
import org.infd.inference.generation.DiveSettings;
import org.infd.inference.generation.FieldFile;
import org.infd.inference.generation.FieldImage;
import org.infd.inference.generation.ImageEngine;
import org.infd.inference.generation.PictureMetadata;
import org.infd.inference.generation.Recipe;
import org.infd.inference.generation.RunListener;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.infd.inference.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the studio's engine writes is what the model shows at that place, however deep. */
class StudioExportTest {
  private static final Path ROOT = Path.of(System.getProperty("infd.root", "../.."));
  private static final ModelBundle BUNDLE =
      ModelBundle.open(ROOT.resolve("assets/mountains/bundle"));

  @TempDir private Path folder;
  private final FieldImage image = image();
  private Engine engine;
  private Picture picture;

  /** A latent by a formula; children are what the encoder makes, so that nothing is sampled. */
  private static FieldImage image() {
    var recipe =
        Recipe.builder(BUNDLE.manifest().id(), BUNDLE.hash())
            .seed(7)
            .steps(1)
            .sampler(Recipe.SamplerKind.DPMPP)
            .build();
    var z = Tensor.zeros(BUNDLE.manifest().latent().shape(1));
    for (int i = 0; i < z.elements(); i++) {
      z.set(i, (float) Math.sin(0.37 * i));
    }
    var image = FieldImage.of(z, recipe);
    var lattice = DiveRules.lattice(BUNDLE);
    return image.withDive(
        DiveSettings.of(DiveRules.usual(BUNDLE, recipe).withStrength(0), lattice.sharpSide()));
  }

  @BeforeEach
  void open() {
    engine = new BundleEngine(new BundleCatalog(ROOT, folder), folder, Device::cpu);
    var file = folder.resolve("x.infd");
    FieldFile.write(file, image, new byte[0]);
    picture = engine.open(file, Engine.Watcher.NOBODY, Cancellation.never());
  }

  @AfterEach
  void close() {
    engine.release(picture);
    engine.close();
  }

  private void export(ExportArea area, ExportSettings settings, Path target) {
    engine.export(
        picture, new PictureTask(area, settings, target), false, part -> {}, Cancellation.never());
  }

  /** A render of the same rectangle by the model alone. */
  private Tensor rendered(ExportArea area) {
    try (var images = new ImageEngine(Device::cpu);
        var open =
            images.open(
                BUNDLE,
                image,
                StatisticsMode.INTERPOLATED,
                RunListener.none(),
                Cancellation.never());
        var dive = images.dive(open, DiveRules.of(BUNDLE, image))) {
      return dive.dive()
          .picture()
          .render(
              area.side(),
              new DiveRectangle(area.row(), area.column(), area.height(), area.width()),
              Cancellation.never());
    }
  }

  private static void assertPixels(PixelImage pixels, Path file) throws IOException {
    var read = ImageIO.read(file.toFile());
    for (int y = 0; y < pixels.height(); y++) {
      for (int x = 0; x < pixels.width(); x++) {
        assertEquals(pixels.pixels().get(y * pixels.width() + x), read.getRGB(x, y), y + ", " + x);
      }
    }
  }

  private static void assertPixels(Tensor rgb, Path file) throws IOException {
    var read = ImageIO.read(file.toFile());
    var row = new byte[3 * read.getWidth()];
    for (int y = 0; y < read.getHeight(); y++) {
      DisplayColours.toRgbRow(rgb, y, row, 0);
      for (int x = 0; x < read.getWidth(); x++) {
        int wanted =
            0xFF000000
                | (row[3 * x] & 0xFF) << 16
                | (row[3 * x + 1] & 0xFF) << 8
                | row[3 * x + 2] & 0xFF;
        assertEquals(wanted, read.getRGB(x, y), "row " + y + ", column " + x);
      }
    }
  }

  @Test
  void aViewFarBelowTheLargestFieldIsWrittenAsItIs() throws IOException {
    long side = 3L << 20;
    // in a corner of the lattice a level needs no more than one child
    var area = new ExportArea(side, side - 40, side - 60, 40, 60, true);
    var file = folder.resolve("deep.png");
    export(area, ExportSettings.of(ExportFormat.PNG), file);
    // whose children are there by now
    assertPixels(engine.pixels(picture, area, Cancellation.never()), file);
    var said = PictureMetadata.read(file).orElseThrow();
    assertEquals(side, said.dive().side());
    assertEquals(area.row(), said.dive().row());
    assertEquals(60, said.frame().rectangle().width());
    var tiles = folder.resolve("deep");
    export(
        area,
        new ExportSettings(
            ExportFormat.DZI, 0.9f, PictureFormat.PNG, false, new ViewerPage("deep", null), ""),
        tiles);
    assertTrue(Files.exists(tiles.resolve("index.html")));
    try (var found = Files.walk(tiles)) {
      // 60 pixels are one after six halvings
      assertEquals(
          7,
          found
              .filter(Files::isDirectory)
              .filter(of -> of.getFileName().toString().matches("\\d+"))
              .count());
    }
  }

  @Test
  void whatIsInventedAboveThatIsWrittenOnlyWhereItIsAskedFor() throws IOException {
    var frame = Frame.of(256, 256, new Frame.Region(0.4, 0.4, 0.0625, 0.0625));
    var invented = ExportArea.of(frame, true);
    export(invented, ExportSettings.of(ExportFormat.PNG), folder.resolve("a.png"));
    assertPixels(rendered(invented), folder.resolve("a.png"));
    export(
        ExportArea.of(frame, false), ExportSettings.of(ExportFormat.PNG), folder.resolve("b.png"));
    assertFalse(
        java.util.Arrays.equals(
            Files.readAllBytes(folder.resolve("a.png")),
            Files.readAllBytes(folder.resolve("b.png"))));
  }

  @Test
  void whatWasInterruptedGoesOnWithThePictureOpenedAgain() throws IOException {
    var area = ExportArea.of(Frame.square(900), false);
    var settings = ExportSettings.of(ExportFormat.PNG);
    export(area, settings, folder.resolve("whole.png"));
    var target = folder.resolve("part.png");
    var cancellation = new Cancellation();
    assertThrows(
        CancellationException.class,
        () ->
            engine.export(
                picture,
                new PictureTask(area, settings, target),
                false,
                part -> {
                  if (part > 0.6) {
                    cancellation.cancel();
                  }
                },
                cancellation));
    assertTrue(Files.exists(ResumableExport.journal(target)));
    assertThrows(
        OtherExport.class, () -> export(ExportArea.of(Frame.square(901), false), settings, target));
    close();
    open();
    export(area, settings, target);
    assertArrayEquals(Files.readAllBytes(folder.resolve("whole.png")), Files.readAllBytes(target));
  }

  @Test
  void aFilmEndsInWhatIsInventedAndGoesOnAfterAStop() throws IOException {
    long side = 4L * DiveRules.lattice(BUNDLE).finestSide(1);
    var shot = new FilmShot(new FilmPath(0.42, 0.61, side, 3, 36, 64), 10);
    var target = folder.resolve("film");
    var task = new FilmTask(shot, target);
    var cancellation = new Cancellation();
    assertThrows(
        CancellationException.class,
        () -> engine.export(picture, task, false, part -> cancellation.cancel(), cancellation));
    assertFalse(Files.exists(target));
    var other = new FilmTask(new FilmShot(shot.path(), 10), folder.resolve("film"));
    var another = new FilmTask(new FilmShot(new FilmPath(0.4, 0.6, side, 3, 36, 64), 10), target);
    assertThrows(
        OtherExport.class,
        () -> engine.export(picture, another, false, part -> {}, Cancellation.never()));
    engine.export(picture, other, false, part -> {}, Cancellation.never());
    assertPixels(rendered(shot.frame(0, true)), target.resolve("frame-000000.png"));
    var last = target.resolve("frame-000002.png");
    assertPixels(rendered(shot.frame(2, true)), last);
    assertEquals(side, PictureMetadata.read(last).orElseThrow().dive().side());
    engine.export(
        picture,
        new FilmTask(shot, folder.resolve("a.gif")),
        false,
        part -> {},
        Cancellation.never());
    assertTrue(Files.size(folder.resolve("a.gif")) > 500);
  }

  @Test
  void whatItCostsIsSaidBefore() {
    var cost =
        engine.cost(
            picture,
            ExportArea.of(Frame.square(4096), false),
            ExportSettings.of(ExportFormat.DZI),
            Cancellation.never());
    assertTrue(cost.least() > 0 && cost.least() <= cost.most());
    assertTrue(cost.bytes() > 10_000 && cost.bytes() < 4096L * 4096 * 4);
    // 4096, 2048 … 1 in tiles, with the description
    assertTrue(cost.files() > 64 && cost.files() < 500, "files " + cost.files());
  }
}
