package org.infd.app.tab;

import atlantafx.base.theme.Styles;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import javafx.beans.property.DoubleProperty;
import javafx.beans.property.SimpleDoubleProperty;
import javafx.beans.value.ObservableValue;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.ContentDisplay;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.Tooltip;
import javafx.scene.image.ImageView;
import javafx.scene.image.PixelBuffer;
import javafx.scene.image.PixelFormat;
import javafx.scene.image.WritableImage;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.TilePane;
import javafx.scene.layout.VBox;
import javafx.util.Subscription;
import org.infd.app.control.Gesture;
import org.infd.app.control.IconButton;
import org.infd.app.control.NewTabClick;
import org.infd.app.control.Shortcut;
import org.infd.app.engine.Thumbnails;
import org.infd.app.tab.Batch.State;
import org.infd.app.viewer.PixelImage;
import org.jspecify.annotations.Nullable;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/**
 * The pictures of a run of several: each fills in while it is made, and a click opens it. With the
 * modifier of shortcuts or the middle button it opens in a tab of its own.
 */
public final class BatchPane extends BorderPane {
  private static final double SMALLEST = 160;
  private static final double LARGEST = 512;

  /** What a picture has around it: padding, gap, the line of its seed. */
  private static final double AROUND_X = 20;

  private static final double AROUND_Y = 46;

  private final DoubleProperty side = new SimpleDoubleProperty(this, "side", SMALLEST);
  private static final String OPEN = "Open  (" + Gesture.OPEN_IN_NEW_TAB.text() + ": in a new tab)";

  private final Thumbnails thumbnails;
  private final BiConsumer<Batch.Item, Boolean> open;
  private final Runnable cancel;
  private final Runnable close;
  private Subscription followed = Subscription.EMPTY;

  /**
   * @param thumbnails reads the small pictures
   * @param open opens a picture, in a new tab where the user wants that
   * @param cancel stops what is not made yet
   * @param close goes back to what was there before
   */
  public BatchPane(
      ObservableValue<Optional<Batch>> batch,
      Thumbnails thumbnails,
      BiConsumer<Batch.Item, Boolean> open,
      Runnable cancel,
      Runnable close) {
    this.thumbnails = thumbnails;
    this.open = open;
    this.cancel = cancel;
    this.close = close;
    setId("batch");
    getStyleClass().addAll("page", "batch");
    batch.subscribe(shown -> shown.ifPresentOrElse(this::show, this::clear));
  }

  private void clear() {
    forget();
    setTop(null);
    setCenter(null);
  }

  /** The pictures of a run outlive what is shown of them. */
  private void forget() {
    followed.unsubscribe();
    followed = Subscription.EMPTY;
  }

  private void follow(Subscription subscription) {
    followed = followed.and(subscription);
  }

  private void show(Batch batch) {
    forget();
    setTop(head(batch));
    var tiles = new TilePane();
    tiles.getStyleClass().add("batch-tiles");
    batch.items().forEach(item -> tiles.getChildren().add(cell(item)));
    var scroll = new ScrollPane(tiles);
    scroll.setFitToWidth(true);
    scroll.setHbarPolicy(ScrollPane.ScrollBarPolicy.NEVER);
    scroll.getStyleClass().add("page-scroll");
    setCenter(scroll);
    int count = batch.items().size();
    follow(
        scroll
            .layoutBoundsProperty()
            .subscribe(room -> side.set(side(count, room.getWidth(), room.getHeight()))));
  }

  /** The largest side of squares of which so many fit on the page; below a limit it is scrolled. */
  static double side(int count, double width, double height) {
    return IntStream.rangeClosed(1, count)
        .mapToDouble(
            columns ->
                Math.min(
                    width / columns - AROUND_X, height / Math.ceilDiv(count, columns) - AROUND_Y))
        .map(fitting -> Math.clamp(Math.floor(fitting), SMALLEST, LARGEST))
        .max()
        .orElse(SMALLEST);
  }

