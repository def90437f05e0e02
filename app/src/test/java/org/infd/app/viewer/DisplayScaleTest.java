package org.infd.app.viewer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.IntBuffer;
import java.util.concurrent.TimeoutException;
import javafx.application.Platform;
import javafx.scene.Scene;
import javafx.scene.SnapshotParameters;
import javafx.scene.transform.Transform;
import org.infd.app.FakeEngine;
import org.infd.app.FxTest;
import org.infd.inference.field.DisplayColours;
import org.infd.inference.field.Rectangle;
import org.infd.inference.runtime.Cancellation;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.testfx.util.WaitForAsyncUtils;

/** At rest a pixel of the device is a pixel of the field, at every scale of the display. */
class DisplayScaleTest extends FxTest {
  private static final double WIDTH = 431;
  private static final double HEIGHT = 307;

  private final Landscape landscape = new Landscape(5);
  private final ViewerModel model = new ViewerModel(Platform::runLater);
  private ViewerCanvas canvas;

  @Override
  protected Scene scene() {
    canvas = new ViewerCanvas(model);
    model.attach(canvas::wake, failure -> {});
    model.setReducedMotion(true);
    return new Scene(canvas, WIDTH, HEIGHT);
  }

  @Override
  protected void closing() {
    model.close();
  }

  @ParameterizedTest
  @ValueSource(doubles = {1, 1.25, 1.5, 1.75, 2})
  void nothingIsResampled(double scale) throws TimeoutException {
    run(
        () -> {
          stage.setRenderScaleX(scale);
          stage.setRenderScaleY(scale);
          model.show(new Field(landscape, FakeEngine.worker(), 128, 2048));
        });
    waitFor(() -> model.cameraProperty().get().width() == (int) Math.round(WIDTH * scale));
    for (int side : new int[] {Math.round((float) (HEIGHT * scale)) - 41, 1777, 9001}) {
      run(
          () -> {
            model.zoomTo(side, System.nanoTime());
            model.centre(0.37, 0.61);
          });
      waitFor(() -> isWhole(side));
      assertShowsTheField(scale);
    }
  }

  private boolean isWhole(int side) {
    return model.cameraProperty().get().side() == side
        && !model.isMoving()
        && model.pendingProperty().get() == 0
        && !model.frame().isEmpty()
        && model.frame().stream().allMatch(p -> p.isExact() && p.opacity() == 1);
  }

  private void assertShowsTheField(double scale) {
    WaitForAsyncUtils.waitForFxEvents();
    var view = onFx(() -> model.cameraProperty().get().atRest());
    var parameters = new SnapshotParameters();
    parameters.setTransform(Transform.scale(scale, scale));
    var shown = onFx(() -> canvas.snapshot(parameters, null)).getPixelReader();
    int top = (int) Math.max(0, view.row());
    int left = (int) Math.max(0, view.column());
    int height = (int) Math.min(view.imageSide(), view.rowEnd()) - top;
    int width = (int) Math.min(view.imageSide(), view.columnEnd()) - left;
    assertTrue(height > 200 && width > 200);
    var pixels = IntBuffer.allocate(height * width);
    DisplayColours.toArgb(
        landscape.render(
            (int) view.imageSide(), new Rectangle(top, left, height, width), Cancellation.never()),
        pixels);
    int differing = 0;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        if (shown.getArgb((int) (x + left - view.column()), (int) (y + top - view.row()))
            != pixels.get(y * width + x)) {
          differing++;
        }
      }
    }
    assertEquals(0, differing, "pixels that differ at N = " + view.imageSide());
  }
}
