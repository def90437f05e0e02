package org.infd.app.models;

import atlantafx.base.controls.ToggleSwitch;
import atlantafx.base.theme.Styles;
import java.nio.file.Path;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ProgressBar;
import javafx.scene.control.TextArea;
import javafx.scene.control.TextField;
import javafx.scene.control.Tooltip;
import javafx.scene.input.Clipboard;
import javafx.scene.input.ClipboardContent;
import javafx.scene.layout.FlowPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import org.infd.inference.ShownText;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/** The import under way: how it is to be done, how far it is, what came of it. */
final class ImportPane extends VBox {
  private final ModelsModel model;
  private final ModelsPane.Actions actions;
  private final Label stage = new Label();
  private final ProgressBar bar = new ProgressBar();
  private final Label found = new Label();
  private final HBox merges;
  private final VBox form;
  private final VBox progress;
  private final Button start = button("Import", Feather.DOWNLOAD, "Make the model");

  ImportPane(ModelsModel model, ModelsPane.Actions actions) {
    this.model = model;
    this.actions = actions;
    getStyleClass().addAll("model-card", "import-card");
    setId("import-pane");
    found.setId("import-found");
    found.setWrapText(true);
    found.getStyleClass().addAll(Styles.TEXT_SMALL, Styles.TEXT_MUTED);
    found.setMinHeight(Region.USE_PREF_SIZE);
    merges = merges();
    form = form();
    progress = progress();
    model.importProperty().subscribe(this::show);
    model.foundProperty().subscribe(this::show);
  }

  private void show(ModelStore.Found what) {
    found.setText(String.join("\n", what.lines()));
    found.setVisible(!what.lines().isEmpty());
    found.setManaged(!what.lines().isEmpty());
    merges.setVisible(what.wantsMerges());
    merges.setManaged(what.wantsMerges());
    start.setDisable(what.wantsMerges());
  }

  private HBox merges() {
    var choose = button("Choose the merges", Feather.FILE_TEXT, "A file merges.txt, or .txt.gz");
    choose.setId("import-merges");
    choose.setOnAction(event -> actions.chooseMerges());
    var line = new HBox(choose);
    line.getStyleClass().addAll("field-line", "model-buttons");
    return line;
  }

  private void show(ImportState state) {
    boolean idle = state instanceof ImportState.Idle;
    setVisible(!idle);
    setManaged(!idle);
    switch (state) {
      case ImportState.Idle _ -> getChildren().clear();
      case ImportState.Chosen chosen -> {
        getChildren().setAll(title("Import " + name(chosen.checkpoint())), form, startLine());
        start.requestFocus();
      }
      case ImportState.Running running -> {
        stage.setText(running.stage());
        bar.setProgress(running.done());
        if (!getChildren().contains(progress)) {
          getChildren().setAll(title("Importing " + name(running.checkpoint())), progress);
        }
      }
      case ImportState.Failed failed ->
          getChildren()
              .setAll(
                  title(name(failed.checkpoint()) + " was not imported"),
                  sentence(failed.sentence()),
                  form,
                  startLine());
      case ImportState.Done done -> getChildren().setAll(done(done.model()));
    }
  }

  private static String name(Path file) {
    return "'" + ShownText.line(String.valueOf(file.getFileName())) + "'";
  }

  private static Label title(String text) {
    var title = new Label(text);
    title.setWrapText(true);
    title.getStyleClass().add(Styles.TITLE_4);
    return title;
  }

  private static Label sentence(String text) {
    var label = new Label(text);
    label.setId("import-error");
    label.setWrapText(true);
    label.setMinHeight(Region.USE_PREF_SIZE);
    label.getStyleClass().add(Styles.DANGER);
    return label;
  }

