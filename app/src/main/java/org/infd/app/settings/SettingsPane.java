package org.infd.app.settings;

import atlantafx.base.theme.Styles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.IntStream;
import javafx.beans.binding.Bindings;
import javafx.beans.property.Property;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import javafx.util.StringConverter;
import org.infd.app.gallery.GalleryModel;
import org.infd.app.work.Bytes;

/** The page of settings. Everything chosen here holds at once, or says from when on. */
public final class SettingsPane extends BorderPane {
  private static final List<Long> CACHES =
      List.of(64L << 20, 128L << 20, 192L << 20, 384L << 20, 768L << 20, 1536L << 20);
  private static final List<Integer> GPU_MEMORIES =
      List.of(0, 1024, 2048, 4096, 6144, 8192, 12_288, 16_384, 24_576);
  private static final List<Long> LIMITS =
      List.of(
          512L << 20, 1L << 30, 2L << 30, 5L << 30, 10L << 30, 20L << 30, 50L << 30, 100L << 30);

  /** What the page does elsewhere. */
  public interface Actions {
    /** Shows a folder in the system's own window. */
    void show(Path folder);

    /** Asks where pictures are to be kept. */
    void choosePicturesFolder();
  }

  private final PreferencesModel preferences;
  private final GalleryModel gallery;
  private final Path dataFolder;
  private final Actions actions;
  private final ComboBox<ThemeMode> look;
  private final Label restart = new Label();

  /**
   * @param preferences what is chosen
   * @param gallery whose size is bounded
   * @param dataFolder where the program keeps what belongs to the user
   */
  public SettingsPane(
      PreferencesModel preferences, GalleryModel gallery, Path dataFolder, Actions actions) {
    this.preferences = preferences;
    this.gallery = gallery;
    this.dataFolder = dataFolder;
    this.actions = actions;
    setId("settings-page");
    getStyleClass().add("page");
    look =
        choice(
            "settings-look",
            List.of(ThemeMode.values()),
            ThemeMode::title,
            preferences.themeModeProperty());
    var content = new VBox(lookSection(), engineSection(), pictureSection(), folderSection());
    content.getStyleClass().addAll("page-content", "settings");
    var centred = new HBox(content);
    HBox.setHgrow(content, Priority.ALWAYS);
    centred.setAlignment(Pos.TOP_CENTER);
    var scroll = new ScrollPane(centred);
    scroll.setFitToWidth(true);
    scroll.setHbarPolicy(ScrollPane.ScrollBarPolicy.NEVER);
    scroll.getStyleClass().add("page-scroll");
    setTop(bar());
    setCenter(scroll);
  }

  private HBox bar() {
    var title = new Label("Settings");
    title.getStyleClass().add(Styles.TITLE_3);
    restart.setId("settings-restart");
    restart.getStyleClass().add("badge");
    restart.setText("Some of it holds from the next start on");
    preferences.choices().forEach(choice -> choice.subscribe(this::showRestart));
    showRestart();
    var bar = new HBox(title, restart);
    bar.getStyleClass().add("page-bar");
    bar.setAlignment(Pos.CENTER_LEFT);
    return bar;
  }

  private void showRestart() {
    restart.setVisible(preferences.waitsForStart());
  }

  private VBox lookSection() {
    return section(
        "Look",
        row("Theme", "The key T switches between light and dark.", look),
        row(
            "Movement",
            "Gliding and fading in the viewer.",
            choice(
                "settings-movement",
                List.of(Movement.values()),
                Movement::title,
                preferences.movementProperty())),
        row(
            "Numbers",
            "How numbers are written, from the next start on.",
            choice(
                "settings-numbers",
                List.of(NumberStyle.values()),
                NumberStyle::title,
                preferences.numbersProperty())));
  }

