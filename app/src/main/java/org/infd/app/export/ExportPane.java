package org.infd.app.export;

import atlantafx.base.theme.Styles;
import java.util.List;
import javafx.beans.binding.Bindings;
import javafx.beans.property.ObjectProperty;
import javafx.beans.value.ObservableBooleanValue;
import javafx.beans.value.ObservableValue;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.CheckBox;
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
import org.infd.app.export.ExportChoices.Part;
import org.infd.inference.field.FieldRenderer;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/** The choices for a picture file beside the picture, which stays in use meanwhile. */
public final class ExportPane extends VBox {
  /** What the buttons do. */
  public record Actions(Runnable export, Runnable film, Runnable copy, Runnable close) {}

  private final ExportChoices choices;
  private final ObjectProperty<Boolean> filming;

  /**
   * @param canExport whether there is a picture
   */
  public ExportPane(Exports exports, ObservableBooleanValue canExport, Actions actions) {
    choices = exports.choices();
    filming = exports.film().chosenProperty();
    setId("export-pane");
    getStyleClass().add("side-pane");
    var picture =
        new VBox(
            new PresetMenu(exports.presets(), choices),
            part(),
            PaneParts.field(
                "Shape",
                PaneParts.segments(
                    "aspect",
                    choices.aspectProperty(),
                    List.of(Aspect.values()),
                    Aspect::title,
                    ExportPane::explain)),
            new SizeField(choices).node(),
            new FormatFields(choices).node(),
            invented());
    var film =
        new VBox(
            new FilmFields(exports.film()).node(),
            new FilmScreen(exports.preview(), exports::previewFilm));
    PaneParts.shown(picture, filming.map(is -> !is));
    PaneParts.shown(film, filming);
    for (var choice : List.of(picture, film)) {
      choice.getStyleClass().add("export-fields");
    }
    var content = new VBox(kind(), picture, film);
    content.getStyleClass().add("recipe");
    var scroll = new ScrollPane(content);
    scroll.setFitToWidth(true);
    scroll.setHbarPolicy(ScrollPane.ScrollBarPolicy.NEVER);
    VBox.setVgrow(scroll, Priority.ALWAYS);
    getChildren().addAll(head(actions), scroll, foot(exports, canExport, actions));
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

  private Node kind() {
    return PaneParts.segments(
        "kind",
        filming,
        List.of(false, true),
        film -> film ? "Film" : "Picture",
        film ->
            film
                ? "A zoom from the whole picture to what is in sight"
                : "One picture of any size, or a folder of tiles");
  }

  private Node part() {
    var parts =
        PaneParts.segments(
            "part",
            choices.partProperty(),
            List.of(Part.values()),
            part ->
                switch (part) {
                  case WHOLE -> "Whole";
                  case VIEW -> "This view";
                  case FRAME -> "Frame";
                },
            part ->
                switch (part) {
                  case WHOLE -> "All of the picture, as far as the shape allows";
                  case VIEW -> "What is on the screen";
                  case FRAME -> "What is in a frame over the picture, moved and pulled by hand";
                });
    var words =
        new Label("Drag the frame or its handles; arrows move it, Shift + arrows resize it.");
    words.setWrapText(true);
    words.setMinHeight(USE_PREF_SIZE);
    words.getStyleClass().addAll(Styles.TEXT_SMALL, Styles.TEXT_MUTED);
    var bring = new Hyperlink("Bring the frame into view");
    bring.setId("export-frame-view");
    bring.setTooltip(new Tooltip("Moves the frame to the middle of what is in sight"));
    bring.setOnAction(event -> choices.frameView());
    var box = PaneParts.field("Part", parts, words, bring);
    for (var node : List.of(words, bring)) {
      PaneParts.shown(node, choices.partProperty().map(part -> part == Part.FRAME));
    }
    return box;
  }

  private static String explain(Aspect aspect) {
    return switch (aspect) {
      case SQUARE -> "As wide as tall";
      case PHOTO -> "The shape of most photos; what does not fit is cropped";
      case WIDE -> "The shape of most screens and films; what does not fit is cropped";
      case TALL -> "The shape of most phones; what does not fit is cropped";
      case SCREEN -> "A wallpaper: as many pixels as this screen has";
      case FREE -> "Any width and height; what does not fit is cropped";
    };
  }

  /** Below the picture's own scale one can go on, and has to where a field cannot. */
  private Node invented() {
    var check = new CheckBox("Invent detail below the picture's own scale");
    check.setId("export-invented");
    check.setWrapText(true);
    check.setMinHeight(USE_PREF_SIZE);
    check.setTooltip(
        new Tooltip("The same detail that is seen when zooming in. It takes much longer to make."));
    check.selectedProperty().bindBidirectional(choices.inventedProperty());
    check
        .disableProperty()
        .bind(
            choices
                .areaProperty()
                .map(
                    area -> area.filter(of -> of.side() > FieldRenderer.LARGEST_SIDE).isPresent()));
    PaneParts.shown(check, choices.belowProperty());
    return check;
  }

  /** What it costs and the buttons, always in sight. */
  private Node foot(Exports exports, ObservableBooleanValue canExport, Actions actions) {
    var picture = pictureFoot(exports, canExport, actions);
    var film = filmFoot(exports.film(), canExport, actions);
    PaneParts.shown(picture, filming.map(is -> !is));
    PaneParts.shown(film, filming);
    var box = new VBox(picture, film);
    box.getStyleClass().add("run");
    box.setMinHeight(USE_PREF_SIZE);
    return box;
  }

  private static Node filmFoot(
      FilmChoices film, ObservableBooleanValue canExport, Actions actions) {
    var words = label("film-words", film.wordsProperty());
    var error = label("film-error", film.errorProperty());
    error.getStyleClass().add(Styles.DANGER);
    var start = new Button("Export film …", new FontIcon(Feather.FILM));
    start.setId("film-start");
    start.getStyleClass().addAll(Styles.ACCENT, "run-button");
    start.setMaxWidth(Double.MAX_VALUE);
    start.setTooltip(new Tooltip("Choose where to, and make it in the background"));
    start.setOnAction(event -> actions.film().run());
    start
        .disableProperty()
        .bind(
            Bindings.createBooleanBinding(
                () -> !canExport.get() || film.shotProperty().get().isEmpty(),
                canExport,
                film.shotProperty()));
    var box = new VBox(words, error, start);
    box.getStyleClass().add("export-fields");
    return box;
  }

  private static Label label(String id, ObservableValue<String> text) {
    var label = new Label();
    label.setId(id);
    label.setWrapText(true);
    label.setMinHeight(USE_PREF_SIZE);
    label.textProperty().bind(text);
    PaneParts.shown(label, label.textProperty().isNotEmpty());
    return label;
  }

  private Node pictureFoot(Exports exports, ObservableBooleanValue canExport, Actions actions) {
    var start = new Button("Export …", new FontIcon(Feather.DOWNLOAD));
    start.setId("export-start");
    start.getStyleClass().addAll(Styles.ACCENT, "run-button");
    start.setMaxWidth(Double.MAX_VALUE);
    start.setTooltip(new Tooltip("Choose where to, and write it in the background"));
    start.setOnAction(event -> actions.export().run());
    start
        .disableProperty()
        .bind(
            Bindings.createBooleanBinding(
                () -> !canExport.get() || choices.areaProperty().get().isEmpty(),
                canExport,
                choices.areaProperty()));
    var copy = new Button("Copy this view", new FontIcon(Feather.COPY));
    copy.setId("export-copy");
    copy.setMaxWidth(Double.MAX_VALUE);
    copy.setTooltip(
        new Tooltip(Shortcut.COPY_VIEW.tip("Put what is on the screen on the clipboard")));
    copy.setOnAction(event -> actions.copy().run());
    copy.disableProperty().bind(Bindings.not(canExport));
    var box = new VBox(new ExportFacts(exports), copy, start);
    box.getStyleClass().add("export-fields");
    return box;
  }
}
