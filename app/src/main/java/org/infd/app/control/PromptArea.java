package org.infd.app.control;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import javafx.application.Platform;
import javafx.scene.TraversalDirection;
import javafx.scene.control.TextArea;
import javafx.scene.control.skin.TextAreaSkin;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.Region;

/**
 * The text area of prompts: lines wrap, Tab moves on to the next control, and places of the text
 * can be marked by faint lines.
 */
public final class PromptArea extends TextArea {
  private static final double THICKNESS = 2;

  private final List<Mark> marks = new ArrayList<>();
  private String markedText = "";
  private boolean isPlacing;

  /** A line before a character. */
  private record Mark(int place, Region line) {}

  /** An empty one. */
  public PromptArea() {
    setWrapText(true);
    // a tabulator means nothing in a prompt, and the keyboard must find its way out
    addEventFilter(
        KeyEvent.KEY_PRESSED,
        event -> {
          if (event.getCode() == KeyCode.TAB && !event.isControlDown()) {
            requestFocusTraversal(
                event.isShiftDown() ? TraversalDirection.PREVIOUS : TraversalDirection.NEXT);
            event.consume();
          }
        });
    scrollTopProperty().subscribe(this::placeSoon);
    textProperty().subscribe(this::placeSoon);
  }

  /**
   * Marks places of a text. The marks are there as long as this is the text.
   *
   * @param places where parts begin, as indices of the text
   * @param cut where what is left out begins, if something is
   */
  public void mark(String text, List<Integer> places, OptionalInt cut) {
    marks.forEach(mark -> getChildren().remove(mark.line()));
    marks.clear();
    markedText = text;
    places.forEach(place -> add(place, "chunk-mark"));
    cut.ifPresent(place -> add(place, "cut-mark"));
    placeSoon();
  }

  private void add(int place, String style) {
    var line = new Region();
    line.getStyleClass().add(style);
    line.setManaged(false);
    line.setMouseTransparent(true);
    line.setVisible(false);
    marks.add(new Mark(place, line));
    getChildren().add(line);
  }

  @Override
  protected void layoutChildren() {
    super.layoutChildren();
    placeSoon();
  }

  /** After the text itself was laid out, which is behind this control. */
  private void placeSoon() {
    if (!isPlacing && !marks.isEmpty()) {
      isPlacing = true;
      Platform.runLater(this::place);
    }
  }

  private void place() {
    isPlacing = false;
    boolean isShown = getSkin() instanceof TextAreaSkin && markedText.equals(getText());
    for (var mark : marks) {
      mark.line().setVisible(isShown && isInSight(mark));
    }
  }

  private boolean isInSight(Mark mark) {
    if (!(getSkin() instanceof TextAreaSkin skin) || mark.place() > getLength()) {
      return false;
    }
    var bounds = skin.getCharacterBounds(mark.place());
    mark.line()
        .resizeRelocate(
            Math.rint(bounds.getMinX()) - THICKNESS,
            bounds.getMinY(),
            THICKNESS,
            bounds.getHeight());
    return bounds.getMinY() >= 0 && bounds.getMaxY() <= getHeight();
  }
}
