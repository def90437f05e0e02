package org.infd.app.export;

import java.util.Optional;
import javafx.animation.PauseTransition;
import javafx.beans.value.ObservableBooleanValue;
import javafx.scene.layout.StackPane;
import javafx.stage.Screen;
import javafx.util.Duration;

/** The sidebar with the export settings. */
public final class ExportSidebar extends StackPane {
  /** So long after the last change the cost is asked for. */
  private static final Duration SETTLED = Duration.millis(300);

  private final Exports exports;
  private final ObservableBooleanValue canExport;
  private final ExportPane pane;
  private final CropShade shade;
  private final PauseTransition settled = new PauseTransition(SETTLED);
  private boolean open;
  private boolean suppressed;

  /**
   * @param exports what is chosen and written
   * @param canExport whether there is a picture
   */
  public ExportSidebar(
      Exports exports, ObservableBooleanValue canExport, ExportPane.Actions actions) {
    this.exports = exports;
    this.canExport = canExport;
    var choices = exports.choices();
    pane = new ExportPane(choices, exports.model(), canExport, actions);
    shade = new CropShade(choices, exports.viewer());
    getChildren().add(pane);
    settled.setOnFinished(
        event -> {
          if (open) {
            exports.estimate();
          }
        });
    exports
        .viewer()
        .cameraProperty()
        .subscribe(
            view -> {
              if (open) {
                exports
                    .viewer()
                    .shownFrame()
                    .ifPresent(frame -> choices.viewProperty().set(frame.region()));
              }
            });
    choices.frameProperty().subscribe(frame -> askLater());
    choices.formatProperty().subscribe(format -> askLater());
    choices.qualityProperty().subscribe(quality -> askLater());
    exports.pictureProperty().subscribe(picture -> askLater());
    exports.model().runningProperty().subscribe(running -> askLater());
    canExport.subscribe(can -> show());
    show();
  }

  /** Darkens what is left out; lies over the picture. */
  public CropShade shade() {
    return shade;
  }

  /** Whether the choices are seen: without a picture they wait. */
  public boolean isOpen() {
    return open && !suppressed && canExport.get();
  }

  /** Opens or closes the choices. */
  public void switchOpen() {
    open = !open;
    if (open) {
      var choices = exports.choices();
      var bounds =
          Optional.ofNullable(getScene())
              .map(javafx.scene.Scene::getWindow)
              .flatMap(
                  window ->
                      Screen.getScreensForRectangle(window.getX(), window.getY(), 1, 1).stream()
                          .findFirst())
              .orElse(Screen.getPrimary());
      choices.setScreen(
          (int) Math.rint(bounds.getBounds().getWidth() * bounds.getOutputScaleX()),
          (int) Math.rint(bounds.getBounds().getHeight() * bounds.getOutputScaleY()));
      exports.viewer().shownFrame().ifPresent(frame -> choices.viewProperty().set(frame.region()));
    }
    show();
    askLater();
  }

  /** Hides the choices while the picture is alone. */
  public void setHushed(boolean alone) {
    suppressed = alone;
    show();
  }

  private void show() {
    boolean seen = isOpen();
    setVisible(seen);
    setManaged(seen);
    shade.setVisible(seen);
  }

  private void askLater() {
    exports.model().askNoMore();
    if (open) {
      settled.playFromStart();
    }
  }
}
