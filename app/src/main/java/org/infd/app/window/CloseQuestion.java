package org.infd.app.window;

import atlantafx.base.theme.Styles;
import java.util.List;
import java.util.Optional;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.Tooltip;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.FlowPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import org.infd.app.control.IconButton;
import org.infd.app.control.Shortcut;
import org.infd.app.session.Ending;
import org.jspecify.annotations.Nullable;
import org.kordamp.ikonli.feather.Feather;

/**
 * Asks over the whole window what becomes of the work that is under way when the window closes.
 * Escape and the cross stay; Tab and the arrows go from button to button, and nowhere else.
 */
final class CloseQuestion extends StackPane {
  private static final double WIDEST = 560;

  private final Ending ending;
  private final Label words = new Label();
  private final Button keep;
  private final List<Button> buttons;

  /** What had the focus before. */
  private @Nullable Node before;

  CloseQuestion(Ending ending) {
    this.ending = ending;
    setId("close-question");
    getStyleClass().addAll("studio", "sheet-shade");
    var title = new Label("Close INFD Studio?");
    title.getStyleClass().add(Styles.TITLE_4);
    title.setMaxWidth(Double.MAX_VALUE);
    HBox.setHgrow(title, Priority.ALWAYS);
    var stay = new IconButton(Feather.X, "Stay open", Shortcut.CLOSE_SHEET, ending::stay);
    stay.setId("close-stay");
    var head = new HBox(title, stay);
    head.setAlignment(Pos.CENTER_LEFT);
    words.setId("close-words");
    words.setWrapText(true);
    words.setMinHeight(Region.USE_PREF_SIZE);
    keep =
        button(
            "Keep for the next start",
            "close-keep",
            "Close now; at the next start it goes on where it is",
            ending::keep);
    keep.getStyleClass().add(Styles.ACCENT);
    var finish =
        button(
            "Finish and close",
            "close-finish",
            "Go on, and close when all is done",
            ending::finish);
    var stop =
        button("Stop and close", "close-stop", "Close now; what is not done is lost", ending::stop);
    buttons = List.of(keep, finish, stop, stay);
    var line = new FlowPane(keep, finish, stop);
    line.getStyleClass().add("close-buttons");
    var sheet = new VBox(head, words, line);
    sheet.getStyleClass().add("sheet");
    sheet.setMaxSize(WIDEST, Region.USE_PREF_SIZE);
    getChildren().add(sheet);
    setVisible(false);
    addEventFilter(KeyEvent.KEY_PRESSED, this::pressed);
    addEventHandler(KeyEvent.ANY, KeyEvent::consume);
    ending.questionProperty().subscribe(this::show);
  }

  private static Button button(String text, String id, String tip, Runnable action) {
    var button = new Button(text);
    button.setId(id);
    button.setTooltip(new Tooltip(tip));
    button.setMinWidth(Region.USE_PREF_SIZE);
    button.setOnAction(event -> action.run());
    return button;
  }

  private void show(Optional<Ending.Work> asked) {
    boolean wasVisible = isVisible();
    setVisible(asked.isPresent());
    asked.ifPresent(
        work ->
            words.setText(
                work.words()
                    + (work.canBeKept()
                        ? ""
                        : " An import cannot be kept: let it finish, or it is stopped.")));
    if (asked.isPresent() && !wasVisible) {
      before = getScene() == null ? null : getScene().getFocusOwner();
      keep.requestFocus();
    } else if (asked.isEmpty() && wasVisible && before != null) {
      before.requestFocus();
      before = null;
    }
  }

  private void pressed(KeyEvent event) {
    switch (event.getCode()) {
      case ESCAPE -> ending.stay();
      case TAB -> step(event.isShiftDown() ? -1 : 1);
      case LEFT, UP -> step(-1);
      case RIGHT, DOWN -> step(1);
      case ENTER -> buttons.stream().filter(Button::isFocused).findFirst().ifPresent(Button::fire);
      default -> {
        if (event.getCode() != KeyCode.SPACE) {
          event.consume();
        }
        return;
      }
    }
    event.consume();
  }

  private void step(int by) {
    int at = 0;
    for (int i = 0; i < buttons.size(); i++) {
      at = buttons.get(i).isFocused() ? i : at;
    }
    buttons.get(Math.floorMod(at + by, buttons.size())).requestFocus();
  }
}
