package org.infd.app.export;

import atlantafx.base.theme.Styles;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import javafx.beans.binding.Bindings;
import javafx.beans.property.IntegerProperty;
import javafx.beans.property.Property;
import javafx.beans.value.ObservableBooleanValue;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.Slider;
import javafx.scene.control.TextField;
import javafx.scene.control.TextFormatter;
import javafx.scene.control.ToggleButton;
import javafx.scene.control.ToggleGroup;
import javafx.scene.control.Tooltip;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import javafx.util.converter.IntegerStringConverter;
import org.infd.app.control.IconButton;
import org.infd.app.control.KeyActions;
import org.infd.app.control.Shortcut;
import org.infd.app.control.SliderLine;
import org.infd.app.engine.ExportCost;
import org.infd.app.export.ExportChoices.Part;
import org.infd.inference.ShownText;
import org.infd.inference.export.PictureFormat;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/** The choices for a picture file beside the picture, which stays in use meanwhile. */
public final class ExportPane extends VBox {
  /** What the buttons do. */
  public record Actions(Runnable export, Runnable copy, Runnable showFolder, Runnable close) {}

  private final ExportChoices choices;
  private final ExportModel export;

  /**
   * @param canExport whether there is a picture
   */
  public ExportPane(
      ExportChoices choices,
      ExportModel export,
      ObservableBooleanValue canExport,
      Actions actions) {
    this.choices = choices;
    this.export = export;
    setId("export-pane");
    getStyleClass().add("side-pane");
    var content =
        new VBox(
            field(
                "Part",
                segments(
                    "part",
                    choices.partProperty(),
                    List.of(Part.values()),
                    part -> part == Part.WHOLE ? "Whole picture" : "This view",
                    part ->
                        part == Part.WHOLE
                            ? "All of the picture, as far as the shape allows"
                            : "What is on the screen")),
            field(
                "Shape",
                segments(
                    "aspect",
                    choices.aspectProperty(),
                    List.of(Aspect.values()),
                    Aspect::title,
                    ExportPane::explain)),
            size(),
            field(
                "Format",
                segments(
                    "format",
                    choices.formatProperty(),
                    List.of(PictureFormat.values()),
                    PictureFormat::title,
                    ExportPane::explain)),
            quality(),
            cost());
    content.getStyleClass().add("recipe");
    var scroll = new ScrollPane(content);
    scroll.setFitToWidth(true);
    scroll.setHbarPolicy(ScrollPane.ScrollBarPolicy.NEVER);
    VBox.setVgrow(scroll, Priority.ALWAYS);
    getChildren().addAll(head(actions), scroll, buttons(canExport, actions));
    // a number field would keep the key to itself
    addEventFilter(
        KeyEvent.KEY_PRESSED, new KeyActions().on(Shortcut.CLOSE_EXPORT, actions.close())::act);
  }

  private static Node head(Actions actions) {
    var title = new Label("Export");
    title.getStyleClass().add(Styles.TITLE_4);
    title.setMaxWidth(Double.MAX_VALUE);
    HBox.setHgrow(title, Priority.ALWAYS);
    var close =
        new IconButton(
            Feather.X, "Close the export choices", Shortcut.CLOSE_EXPORT, actions.close());
    close.setId("export-close");
    var head = new HBox(title, close);
    head.setAlignment(Pos.CENTER_LEFT);
    head.getStyleClass().add("side-pane-head");
    return head;
  }

  private static String explain(Aspect aspect) {
    return switch (aspect) {
      case SQUARE -> "As wide as tall";
      case WIDE -> "The shape of most screens and films; what does not fit is cropped";
      case SCREEN -> "A wallpaper: as many pixels as this screen has";
      case FREE -> "Any width and height; what does not fit is cropped";
    };
  }

  private static String explain(PictureFormat format) {
    return switch (format) {
      case PNG -> "Without loss; holds the recipe";
      case JPEG -> "Small, with a little loss; holds the recipe";
      case TIFF -> "Without loss, not compressed, for printers and editors; holds the recipe";
    };
  }

