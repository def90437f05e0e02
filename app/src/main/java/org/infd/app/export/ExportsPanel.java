package org.infd.app.export;

import atlantafx.base.theme.Styles;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javafx.geometry.Pos;
import javafx.scene.control.Hyperlink;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.Tooltip;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;
import org.infd.app.control.IconButton;
import org.infd.app.control.KeyActions;
import org.infd.app.control.Shortcut;
import org.kordamp.ikonli.feather.Feather;

/** The exports in a small panel over every page: what is written, what waits, what is over. */
public final class ExportsPanel extends VBox {
  private static final double WIDEST = 440;
  private static final double TALLEST = 420;

  /** What can be done with a file that is there. */
  public record Actions(Consumer<ExportItem> open, Consumer<ExportItem> show) {}

  private final ExportQueue queue;
  private final Actions actions;
  private final VBox rows = new VBox();
  private final Label empty =
      new Label("Nothing is being exported. What is finished stays here while the studio is open.");
  private final Hyperlink clear = new Hyperlink("Clear finished");
  private final IconButton close;
  private final Map<ExportItem, ExportRow> shown = new HashMap<>();

  /**
   * @param queue what is shown
   */
  public ExportsPanel(ExportQueue queue, Actions actions) {
    this.queue = queue;
    this.actions = actions;
    setId("exports");
    getStyleClass().add("exports");
    setMaxSize(WIDEST, USE_PREF_SIZE);
    var title = new Label("Exports");
    title.getStyleClass().add(Styles.TITLE_4);
    title.setMaxWidth(Double.MAX_VALUE);
    HBox.setHgrow(title, Priority.ALWAYS);
    clear.setId("exports-clear");
    clear.setTooltip(new Tooltip("Take what is done off the list; the files stay"));
    clear.setOnAction(event -> queue.clearDone());
    close = new IconButton(Feather.X, "Close the list", Shortcut.SHOW_EXPORTS, this::hide);
    close.setId("exports-close");
    var head = new HBox(title, clear, close);
    head.setAlignment(Pos.CENTER_LEFT);
    head.getStyleClass().add("field-line");
    empty.setId("exports-empty");
    empty.setWrapText(true);
    empty.setMinHeight(USE_PREF_SIZE);
    empty.getStyleClass().add(Styles.TEXT_MUTED);
    empty.managedProperty().bind(empty.visibleProperty());
    rows.getStyleClass().add("export-rows");
    var scroll = new ScrollPane(rows);
    scroll.setFitToWidth(true);
    scroll.setHbarPolicy(ScrollPane.ScrollBarPolicy.NEVER);
    scroll.setMinHeight(0);
    scroll.getStyleClass().add("queue-rows");
    scroll.visibleProperty().bind(empty.visibleProperty().not());
    scroll.managedProperty().bind(scroll.visibleProperty());
    rows.heightProperty()
        .subscribe(height -> scroll.setPrefViewportHeight(Math.min(TALLEST, height.doubleValue())));
    getChildren().addAll(head, empty, scroll);
    queue.revisionProperty().subscribe(revision -> show());
    addEventHandler(
        KeyEvent.KEY_PRESSED, new KeyActions().on(Shortcut.CLOSE_EXPORT, this::hide)::act);
    hide();
  }

  private void show() {
    var items = Stream.concat(queue.line().stream(), queue.finished().stream()).toList();
    shown.keySet().retainAll(items);
    var nodes =
        items.stream()
            .map(item -> shown.computeIfAbsent(item, one -> new ExportRow(queue, one, actions)))
            .toList();
    nodes.forEach(ExportRow::show);
    if (!nodes.equals(rows.getChildren())) {
      rows.getChildren().setAll(nodes);
    }
    empty.setVisible(items.isEmpty());
    clear.setVisible(
        queue.finished().stream().anyMatch(item -> item.state() instanceof ExportState.Done));
  }

  /** Whether it is seen. */
  public boolean isOpen() {
    return isVisible();
  }

  /** Opens or closes it. */
  public void switchOpen() {
    setVisible(!isVisible());
    if (isVisible()) {
      close.requestFocus();
    }
  }

  /** Closes it. */
  public void hide() {
    setVisible(false);
  }
}