  private VBox engineSection() {
    int processors = Runtime.getRuntime().availableProcessors();
    var counts = new ArrayList<Number>(IntStream.rangeClosed(0, processors).boxed().toList());
    if (!counts.contains(preferences.threadsProperty().get())) {
      counts.add(preferences.threadsProperty().get());
    }
    var gpuMemories = new ArrayList<Number>(GPU_MEMORIES);
    if (!gpuMemories.contains(preferences.gpuMegabytesProperty().get())) {
      gpuMemories.add(preferences.gpuMegabytesProperty().get());
    }
    var device =
        choice(
            "settings-device",
            preferences.wishes(),
            DeviceWish::title,
            preferences.deviceProperty());
    device.setItems(preferences.wishes());
    return section(
        "Computing",
        row(
            "Device",
            "What pictures are computed on, from the next start on. It is tested first;"
                + " what fails is replaced by the best that works, and the status line says why.",
            device),
        forGpu(
            row(
                "Precision",
                "Half is quicker on a GPU and is checked against full; full gives the same picture"
                    + " every time. From the next start on.",
                choice(
                    "settings-precision",
                    List.of(PrecisionWish.values()),
                    PrecisionWish::title,
                    preferences.precisionProperty()))),
        forGpu(
            row(
                "GPU memory",
                "What may be taken of it, from the next start on. What does not fit is computed in"
                    + " smaller pieces, or on the processor.",
                choice(
                    "settings-gpu-memory",
                    gpuMemories,
                    size -> size.intValue() == 0 ? "All" : Bytes.text(size.longValue() << 20),
                    preferences.gpuMegabytesProperty()))),
        row(
            "Threads",
            "How much of the processor is used, from the next start on.",
            choice(
                "settings-threads",
                counts,
                count -> count.intValue() == 0 ? "All " + processors : count.toString(),
                preferences.threadsProperty())),
        row(
            "Live preview",
            "A picture in the making, in rough colours; costs next to nothing.",
            choice(
                "settings-preview",
                List.of(LivePreview.values()),
                LivePreview::title,
                preferences.previewProperty())),
        row(
            "Below a model's scale",
            "Deeper than the model was taught, the picture goes on with what the model invents"
                + " there: the same at every visit, and made where you look.",
            choice(
                "settings-below",
                List.of(Below.values()),
                Below::title,
                preferences.belowProperty())),
        row(
            "Memory for tiles",
            "Where you have been is shown again without computing; used for the next picture.",
            sizes("settings-cache", CACHES, preferences.cacheBytesProperty())));
  }

  /** A row that is there only where the runtime holds something for a GPU. */
  private HBox forGpu(HBox row) {
    row.visibleProperty().bind(preferences.gpuOfferedProperty());
    row.managedProperty().bind(preferences.gpuOfferedProperty());
    return row;
  }

  private VBox pictureSection() {
    var use = new Label();
    use.setId("settings-use");
    use.getStyleClass().add(Styles.TEXT_MUTED);
    use.textProperty()
        .bind(
            Bindings.createStringBinding(
                () ->
                    gallery.pictures().size()
                        + (gallery.pictures().size() == 1 ? " picture, " : " pictures, ")
                        + Bytes.text(gallery.bytesProperty().get())
                        + " on disk",
                gallery.pictures(),
                gallery.bytesProperty()));
    var sizes = new ArrayList<Number>(LIMITS);
    if (!sizes.contains(gallery.limitProperty().get())) {
      sizes.add(gallery.limitProperty().get());
    }
    var limit = new ComboBox<Number>();
    prepare(limit, "settings-limit", sizes, size -> Bytes.text(size.longValue()));
    gallery.limitProperty().subscribe(size -> limit.setValue(size));
    var warning = new LimitWarning(gallery, limit);
    limit
        .valueProperty()
        .subscribe(
            size -> {
              if (size != null) {
                warning.choose(size.longValue());
              }
            });
    var row =
        row(
            "Most that pictures take",
            "When there are more, the oldest that are no favourites are deleted.",
            new VBox(limit, use));
    return section("Gallery", row, warning);
  }

  private VBox folderSection() {
    var data = path(dataFolder, "settings-data");
    var open = button("Show", "Show this folder", () -> actions.show(dataFolder));
    var pictures = path(gallery.folder(), "settings-pictures");
    gallery.folderProperty().subscribe(folder -> setPath(pictures, folder));
    var openPictures =
        button("Show", "Show the folder of the pictures", () -> actions.show(gallery.folder()));
    var change =
        button(
            "Change", "Keep pictures in another folder from now on", actions::choosePicturesFolder);
    change.setId("settings-pictures-change");
    var usual =
        button(
            "Usual place",
            "Keep pictures where the studio keeps everything else",
            () -> preferences.picturesFolderProperty().set(java.util.Optional.empty()));
    usual.setId("settings-pictures-usual");
    preferences.picturesFolderProperty().subscribe(chosen -> usual.setDisable(chosen.isEmpty()));
    return section(
        "Folders",
        folder(
            "Pictures",
            "New pictures are kept here. Those in the former folder stay there.",
            pictures,
            openPictures,
            change,
            usual),
        folder(
            "Everything else",
            "Models, settings, what was open. The environment variable INFD_DATA moves it.",
            data,
            open));
  }

