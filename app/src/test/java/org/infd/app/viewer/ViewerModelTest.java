package org.infd.app.viewer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.infd.inference.Problem;
import org.infd.inference.field.DisplayColours;
import org.infd.inference.field.FieldRenderer;
import org.infd.inference.field.Rectangle;
import org.infd.inference.field.ViewLevels;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** Drives the viewer by a clock of its own and a device that renders when it is told to. */
class ViewerModelTest {
  private static final long FRAME = 16_666_667;

  private final ManualDevice device = new ManualDevice();
  private final ArrayList<Integer> renderedSides = new ArrayList<>();
  private final ArrayList<String> failures = new ArrayList<>();
  private final ViewerModel model = new ViewerModel(Runnable::run);
  private FieldRenderer renderer = ViewerModelTest::pattern;
  private long now = 1_000_000_000;

  ViewerModelTest() {
    model.attach(() -> {}, failures::add);
  }

  /** Every pixel of every side has a colour of its own, as far as there are colours. */
  private static Tensor pattern(int side, Rectangle area, Cancellation cancellation) {
    int plane = area.height() * area.width();
    var values = new float[3 * plane];
    for (int i = 0; i < area.height(); i++) {
      for (int j = 0; j < area.width(); j++) {
        int hash = (area.row() + i) * 92821 + (area.column() + j) * 31 + side * 7;
        for (int c = 0; c < 3; c++) {
          values[c * plane + i * area.width() + j] = (hash >> (8 * c) & 0xFF) / 127.5f - 1;
        }
      }
    }
    return Tensor.of(values, 1, 3, area.height(), area.width());
  }

  private void show() {
    FieldRenderer recording =
        (side, rectangle, cancellation) -> {
          renderedSides.add(side);
          return renderer.render(side, rectangle, cancellation);
        };
    model.resize(900, 700, 0);
    model.show(new Field(recording, device, 128, 2048));
  }

  private boolean frame() {
    now += FRAME;
    return model.tick(now);
  }

  /** Lets frames and renderings go on until there is nothing left to do. */
  private void settle() {
    for (int i = 0; i < 2000; i++) {
      boolean goesOn = frame();
      var next = device.poll();
      if (next != null) {
        next.run();
      } else if (!goesOn) {
        return;
      }
    }
    throw new AssertionError("it never came to rest");
  }

  /** Draws a frame over transparent black, with nearest neighbours. */
  private static int[] draw(List<Placement> frame, int width, int height) {
    var window = new int[width * height];
    for (var p : frame) {
      for (int y = Math.max(0, p.y()); y < Math.min(height, p.y() + p.height()); y++) {
        int row = (y - p.y()) * p.pixelHeight() / p.height();
        for (int x = Math.max(0, p.x()); x < Math.min(width, p.x() + p.width()); x++) {
          int column = (x - p.x()) * p.pixelWidth() / p.width();
          if (p.opacity() > 0) {
            window[y * width + x] = p.pixels().get(row * p.pixelWidth() + column);
          }
        }
      }
    }
    return window;
  }

  private void assertShowsTheFieldExactly() {
    var camera = model.cameraProperty().get();
    var rest = camera.atRest();
    var shown = draw(model.frame(), camera.width(), camera.height());
    int side = (int) rest.imageSide();
    int top = (int) Math.max(0, rest.row());
    int left = (int) Math.max(0, rest.column());
    int height = (int) Math.min(side, rest.rowEnd()) - top;
    int width = (int) Math.min(side, rest.columnEnd()) - left;
    var rgb = renderer.render(side, new Rectangle(top, left, height, width), Cancellation.never());
    var expected = IntBuffer.allocate(width * height);
    DisplayColours.toArgb(rgb, expected);
    for (int i = 0; i < height; i++) {
      for (int j = 0; j < width; j++) {
        assertEquals(
            expected.get(i * width + j),
            shown[(int) ((top - rest.row() + i) * camera.width() + left - rest.column() + j)],
            "pixel " + i + ", " + j);
      }
    }
    assertTrue(model.frame().stream().allMatch(Placement::isExact));
  }

  private void assertCovered() {
    var camera = model.cameraProperty().get();
    var window = draw(model.frame(), camera.width(), camera.height());
    int x0 = (int) Math.max(0, Math.ceil(camera.left()) + 1);
    int x1 = (int) Math.min(camera.width(), Math.floor(camera.left() + camera.side()) - 1);
    int y0 = (int) Math.max(0, Math.ceil(camera.top()) + 1);
    int y1 = (int) Math.min(camera.height(), Math.floor(camera.top() + camera.side()) - 1);
    for (int y = y0; y < y1; y += 7) {
      for (int x = x0; x < x1; x += 7) {
        assertTrue(window[y * camera.width() + x] != 0, "a hole at " + x + ", " + y);
      }
    }
  }

