package org.infd.app.export;

import java.util.List;
import java.util.Optional;
import javafx.animation.PauseTransition;
import javafx.beans.value.ObservableBooleanValue;
import javafx.beans.value.ObservableValue;
import javafx.scene.Scene;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.StackPane;
import javafx.stage.Screen;
import javafx.util.Duration;
import org.infd.app.export.ExportChoices.Part;
import org.infd.app.viewer.ViewerPane;
import org.infd.inference.export.Frame;

/** The sidebar with the export settings, and the frame over the picture that belongs to them. */
public final class ExportSidebar extends StackPane {
  /** So long after the last change the cost is asked for. */
  private static final Duration SETTLED = Duration.millis(300);

  private final Exports exports;
  private final ObservableBooleanValue canExport;
  private final FrameOverlay overlay;
  private final FrameHand hand;
  private final PauseTransition settled = new PauseTransition(SETTLED);
  private boolean open;
  private boolean suppressed;

  /**
   * @param exports what is chosen and written
   * @param viewer shows the frame over the picture
   * @param canExport whether there is a picture
   */
  public ExportSidebar(
      Exports exports,
      ViewerPane viewer,
      ObservableBooleanValue canExport,
      ExportPane.Actions actions) {
    this.exports = exports;
    this.canExport = canExport;
    var choices = exports.choices();
    getChildren().add(new ExportPane(exports, canExport, actions));
    overlay = new FrameOverlay(choices, exports.viewer());
    viewer.cover(overlay);
    hand =
        new FrameHand(
            choices,
            exports.viewer(),
            viewer.canvas(),
            this::isFraming,
            () -> {
              if (choices.areaProperty().get().isPresent()) {
                actions.export().run();
              }
            },
            () -> choices.partProperty().set(Part.WHOLE));
    settled.setOnFinished(
        event -> {
          if (open && !exports.film().chosenProperty().get()) {
            exports.estimate();
          }
        });
    exports
        .viewer()
        .cameraProperty()
        .subscribe(
            view -> {
              if (open) {
                followView();
              }
            });
    for (var choice :
        List.<ObservableValue<?>>of(
            choices.areaProperty(),
            choices.formatProperty(),
            choices.qualityProperty(),
            choices.tilesProperty(),
            exports.pictureProperty())) {
      choice.subscribe(changed -> askLater());
    }
    choices
        .partProperty()
        .subscribe(
            part -> {
              hand.changed();
              if (part == Part.FRAME) {
                // so that its keys work from the start
                viewer.canvas().requestFocus();
              }
            });
    canExport.subscribe(can -> show());
    exports
        .film()
        .chosenProperty()
        .subscribe(
            () -> {
              show();
              askLater();
            });
  }

  /** Whether the choices are seen: without a picture they wait. */
  public boolean isOpen() {
    return open && !suppressed && canExport.get();
  }

  /** Whether a frame lies over the picture that mouse and keys are for. */
  public boolean isFraming() {
    return isOpen()
        && !exports.film().chosenProperty().get()
        && exports.choices().partProperty().get() == Part.FRAME;
  }

  private void followView() {
    exports
        .viewer()
        .shownPart()
        .ifPresent(
            view -> {
              double side = view.imageSide();
              exports
                  .choices()
                  .viewProperty()
                  .set(
                      new Frame.Region(
                          view.row() / side,
                          view.column() / side,
                          view.height() / side,
                          view.width() / side));
            });
  }

  /** Opens or closes the choices. */
  public void switchOpen() {
    open = !open;
    if (open) {
      var bounds =
          Optional.ofNullable(getScene())
              .map(Scene::getWindow)
              .flatMap(
                  window ->
                      Screen.getScreensForRectangle(window.getX(), window.getY(), 1, 1).stream()
                          .findFirst())
              .orElse(Screen.getPrimary());
      exports
          .choices()
          .setScreen(
              (int) Math.rint(bounds.getBounds().getWidth() * bounds.getOutputScaleX()),
              (int) Math.rint(bounds.getBounds().getHeight() * bounds.getOutputScaleY()));
      followView();
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
    if (!seen) {
      exports.preview().stop();
    }
    overlay.setVisible(seen && !exports.film().chosenProperty().get());
    hand.changed();
  }

  private void askLater() {
    exports.costs().askNoMore();
    if (open) {
      settled.playFromStart();
    }
  }

  /**
   * Acts on the keys of the frame on the page of the picture, wherever the focus is.
   *
   * @return whether it was one of them
   */
  public boolean keyPressed(KeyEvent event) {
    return hand.keyPressed(event);
  }
}
