package org.infd.app.viewer;

import atlantafx.base.theme.Styles;
import java.util.List;
import javafx.geometry.Insets;
import javafx.geometry.Orientation;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.Separator;
import javafx.scene.control.Tooltip;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import javafx.scene.shape.Rectangle;
import org.infd.app.control.IconButton;
import org.infd.app.control.KeyActions;
import org.infd.app.control.Shortcut;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/** The picture with what lies over it: zoom buttons, the empty state, the mark of a preview. */
public final class ViewerPane extends StackPane {
  /** A key or button press zooms by this factor. */
  private static final double STEP = 1.5;

  /** An arrow key moves by this part of the window. */
  private static final double MOVE = 0.15;

  /** Between the overview and what stands under it, with the margin of both. */
  private static final double PATH_GAP = 6;

  private final ViewerModel model;
  private final ViewerCanvas canvas;
  private final ViewerControls controls;
  private final VBox empty;
  private final Label emptyTitle = new Label();
  private final Label emptyText = new Label();
  private final Button emptyAction = new Button("Generate");
  private final Label mark = new Label("Preview");
  private final Label floor = new Label("No more detail below here");
  private final Label warning = new Label();
  private final Minimap minimap;
  private final DepthPath path;
  private final KeyActions keys;
  private final Runnable fullScreen;
  private int reference = 1;
  private boolean compared;
  private boolean emptyShown = true;

  /**
   * @param model what is shown
   * @param fullScreen gives the picture the whole screen, or takes it back
   */
  public ViewerPane(ViewerModel model, Runnable fullScreen) {
    this.model = model;
    this.fullScreen = fullScreen;
    canvas = new ViewerCanvas(model);
    getStyleClass().add("viewer");
    setMinSize(200, 160);
    keys = keys();
    controls = controls();
    empty = empty();
    mark.getStyleClass().add("viewer-mark");
    mark.setId("preview-mark");
    setAlignment(mark, Pos.TOP_LEFT);
    setAlignment(controls, Pos.BOTTOM_RIGHT);
    floor.getStyleClass().addAll("viewer-mark", "viewer-floor");
    floor.setId("floor");
    setAlignment(floor, Pos.BOTTOM_CENTER);
    minimap = new Minimap(model);
    controls.setAbove(Minimap.SIDE);
    setAlignment(minimap, Pos.TOP_RIGHT);
    path = new DepthPath(model);
    setAlignment(path, Pos.TOP_RIGHT);
    setMargin(path, new Insets(Minimap.SIDE + PATH_GAP, 0, 0, 0));
    warning.getStyleClass().add("viewer-mark");
    warning.setId("warning");
    setAlignment(warning, Pos.TOP_LEFT);
    getChildren().addAll(canvas, empty, mark, warning, floor, minimap, path, controls);
    model.cameraProperty().subscribe(view -> floor.setVisible(model.isAtFloor()));
    var clip = new Rectangle();
    clip.widthProperty().bind(widthProperty());
    clip.heightProperty().bind(heightProperty());
    setClip(clip);
    refresh();
  }

  @Override
  protected void layoutChildren() {
    canvas.keepFree(controls.place(getWidth(), getHeight(), ViewerCanvas.MARGIN));
    super.layoutChildren();
  }

  private ViewerControls controls() {
    var back =
        new IconButton(Feather.ARROW_LEFT, "The view before", Shortcut.VIEW_BEFORE, this::back);
    var forward =
        new IconButton(Feather.ARROW_RIGHT, "The view after", Shortcut.VIEW_AFTER, this::forward);
    var out = new IconButton(Feather.MINUS, "Zoom out", Shortcut.ZOOM_OUT, () -> zoom(1 / STEP));
    var in = new IconButton(Feather.PLUS, "Zoom in", Shortcut.ZOOM_IN, () -> zoom(STEP));
    var fit =
        new IconButton(
            Feather.MAXIMIZE, "Show the whole picture", Shortcut.WHOLE_PICTURE, this::fit);
    var one = new Button("1:1");
    one.getStyleClass().addAll(Styles.FLAT, "zoom-one");
    one.setAccessibleText("One pixel of the exported picture per screen pixel");
    one.setTooltip(
        new Tooltip(Shortcut.ONE_TO_ONE.tip("One pixel of the exported picture per screen pixel")));
    one.setOnAction(event -> oneToOne());
    out.setId("zoom-out");
    in.setId("zoom-in");
    fit.setId("zoom-fit");
    one.setId("zoom-one");
    var screen =
        new IconButton(Feather.MAXIMIZE_2, "Full screen", Shortcut.FULL_SCREEN, fullScreen);
    back.setId("view-back");
    forward.setId("view-forward");
    screen.setId("full-screen");
    one.setMinWidth(Region.USE_PREF_SIZE);
    var history = new Separator(Orientation.VERTICAL);
    var steps = new Separator(Orientation.VERTICAL);
    // beside a side pane in a small window there is not room for all; each has a key as well
    var all = new ViewerControls();
    all.showWhereAllFit(back, forward, history);
    all.showWhereMostFit(out, in, steps);
    List.of(back, forward, history, out, in, steps, fit, one, screen).forEach(all::add);
    return all;
  }

