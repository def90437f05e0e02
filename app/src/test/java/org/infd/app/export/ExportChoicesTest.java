package org.infd.app.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.infd.app.engine.ExportArea;
import org.infd.app.export.ExportChoices.Part;
import org.infd.inference.export.ExportFormat;
import org.infd.inference.export.Frame;
import org.infd.inference.export.Frame.Region;
import org.infd.inference.field.Rectangle;
import org.junit.jupiter.api.Test;

class ExportChoicesTest {
  private final ExportChoices choices = new ExportChoices();

  private Frame frame() {
    return choices.areaProperty().get().flatMap(ExportArea::frame).orElseThrow();
  }

  private void size(int width, int height) {
    assertEquals(width, choices.widthProperty().get(), "width");
    assertEquals(height, choices.heightProperty().get(), "height");
  }

  @Test
  void aShapeCropsEvenlyAndNeverStretches() {
    assertEquals(Frame.square(4096), frame());
    choices.aspectProperty().set(Aspect.WIDE);
    size(4096, 2304);
    assertEquals(new Frame(4096, new Rectangle(896, 0, 2304, 4096)), frame());
    choices.setLongSide(2048);
    assertEquals(new Frame(2048, new Rectangle(448, 0, 1152, 2048)), frame());
    choices.aspectProperty().set(Aspect.SQUARE);
    size(2048, 2048);
  }

  @Test
  void aWallpaperHasThePixelsOfItsScreen() {
    choices.setScreen(1680, 1050);
    choices.aspectProperty().set(Aspect.SCREEN);
    size(1680, 1050);
    choices.setScreen(2560, 1440);
    size(2560, 1440);
    choices.setLongSide(8192);
    size(8192, 4608);
  }

  @Test
  void oneSideFollowsTheOtherUnlessFree() {
    choices.aspectProperty().set(Aspect.WIDE);
    choices.widthProperty().set(1600);
    size(1600, 900);
    choices.heightProperty().set(1080);
    size(1920, 1080);
    choices.aspectProperty().set(Aspect.FREE);
    choices.heightProperty().set(500);
    size(1920, 500);
    assertEquals(1920, frame().imageSide());
    choices.setLongSide(3840);
    size(3840, 1000);
  }

  @Test
  void aViewIsWrittenPixelForPixelAndAtAnySize() {
    var shown = new Frame(3000, new Rectangle(700, 411, 640, 900));
    choices.viewProperty().set(shown.region());
    choices.partProperty().set(Part.VIEW);
    assertEquals(Aspect.FREE, choices.aspectProperty().get(), "it has the shape of the view");
    choices.setLongSide(900);
    size(900, 640);
    assertEquals(shown, frame());
    choices.setLongSide(4500);
    assertEquals(new Frame(15_000, new Rectangle(3500, 2055, 3200, 4500)), frame());
    choices.widthProperty().set(450);
    size(450, 320);
    choices.viewProperty().set(new Region(0.5, 0.5, 0.1, 0.1));
    size(450, 450);
    choices.setLongSide(4500);
    choices.aspectProperty().set(Aspect.SQUARE);
    assertEquals(45_000, frame().imageSide());
    choices.partProperty().set(Part.WHOLE);
    assertEquals(Frame.square(4500), frame());
  }

  @Test
  void whatCannotBeIsSaidAndCanBeMended() {
    choices.setLongSide(100_000);
    choices.formatProperty().set(ExportFormat.JPEG);
    assertEquals(Optional.empty(), choices.areaProperty().get());
    assertTrue(
        choices.errorProperty().get().startsWith("JPEG holds at most 65535 pixels a side"),
        choices.errorProperty().get());
    choices.formatProperty().set(ExportFormat.TIFF);
    assertEquals("", choices.errorProperty().get(), "it becomes a BigTIFF");
    choices.formatProperty().set(ExportFormat.PNG);
    assertEquals("", choices.errorProperty().get());
    choices.viewProperty().set(new Region(0.5, 0.5, 1e-6, 1e-6));
    choices.partProperty().set(Part.VIEW);
    assertTrue(choices.errorProperty().get().contains("larger region"));
    choices.setLongSide(2_000_000);
    size(ExportChoices.LARGEST, ExportChoices.LARGEST);
  }
}