  /** Buttons of which one is pressed. */
  private static <T> HBox segments(
      String id,
      Property<T> value,
      List<T> values,
      Function<T, String> name,
      Function<T, String> explanation) {
    var group = new ToggleGroup();
    var line = new HBox();
    line.setId("export-" + id);
    for (int i = 0; i < values.size(); i++) {
      var choice = values.get(i);
      var button = new ToggleButton(name.apply(choice));
      button.setId("export-" + id + "-" + i);
      button.setToggleGroup(group);
      button.setMaxWidth(Double.MAX_VALUE);
      HBox.setHgrow(button, Priority.ALWAYS);
      button.setMinWidth(Region.USE_PREF_SIZE);
      button.setTooltip(new Tooltip(explanation.apply(choice)));
      button
          .getStyleClass()
          .add(
              i == 0
                  ? Styles.LEFT_PILL
                  : i == values.size() - 1 ? Styles.RIGHT_PILL : Styles.CENTER_PILL);
      button.setOnAction(
          event -> {
            button.setSelected(true);
            value.setValue(choice);
          });
      value.subscribe(chosen -> button.setSelected(choice.equals(chosen)));
      line.getChildren().add(button);
    }
    return line;
  }

  private Node size() {
    var presets = new HBox();
    presets.setId("export-presets");
    var group = new ToggleGroup();
    for (int i = 0; i < ExportChoices.SIDES.size(); i++) {
      int side = ExportChoices.SIDES.get(i);
      var button = new ToggleButton(side / 1024 + "K");
      button.setId("export-preset-" + i);
      button.setToggleGroup(group);
      button.setMaxWidth(Double.MAX_VALUE);
      HBox.setHgrow(button, Priority.ALWAYS);
      button.setTooltip(new Tooltip("The longer side has " + side + " pixels"));
      button
          .getStyleClass()
          .add(
              i == 0
                  ? Styles.LEFT_PILL
                  : i == ExportChoices.SIDES.size() - 1 ? Styles.RIGHT_PILL : Styles.CENTER_PILL);
      Runnable show = () -> button.setSelected(choices.longSide() == side);
      button.setOnAction(
          event -> {
            choices.setLongSide(side);
            show.run();
          });
      choices.widthProperty().subscribe(show);
      choices.heightProperty().subscribe(show);
      show.run();
      presets.getChildren().add(button);
    }
    var width = number("export-width", "Width in pixels", choices.widthProperty());
    var height = number("export-height", "Height in pixels", choices.heightProperty());
    var line = new HBox(width, new Label("×"), height, new Label("pixels"));
    line.getStyleClass().add("field-line");
    line.setAlignment(Pos.CENTER_LEFT);
    return field("Size", presets, line);
  }

  /** A field that takes a number when the user leaves it or presses Enter. */
  private static TextField number(String id, String name, IntegerProperty value) {
    var text = new TextField();
    text.setId(id);
    text.setPrefColumnCount(5);
    text.setAccessibleText(name);
    text.setTooltip(new Tooltip(name));
    var converter = new IntegerStringConverter();
    var formatter =
        new TextFormatter<>(
            converter,
            value.get(),
            change -> {
              if (!change.getControlNewText().matches("\\d{0,6}")) {
                change.setText("");
                change.setRange(change.getRangeStart(), change.getRangeStart());
              }
              return change;
            });
    text.setTextFormatter(formatter);
    formatter
        .valueProperty()
        .subscribe(
            number -> {
              if (number == null) {
                formatter.setValue(value.get());
              } else if (number != value.get()) {
                value.set(Math.clamp(number, ExportChoices.SMALLEST, ExportChoices.LARGEST));
                formatter.setValue(value.get());
              }
            });
    value.subscribe(number -> formatter.setValue(number.intValue()));
    return text;
  }

  private Node quality() {
    var slider = new Slider(0.5, 1, choices.qualityProperty().get());
    slider.setId("export-quality");
    slider.setBlockIncrement(0.05);
    slider.setAccessibleText("Quality, 50 to 100 percent");
    slider.setTooltip(new Tooltip("More is larger and nearer to the picture"));
    var line =
        new SliderLine(
            slider,
            choices.qualityProperty(),
            40,
            part -> String.format(Locale.ROOT, "%.0f %%", part * 100));
    var box = field("Quality", line);
    box.visibleProperty()
        .bind(choices.formatProperty().map(format -> format == PictureFormat.JPEG));
    box.managedProperty().bind(box.visibleProperty());
    return box;
  }

