package org.infd.app.layout;

import atlantafx.base.theme.Styles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import javafx.application.Platform;
import javafx.beans.binding.Bindings;
import javafx.beans.value.ObservableStringValue;
import javafx.collections.ObservableList;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.CheckBox;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.TitledPane;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import org.infd.app.control.IconButton;
import org.infd.app.control.PromptArea;
import org.infd.app.control.Shortcut;
import org.infd.app.engine.LayoutSupport;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/** The boxes in a list beside the picture, their files, the settings of guidance, and problems. */
public final class LayoutPane extends VBox {
  /** What the pane asks others to do. */
  public interface Actions {
    /** Adds a box where the user looks. */
    void add();

    /** Asks for a layout file and opens it. */
    void open();

    /** Saves where it was saved last, or asks. */
    void save();

    /** Asks where to save. */
    void saveAs();

    /** Opens a layout that comes with the program. */
    void openSample(Path file);

    /** Makes a box of the picture anew. */
    void redo(long id);

    /** Why a box cannot be made anew now; empty where it can. */
    String whyNoRedo();

    /** Chooses the sampler that follows layouts. */
    void useDdim();

    /** Closes the editor. */
    void close();
  }

  private static final double PROMPT_HEIGHT = 54;

  private final LayoutModel model;
  private final BoxScores scores;
  private final Actions actions;
  private final Supplier<Optional<LayoutSupport>> support;
  private final VBox list = new VBox();
  private final VBox advice = new VBox();
  private final Map<Long, BoxRow> rows = new HashMap<>();
  private final Label refusal = new Label();
  private final Button useDdim = new Button("Use DDIM");
  private final ScrollPane scroll;
  private final VBox whole;

  /**
   * @param cost what the layout costs, in words
   * @param support what the chosen model does with layouts
   */
  public LayoutPane(
      LayoutModel model,
      BoxScores scores,
      ObservableList<Path> samples,
      ObservableStringValue cost,
      Supplier<Optional<LayoutSupport>> support,
      Actions actions) {
    this.model = model;
    this.scores = scores;
    this.actions = actions;
    this.support = support;
    setId("layout-pane");
    getStyleClass().addAll("side-pane", "layout-pane");
    list.getStyleClass().add("layout-list");
    advice.getStyleClass().add("layout-advice");
    whole = whole();
    var content =
        new VBox(
            refusal(),
            new LayoutTools(model, samples, actions),
            list,
            empty(),
            follow(),
            advice,
            whole,
            steering());
    content.getStyleClass().add("recipe");
    scroll = new ScrollPane(content);
    scroll.setFitToWidth(true);
    scroll.setHbarPolicy(ScrollPane.ScrollBarPolicy.NEVER);
    VBox.setVgrow(scroll, Priority.ALWAYS);
    getChildren().addAll(head(), scroll, foot(cost));
    model.boxes().subscribe(this::show);
    model
        .selectedProperty()
        .subscribe(
            box -> {
              show();
              // once its row is laid out
              Platform.runLater(this::revealSelected);
            });
    scores.revisionProperty().subscribe(revision -> show());
  }

  private Node head() {
    var title = new Label("Layout");
    title.getStyleClass().add(Styles.TITLE_4);
    title.setMaxWidth(Double.MAX_VALUE);
    HBox.setHgrow(title, Priority.ALWAYS);
    var close =
        new IconButton(
            Feather.X, "Close the layout; its boxes stay", Shortcut.LAYOUT, actions::close);
    close.setId("layout-close");
    var head = new HBox(title, close);
    head.getStyleClass().add("side-pane-head");
    head.setAlignment(Pos.CENTER_LEFT);
    return head;
  }

  /** Why nothing can be followed, and what to do. */
  private Node refusal() {
    refusal.setId("layout-refusal");
    refusal.setWrapText(true);
    refusal.setMinHeight(Region.USE_PREF_SIZE);
    useDdim.setId("use-ddim");
    useDdim.setTooltip(new Tooltip("Choose the sampler DDIM"));
    useDdim.setOnAction(event -> actions.useDdim());
    var box = new VBox(refusal, useDdim);
    box.getStyleClass().add("settings-warning");
    box.visibleProperty().bind(refusal.textProperty().isNotEmpty());
    box.managedProperty().bind(box.visibleProperty());
    return box;
  }

  /**
   * Shows what has changed elsewhere.
   *
   * @param sentence what stands in the way of following the layout; empty for nothing
   * @param sampler whether another sampler would help
   * @param asksForWhole whether words for the whole are asked for here, as nobody else does
   */
  public void refresh(String sentence, boolean sampler, boolean asksForWhole) {
    refusal.setText(sentence);
    useDdim.setVisible(sampler);
    useDdim.setManaged(sampler);
    whole.setVisible(asksForWhole);
    whole.setManaged(asksForWhole);
    show();
  }

  private Node follow() {
    var follow = new CheckBox("The next picture follows the boxes");
    follow.setId("layout-follow");
    follow.selectedProperty().bindBidirectional(model.followedProperty());
    follow.setTooltip(new Tooltip("Without it the boxes stay, and Generate passes them over"));
    return follow;
  }

