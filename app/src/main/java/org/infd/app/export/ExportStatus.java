package org.infd.app.export;

import atlantafx.base.theme.Styles;
import java.util.Optional;
import javafx.scene.control.Button;
import javafx.scene.control.Tooltip;
import javafx.util.Subscription;
import org.infd.app.control.Shortcut;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/** How far the exports are, in a line; a click opens the list. Hidden while there are none. */
public final class ExportStatus extends Button {
  private final ExportQueue queue;
  private Subscription followed = Subscription.EMPTY;

  /**
   * @param queue what is shown
   * @param open opens the list of exports, or closes it
   */
  public ExportStatus(ExportQueue queue, Runnable open) {
    super("", new FontIcon(Feather.DOWNLOAD));
    this.queue = queue;
    setId("status-export");
    getStyleClass().addAll(Styles.FLAT, Styles.SMALL, "status-export");
    setMinWidth(USE_PREF_SIZE);
    setTooltip(new Tooltip(Shortcut.SHOW_EXPORTS.tip("All exports")));
    setOnAction(event -> open.run());
    queue.runningProperty().subscribe(this::follow);
    queue.revisionProperty().subscribe(revision -> show());
    show();
  }

  private void follow(Optional<ExportItem> running) {
    followed.unsubscribe();
    followed =
        running
            .map(item -> item.stateProperty().subscribe(state -> show()))
            .orElse(Subscription.EMPTY);
  }

  private void show() {
    var words = words();
    setText(words);
    setAccessibleText(words.isEmpty() ? "Exports" : words);
    setVisible(!words.isEmpty());
    setManaged(!words.isEmpty());
  }

  private String words() {
    var running = queue.runningProperty().get();
    if (running.isPresent()
        && running.get().state() instanceof ExportState.Running(_, String words)) {
      int waiting = queue.count() - 1;
      return "Export: " + words + (waiting == 0 ? "" : ", " + waiting + " more");
    }
    long failed =
        queue.finished().stream()
            .filter(item -> item.state() instanceof ExportState.Failed)
            .count();
    if (failed > 0) {
      return count(failed, "failed");
    }
    if (queue.count() > 0) {
      return count(queue.count(), queue.count() == 1 ? "waits" : "wait");
    }
    return !queue.line().isEmpty()
        ? count(queue.line().size(), "paused")
        : queue.finished().isEmpty() ? "" : count(queue.finished().size(), "done");
  }

  private static String count(long number, String how) {
    return number + (number == 1 ? " export " : " exports ") + how;
  }
}