  /** What is going to be written, and what it costs. */
  private Node cost() {
    var size = new Label();
    size.setId("export-size");
    size.textProperty()
        .bind(choices.frameProperty().map(frame -> frame.map(ExportCost::size).orElse("")));
    var cost = new Label();
    cost.setId("export-cost");
    cost.getStyleClass().add(Styles.TEXT_MUTED);
    cost.textProperty()
        .bind(
            Bindings.createStringBinding(
                () ->
                    export.runningProperty().get()
                        ? "Being written"
                        : export.costInWords().orElse("Estimating …"),
                export.runningProperty(),
                export.costProperty()));
    var error = new Label();
    error.setId("export-error");
    error.setWrapText(true);
    error.setMinHeight(USE_PREF_SIZE);
    error.getStyleClass().add(Styles.DANGER);
    error.textProperty().bind(choices.errorProperty());
    error.visibleProperty().bind(choices.errorProperty().isNotEmpty());
    for (var label : List.of(size, cost)) {
      label.visibleProperty().bind(choices.errorProperty().isEmpty());
      label.managedProperty().bind(label.visibleProperty());
    }
    error.managedProperty().bind(error.visibleProperty());
    var box = new VBox(size, cost, error);
    box.getStyleClass().add("field");
    return box;
  }

  private Node buttons(ObservableBooleanValue canExport, Actions actions) {
    var start = new Button("Export …", new FontIcon(Feather.DOWNLOAD));
    start.setId("export-start");
    start.getStyleClass().addAll(Styles.ACCENT, "run-button");
    start.setMaxWidth(Double.MAX_VALUE);
    start.setTooltip(new Tooltip("Choose a file and write it in the background"));
    start.setOnAction(event -> actions.export().run());
    start
        .disableProperty()
        .bind(
            Bindings.createBooleanBinding(
                () ->
                    !canExport.get()
                        || export.runningProperty().get()
                        || choices.frameProperty().get().isEmpty(),
                canExport,
                export.runningProperty(),
                choices.frameProperty()));
    var copy = new Button("Copy this view", new FontIcon(Feather.COPY));
    copy.setId("export-copy");
    copy.setMaxWidth(Double.MAX_VALUE);
    copy.setTooltip(
        new Tooltip(Shortcut.COPY_VIEW.tip("Put what is on the screen on the clipboard")));
    copy.setOnAction(event -> actions.copy().run());
    copy.disableProperty().bind(Bindings.not(canExport));
    var name = new Label();
    name.setId("export-written");
    name.setMaxWidth(Double.MAX_VALUE);
    HBox.setHgrow(name, Priority.ALWAYS);
    name.getStyleClass().addAll(Styles.TEXT_SMALL, Styles.TEXT_MUTED);
    name.textProperty()
        .bind(
            export
                .writtenProperty()
                .map(
                    file ->
                        file.map(path -> ShownText.line(String.valueOf(path.getFileName())))
                            .orElse("")));
    var show = new IconButton(Feather.FOLDER, "Show in folder", actions.showFolder());
    show.setId("export-show");
    show.getStyleClass().add(Styles.SMALL);
    var last = new HBox(name, show);
    last.setAlignment(Pos.CENTER_LEFT);
    last.visibleProperty().bind(export.writtenProperty().map(java.util.Optional::isPresent));
    last.managedProperty().bind(last.visibleProperty());
    var box = new VBox(last, copy, start);
    box.getStyleClass().add("run");
    box.setMinHeight(USE_PREF_SIZE);
    return box;
  }

  private static VBox field(String name, Node... content) {
    var label = new Label(name);
    label.setLabelFor(content[0]);
    label.getStyleClass().add("field-label");
    var box = new VBox(label);
    box.getStyleClass().add("field");
    box.getChildren().addAll(content);
    return box;
  }
}