  private HBox head(Batch batch) {
    var title = new Label(batch.title());
    title.getStyleClass().add(Styles.TITLE_4);
    title.setMinWidth(0);
    var progress = new Label();
    progress.setId("batch-progress");
    progress.getStyleClass().add(Styles.TEXT_MUTED);
    progress.setMinWidth(Region.USE_PREF_SIZE);
    var stop = new Button("Cancel the rest", new FontIcon(Feather.X));
    stop.setId("batch-cancel");
    stop.setMinWidth(Region.USE_PREF_SIZE);
    stop.setTooltip(new Tooltip(Shortcut.CANCEL.tip("Keep what is made and stop")));
    stop.setOnAction(event -> cancel.run());
    stop.managedProperty().bind(stop.visibleProperty());
    Runnable count =
        () -> {
          long made = count(batch, State.MADE);
          boolean goesOn = count(batch, State.WAITING) + count(batch, State.RUNNING) > 0;
          progress.setText(made + " of " + batch.items().size());
          stop.setVisible(goesOn);
        };
    batch.items().forEach(item -> follow(item.stateProperty().subscribe(state -> count.run())));
    var space = new Region();
    HBox.setHgrow(space, Priority.ALWAYS);
    var leave = new IconButton(Feather.ARROW_LEFT, "Back to what was here before", close);
    leave.setId("batch-close");
    var head = new HBox(leave, title, progress, space, stop);
    head.getStyleClass().add("page-bar");
    head.setAlignment(Pos.CENTER_LEFT);
    return head;
  }

  private static long count(Batch batch, State state) {
    return batch.items().stream().filter(item -> item.stateProperty().get() == state).count();
  }

  private Node cell(Batch.Item item) {
    var image = new ImageView();
    image.fitWidthProperty().bind(side);
    image.fitHeightProperty().bind(side);
    image.setSmooth(true);
    var words = new Label();
    words.getStyleClass().add(Styles.TEXT_MUTED);
    var frame = new StackPane(words, image);
    frame.getStyleClass().add("card-image");
    frame.minWidthProperty().bind(side);
    frame.minHeightProperty().bind(side);
    frame.maxWidthProperty().bind(side);
    frame.maxHeightProperty().bind(side);
    var card = new Button();
    card.setGraphic(frame);
    card.setContentDisplay(ContentDisplay.GRAPHIC_ONLY);
    card.getStyleClass().addAll("card-button", "batch-item", Styles.FLAT);
    card.setOnAction(event -> open.accept(item, false));
    NewTabClick.on(card, () -> open.accept(item, true));
    var seed = new Label("Seed " + item.recipe().seedText());
    seed.getStyleClass().add(Styles.TEXT_SMALL);
    follow(
        item.previewProperty()
            .subscribe(preview -> preview.ifPresent(p -> image.setImage(image(p)))));
    follow(
        item.fileProperty()
            .subscribe(
                file ->
                    file.ifPresent(
                        kept -> thumbnails.get(kept, image::setImage).ifPresent(image::setImage))));
    Runnable show =
        () -> {
          var state = item.stateProperty().get();
          boolean isThere = item.fileProperty().get().isPresent();
          card.setDisable(!isThere);
          words.setText(text(state));
          if (state == State.STOPPED) {
            image.setImage(null);
          }
          card.setAccessibleText(
              seed.getText() + (isThere ? ", open" : ", " + text(state).toLowerCase(Locale.ROOT)));
          card.setTooltip(new Tooltip(isThere ? OPEN : text(state)));
        };
    follow(item.stateProperty().subscribe(show));
    follow(item.fileProperty().subscribe(show));
    show.run();
    var cell = new VBox(card, seed);
    cell.getStyleClass().add("card");
    cell.setMaxSize(Region.USE_PREF_SIZE, Region.USE_PREF_SIZE);
    return cell;
  }

  private static String text(State state) {
    return switch (state) {
      case WAITING -> "Waiting";
      case RUNNING -> "Being made";
      case MADE -> "Being kept";
      case STOPPED -> "Not made";
    };
  }

  private static @Nullable WritableImage image(PixelImage preview) {
    return new WritableImage(
        new PixelBuffer<>(
            preview.width(),
            preview.height(),
            preview.pixels(),
            PixelFormat.getIntArgbPreInstance()));
  }

  /** Puts the cursor on the first picture. */
  public void focus() {
    Optional.ofNullable(lookup(".batch-item")).ifPresent(Node::requestFocus);
  }
}
