package org.infd.app.runs;

import atlantafx.base.theme.Styles;
import javafx.collections.ListChangeListener;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Hyperlink;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;
import org.infd.app.control.IconButton;
import org.infd.app.runs.RunQueue.Order;
import org.kordamp.ikonli.feather.Feather;

/** The list of waiting runs: each can be moved and taken back. Hidden while none waits. */
final class QueuePane extends VBox {
  private static final double LARGEST_HEIGHT = 116;

  private final RunQueue queue;
  private final Label title = new Label();
  private final VBox rows = new VBox();

  QueuePane(RunQueue queue) {
    this.queue = queue;
    setId("queue");
    getStyleClass().add("field");
    title.getStyleClass().add("field-label");
    title.setMaxWidth(Double.MAX_VALUE);
    HBox.setHgrow(title, Priority.ALWAYS);
    var clear = new Hyperlink("Clear");
    clear.setId("queue-clear");
    clear.setTooltip(new Tooltip("Take back all that waits"));
    clear.setOnAction(event -> queue.clear());
    var head = new HBox(title, clear);
    head.setAlignment(Pos.CENTER_LEFT);
    var scroll = new ScrollPane(rows);
    scroll.setFitToWidth(true);
    scroll.setHbarPolicy(ScrollPane.ScrollBarPolicy.NEVER);
    scroll.setMaxHeight(LARGEST_HEIGHT);
    scroll.getStyleClass().add("queue-rows");
    getChildren().addAll(head, scroll);
    queue.waiting().addListener((ListChangeListener<Order>) change -> show());
    show();
  }

  private void show() {
    int count = queue.waiting().size();
    title.setText("Waiting: " + count);
    rows.getChildren().setAll(queue.waiting().stream().map(this::row).toList());
    setVisible(count > 0);
    setManaged(count > 0);
  }

  private Node row(Order order) {
    var name = new Label(order.title());
    name.setMaxWidth(Double.MAX_VALUE);
    name.setMinWidth(0);
    name.setTooltip(new Tooltip(order.title()));
    name.getStyleClass().add(Styles.TEXT_SMALL);
    HBox.setHgrow(name, Priority.ALWAYS);
    int at = queue.waiting().indexOf(order);
    var up = button(Feather.CHEVRON_UP, "Earlier", () -> queue.moveUp(order));
    up.getStyleClass().add("queue-up");
    up.setDisable(at == 0);
    var down = button(Feather.CHEVRON_DOWN, "Later", () -> queue.moveDown(order));
    down.setDisable(at == queue.waiting().size() - 1);
    var remove = button(Feather.X, "Take back", () -> queue.remove(order));
    remove.getStyleClass().add("queue-remove");
    var row = new HBox(name, up, down, remove);
    row.setAlignment(Pos.CENTER_LEFT);
    return row;
  }

  private static IconButton button(Feather icon, String name, Runnable action) {
    var button = new IconButton(icon, name, action);
    button.getStyleClass().add(Styles.SMALL);
    return button;
  }
}
