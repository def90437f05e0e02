package org.infd.app.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import javafx.collections.transformation.FilteredList;
import javafx.event.Event;
import javafx.geometry.Bounds;
import javafx.scene.Node;
import javafx.scene.Scene;
import javafx.scene.control.Button;
import javafx.scene.control.ScrollBar;
import javafx.scene.control.TextField;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;
import javafx.scene.input.PickResult;
import javafx.scene.input.ScrollEvent;
import javafx.scene.input.ScrollEvent.HorizontalTextScrollUnits;
import javafx.scene.input.ScrollEvent.VerticalTextScrollUnits;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Region;
import org.infd.app.FxTest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.testfx.util.WaitForAsyncUtils;

/**
 * Cards of 100 × 100 with gaps of 10: five columns are in sight and three rows, a fourth in part.
 */
class CardGridTest extends FxTest {
  private static final int COLUMNS = 5;

  private final ObservableList<String> all = FXCollections.observableArrayList();
  private final FilteredList<String> items = new FilteredList<>(all);
  private final List<TestCard> made = new ArrayList<>();
  private TextField words;
  private CardGrid<String> grid;

  private static final class TestCard extends HBox implements CardGrid.Card<String> {
    private final Button front = new Button();
    private final Button second = new Button("x");
    private final List<String> shown = new ArrayList<>();
    private @Nullable String item;

    TestCard() {
      getChildren().addAll(front, second);
    }

    @Override
    public Region node() {
      return this;
    }

    @Override
    public Node front() {
      return front;
    }

    @Override
    public void show(String text) {
      item = text;
      shown.add(text);
      front.setText(text);
    }

    @Override
    public void clear() {
      item = null;
    }

    @Override
    public void setReachable(boolean reachable) {
      front.setFocusTraversable(reachable);
      second.setFocusTraversable(reachable);
    }
  }

  @Override
  protected Scene scene() {
    words = new TextField();
    grid =
        new CardGrid<>(
            items,
            () -> {
              made.add(new TestCard());
              return made.getLast();
            },
            100,
            100,
            10);
    return new Scene(new BorderPane(grid, words, null, null, null), 600, 460);
  }

  private void add(int count) {
    run(() -> all.setAll(IntStream.range(0, count).mapToObj(i -> "item " + i).toList()));
    settle();
  }

  /** Cards come a few at a time. */
  private void settle() {
    for (int i = 0; i < 4; i++) {
      run(
          () -> {
            grid.requestLayout();
            grid.layout();
          });
    }
  }

  private List<TestCard> visible() {
    return made.stream()
        .filter(Node::isVisible)
        .filter(card -> card.getLayoutY() < grid.getHeight() && card.getLayoutY() > -100)
        .sorted(Comparator.comparing(Node::getLayoutY).thenComparing(Node::getLayoutX))
        .toList();
  }

  private List<String> texts() {
    return onFx(() -> visible().stream().map(card -> String.valueOf(card.item)).toList());
  }

  private @Nullable String focused() {
    return onFx(
        () ->
            made.stream()
                .filter(card -> card.front.isFocused())
                .map(card -> card.item)
                .findFirst()
                .orElse(null));
  }

  private void press(KeyCode code) {
    run(
        () -> {
          var owner = grid.getScene().getFocusOwner();
          Event.fireEvent(
              owner, new KeyEvent(KeyEvent.KEY_PRESSED, "", "", code, false, false, false, false));
        });
    settle();
  }

  private void wheel(double by) {
    run(
        () ->
            Event.fireEvent(
                grid,
                new ScrollEvent(
                    ScrollEvent.SCROLL,
                    50,
                    50,
                    50,
                    50,
                    false,
                    false,
                    false,
                    false,
                    false,
                    false,
                    0,
                    by,
                    0,
                    by,
                    HorizontalTextScrollUnits.NONE,
                    0,
                    VerticalTextScrollUnits.NONE,
                    0,
                    0,
                    new PickResult(grid, 50, 50))));
    settle();
  }

