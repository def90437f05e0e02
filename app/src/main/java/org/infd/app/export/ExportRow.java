package org.infd.app.export;

import atlantafx.base.theme.Styles;
import java.util.ArrayList;
import java.util.List;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.OverrunStyle;
import javafx.scene.control.ProgressBar;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;
import org.infd.app.control.IconButton;
import org.infd.app.engine.FilmTask;
import org.infd.app.engine.PictureTask;
import org.infd.inference.NumberText;
import org.infd.inference.ShownText;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/** An export in the list: what it is, how far it is, and what can be done with it. */
final class ExportRow extends VBox {
  private final ExportQueue queue;
  private final ExportItem item;
  private final ExportsPanel.Actions actions;
  private final FontIcon icon = new FontIcon(Feather.CLOCK);
  private final ProgressBar bar = new ProgressBar();
  private final Label words = new Label();
  private final HBox icons = new HBox();
  private final HBox foot = new HBox();

  /** The kind of state that the buttons are of. */
  private Class<?> shownKind = Void.class;

  ExportRow(ExportQueue queue, ExportItem item, ExportsPanel.Actions actions) {
    this.queue = queue;
    this.item = item;
    this.actions = actions;
    getStyleClass().add("export-row");
    var name = new Label(item.name(), icon);
    name.getStyleClass().add("export-name");
    // the beginning and the ending tell files apart
    name.setTextOverrun(OverrunStyle.CENTER_ELLIPSIS);
    name.setMinWidth(0);
    name.setMaxWidth(Double.MAX_VALUE);
    name.setTooltip(new Tooltip(ShownText.line(item.task().target().toString())));
    HBox.setHgrow(name, Priority.ALWAYS);
    var head = new HBox(name, icons);
    head.setAlignment(Pos.CENTER_LEFT);
    icons.setMinWidth(USE_PREF_SIZE);
    var about = new Label(about());
    about.setMinWidth(0);
    about.setTooltip(new Tooltip(about.getText()));
    about.getStyleClass().addAll(Styles.TEXT_SMALL, Styles.TEXT_MUTED);
    bar.setMaxWidth(Double.MAX_VALUE);
    bar.getStyleClass().add(Styles.SMALL);
    bar.setAccessibleText(item.name());
    bar.managedProperty().bind(bar.visibleProperty());
    words.setWrapText(true);
    words.setMinHeight(USE_PREF_SIZE);
    words.setMaxWidth(Double.MAX_VALUE);
    words.getStyleClass().addAll(Styles.TEXT_SMALL, "export-words");
    HBox.setHgrow(words, Priority.ALWAYS);
    foot.setAlignment(Pos.CENTER_LEFT);
    foot.getStyleClass().add("export-foot");
    getChildren().addAll(head, about, bar, foot);
    item.stateProperty().subscribe(state -> show());
  }

  private String about() {
    return switch (item.task()) {
      case PictureTask(var area, var settings, _) ->
          NumberText.format(
              "%s · %d × %d · %s",
              item.title(), area.width(), area.height(), FormatFields.title(settings.format()));
      case FilmTask(var shot, _) ->
          NumberText.format(
              "%s · %d × %d · %d frames",
              item.title(), shot.path().width(), shot.path().height(), shot.path().frames());
    };
  }

  /** Shows what changed, also its place in the line. */
  void show() {
    var state = item.state();
    boolean sameKind = shownKind.equals(state.getClass());
    shownKind = state.getClass();
    words.setText(words(state));
    bar.setProgress(part(state));
    bar.setVisible(state instanceof ExportState.Running || (part(state) > 0 && item.isPaused()));
    if (sameKind && !item.isWaiting() && !item.isPaused()) {
      return;
    }
    icon.setIconCode(icon(state));
    getStyleClass().removeAll("export-done", "export-failed");
    if (state instanceof ExportState.Done) {
      getStyleClass().add("export-done");
    } else if (state instanceof ExportState.Failed) {
      getStyleClass().add("export-failed");
    }
    icons.getChildren().setAll(icons(state));
    var below = new ArrayList<Node>(List.of(words));
    below.addAll(buttons(state));
    foot.getChildren().setAll(below);
  }

  private static double part(ExportState state) {
    return switch (state) {
      case ExportState.Running running -> running.part();
      case ExportState.Paused paused -> paused.part();
      case ExportState.Waiting _, ExportState.Done _, ExportState.Failed _ -> 0;
    };
  }

  private String words(ExportState state) {
    return switch (state) {
      case ExportState.Waiting _ -> "Waits for its turn";
      case ExportState.Running running -> running.words();
      case ExportState.Paused paused ->
          paused.part() > 0
              ? "Paused at " + Math.round(paused.part() * 100) + " %"
              : item.isBegun() ? "Paused; what is done is kept" : "Paused";
      case ExportState.Done _ -> "Done";
      case ExportState.Failed failed -> ShownText.line(failed.sentence());
    };
  }

  private static Feather icon(ExportState state) {
    return switch (state) {
      case ExportState.Waiting _ -> Feather.CLOCK;
      case ExportState.Running _ -> Feather.DOWNLOAD;
      case ExportState.Paused _ -> Feather.PAUSE;
      case ExportState.Done _ -> Feather.CHECK;
      case ExportState.Failed _ -> Feather.ALERT_TRIANGLE;
    };
  }

  private List<Node> icons(ExportState state) {
    var shown = new ArrayList<Node>();
    if (item.isWaiting() || item.isPaused()) {
      var up = icon(Feather.CHEVRON_UP, "Earlier", "export-up", () -> queue.moveUp(item));
      up.setDisable(!queue.canMoveUp(item));
      var down = icon(Feather.CHEVRON_DOWN, "Later", "export-down", () -> queue.moveDown(item));
      down.setDisable(queue.line().indexOf(item) == queue.line().size() - 1);
      shown.add(up);
      shown.add(down);
    }
    if (item.isWaiting() || item.isRunning()) {
      shown.add(
          icon(
              Feather.PAUSE,
              "Pause; what is done is kept",
              "export-pause",
              () -> queue.pause(item)));
    }
    if (item.isPaused()) {
      shown.add(icon(Feather.PLAY, "Go on", "export-resume", () -> queue.resume(item)));
    }
    boolean isOver = state instanceof ExportState.Done;
    shown.add(
        icon(
            Feather.X,
            isOver ? "Remove from the list" : "Cancel; nothing is left of it",
            "export-remove",
            () -> queue.remove(item)));
    return shown;
  }

  private IconButton icon(Feather sign, String name, String style, Runnable action) {
    var button = new IconButton(sign, name, action);
    button.setAccessibleText(name + ": " + item.name());
    button.getStyleClass().addAll(Styles.SMALL, style);
    return button;
  }

  private List<Node> buttons(ExportState state) {
    return switch (state) {
      case ExportState.Done _ ->
          List.of(
              button("Open", "export-open", () -> actions.open().accept(item)),
              button("Show in folder", "export-folder", () -> actions.show().accept(item)));
      case ExportState.Failed failed ->
          List.of(
              button(
                  failed.blocked() ? "Begin anew" : "Try again",
                  "export-retry",
                  () -> queue.retry(item)));
      case ExportState.Waiting _, ExportState.Running _, ExportState.Paused _ -> List.of();
    };
  }

  private static Button button(String text, String style, Runnable action) {
    var button = new Button(text);
    button.getStyleClass().addAll(Styles.SMALL, style);
    button.setMinWidth(USE_PREF_SIZE);
    button.setOnAction(event -> action.run());
    return button;
  }
}
