package org.infd.app.photo;

import atlantafx.base.theme.Styles;
import java.nio.IntBuffer;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import javafx.geometry.Pos;
import javafx.scene.Cursor;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.Tooltip;
import javafx.scene.image.Image;
import javafx.scene.image.ImageView;
import javafx.scene.image.PixelBuffer;
import javafx.scene.image.PixelFormat;
import javafx.scene.image.WritableImage;
import javafx.scene.input.KeyEvent;
import javafx.scene.input.MouseEvent;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Pane;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import org.infd.app.control.KeyActions;
import org.infd.app.control.Shortcut;
import org.infd.app.photo.PhotoCrop.Corner;
import org.infd.inference.NumberText;
import org.infd.inference.ShownText;
import org.infd.inference.generation.Photo;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/** A photo with the square that is going to be opened: moved and resized with mouse or keys. */
public final class PhotoPane extends VBox {
  /** What the buttons do. */
  public record Actions(Runnable open, Runnable cancel) {}

  private static final int LONGEST_NAME = 40;

  /** More pixels than this are not shown: a screen has fewer. */
  private static final int LARGEST_SHOWN = 1600;

  /** Below this side pixels are seen: blended, the outer ones would fade into nothing. */
  private static final int SMALL = 64;

  /** The longer side of what is shown of a small one, about. */
  private static final int SMALL_SHOWN = 1000;

  private static final double HANDLE = 14;
  private static final int STEP = 1;
  private static final int LARGE_STEP = 10;

  private final PhotoCrop crop;
  private final Stage stage;

  /**
   * @param crop which photo, and which square of it
   * @param note what the user should know before opening
   */
  public PhotoPane(PhotoCrop crop, String note, Actions actions) {
    this.crop = crop;
    setId("photo-pane");
    getStyleClass().add("photo-pane");
    stage = new Stage();
    VBox.setVgrow(stage, Priority.ALWAYS);
    getChildren().addAll(head(), stage, foot(note, actions));
    addEventHandler(
        KeyEvent.KEY_PRESSED,
        new KeyActions()
                .on(Shortcut.LEAVE_PHOTO, actions.cancel())
                // a button that has the focus is pressed by the key
                .on(Shortcut.OPEN_SQUARE, stage::isFocused, actions.open())
            ::act);
  }

  /** Lets keys move the square. */
  public void focus() {
    stage.requestFocus();
  }

  private Node head() {
    var title = new Label("Choose the square");
    title.getStyleClass().add(Styles.TITLE_4);
    title.setMaxWidth(Double.MAX_VALUE);
    HBox.setHgrow(title, Priority.ALWAYS);
    var size = new Label();
    size.setId("photo-size");
    size.getStyleClass().add(Styles.TEXT_MUTED);
    size.textProperty()
        .bind(
            crop.squareProperty()
                .map(
                    square ->
                        NumberText.format(
                            "%s: %d × %d of %d × %d pixels",
                            ShownText.shortened(square.file(), LONGEST_NAME),
                            square.side(),
                            square.side(),
                            crop.photo().width(),
                            crop.photo().height())));
    var head = new HBox(title, size);
    head.setAlignment(Pos.CENTER_LEFT);
    return head;
  }

  private static Node foot(String note, Actions actions) {
    var words = new Label(note);
    words.setWrapText(true);
    words.getStyleClass().add(Styles.TEXT_MUTED);
    words.setMaxWidth(Double.MAX_VALUE);
    words.setMinHeight(Region.USE_PREF_SIZE);
    HBox.setHgrow(words, Priority.ALWAYS);
    var cancel = new Button("Cancel");
    cancel.setId("photo-cancel");
    cancel.setMinWidth(Region.USE_PREF_SIZE);
    cancel.setTooltip(new Tooltip("Leave the photo  (Esc)"));
    cancel.setOnAction(event -> actions.cancel().run());
    var open = new Button("Open as a field", new FontIcon(Feather.ZOOM_IN));
    open.setId("photo-open");
    open.setMinWidth(Region.USE_PREF_SIZE);
    open.getStyleClass().add(Styles.ACCENT);
    open.setTooltip(new Tooltip("Encode this square and zoom into it  (Enter)"));
    open.setOnAction(event -> actions.open().run());
    var foot = new HBox(words, cancel, open);
    foot.getStyleClass().add("photo-foot");
    foot.setAlignment(Pos.CENTER_LEFT);
    return foot;
  }

  /** The photo and what lies over it. */
  private final class Stage extends Pane {
    private final ImageView view;
    private final Region[] shades = {new Region(), new Region(), new Region(), new Region()};
    private final Region frame = new Region();
    private final Map<Corner, Region> handles = new EnumMap<>(Corner.class);
    private double scale = 1;
    private double grabX;
    private double grabY;

