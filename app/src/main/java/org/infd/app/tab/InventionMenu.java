package org.infd.app.tab;

import atlantafx.base.theme.Styles;
import atlantafx.base.theme.Tweaks;
import javafx.geometry.Pos;
import javafx.geometry.Side;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.CustomMenuItem;
import javafx.scene.control.Hyperlink;
import javafx.scene.control.Label;
import javafx.scene.control.MenuButton;
import javafx.scene.control.Slider;
import javafx.scene.control.TextField;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.FlowPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import org.infd.inference.generation.Recipe;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/** Says that what is in sight is invented, and offers what can be chosen of it. */
public final class InventionMenu extends MenuButton {
  private static final String EXPLANATION =
      "Deeper than the picture itself goes, the model makes new detail from what is in sight. It is"
          + " the same whenever you come back, and farther out the picture is as it was.";
  private static final double WIDTH = 320;

  /** Two lines of words. */
  private static final double OFFERS = 62;

  private final InventionModel model;
  private final Slider pull = new Slider(0, 1, 0.5);
  private final TextField prompt = new TextField();
  private final Label promptLabel = new Label();
  private final Hyperlink suggest = new Hyperlink("Suggest");
  private final FlowPane words = new FlowPane(6, 6);
  private final Label note = new Label();
  private final StackPane offers = new StackPane();
  private final VBox prompts;

  /**
   * @param model what is chosen
   */
  public InventionMenu(InventionModel model) {
    this.model = model;
    setId("invented");
    getStyleClass().addAll("badge", Styles.SMALL, Styles.FLAT, Tweaks.NO_ARROW);
    setPopupSide(Side.TOP);
    setMinWidth(Region.USE_PREF_SIZE);
    setTooltip(new Tooltip(EXPLANATION + " Click for what can be chosen."));
    pull.setId("invention-pull");
    pull.setAccessibleText("From as the model likes to as the picture");
    // once at the end of a drag, and for each key
    pull.valueChangingProperty().subscribe(this::pulled);
    pull.valueProperty().subscribe(this::pulled);
    prompt.setId("invention-prompt");
    prompt.setPromptText("What the picture shows");
    prompt.setOnAction(event -> told());
    promptLabel.setLabelFor(prompt);
    suggest.setId("invention-suggest");
    suggest.setTooltip(new Tooltip("Asks the model what it sees here, in words that it knows"));
    suggest.setOnAction(event -> model.suggest());
    words.setId("invention-words");
    note.setWrapText(true);
    note.setMinHeight(Region.USE_PREF_SIZE);
    note.getStyleClass().addAll(Styles.TEXT_SMALL, Styles.TEXT_MUTED);
    promptLabel.setMaxWidth(Double.MAX_VALUE);
    HBox.setHgrow(promptLabel, Priority.ALWAYS);
    var head = new HBox(8, promptLabel, suggest);
    head.setAlignment(Pos.CENTER_LEFT);
    // a menu that grows while it is open would go beyond the screen
    offers.getChildren().setAll(words, note);
    offers.setAlignment(Pos.TOP_LEFT);
    offers.setMinHeight(OFFERS);
    prompts = new VBox(4, head, prompt, offers);
    model.suggestionProperty().subscribe(suggested -> showSuggestion(suggested));
    setOnShowing(event -> show(model));
    setOnHidden(
        event -> {
          told();
          model.suggestNothing();
        });
    var item = new CustomMenuItem(content(), false);
    item.getStyleClass().add("invention-item");
    getItems().setAll(item);
    model.inventionProperty().subscribe(now -> show(model));
  }

  private VBox content() {
    var title = new Label("What is invented is made");
    var likes = new Label("As the model likes");
    var same = new Label("As the picture");
    var space = new Region();
    HBox.setHgrow(space, Priority.ALWAYS);
    var ends = new HBox(likes, space, same);
    ends.getStyleClass().add(Styles.TEXT_SMALL);
    var anew = new Button("Make this place anew", new FontIcon(Feather.REFRESH_CW));
    anew.setId("invention-anew");
    anew.setTooltip(
        new Tooltip("Invents the piece in the middle of the view again, and what lies below it"));
    anew.setOnAction(event -> model.anew());
    var usual = new Button("Take back all");
    usual.setId("invention-usual");
    usual.getStyleClass().add(Styles.FLAT);
    usual.setTooltip(new Tooltip("Everything is invented again as it was without your choices"));
    usual.setOnAction(event -> model.usual());
    var buttons = new HBox(8, anew, usual);
    buttons.setAlignment(Pos.CENTER_LEFT);
    var box = new VBox(10, new VBox(4, title, pull, ends), prompts, buttons);
    box.setPrefWidth(WIDTH);
    box.setMaxWidth(WIDTH);
    box.getStyleClass().add("invention");
    return box;
  }

  /** Shows the depth in sight; hidden where nothing is invented. */
  public void refresh(boolean shown) {
    int depth = shown ? model.depth() : 0;
    setText("Invented from here, depth " + depth);
    setVisible(depth > 0);
    setManaged(depth > 0);
    if (depth == 0 && isShowing()) {
      hide();
    }
  }

  private void show(InventionModel shown) {
    shown
        .inventionProperty()
        .get()
        .ifPresent(
            now -> {
              if (!pull.isValueChanging()) {
                pull.setValue(now.options().pull());
              }
              int depth = Math.max(1, shown.depth());
              promptLabel.setText("What depth " + depth + " and below show");
              if (!prompt.isFocused()) {
                prompt.setText(now.promptAt(depth).orElse(""));
              }
              suggest.setVisible(now.seesWords());
              offers.setManaged(now.seesWords());
              prompts.setVisible(now.takesPrompts());
              prompts.setManaged(now.takesPrompts());
            });
  }

  private void showSuggestion(InventionModel.Suggestion shown) {
    words.getChildren().setAll(shown.words().stream().map(this::offer).toList());
    note.setText(shown.note());
    show(words, !shown.words().isEmpty());
    show(note, !shown.note().isEmpty());
  }

  private static void show(Node part, boolean shown) {
    part.setVisible(shown);
    part.setManaged(shown);
  }

  private Button offer(String word) {
    var button = new Button(word);
    button.getStyleClass().addAll(Styles.SMALL, "invention-word");
    button.setTooltip(new Tooltip("Tells this depth to show it"));
    button.setOnAction(
        event -> {
          var before = prompt.getText().strip();
          prompt.setText(before.isEmpty() ? word : before + ", " + word);
          told();
        });
    return button;
  }

  private void pulled() {
    if (isShowing() && !pull.isValueChanging()) {
      model.pull(Math.rint(20 * pull.getValue()) / 20);
    }
  }

  private void told() {
    var text = prompt.getText();
    model.prompt(text.substring(0, Math.min(text.length(), Recipe.LONGEST_PROMPT)));
  }
}
