package org.infd.app.export;

import atlantafx.base.theme.Styles;
import java.util.ArrayList;
import javafx.beans.binding.Bindings;
import javafx.scene.control.Label;
import javafx.scene.layout.VBox;
import org.infd.app.engine.ExportCost;
import org.infd.app.work.DiskRoom;

/** What is going to be written, what it costs, and what should be known before. */
final class ExportFacts extends VBox {
  private final Exports exports;
  private final Label size = label("export-size");
  private final Label cost = label("export-cost");
  private final Label note = label("export-note");
  private final Label error = label("export-error");

  ExportFacts(Exports exports) {
    this.exports = exports;
    getStyleClass().add("field");
    cost.getStyleClass().add(Styles.TEXT_MUTED);
    note.getStyleClass().add("export-note");
    error.getStyleClass().add(Styles.DANGER);
    getChildren().addAll(size, cost, note, error);
    var choices = exports.choices();
    error.textProperty().bind(choices.errorProperty());
    size.textProperty()
        .bind(choices.areaProperty().map(area -> area.map(ExportCost::size).orElse("")));
    cost.textProperty()
        .bind(
            Bindings.createStringBinding(
                () -> exports.costs().inWords().orElse("Estimating …"),
                exports.costs().costProperty()));
    note.textProperty()
        .bind(Bindings.createStringBinding(this::notes, exports.costs().costProperty()));
    PaneParts.shown(error, choices.errorProperty().isNotEmpty());
    PaneParts.shown(size, choices.errorProperty().isEmpty());
    PaneParts.shown(cost, choices.errorProperty().isEmpty());
    PaneParts.shown(note, note.textProperty().isNotEmpty());
  }

  private static Label label(String id) {
    var label = new Label();
    label.setId(id);
    label.setWrapText(true);
    label.setMinHeight(USE_PREF_SIZE);
    return label;
  }

  private String notes() {
    return exports
        .costs()
        .costProperty()
        .get()
        .map(
            found -> {
              var said = new ArrayList<>(found.advice());
              DiskRoom.doubt(exports.folder().resolve("picture"), found.bytes())
                  .ifPresent(doubt -> said.add("In " + exports.folder() + ": " + doubt));
              return String.join("\n", said);
            })
        .orElse("");
  }
}