    Stage() {
      setId("photo-stage");
      setFocusTraversable(true);
      setMinSize(120, 120);
      getStyleClass().add("photo-stage");
      setAccessibleText("The square of the photo. Arrow keys move it, plus and minus resize it.");
      view = new ImageView(image(crop.photo()));
      view.setManaged(false);
      view.setSmooth(true);
      getChildren().add(view);
      for (var shade : shades) {
        shade.getStyleClass().add("crop-shade");
        add(shade);
        shade.setMouseTransparent(true);
      }
      frame.getStyleClass().add("photo-frame");
      frame.setId("photo-frame");
      frame.setCursor(Cursor.MOVE);
      frame.setOnMousePressed(this::grab);
      frame.setOnMouseDragged(this::moveFrame);
      add(frame);
      for (var corner : Corner.values()) {
        var handle = new Region();
        handle.getStyleClass().add("photo-handle");
        handle.setId("photo-handle-" + corner.name().toLowerCase(Locale.ROOT));
        handle.setCursor(cursor(corner));
        handle.setOnMousePressed(event -> requestFocus());
        handle.setOnMouseDragged(event -> pull(corner, handle, event));
        handles.put(corner, handle);
        add(handle);
      }
      crop.squareProperty().subscribe(square -> requestLayout());
      setOnKeyPressed(keys()::act);
      setOnMousePressed(event -> requestFocus());
    }

    private void add(Region region) {
      region.setManaged(false);
      getChildren().add(region);
    }

    private static Cursor cursor(Corner corner) {
      return switch (corner) {
        case TOP_LEFT -> Cursor.NW_RESIZE;
        case TOP_RIGHT -> Cursor.NE_RESIZE;
        case BOTTOM_LEFT -> Cursor.SW_RESIZE;
        case BOTTOM_RIGHT -> Cursor.SE_RESIZE;
      };
    }

    @Override
    protected void layoutChildren() {
      var photo = crop.photo();
      scale = Math.min(getWidth() / photo.width(), getHeight() / photo.height());
      double left = Math.rint((getWidth() - photo.width() * scale) / 2);
      double top = Math.rint((getHeight() - photo.height() * scale) / 2);
      view.setFitWidth(photo.width() * scale);
      view.setFitHeight(photo.height() * scale);
      view.relocate(left, top);
      double right = left + photo.width() * scale;
      double bottom = top + photo.height() * scale;
      var square = crop.squareProperty().get();
      double x = Math.rint(left + square.left() * scale);
      double y = Math.rint(top + square.top() * scale);
      double side = Math.rint(square.side() * scale);
      place(shades[0], left, top, right, y);
      place(shades[1], left, y + side, right, bottom);
      place(shades[2], left, y, x, y + side);
      place(shades[3], x + side, y, right, y + side);
      place(frame, x, y, x + side, y + side);
      // where they cannot pull, or would lie upon each other, they only hide the square
      boolean canPull = crop.isResizable() && side >= 2 * HANDLE;
      for (var handle : handles.entrySet()) {
        handle.getValue().setVisible(canPull);
        double cx = handle.getKey().isLeft() ? x : x + side;
        double cy = handle.getKey().isTop() ? y : y + side;
        place(
            handle.getValue(), cx - HANDLE / 2, cy - HANDLE / 2, cx + HANDLE / 2, cy + HANDLE / 2);
      }
    }

    private static void place(Region region, double l, double t, double r, double b) {
      region.resizeRelocate(l, t, Math.max(0, r - l), Math.max(0, b - t));
    }

    private void grab(MouseEvent event) {
      requestFocus();
      grabX = event.getX();
      grabY = event.getY();
      event.consume();
    }

    private void moveFrame(MouseEvent event) {
      var place = frame.localToParent(event.getX() - grabX, event.getY() - grabY);
      crop.moveTo(row(place.getY()), column(place.getX()));
      event.consume();
    }

    private void pull(Corner corner, Region handle, MouseEvent event) {
      var place = handle.localToParent(event.getX(), event.getY());
      crop.pull(corner, row(place.getY()), column(place.getX()));
      event.consume();
    }

    private double row(double y) {
      return (y - view.getLayoutY()) / scale;
    }

    private double column(double x) {
      return (x - view.getLayoutX()) / scale;
    }

    private KeyActions keys() {
      return new KeyActions()
          .on(Shortcut.SQUARE_LEFT, event -> crop.move(0, -step(event)))
          .on(Shortcut.SQUARE_RIGHT, event -> crop.move(0, step(event)))
          .on(Shortcut.SQUARE_UP, event -> crop.move(-step(event), 0))
          .on(Shortcut.SQUARE_DOWN, event -> crop.move(step(event), 0))
          .on(Shortcut.ENLARGE_SQUARE, event -> crop.resize(2 * step(event)))
          .on(Shortcut.SHRINK_SQUARE, event -> crop.resize(-2 * step(event)))
          .on(Shortcut.LARGEST_SQUARE, crop::enlargeFully);
    }

    private static int step(KeyEvent event) {
      return event.isShiftDown() ? LARGE_STEP : STEP;
    }
  }

  /**
   * The photo, thinned out to what a screen can show. The pixels of a small one are made larger
   * here: the toolkit blends them with each other, and with nothing at the edges.
   */
  private static Image image(Photo photo) {
    int longer = Math.max(photo.width(), photo.height());
    int step = Math.ceilDiv(longer, LARGEST_SHOWN);
    boolean isSmall = Math.min(photo.width(), photo.height()) < SMALL;
    int zoom = isSmall ? Math.max(1, SMALL_SHOWN / longer) : 1;
    int width = Math.ceilDiv(photo.width() * zoom, step);
    int height = Math.ceilDiv(photo.height() * zoom, step);
    var pixels = IntBuffer.allocate(width * height);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        pixels.put(y * width + x, photo.argb(y * step / zoom, x * step / zoom));
      }
    }
    return new WritableImage(
        new PixelBuffer<>(width, height, pixels, PixelFormat.getIntArgbPreInstance()));
  }
}
