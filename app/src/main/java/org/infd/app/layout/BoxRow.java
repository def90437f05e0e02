package org.infd.app.layout;

import atlantafx.base.theme.Styles;
import javafx.css.PseudoClass;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ToggleButton;
import javafx.scene.control.Tooltip;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;
import org.infd.app.control.IconButton;
import org.infd.app.control.PromptArea;
import org.infd.app.control.Shortcut;
import org.infd.inference.NumberText;
import org.jspecify.annotations.Nullable;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/** A box in the list: its number, its prompt, and when it is selected all that belongs to it. */
final class BoxRow extends VBox {
  private static final PseudoClass SELECTED = PseudoClass.getPseudoClass("selected");
  private static final double ONE_LINE = 36;
  private static final double THREE_LINES = 70;

  private final LayoutModel model;
  private final BoxScores scores;
  private final long id;
  private final Button badge = new Button();
  private final PromptArea prompt = new PromptArea();
  private final ToggleButton hide = toggle();
  private final ToggleButton lock = toggle();
  private final IconButton remove;
  private final Label score = new Label();
  private final Sparkline sparkline = new Sparkline();
  private final HBox scoreLine = new HBox(sparkline, score);
  private final BoxDetails.Redo redo;
  private @Nullable BoxDetails details;

  /** While a box is being shown, what controls say is not from the user; so it is at first. */
  private boolean showing = true;

  BoxRow(LayoutModel model, BoxScores scores, long id, BoxDetails.Redo redo) {
    this.model = model;
    this.scores = scores;
    this.id = id;
    getStyleClass().add("layout-row");
    badge.getStyleClass().add("layout-badge");
    badge.setStyle(BoxColour.of(id).style());
    badge.setMinWidth(USE_PREF_SIZE);
    badge.setOnAction(
        event -> {
          model.select(id);
          prompt.requestFocus();
        });
    prompt.setPromptText("what should be seen here");
    prompt.getStyleClass().add("box-prompt");
    HBox.setHgrow(prompt, Priority.ALWAYS);
    prompt
        .textProperty()
        .subscribe(
            text -> {
              if (!showing) {
                model.change(id, box -> box.withWords(text, box.negative()), "prompt " + id);
              }
            });
    prompt
        .focusedProperty()
        .subscribe(
            focused -> {
              if (focused) {
                model.select(id);
              }
            });
    // a prompt is one line, however long
    prompt.addEventFilter(
        KeyEvent.KEY_PRESSED,
        event -> {
          if (event.getCode() == KeyCode.ENTER && !event.isShortcutDown()) {
            event.consume();
          }
        });
    hide.setOnAction(
        event -> model.change(id, box -> box.withState(box.locked(), hide.isSelected()), null));
    lock.setOnAction(
        event -> model.change(id, box -> box.withState(lock.isSelected(), box.hidden()), null));
    remove =
        new IconButton(
            Feather.TRASH_2, "Delete the box", Shortcut.DELETE_BOX, () -> model.delete(id));
    remove.getStyleClass().add("box-delete");
    var tools = new HBox(hide, lock, remove);
    tools.setAlignment(Pos.CENTER_LEFT);
    var head = new HBox(badge, prompt, tools);
    head.getStyleClass().add("layout-row-head");
    head.setAlignment(Pos.TOP_LEFT);
    score.getStyleClass().addAll(Styles.TEXT_SMALL, Styles.TEXT_MUTED);
    scoreLine.getStyleClass().add("layout-score");
    scoreLine.setAlignment(Pos.CENTER_LEFT);
    this.redo = redo;
    getChildren().addAll(head, scoreLine);
    // anywhere beside the controls selects as well
    setOnMousePressed(event -> model.select(id));
  }

  private static ToggleButton toggle() {
    var button = new ToggleButton("", new FontIcon());
    button.getStyleClass().addAll(Styles.BUTTON_ICON, Styles.FLAT);
    return button;
  }

  long id() {
    return id;
  }