  private VBox empty() {
    var icon = new FontIcon(Feather.IMAGE);
    icon.getStyleClass().add("empty-icon");
    emptyTitle.getStyleClass().add(Styles.TITLE_3);
    emptyText.getStyleClass().add(Styles.TEXT_MUTED);
    emptyText.setWrapText(true);
    emptyText.setMaxWidth(380);
    emptyText.setAlignment(Pos.CENTER);
    emptyText.setTextAlignment(javafx.scene.text.TextAlignment.CENTER);
    emptyAction.setId("empty-generate");
    emptyAction.setTooltip(new Tooltip(Shortcut.GENERATE.tip("Make a picture")));
    var box = new VBox(icon, emptyTitle, emptyText, emptyAction);
    box.getStyleClass().add("viewer-empty");
    box.setId("empty");
    box.setAlignment(Pos.CENTER);
    box.setMaxSize(420, Region.USE_PREF_SIZE);
    return box;
  }

  /**
   * Says what is to be seen while there is no picture.
   *
   * @param action what the button does; null for no button
   */
  public void setEmptyState(
      String title, String text, @org.jspecify.annotations.Nullable Runnable action) {
    emptyTitle.setText(title);
    emptyText.setText(text);
    emptyAction.setVisible(action != null);
    emptyAction.setManaged(action != null);
    emptyAction.setOnAction(
        event -> {
          if (action != null) {
            action.run();
          }
        });
  }

  /** Whether it is said that there is no picture, while there is none. */
  public void setEmptyShown(boolean shown) {
    emptyShown = shown;
    refresh();
  }

  /** Takes away what {@link #cover} laid over the picture. */
  public void uncover(Node over) {
    getChildren().remove(over);
  }

  /** Lays something over the picture, under the buttons. */
  public void cover(Node over) {
    getChildren().add(1, over);
  }

  /** A sentence about the picture that stays on it; empty for none. */
  public void setWarning(String sentence) {
    warning.setText(sentence);
    refresh();
  }

  /** Whether a second picture lies over this one: then each is named, and no more is said. */
  public void setCompared(boolean isCompared) {
    compared = isCompared;
    refresh();
  }

  /** The side that "1:1" means. */
  public void setReference(int side) {
    reference = side;
  }

  /** Puts a control more beside the zoom buttons. */
  public void addControl(Node control) {
    controls.add(control);
  }

  /** The canvas, for focus and for tests. */
  public ViewerCanvas canvas() {
    return canvas;
  }

  /** Shows or hides what depends on whether there is a picture; draws. */
  public void refresh() {
    empty.setVisible(model.isEmpty() && emptyShown);
    controls.setVisible(!model.isEmpty());
    mark.setVisible(model.isPreviewing());
    warning.setVisible(
        !warning.getText().isEmpty() && !compared && !model.isPreviewing() && !model.isEmpty());
    floor.setVisible(model.isAtFloor());
    minimap.refresh();
    path.refresh();
    canvas.wake();
  }

  private void zoom(double factor) {
    var view = model.cameraProperty().get();
    model.zoom(factor, view.width() / 2.0, view.height() / 2.0, System.nanoTime());
  }

  private void fit() {
    model.fit(System.nanoTime());
  }

  private void oneToOne() {
    model.zoomTo(reference, System.nanoTime());
  }

  private void back() {
    model.back(System.nanoTime());
  }

  private void forward() {
    model.forward(System.nanoTime());
  }

  private KeyActions keys() {
    return new KeyActions(() -> !model.isEmpty())
        .on(Shortcut.ZOOM_IN, () -> zoom(STEP))
        .on(Shortcut.ZOOM_OUT, () -> zoom(1 / STEP))
        .on(Shortcut.WHOLE_PICTURE, this::fit)
        .on(Shortcut.ONE_TO_ONE, this::oneToOne)
        .on(Shortcut.TWO_TO_ONE, () -> model.zoomTo(2.0 * reference, System.nanoTime()))
        .on(Shortcut.FULL_SCREEN, fullScreen)
        .on(Shortcut.VIEW_BEFORE, this::back)
        .on(Shortcut.VIEW_AFTER, this::forward)
        .on(Shortcut.MOVE_LEFT, () -> move(1, 0))
        .on(Shortcut.MOVE_RIGHT, () -> move(-1, 0))
        .on(Shortcut.MOVE_UP, () -> move(0, 1))
        .on(Shortcut.MOVE_DOWN, () -> move(0, -1));
  }

  /**
   * Acts on the keys of the viewer.
   *
   * @return whether it was one of them
   */
  public boolean keyPressed(KeyEvent event) {
    return keys.act(event);
  }

  private void move(double right, double down) {
    var view = model.cameraProperty().get();
    double way = Math.min(view.width(), view.height()) * MOVE;
    model.push(right * way, down * way, System.nanoTime());
  }
}
