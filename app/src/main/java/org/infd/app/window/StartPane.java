package org.infd.app.window;

import atlantafx.base.theme.Styles;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import javafx.collections.ListChangeListener;
import javafx.collections.ObservableList;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.ContentDisplay;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.Tooltip;
import javafx.scene.image.Image;
import javafx.scene.image.ImageView;
import javafx.scene.layout.FlowPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import org.infd.app.control.Shortcut;
import org.infd.app.models.Sample;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/** The start page: what to do in three lines, samples to click, a place to drop files. */
public final class StartPane extends ScrollPane {
  /** The side of a thumbnail. */
  private static final double SIDE = 168;

  private static final int COLUMNS = 4;
  private static final double GAP = 14;

  private static final List<String> HELP =
      List.of(
          "Click a sample, or say at the left what you want to see and press Generate.",
          "Then zoom in with the wheel: what you look at is computed at the scale of your screen.",
          "Every picture is kept in the gallery and can be exported at any size.");

  private final BiConsumer<Sample, Optional<Image>> run;
  private final FlowPane samples = new FlowPane(GAP, GAP);

  /**
   * @param shown the samples
   * @param run makes the picture of one
   * @param open asks for a file
   */
  public StartPane(
      ObservableList<Sample> shown, BiConsumer<Sample, Optional<Image>> run, Runnable open) {
    this.run = run;
    setId("start");
    getStyleClass().addAll("page-scroll", "start");
    samples.getStyleClass().add("samples");
    samples.setAlignment(Pos.CENTER);
    samples.setPrefWrapLength(COLUMNS * (SIDE + GAP));
    samples.setMaxWidth(COLUMNS * (SIDE + GAP) + GAP);
    var content = new VBox(head(), samples, target(open));
    content.getStyleClass().add("start-content");
    content.setAlignment(Pos.CENTER);
    setContent(content);
    setFitToWidth(true);
    setFitToHeight(true);
    setHbarPolicy(ScrollBarPolicy.NEVER);
    shown.addListener((ListChangeListener<Sample>) change -> show(shown));
    show(shown);
  }

  private static Node head() {
    var title = new Label("Pictures without end");
    title.getStyleClass().add(Styles.TITLE_2);
    var box = new VBox(title);
    for (var line : HELP) {
      var label = new Label(line);
      label.setWrapText(true);
      label.setMinHeight(Region.USE_PREF_SIZE);
      label.setTextAlignment(javafx.scene.text.TextAlignment.CENTER);
      label.getStyleClass().add(Styles.TEXT_MUTED);
      box.getChildren().add(label);
    }
    box.getStyleClass().add("start-head");
    box.setAlignment(Pos.CENTER);
    return box;
  }

  private static Node target(Runnable open) {
    var words = new Label("Drop a field, a photo or a checkpoint here.");
    words.getStyleClass().add(Styles.TEXT_MUTED);
    words.setMinWidth(0);
    var button = new Button("Open", new FontIcon(Feather.FOLDER));
    button.setId("start-open");
    button.setMinWidth(Region.USE_PREF_SIZE);
    button.setTooltip(new Tooltip(Shortcut.OPEN.tip("Open a field file")));
    button.setOnAction(event -> open.run());
    var target = new HBox(words, button);
    target.getStyleClass().add("drop-target");
    target.setAlignment(Pos.CENTER);
    target.setMaxWidth(COLUMNS * (SIDE + GAP) - GAP);
    return target;
  }

  private void show(List<Sample> shown) {
    samples.getChildren().setAll(shown.stream().map(this::card).toList());
  }

  private Node card(Sample sample) {
    var image = new ImageView();
    image.setFitWidth(SIDE);
    image.setFitHeight(SIDE);
    sample.thumbnail().ifPresent(file -> image.setImage(new Image(file.toUri().toString(), true)));
    var frame = new StackPane(new FontIcon(Feather.IMAGE), image);
    frame.getStyleClass().add("card-image");
    frame.setMinSize(SIDE, SIDE);
    frame.setMaxSize(SIDE, SIDE);
    var name = new Label(sample.name());
    name.getStyleClass().add("card-title");
    name.setMaxWidth(SIDE);
    var face = new VBox(frame, name);
    face.getStyleClass().add("sample-face");
    var button = new Button("", face);
    button.setContentDisplay(ContentDisplay.GRAPHIC_ONLY);
    button.getStyleClass().addAll("card-button", Styles.FLAT);
    var prompt = sample.recipe().prompt();
    var says = "Make '" + sample.name() + "'" + (prompt == null ? "" : ": " + prompt);
    button.setAccessibleText(says);
    var tip = new Tooltip(says + "\nSeed " + sample.recipe().seedText());
    tip.setWrapText(true);
    tip.setMaxWidth(340);
    button.setTooltip(tip);
    button.setOnAction(
        event ->
            run.accept(
                sample,
                Optional.ofNullable(image.getImage())
                    .filter(shown -> shown.getProgress() == 1 && !shown.isError())));
    return button;
  }
}