  @Test
  void atRestEveryPixelIsThatOfTheField() {
    show();
    settle();
    assertShowsTheFieldExactly();
    model.zoom(3.37, 200, 500, now);
    settle();
    assertShowsTheFieldExactly();
    model.drag(-77.4, 31.8);
    settle();
    assertShowsTheFieldExactly();
    assertEquals(0, model.pendingProperty().get());
  }

  @Test
  void theRootComesFirstAndThereIsNeverAHoleAfterIt() {
    show();
    frame();
    assertTrue(model.frame().isEmpty());
    device.remove().run();
    assertEquals(List.of(256), renderedSides);
    frame();
    for (int i = 0; i < 60; i++) {
      switch (i % 20) {
        case 3 -> model.zoom(2.5, 100 + i, 300, now);
        case 9 -> model.drag(-200, 90);
        case 14 -> model.zoom(0.4, 700, 10, now);
        case 17 -> model.fit(now);
        default -> {}
      }
      frame();
      assertCovered();
      if (i % 4 == 0 && !device.isEmpty()) {
        device.remove().run();
      }
    }
  }

  @Test
  void whileTheZoomMovesLevelsAreRenderedAndAtRestTheExactSide() {
    show();
    settle();
    renderedSides.clear();
    model.zoom(4, 450, 350, now);
    for (int i = 0; i < 8; i++) {
      frame();
      while (!device.isEmpty()) {
        device.remove().run();
      }
    }
    assertTrue(model.isMoving());
    var levels = new ViewLevels(128);
    for (int side : renderedSides) {
      assertEquals(levels.nearest(side), side, "while moving");
    }
    settle();
    assertEquals(2800, model.cameraProperty().get().side());
    assertEquals(2800, renderedSides.getLast());
    assertFalse(model.isMoving());
  }

  @Test
  void panningKeepsTheExactSide() {
    show();
    model.zoomTo(5000, now);
    settle();
    renderedSides.clear();
    model.drag(-300, 0);
    settle();
    assertFalse(renderedSides.isEmpty());
    assertTrue(renderedSides.stream().allMatch(side -> side == 5000));
  }

  @Test
  void queuedLevelsAreDroppedAtRest() {
    show();
    settle();
    model.zoom(8, 450, 350, now);
    for (int i = 0; i < 60; i++) {
      frame();
    }
    assertFalse(model.isMoving());
    renderedSides.clear();
    settle();
    assertTrue(
        renderedSides.stream().filter(side -> side != 5600).count() <= 1 + 16,
        "at most the tile in progress and hole fillers: " + renderedSides);
    assertEquals(5600, renderedSides.getLast());
  }

  @Test
  void zoomKeepsThePlaceUnderThePointer() {
    show();
    model.zoomTo(2000, now);
    settle();
    double x = model.cameraProperty().get().imageX(300);
    double y = model.cameraProperty().get().imageY(200);
    model.zoom(2.5, 300, 200, now);
    settle();
    assertEquals(x, model.cameraProperty().get().imageX(300), 1e-3);
    assertEquals(y, model.cameraProperty().get().imageY(200), 1e-3);
  }

  @Test
  void aThrownImageGlidesAndStops() {
    show();
    model.zoomTo(5000, now);
    settle();
    double before = model.cameraProperty().get().left();
    model.release(-1000, 0, now);
    frame();
    assertTrue(model.isMoving());
    settle();
    double way = before - model.cameraProperty().get().left();
    assertTrue(way > 100 && way < 300, "glided " + way);
  }

  @Test
  void reducedMotionJumps() {
    model.setReducedMotion(true);
    show();
    settle();
    model.zoom(2, 450, 350, now);
    assertEquals(1400, model.cameraProperty().get().side());
    frame();
    assertTrue(model.frame().stream().allMatch(p -> p.opacity() == 1));
    model.release(-1000, 0, now);
    double left = model.cameraProperty().get().left();
    frame();
    assertEquals(left, model.cameraProperty().get().left());
  }

  @Test
  void tilesFadeIn() {
    show();
    settle();
    model.zoomTo(1500, now);
    for (int i = 0; i < 60; i++) {
      frame();
    }
    device.remove().run();
    frame();
    assertTrue(model.frame().stream().anyMatch(p -> p.opacity() < 1));
    assertCovered();
    for (int i = 0; i < 8; i++) {
      frame();
    }
    assertTrue(model.frame().stream().allMatch(p -> p.opacity() == 1));
  }

