package org.infd.app.about;

import atlantafx.base.theme.Styles;
import java.util.Optional;
import javafx.beans.value.ObservableValue;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.TextArea;
import javafx.scene.control.ToggleButton;
import javafx.scene.control.ToggleGroup;
import javafx.scene.control.Tooltip;
import javafx.scene.input.Clipboard;
import javafx.scene.input.ClipboardContent;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import org.infd.inference.generation.Version;
import org.infd.inference.runtime.Device;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/** The page about the program: versions, device, diagnostics, licences. */
public final class AboutPane extends BorderPane {
  private final AboutModel model;
  private final Button copy = button("Copy", Feather.COPY, "Copy the diagnostics as text");

  /**
   * @param model its texts
   * @param device what graphs run on
   * @param save asks where to save the diagnostics
   * @param copied told when they are in the clipboard
   */
  public AboutPane(
      AboutModel model, ObservableValue<Optional<Device>> device, Runnable save, Runnable copied) {
    this.model = model;
    setId("about-page");
    getStyleClass().add("page");
    var content = new VBox(facts(device), diagnostics(save, copied), licences());
    content.getStyleClass().add("page-content");
    var centred = new HBox(content);
    HBox.setHgrow(content, Priority.ALWAYS);
    centred.setAlignment(Pos.TOP_CENTER);
    var scroll = new ScrollPane(centred);
    scroll.setFitToWidth(true);
    scroll.setHbarPolicy(ScrollPane.ScrollBarPolicy.NEVER);
    scroll.getStyleClass().add("page-scroll");
    var title = new Label("About");
    title.getStyleClass().add(Styles.TITLE_3);
    var bar = new HBox(title);
    bar.getStyleClass().add("page-bar");
    bar.setAlignment(Pos.CENTER_LEFT);
    setTop(bar);
    setCenter(scroll);
  }

  private static VBox facts(ObservableValue<Optional<Device>> device) {
    var grid = new GridPane();
    grid.getStyleClass().add("about-facts");
    int row = 0;
    row = fact(grid, row, "Version", new Label(Version.text()));
    var name = new Label();
    name.setId("about-device");
    name.setWrapText(true);
    device.subscribe(
        found ->
            name.setText(
                found
                    .map(known -> known.name() + ": " + known.reason())
                    .orElse("Looking for a device")));
    row = fact(grid, row, "Device", name);
    row =
        fact(
            grid,
            row,
            "Java",
            new Label(
                Runtime.version().feature()
                    + ", JavaFX "
                    + System.getProperty("javafx.runtime.version", "unknown")));
    fact(
        grid,
        row,
        "System",
        new Label(System.getProperty("os.name") + ", " + System.getProperty("os.arch")));
    var words =
        new Label(
            "Images that are functions: made once, rendered at every size and place. It runs models"
                + " of the kind of Image Neural Field Diffusion Models (CVPR 2024) and holds none of"
                + " their code.");
    words.setWrapText(true);
    words.setMinHeight(Region.USE_PREF_SIZE);
    words.getStyleClass().add(Styles.TEXT_MUTED);
    return section("INFD Studio", words, grid);
  }

  private static int fact(GridPane grid, int row, String name, Label value) {
    var label = new Label(name);
    label.getStyleClass().add(Styles.TEXT_MUTED);
    label.setMinWidth(Region.USE_PREF_SIZE);
    GridPane.setValignment(label, javafx.geometry.VPos.TOP);
    grid.addRow(row, label, value);
    return row + 1;
  }

  private VBox diagnostics(Runnable save, Runnable copied) {
    var words =
        new Label(
            "What to send along when something goes wrong: versions, machine, models, the last"
                + " problems. Your name, your folders, prompts and pictures are not in it.");
    words.setWrapText(true);
    words.setMinHeight(Region.USE_PREF_SIZE);
    words.getStyleClass().add(Styles.TEXT_MUTED);
    var text = text("diagnostics", "Diagnostics", 12);
    text.setWrapText(true);
    text.textProperty().bind(model.diagnosticsProperty());
    copy.setId("diagnostics-copy");
    copy.setOnAction(
        event -> {
          var content = new ClipboardContent();
          content.putString(model.diagnosticsProperty().get());
          Clipboard.getSystemClipboard().setContent(content);
          copied.run();
        });
    var file = button("Save", Feather.SAVE, "Save the diagnostics to a file");
    file.setId("diagnostics-save");
    file.setOnAction(event -> save.run());
    var again = button("Collect again", Feather.REFRESH_CW, "Collect the diagnostics again");
    again.setId("diagnostics-collect");
    again.setOnAction(event -> model.collect());
    var line = new HBox(copy, file, again);
    line.getStyleClass().addAll("field-line", "model-buttons");
    return section("Diagnostics", words, text, line);
  }

  private static VBox licences() {
    var text = text("licence-text", "Licences", 16);
    var group = new ToggleGroup();
    var third = choice("Third parties", group, () -> text.setText(AboutModel.notice()));
    third.setId("licence-notice");
    var own = choice("INFD Studio", group, () -> text.setText(AboutModel.licence()));
    own.setId("licence-own");
    third.setSelected(true);
    text.setText(AboutModel.notice());
    var line = new HBox(third, own);
    line.getStyleClass().addAll("field-line", "model-buttons");
    return section("Licences", line, text);
  }

  private static ToggleButton choice(String name, ToggleGroup group, Runnable shown) {
    var button = new ToggleButton(name);
    button.setToggleGroup(group);
    button.getStyleClass().add("page-button");
    button.setTooltip(new Tooltip("Show the licences: " + name));
    button.setOnAction(
        event -> {
          button.setSelected(true);
          shown.run();
        });
    return button;
  }

  private static TextArea text(String id, String name, int rows) {
    var text = new TextArea();
    text.setId(id);
    text.setEditable(false);
    text.setPrefRowCount(rows);
    text.getStyleClass().add("report");
    text.setAccessibleText(name);
    return text;
  }

  private static VBox section(String title, Node... content) {
    var heading = new Label(title);
    heading.getStyleClass().add(Styles.TITLE_4);
    var box = new VBox(heading);
    box.getStyleClass().add("model-card");
    box.getChildren().addAll(content);
    return box;
  }

  private static Button button(String text, Feather icon, String says) {
    var button = new Button(text, new FontIcon(icon));
    button.setMinWidth(Region.USE_PREF_SIZE);
    button.setTooltip(new Tooltip(says));
    return button;
  }

  /** Collects the diagnostics and puts the cursor where the user begins. */
  public void focus() {
    model.collect();
    copy.requestFocus();
  }
}