  private static Label path(Path folder, String id) {
    var label = new Label();
    label.setId(id);
    label.getStyleClass().add("settings-path");
    label.setMinWidth(0);
    label.setTextOverrun(javafx.scene.control.OverrunStyle.CENTER_ELLIPSIS);
    setPath(label, folder);
    return label;
  }

  private static void setPath(Label label, Path folder) {
    label.setText(folder.toString());
    label.setTooltip(new Tooltip(folder.toString()));
  }

  private static Button button(String text, String says, Runnable action) {
    var button = new Button(text);
    button.setMinWidth(Region.USE_PREF_SIZE);
    button.setAccessibleText(says);
    button.setTooltip(new Tooltip(says));
    button.setOnAction(event -> action.run());
    return button;
  }

  private static VBox section(String title, Node... rows) {
    var heading = new Label(title);
    heading.getStyleClass().add(Styles.TITLE_4);
    var box = new VBox(heading);
    box.getStyleClass().addAll("model-card", "settings-section");
    box.getChildren().addAll(rows);
    return box;
  }

  private static HBox row(String name, String hint, Node control) {
    var words = words(name, hint, control);
    HBox.setHgrow(words, Priority.ALWAYS);
    var row = new HBox(words, control);
    row.getStyleClass().add("settings-row");
    row.setAlignment(Pos.CENTER_LEFT);
    return row;
  }

  private static VBox folder(String name, String hint, Label path, Button... buttons) {
    var line = new HBox();
    line.getStyleClass().addAll("field-line", "model-buttons");
    line.setAlignment(Pos.CENTER_LEFT);
    line.getChildren().addAll(buttons);
    HBox.setHgrow(path, Priority.ALWAYS);
    path.setMaxWidth(Double.MAX_VALUE);
    line.getChildren().addFirst(path);
    var box = new VBox(words(name, hint, path), line);
    box.getStyleClass().add("settings-folder");
    return box;
  }

  private static VBox words(String name, String hint, Node labelled) {
    var label = new Label(name);
    label.setLabelFor(labelled);
    var more = new Label(hint);
    more.setWrapText(true);
    more.setMinHeight(Region.USE_PREF_SIZE);
    more.getStyleClass().addAll(Styles.TEXT_SMALL, Styles.TEXT_MUTED);
    var words = new VBox(label, more);
    words.getStyleClass().add("settings-words");
    words.setMinWidth(0);
    return words;
  }

  private static ComboBox<Number> sizes(String id, List<Long> usual, Property<Number> value) {
    var sizes = new ArrayList<Number>(usual);
    if (!sizes.contains(value.getValue())) {
      sizes.add(value.getValue());
    }
    return choice(id, sizes, size -> Bytes.text(size.longValue()), value);
  }

  private static <T> ComboBox<T> choice(
      String id, List<T> values, Function<T, String> title, Property<T> property) {
    var box = new ComboBox<T>();
    prepare(box, id, values, title);
    box.setValue(property.getValue());
    property.subscribe(value -> box.setValue(value));
    box.valueProperty()
        .subscribe(
            value -> {
              if (value != null && !Objects.equals(value, property.getValue())) {
                property.setValue(value);
              }
            });
    return box;
  }

  private static <T> void prepare(
      ComboBox<T> box, String id, List<T> values, Function<T, String> title) {
    box.setId(id);
    box.getItems().setAll(values);
    box.setPrefWidth(230);
    box.setMinWidth(Region.USE_PREF_SIZE);
    box.setConverter(
        new StringConverter<>() {
          @Override
          public String toString(T value) {
            return value == null ? "" : title.apply(value);
          }

          @Override
          public T fromString(String text) {
            return values.stream()
                .filter(value -> title.apply(value).equals(text))
                .findFirst()
                .orElse(values.getFirst());
          }
        });
  }

  /** Puts the cursor where the user begins. */
  public void focus() {
    look.requestFocus();
  }
}