  @Test
  void aPreviewIsShownWholeAndItsEndGoesBack() {
    show();
    model.zoomTo(5000, now);
    settle();
    model.drag(300, 200);
    settle();
    var before = model.cameraProperty().get();
    var image = new PixelImage(2, 2, IntBuffer.wrap(new int[] {-1, -1, -1, -1}));
    model.preview(Optional.of(image));
    assertTrue(model.isPreviewing());
    assertEquals(700, model.cameraProperty().get().side());
    assertEquals(1, model.frame().size());
    assertEquals(image.pixels(), model.frame().getFirst().pixels());
    model.preview(Optional.empty());
    assertEquals(before, model.cameraProperty().get());
    assertShowsTheFieldExactly();
  }

  @Test
  void thePreviewStaysUntilTheFirstTileOfThePicture() {
    model.resize(900, 700, 0);
    assertTrue(model.isEmpty());
    model.preview(Optional.of(new PixelImage(1, 1, IntBuffer.wrap(new int[] {-1}))));
    assertFalse(model.isEmpty());
    show();
    model.preview(Optional.empty());
    frame();
    assertEquals(1, model.frame().size(), "no flash");
    settle();
    assertShowsTheFieldExactly();
  }

  @Test
  void theWindowMayChangeItsSize() {
    show();
    settle();
    model.resize(500, 600, 10);
    settle();
    assertEquals(480, model.cameraProperty().get().side());
    assertShowsTheFieldExactly();
    model.zoomTo(3000, now);
    settle();
    model.resize(800, 600, 10);
    settle();
    assertEquals(3000, model.cameraProperty().get().side());
    assertShowsTheFieldExactly();
  }

  @Test
  void aFailureIsTold() {
    renderer =
        (side, rectangle, cancellation) -> {
          throw new Problem("The device is gone. Start again.");
        };
    show();
    settle();
    assertEquals(List.of("The device is gone. Start again."), failures);
  }

  @Test
  void words() {
    assertEquals("25 % of 2048 px", ZoomText.zoom(512, 2048));
    assertEquals("46 % of 2048 px", ZoomText.zoom(932, 2048));
    assertEquals("68 % of 2048 px", ZoomText.zoom(1393, 2048));
    assertEquals("100 % of 2048 px", ZoomText.zoom(2048, 2048));
    assertEquals("×512 of 2048 px", ZoomText.zoom(1 << 20, 2048));
    assertEquals("1.6 % of 2048 px", ZoomText.zoom(32, 2048));
    assertEquals("x 1024, y 20", ZoomText.place(0.5, 0.01, 2048));
    assertEquals("", ZoomText.place(-0.1, 0.5, 2048));
  }

  @Test
  void anEnlargedPreviewKeepsItsEdgesAndIsOpaque() {
    var image = new PixelImage(2, 1, IntBuffer.wrap(new int[] {0xFF000000, 0xFFFFFFFF}));
    var enlarged = image.enlarged(4);
    assertEquals(8, enlarged.width());
    assertEquals(4, enlarged.height());
    assertEquals(0xFF000000, enlarged.pixels().get(0));
    assertEquals(0xFFFFFFFF, enlarged.pixels().get(31));
    assertEquals(0xFF606060, enlarged.pixels().get(3));
  }

  private static PixelImage small() {
    return new PixelImage(2, 2, IntBuffer.wrap(new int[] {-1, -2, -3, -4}));
  }

  @Test
  void aSmallPictureStandsInUntilTheFieldHasComeAndGoesWhereItDoesNot() {
    model.resize(400, 400, 0);
    assertTrue(model.isEmpty());
    model.standIn(Optional.of(small()));
    assertFalse(model.isEmpty(), "nobody looks at nothing");
    assertFalse(model.isPreviewing(), "it is no preview");
    assertEquals(1, model.frame().size());
    model.standIn(Optional.empty());
    assertTrue(model.isEmpty());
    // over a field that is there: what is opened does not come
    show();
    model.zoomTo(5000, now);
    var view = model.cameraProperty().get();
    model.standIn(Optional.of(small()));
    assertEquals(1, model.frame().size());
    assertEquals(
        Optional.of(SavedView.of(view)), model.place(), "where the user is does not change");
    model.standIn(Optional.empty());
    assertEquals(view, model.cameraProperty().get());
    // what is made goes first, and what is opened does not take its place
    model.preview(Optional.of(small()));
    model.standIn(Optional.of(small()));
    model.standIn(Optional.empty());
    assertTrue(model.isPreviewing());
  }
}