  private Node empty() {
    var words =
        new Label(
            "Drag on the picture to draw a box, and say what should be seen in it. Then generate:"
                + " CLIP watches each box while the picture is made. Space and drag moves the"
                + " picture.");
    words.setId("layout-hint");
    words.setWrapText(true);
    words.setMinHeight(Region.USE_PREF_SIZE);
    words.getStyleClass().add(Styles.TEXT_MUTED);
    words.visibleProperty().bind(Bindings.isEmpty(model.boxes()));
    words.managedProperty().bind(words.visibleProperty());
    return words;
  }

  /** Models that take no text are led to the words for the whole by CLIP alone. */
  private VBox whole() {
    var words = new PromptArea();
    words.setId("layout-whole");
    words.setPromptText("anything");
    words.setPrefHeight(PROMPT_HEIGHT);
    words.setMinHeight(PROMPT_HEIGHT);
    words.textProperty().bindBidirectional(model.promptProperty());
    var label = new Label("The whole picture");
    label.getStyleClass().add("field-label");
    label.setLabelFor(words);
    var box = new VBox(label, words);
    box.getStyleClass().add("field");
    return box;
  }

  private Node steering() {
    var pane = new TitledPane("How boxes are followed", new SteeringFields(model));
    pane.setId("layout-steering");
    pane.setExpanded(false);
    pane.setAnimated(false);
    pane.getStyleClass().add(Styles.DENSE);
    return pane;
  }

  private static Node foot(ObservableStringValue cost) {
    var words = new Label();
    words.setId("layout-cost");
    words.setWrapText(true);
    words.setMinHeight(Region.USE_PREF_SIZE);
    words.getStyleClass().addAll(Styles.TEXT_SMALL, Styles.TEXT_MUTED);
    words.textProperty().bind(cost);
    var foot = new VBox(words);
    foot.getStyleClass().add("run");
    foot.visibleProperty().bind(Bindings.isNotEmpty(cost));
    foot.managedProperty().bind(foot.visibleProperty());
    return foot;
  }

  private void show() {
    var boxes = model.boxes();
    var now = new ArrayList<Node>();
    var ids = boxes.stream().map(DraftBox::id).toList();
    rows.keySet().retainAll(ids);
    var redo = new BoxDetails.Redo(redone(), actions::whyNoRedo);
    long selected = model.selectedProperty().get().map(DraftBox::id).orElse(-1L);
    for (int i = 0; i < boxes.size(); i++) {
      var box = boxes.get(i);
      var row = rows.computeIfAbsent(box.id(), id -> new BoxRow(model, scores, id, redo));
      row.show(box, i + 1, box.id() == selected);
      now.add(row);
    }
    if (!list.getChildren().equals(now)) {
      list.getChildren().setAll(now);
    }
    showAdvice(boxes);
  }

  private LongConsumer redone() {
    return actions::redo;
  }

  private void showAdvice(List<DraftBox> boxes) {
    var sentences =
        BoxAdvice.of(boxes, support.get().orElse(LayoutSupport.none("no model"))).stream()
            .map(BoxAdvice::sentence)
            .toList();
    var shown =
        advice.getChildren().stream()
            .map(node -> node instanceof Label l ? l.getText() : "")
            .toList();
    if (!sentences.equals(shown)) {
      advice.getChildren().setAll(sentences.stream().map(LayoutPane::sentence).toList());
    }
    advice.setVisible(!sentences.isEmpty());
    advice.setManaged(!sentences.isEmpty());
  }

  private static Label sentence(String text) {
    var label = new Label(text);
    label.setWrapText(true);
    label.setMinHeight(Region.USE_PREF_SIZE);
    label.getStyleClass().addAll(Styles.TEXT_SMALL, Styles.TEXT_MUTED);
    label.setGraphic(new FontIcon(Feather.INFO));
    return label;
  }

  /** Brings the row of the selected box into view and lets its prompt be typed. */
  public void typePrompt() {
    model
        .selectedProperty()
        .get()
        .map(box -> rows.get(box.id()))
        .ifPresent(
            row -> {
              row.prompt().requestFocus();
              row.prompt().end();
              reveal(row);
            });
  }

  private void revealSelected() {
    model.selectedProperty().get().map(box -> rows.get(box.id())).ifPresent(this::reveal);
  }

  private void reveal(Region row) {
    scroll.applyCss();
    scroll.layout();
    double all = scroll.getContent().getBoundsInLocal().getHeight();
    double window = scroll.getViewportBounds().getHeight();
    double top = list.getBoundsInParent().getMinY() + row.getBoundsInParent().getMinY();
    double bottom = top + row.getHeight();
    double now = scroll.getVvalue() * Math.max(0, all - window);
    if (all > window && (top < now || bottom > now + window)) {
      scroll.setVvalue(
          Math.clamp(Math.min(top, Math.max(bottom - window, 0)) / (all - window), 0, 1));
    }
  }
}
