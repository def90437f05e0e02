package org.infd.app.tab;

import atlantafx.base.theme.Styles;
import atlantafx.base.theme.Tweaks;
import java.util.HashMap;
import java.util.Map;
import javafx.collections.ListChangeListener;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.ProgressIndicator;
import javafx.scene.control.TabPane;
import javafx.scene.control.Tooltip;
import javafx.scene.input.MouseButton;
import javafx.scene.input.MouseEvent;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.shape.Circle;
import org.infd.app.control.IconButton;
import org.infd.app.control.Shortcut;
import org.jspecify.annotations.Nullable;
import org.kordamp.ikonli.feather.Feather;

/**
 * The tabs over the picture: a click looks at one, a middle click or its cross closes it, dragging
 * moves it. Says which one has something new.
 */
public final class TabBar extends HBox {
  private static final double WIDEST = 220;
  private static final double NARROWEST = 70;
  private static final double MARK = 4;

  private final TabsModel model;
  private final TabPane pane = new TabPane();
  private final Map<Tab, javafx.scene.control.Tab> shown = new HashMap<>();
  private boolean following;

  /**
   * @param model what is shown
   */
  public TabBar(TabsModel model) {
    this.model = model;
    setId("tabs");
    getStyleClass().add("tab-bar");
    setAlignment(Pos.CENTER_LEFT);
    pane.getStyleClass().addAll(Styles.DENSE, Tweaks.EDGE_TO_EDGE);
    pane.setTabClosingPolicy(TabPane.TabClosingPolicy.ALL_TABS);
    pane.setTabDragPolicy(TabPane.TabDragPolicy.REORDER);
    pane.setTabMaxWidth(WIDEST);
    pane.setTabMinWidth(NARROWEST);
    pane.setMaxWidth(Double.MAX_VALUE);
    pane.setMinWidth(0);
    pane.setMaxHeight(USE_PREF_SIZE);
    pane.setAccessibleText("Open pictures");
    pane.addEventFilter(MouseEvent.MOUSE_CLICKED, this::clicked);
    HBox.setHgrow(pane, Priority.ALWAYS);
    var add = new IconButton(Feather.PLUS, "Open a new tab", Shortcut.NEW_TAB, model::open);
    add.setId("new-tab");
    getChildren().addAll(pane, add);
    model.tabs().addListener((ListChangeListener<Tab>) change -> show());
    model.currentProperty().subscribe(tab -> show());
    pane.getSelectionModel()
        .selectedItemProperty()
        .subscribe(
            selected -> {
              if (!following) {
                of(selected).ifPresent(model::select);
              }
            });
    pane.getTabs()
        .addListener((ListChangeListener<javafx.scene.control.Tab>) change -> followDrag());
  }

  private java.util.Optional<Tab> of(javafx.scene.control.@Nullable Tab tab) {
    return shown.entrySet().stream()
        .filter(entry -> entry.getValue().equals(tab))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  private void show() {
    following = true;
    shown.keySet().retainAll(model.tabs());
    var wanted = model.tabs().stream().map(tab -> shown.computeIfAbsent(tab, this::tab)).toList();
    if (!pane.getTabs().equals(wanted)) {
      pane.getTabs().setAll(wanted);
    }
    pane.getSelectionModel().select(shown.get(model.current()));
    following = false;
  }

  /** The toolkit has moved a tab that was dragged. */
  private void followDrag() {
    if (following || pane.getTabs().size() != model.tabs().size()) {
      return;
    }
    for (int i = 0; i < pane.getTabs().size(); i++) {
      int to = i;
      of(pane.getTabs().get(i)).ifPresent(tab -> model.move(tab, to));
    }
  }

  private javafx.scene.control.Tab tab(Tab tab) {
    var header = new javafx.scene.control.Tab();
    header.setId("tab-" + System.identityHashCode(tab));
    tab.titleProperty()
        .subscribe(
            title -> {
              header.setText(title.replaceAll("\\s+", " "));
              var tip =
                  new Tooltip(title + "\n" + Shortcut.CLOSE_TAB.tip("Middle click closes it"));
              tip.setWrapText(true);
              tip.setMaxWidth(360);
              header.setTooltip(tip);
            });
    tab.openingProperty().subscribe(opening -> header.setGraphic(graphic(tab)));
    tab.unseenProperty().subscribe(unseen -> header.setGraphic(graphic(tab)));
    header.setOnCloseRequest(
        event -> {
          model.close(tab);
          // the tabs follow the model
          event.consume();
        });
    return header;
  }

  private static @Nullable Node graphic(Tab tab) {
    if (tab.openingProperty().get()) {
      var wheel = new ProgressIndicator();
      wheel.getStyleClass().add("tab-wheel");
      return wheel;
    }
    if (tab.unseenProperty().get()) {
      var mark = new Circle(MARK);
      mark.getStyleClass().add("tab-unseen");
      return mark;
    }
    return null;
  }

  private void clicked(MouseEvent event) {
    if (event.getButton() != MouseButton.MIDDLE || !(event.getTarget() instanceof Node node)) {
      return;
    }
    for (var at = node; at != null && !at.equals(pane); at = at.getParent()) {
      var id = at.getId();
      if (id != null && at.getStyleClass().contains("tab")) {
        pane.getTabs().stream()
            .filter(tab -> id.equals(tab.getId()))
            .findFirst()
            .flatMap(this::of)
            .ifPresent(model::close);
        event.consume();
        return;
      }
    }
  }
}