  /** Where the prompt is typed. */
  PromptArea prompt() {
    return prompt;
  }

  /** Shows the box as it is now. */
  void show(DraftBox box, int number, boolean selected) {
    showing = true;
    badge.setText(Integer.toString(number));
    badge.setAccessibleText("Select box " + number);
    badge.setTooltip(new Tooltip("Select box " + number + "  (Page Up, Page Down)"));
    badge.setId("box-" + number);
    prompt.setId("box-prompt-" + number);
    prompt.setAccessibleText("Prompt of box " + number);
    if (!prompt.getText().equals(box.prompt())) {
      prompt.setText(box.prompt());
    }
    double height = selected ? THREE_LINES : ONE_LINE;
    prompt.setWrapText(selected);
    prompt.setMinHeight(height);
    prompt.setPrefHeight(height);
    prompt.setMaxHeight(height);
    state(hide, box.hidden(), Feather.EYE_OFF, Feather.EYE, "Hidden: it is not followed", "Shown");
    state(
        lock,
        box.locked(),
        Feather.LOCK,
        Feather.UNLOCK,
        "Locked: hands pass it over",
        "Not locked");
    hide.setId("box-hide-" + number);
    lock.setId("box-lock-" + number);
    remove.setId("box-delete-" + number);
    remove.setDisable(box.locked());
    // rows of the others leave the room to their words
    setShown(lock, selected || box.locked());
    setShown(remove, selected);
    pseudoClassStateChanged(SELECTED, selected);
    showDetails(box, number, selected);
    showScore(box);
    showing = false;
  }

  private static void setShown(Node node, boolean shown) {
    node.setVisible(shown);
    node.setManaged(shown);
  }

  private void showDetails(DraftBox box, int number, boolean shown) {
    var old = details;
    if (!shown) {
      if (old != null) {
        getChildren().remove(old);
        details = null;
      }
      return;
    }
    var now = old;
    if (now == null) {
      now = new BoxDetails(model, id, redo);
      details = now;
      getChildren().add(now);
    }
    now.show(box, number);
  }

  private static void state(
      ToggleButton button,
      boolean on,
      Feather iconOn,
      Feather iconOff,
      String whenOn,
      String whenOff) {
    button.setSelected(on);
    if (button.getGraphic() instanceof FontIcon icon) {
      icon.setIconCode(on ? iconOn : iconOff);
    }
    var words = on ? whenOn : whenOff;
    if (!words.equals(button.getAccessibleText())) {
      button.setAccessibleText(words);
      button.setTooltip(new Tooltip(words));
    }
  }

  private void showScore(DraftBox box) {
    var evaluations = scores.evaluations(box);
    var finished = scores.score(box);
    boolean live = !evaluations.isEmpty();
    sparkline.setVisible(live);
    sparkline.setManaged(live);
    if (live) {
      sparkline.show(evaluations);
      score.setText(
          NumberText.format(
              "%s %s", two(evaluations.getLast()), scores.way(box).map(BoxRow::words).orElse("")));
    } else {
      score.setText(
          finished
              .map(
                  of ->
                      NumberText.format(
                          "CLIP: %s without, %s with the boxes (%s)",
                          two(of.unguided()),
                          two(of.guided()),
                          signed(of.guided() - of.unguided())))
              .orElse(""));
    }
    boolean shown = live || finished.isPresent();
    scoreLine.setVisible(shown);
    scoreLine.setManaged(shown);
  }

  private static String words(BoxScores.Way way) {
    return BoxOverlay.sign(way)
        + switch (way) {
          case RISING -> " rising";
          case FALLING -> " falling";
          case STILL -> " steady";
        };
  }

  /** Without a sign before a nought. */
  private static String two(double value) {
    double shown = Math.rint(value * 100) / 100;
    return NumberText.format("%.2f", shown == 0 ? 0 : shown);
  }

  private static String signed(double value) {
    return NumberText.format("%+.2f", value);
  }
}