  private ScrollBar bar() {
    return (ScrollBar) onFx(() -> grid.lookup(".scroll-bar"));
  }

  @Test
  void theyStandInRowsFromTheLeft() {
    add(12);
    assertEquals(IntStream.range(0, 12).mapToObj(i -> "item " + i).toList(), texts());
    assertEquals(10, made.getFirst().getLayoutX());
    assertEquals(10, made.getFirst().getLayoutY());
    assertEquals(100, made.getFirst().getWidth());
    assertEquals(120, made.get(COLUMNS).getLayoutY());
    assertFalse(bar().isVisible());
  }

  @Test
  void thousandsTakeAsManyCardsAsAreSeen() {
    add(5000);
    assertTrue(bar().isVisible());
    for (int i = 0; i < 30; i++) {
      wheel(-777);
    }
    assertTrue(made.size() <= 6 * COLUMNS, () -> made.size() + " cards");
    run(() -> bar().setValue(bar().getMax()));
    settle();
    assertEquals("item 4999", texts().getLast());
    assertTrue(made.size() <= 6 * COLUMNS, () -> made.size() + " cards");
  }

  @Test
  void whatIsFoundKeepsItsCardAndNoneIsMade() {
    add(5000);
    int before = made.size();
    var card = made.get(7);
    run(() -> items.setPredicate(item -> item.contains("7")));
    settle();
    assertSame(card, onFx(() -> visible().getFirst()));
    assertEquals(List.of("item 7"), card.shown);
    for (var typed : List.of("7", "77", "7", "")) {
      run(() -> items.setPredicate(item -> item.contains(typed)));
      settle();
      assertEquals(
          all.stream().filter(item -> item.contains(typed)).limit(10).toList(),
          texts().subList(0, 10));
    }
    assertEquals(before, made.size());
  }

  @Test
  void whatStaysInSightIsNotShownAgain() {
    add(200);
    var card = made.get(12);
    run(() -> all.addFirst("new"));
    settle();
    assertEquals(List.of("item 12"), card.shown);
    assertEquals("new", texts().getFirst());
    assertEquals("item 12", texts().get(13));
  }

  @Test
  void arrowsMoveFromCardToCardAndBringThemIntoSight() {
    add(203);
    run(grid::focusCurrent);
    settle();
    assertEquals("item 0", focused());
    press(KeyCode.RIGHT);
    press(KeyCode.DOWN);
    assertEquals("item 6", focused());
    press(KeyCode.LEFT);
    press(KeyCode.LEFT);
    assertEquals("item 4", focused());
    press(KeyCode.UP);
    assertEquals("item 4", focused(), "there is none above");
    press(KeyCode.HOME);
    for (int i = 0; i < 20; i++) {
      press(KeyCode.DOWN);
      assertSeen();
    }
    assertEquals("item 100", focused());
    press(KeyCode.END);
    assertEquals("item 202", focused());
    assertSeen();
    press(KeyCode.RIGHT);
    press(KeyCode.DOWN);
    assertEquals("item 202", focused(), "it is the last");
    press(KeyCode.UP);
    press(KeyCode.RIGHT);
    press(KeyCode.RIGHT);
    assertEquals("item 199", focused());
    press(KeyCode.DOWN);
    assertEquals("item 202", focused(), "below it there is none, but there is another row");
    press(KeyCode.PAGE_UP);
    assertEquals("item 187", focused(), "three whole rows fit");
    assertSeen();
    press(KeyCode.PAGE_DOWN);
    press(KeyCode.PAGE_DOWN);
    assertEquals("item 202", focused());
    press(KeyCode.HOME);
    assertEquals("item 0", focused());
    assertSeen();
  }

