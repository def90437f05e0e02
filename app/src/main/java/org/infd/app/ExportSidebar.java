package org.infd.app;

import java.util.Optional;
import javafx.animation.PauseTransition;
import javafx.beans.value.ObservableBooleanValue;
import javafx.scene.layout.StackPane;
import javafx.stage.Screen;
import javafx.util.Duration;
import org.infd.app.export.CropShade;
import org.infd.app.export.ExportPane;
import org.infd.app.window.StudioModel;

/** Puts the choices for picture files beside the picture while they are wanted. */
public final class ExportSidebar extends StackPane {
  /** So long after the last change the cost is asked for. */
  private static final Duration SETTLED = Duration.millis(300);

  private final StudioModel model;
  private final ExportPane pane;
  private final CropShade shade;
  private final PauseTransition settled = new PauseTransition(SETTLED);
  private boolean open;
  private boolean suppressed;

  public ExportSidebar(
      StudioModel model, ObservableBooleanValue canExport, ExportPane.Actions actions) {
    this.model = model;
    var choices = model.exportChoices();
    pane = new ExportPane(choices, model.export(), canExport, actions);
    shade = new CropShade(choices, model.viewer());
    getChildren().add(pane);
    settled.setOnFinished(
        event -> {
          if (open) {
            model.estimateExport();
          }
        });
    model
        .viewer()
        .cameraProperty()
        .subscribe(
            view -> {
              if (open) {
                model
                    .viewer()
                    .shownFrame()
                    .ifPresent(frame -> choices.viewProperty().set(frame.region()));
              }
            });
    choices.frameProperty().subscribe(frame -> askLater());
    choices.formatProperty().subscribe(format -> askLater());
    choices.qualityProperty().subscribe(quality -> askLater());
    model.pictureProperty().subscribe(picture -> askLater());
    model.export().runningProperty().subscribe(running -> askLater());
    show();
  }

  /** Darkens what is left out; lies over the picture. */
  public CropShade shade() {
    return shade;
  }

  public boolean isOpen() {
    return open;
  }

  /** Opens or closes the choices. */
  public void switchOpen() {
    open = !open;
    if (open) {
      var choices = model.exportChoices();
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
      model.viewer().shownFrame().ifPresent(frame -> choices.viewProperty().set(frame.region()));
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
    setVisible(open && !suppressed);
    setManaged(open && !suppressed);
    shade.setVisible(open && !suppressed);
  }

  private void askLater() {
    model.export().askNoMore();
    if (open) {
      settled.playFromStart();
    }
  }
}
