package org.infd.app.window;

import atlantafx.base.theme.Styles;
import javafx.beans.value.ObservableValue;
import javafx.geometry.Pos;
import javafx.scene.control.Label;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import org.infd.app.export.ExportStatus;
import org.infd.app.tab.InventionMenu;
import org.infd.app.tab.Tab;
import org.infd.app.viewer.Camera;
import org.infd.app.viewer.ViewerCanvas;
import org.infd.app.viewer.ZoomText;
import org.infd.inference.runtime.Device;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/** The status line: the device, the work in progress, and the zoom. */
final class StatusBar extends HBox {
  private static final double WIDEST_TOOLTIP = 480;

  private final StudioModel model;
  private final Label device = new Label("Looking for a device", new FontIcon(Feather.CPU));
  private final Label pending = new Label();
  private final Label beyond = new Label("Beyond trained scale");
  private final InventionMenu invented;
  private final Label place = new Label();
  private final Label zoom = new Label();
  private final ObservableValue<Boolean> gridShown;
  private double pointerX = -1;
  private double pointerY = -1;

  /**
   * @param model what is shown
   * @param canvas where the pointer is watched
   * @param exports opens the list of exports, or closes it
   */
  StatusBar(StudioModel model, ViewerCanvas canvas, Runnable exports) {
    this.model = model;
    invented = new InventionMenu(model.invention());
    gridShown = model.tabs().currentProperty().flatMap(Tab::gridProperty).orElse(false);
    getStyleClass().add("status");
    setAlignment(Pos.CENTER_LEFT);
    device.setId("device");
    pending.setId("pending");
    beyond.setId("beyond");
    place.setId("place");
    zoom.setId("zoom");
    beyond.getStyleClass().add("badge");
    var space = new Region();
    HBox.setHgrow(space, Priority.ALWAYS);
    device.setMinWidth(60);
    for (var label : new Label[] {pending, beyond, place, zoom}) {
      label.setMinWidth(Region.USE_PREF_SIZE);
    }
    zoom.getStyleClass().add(Styles.TEXT_BOLD);
    zoom.setTooltip(new Tooltip("How large the picture is shown, of its size when exported"));
    getChildren()
        .addAll(
            device,
            run(),
            new ExportStatus(model.exports().queue(), exports),
            space,
            pending,
            beyond,
            invented,
            place,
            zoom);
    model.deviceProperty().subscribe(found -> found.ifPresent(this::showDevice));
    model.viewer().pendingProperty().subscribe(count -> showPending(count.intValue()));
    model.viewer().cameraProperty().subscribe(view -> refresh());
    model.viewer().fieldProperty().subscribe(field -> refresh());
    model.recipe().exportSideProperty().subscribe(side -> refresh());
    Runnable seen =
        () -> {
          showPending(model.viewer().pendingProperty().get());
          refresh();
        };
    model.pages().pageProperty().subscribe(seen);
    gridShown.subscribe(seen);
    canvas.addEventHandler(
        javafx.scene.input.MouseEvent.ANY,
        event -> {
          boolean inside = event.getEventType() != javafx.scene.input.MouseEvent.MOUSE_EXITED;
          pointerX = inside ? event.getX() / canvas.getWidth() : -1;
          pointerY = inside ? event.getY() / canvas.getHeight() : -1;
          refresh();
        });
  }

  /** The run, where its own line is not seen. */
  private Label run() {
    var words = new Label("", new FontIcon(Feather.ZAP));
    words.setId("status-run");
    words.setMinWidth(Region.USE_PREF_SIZE);
    var generation = model.generation();
    Runnable show =
        () -> {
          boolean shown =
              generation.isRunning() && model.pages().pageProperty().get() != Page.PICTURE;
          words.setText(shown ? generation.words() : "");
          words.setVisible(shown);
          words.setManaged(shown);
        };
    generation.stateProperty().subscribe(show);
    model.pages().pageProperty().subscribe(show);
    show.run();
    return words;
  }

  private void showDevice(Device found) {
    device.setText(found.summary());
    var more = new Tooltip(found.name() + ": " + found.reason());
    more.setWrapText(true);
    more.setMaxWidth(WIDEST_TOOLTIP);
    device.setTooltip(more);
  }

  /** Another page, or the grid of a run of several, may lie over it. */
  private boolean isPictureSeen() {
    return model.pages().pageProperty().get() == Page.PICTURE && !gridShown.getValue();
  }

  private void showPending(int count) {
    pending.setText(count == 0 ? "" : count + (count == 1 ? " tile" : " tiles") + " to come");
    boolean shown = count > 0 && isPictureSeen();
    pending.setVisible(shown);
    pending.setManaged(shown);
  }

  private void refresh() {
    var viewer = model.viewer();
    var view = viewer.cameraProperty().get();
    var field = viewer.fieldProperty().get();
    int reference = model.recipe().exportSideProperty().get();
    boolean shown = field.isPresent() && isPictureSeen();
    boolean isBeyond = shown && field.get().isBeyondTraining(view.side());
    beyond.setVisible(isBeyond);
    beyond.setManaged(isBeyond);
    invented.refresh(shown);
    field.ifPresent(
        open -> {
          beyond.setText(open.isFixed() ? "Enlarged" : "Beyond trained scale");
          beyond.setTooltip(
              new Tooltip(
                  open.isFixed()
                      ? "The model draws "
                          + open.trainedSide()
                          + " pixels a side; finer than that there is nothing to see."
                      : "The model was trained up to "
                          + open.trainedSide()
                          + " pixels a side; finer detail is its guess."));
        });
    zoom.setText(shown ? ZoomText.zoom(view.side(), reference) : "");
    place.setText(shown && pointerX >= 0 ? place(view, reference) : "");
  }

  private String place(Camera view, int reference) {
    return ZoomText.place(
        view.imageX(pointerX * view.width()), view.imageY(pointerY * view.height()), reference);
  }
}