  private void assertSeen() {
    Bounds seen =
        onFx(
            () -> {
              var owner = grid.getScene().getFocusOwner().getParent();
              return grid.sceneToLocal(owner.localToScene(owner.getLayoutBounds()));
            });
    assertTrue(seen.getMinY() >= 0 && seen.getMaxY() <= grid.getHeight(), seen::toString);
  }

  @Test
  void oneCardIsReachedByTab() {
    add(100);
    assertEquals(List.of("item 0"), reachable());
    run(words::requestFocus);
    wheel(-1100);
    assertEquals(List.of("item 50"), reachable(), "what is in sight");
    run(() -> Event.fireEvent(card("item 57"), press(card("item 57"))));
    assertEquals(List.of("item 57"), reachable());
  }

  private static Event press(Node on) {
    return new javafx.scene.input.MouseEvent(
        javafx.scene.input.MouseEvent.MOUSE_PRESSED,
        5,
        5,
        5,
        5,
        javafx.scene.input.MouseButton.PRIMARY,
        1,
        false,
        false,
        false,
        false,
        true,
        false,
        false,
        true,
        false,
        true,
        new PickResult(on, 5, 5));
  }

  private TestCard card(String item) {
    return made.stream().filter(card -> item.equals(card.item)).findFirst().orElseThrow();
  }

  private List<String> reachable() {
    return onFx(
        () ->
            visible().stream()
                .filter(card -> card.front.isFocusTraversable())
                .map(card -> String.valueOf(card.item))
                .toList());
  }

  /** A key must never mean another item than the one that was chosen. */
  @Test
  void theCardWithTheKeyboardKeepsItsItem() {
    add(5000);
    run(() -> card("item 3").front.requestFocus());
    settle();
    wheel(-20_000);
    assertEquals("item 3", focused(), "out of sight");
    run(() -> all.addFirst("new"));
    settle();
    assertEquals("item 3", focused());
    press(KeyCode.RIGHT);
    assertEquals("item 4", focused());
    assertSeen();
  }

  @Test
  void whatTakesThePlaceOfADeletedOneGetsTheKeyboard() {
    add(30);
    run(() -> card("item 3").front.requestFocus());
    for (int i = 3; i < 9; i++) {
      assertEquals("item " + i, focused());
      run(() -> all.remove(3));
      settle();
    }
    run(() -> all.removeAll(List.copyOf(all.subList(3, all.size()))));
    settle();
    assertEquals("item 2", focused(), "the last that is left");
    run(all::clear);
    WaitForAsyncUtils.waitForFxEvents();
    assertEquals(0, visible().size());
  }

  @Test
  void aSearchBeginsAtTheTopAndLeavesTheKeyboardWhereItIs() {
    add(5000);
    run(words::requestFocus);
    wheel(-5000);
    run(
        () -> {
          items.setPredicate(item -> item.endsWith("5"));
          grid.scrollToTop();
        });
    settle();
    assertEquals("item 5", texts().getFirst());
    assertTrue(onFx(words::isFocused));
    assertEquals(List.of("item 5"), reachable());
  }

  @Test
  void thePlaceStaysWhenMoreComeAndWhenTheWindowGetsNarrower() throws TimeoutException {
    add(60);
    run(() -> bar().setValue(220));
    settle();
    assertEquals("item 10", texts().getFirst());
    run(() -> all.addAll(Collections.nCopies(1, "one more")));
    run(() -> all.addAll(IntStream.range(100, 3000).mapToObj(i -> "item " + i).toList()));
    settle();
    assertEquals("item 10", texts().getFirst());
    run(() -> stage.setWidth(stage.getWidth() - 250));
    waitFor(() -> grid.getWidth() < 400);
    settle();
    assertTrue(List.of("item 9", "item 10").contains(texts().getFirst()), texts()::toString);
  }

  @Test
  void changedOnesAreShownAgain() {
    add(100);
    run(() -> grid.refresh("item 3"::equals));
    assertEquals(List.of("item 3", "item 3"), card("item 3").shown);
    assertEquals(List.of("item 4"), card("item 4").shown);
  }
}
