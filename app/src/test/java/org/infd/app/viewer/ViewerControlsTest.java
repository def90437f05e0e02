package org.infd.app.viewer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javafx.geometry.Orientation;
import javafx.scene.Node;
import javafx.scene.Scene;
import javafx.scene.control.Separator;
import javafx.scene.layout.Pane;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import org.infd.app.FxTest;
import org.junit.jupiter.api.Test;

/** Ten buttons of 30 × 30 on pictures with a margin of 20. */
class ViewerControlsTest extends FxTest {
  private ViewerControls controls;
  private List<Region> buttons;
  private Separator line;

  @Override
  protected Scene scene() {
    controls = new ViewerControls();
    controls.setAbove(100);
    buttons =
        IntStream.range(0, 10)
            .mapToObj(
                i -> {
                  var button = new Region();
                  button.setMinSize(30, 30);
                  return button;
                })
            .toList();
    line = new Separator(Orientation.VERTICAL);
    buttons.subList(0, 9).forEach(controls::add);
    controls.add(line);
    controls.add(buttons.getLast());
    return new Scene(new StackPane(controls), 900, 900);
  }

  private boolean isColumnAt(double width, double height) {
    return onFx(
        () -> {
          controls.place(width, height, 20);
          return controls.isColumn();
        });
  }

  @Test
  void theyStandBesideTheWholePictureWhereThereIsRoom() {
    assertTrue(isColumnAt(1200, 800));
    assertEquals(Orientation.HORIZONTAL, line.getOrientation());
    assertFalse(isColumnAt(800, 1200), "there is room below");
    assertEquals(Orientation.VERTICAL, line.getOrientation());
    assertFalse(isColumnAt(700, 430), "with what is above it, there is no room");
  }

  private double freeAt(double width, double height) {
    return onFx(() -> controls.place(width, height, 20));
  }

  /** Whatever the window, what is shown as a whole lies beside them. */
  @Test
  void thePictureIsMadeSmallerWhereTheyWouldLieOnIt() {
    assertEquals(20, freeAt(1200, 800));
    assertEquals(20, freeAt(800, 1200));
    double square = freeAt(800, 800);
    assertTrue(square > 50 && square < 75, "at a square: " + square);
    // a row and a column differ by what the theme gives to a line
    assertEquals(square - 15, freeAt(830, 800), 3, "so much is free beside it already");
    assertEquals(square - 15, freeAt(800, 830), 3);
    assertEquals(square, freeAt(700, 430), 3, "a row, since a column has no room");
  }

  @Test
  void inALowWindowSomeGoSoThatAColumnHasRoom() {
    run(() -> controls.showWhereAllFit(buttons.subList(0, 5).toArray(Region[]::new)));
    assertTrue(isColumnAt(700, 430));
    assertFalse(onFx(() -> buttons.getFirst().isVisible()));
    assertTrue(onFx(() -> buttons.getLast().isVisible()));
    assertTrue(isColumnAt(1200, 800));
    assertTrue(onFx(() -> buttons.getFirst().isVisible()));
  }

  @Test
  void theyKeepTheirOrder() {
    isColumnAt(1200, 800);
    var expected =
        Stream.concat(buttons.subList(0, 9).stream(), Stream.of(line, buttons.getLast())).toList();
    assertEquals(expected, inOrder());
    isColumnAt(800, 1200);
    assertEquals(expected, inOrder());
    var more = new Region();
    run(() -> controls.add(more));
    assertEquals(more, inOrder().getLast());
  }

  private List<Node> inOrder() {
    return onFx(() -> List.copyOf(((Pane) controls.getChildren().getFirst()).getChildren()));
  }
}