  private VBox form() {
    var name = text("import-name", "What you call it");
    name.textProperty().bindBidirectional(model.nameProperty());
    var licence = text("import-licence", "Unknown");
    licence.textProperty().bindBidirectional(model.licenceProperty());
    var scale = text("import-scale", "As the checkpoint says");
    scale.textProperty().bindBidirectional(model.trainedScaleProperty());
    scale.setTooltip(
        new Tooltip("The image sides in pixels that the renderer was trained on, as 256..1024"));
    var half = new ToggleSwitch("Store weights as 16-bit floats: half the size");
    half.setId("import-half");
    half.selectedProperty().bindBidirectional(model.halfProperty());
    var fields =
        new FlowPane(
            field("Name", name),
            field("Licence of the weights", licence),
            field("Trained scale", scale));
    fields.getStyleClass().add("import-fields");
    var note =
        new Label(
            "The file is read as data; no code in it is run. The new model is tried before it is"
                + " kept.");
    note.setWrapText(true);
    note.getStyleClass().addAll(Styles.TEXT_SMALL, Styles.TEXT_MUTED);
    var box = new VBox(found, merges, fields, half, note);
    box.getStyleClass().add("import-form");
    return box;
  }

  private static TextField text(String id, String prompt) {
    var text = new TextField();
    text.setId(id);
    text.setPromptText(prompt);
    text.setPrefWidth(236);
    return text;
  }

  private static Node field(String name, TextField text) {
    var label = new Label(name);
    label.setLabelFor(text);
    label.getStyleClass().add("field-label");
    var box = new VBox(label, text);
    box.getStyleClass().add("field");
    return box;
  }

  private HBox startLine() {
    start.setId("import-start");
    if (!start.getStyleClass().contains(Styles.ACCENT)) {
      start.getStyleClass().add(Styles.ACCENT);
    }
    start.setOnAction(event -> model.begin());
    var leave = button("Cancel", Feather.X, "Do not import it");
    leave.setId("import-dismiss");
    leave.setOnAction(event -> model.dismiss());
    var line = new HBox(start, leave);
    line.getStyleClass().addAll("field-line", "model-buttons");
    return line;
  }

  private VBox progress() {
    stage.getStyleClass().add(Styles.TEXT_MUTED);
    stage.setId("import-stage");
    bar.setId("import-progress");
    bar.setMaxWidth(Double.MAX_VALUE);
    bar.setAccessibleText("Import");
    HBox.setHgrow(bar, Priority.ALWAYS);
    var cancel = button("Cancel", Feather.X, "Stop the import; nothing is left of it");
    cancel.setId("import-cancel");
    cancel.setOnAction(event -> model.dismiss());
    var line = new HBox(bar, cancel);
    line.getStyleClass().addAll("field-line", "model-buttons");
    line.setAlignment(Pos.CENTER_LEFT);
    return new VBox(stage, line);
  }

  private Node[] done(ModelStore.Imported made) {
    var report = new TextArea(made.report());
    report.setId("import-report");
    report.setEditable(false);
    report.setPrefRowCount(12);
    report.getStyleClass().add("report");
    report.setAccessibleText("Report of the import");
    var use = button("Use it", Feather.ZAP, "Make pictures with " + made.name());
    use.setId("import-use");
    use.getStyleClass().add(Styles.ACCENT);
    use.setOnAction(
        event -> {
          model.dismiss();
          actions.use(made.id());
        });
    var copy = button("Copy the report", Feather.COPY, "Copy the report as text");
    copy.setOnAction(
        event -> {
          var content = new ClipboardContent();
          content.putString(made.report());
          Clipboard.getSystemClipboard().setContent(content);
        });
    var close = button("Close", Feather.X, "Put the report away");
    close.setId("import-close");
    close.setOnAction(event -> model.dismiss());
    boolean makes =
        model.models().stream()
            .filter(card -> card.id().equals(made.id()))
            .findFirst()
            .map(ModelCard::makesPictures)
            .orElse(true);
    use.setDisable(!makes);
    var line = new HBox(use, copy, close);
    line.getStyleClass().addAll("field-line", "model-buttons");
    return new Node[] {title("'" + made.name() + "' is imported"), report, line};
  }

  private static Button button(String text, Feather icon, String says) {
    var button = new Button(text, new FontIcon(icon));
    button.setMinWidth(Region.USE_PREF_SIZE);
    button.setTooltip(new Tooltip(says));
    return button;
  }
}
