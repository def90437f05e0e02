package org.infd.app.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javafx.event.Event;
import javafx.event.EventHandler;
import javafx.event.EventType;
import javafx.scene.Node;
import javafx.scene.control.TextField;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyCodeCombination;
import javafx.scene.input.KeyCombination.ModifierValue;
import javafx.scene.input.KeyEvent;
import javafx.scene.input.MouseButton;
import javafx.scene.input.MouseEvent;
import org.infd.app.control.Scope;
import org.infd.app.control.Shortcut;
import org.infd.app.engine.Choices;
import org.infd.app.engine.LayoutSupport;
import org.infd.app.engine.ModelChoice.Prompts;
import org.infd.app.export.ExportChoices;
import org.infd.app.work.Notice;
import org.infd.inference.generation.Photo;
import org.junit.jupiter.api.Test;
import org.testfx.util.WaitForAsyncUtils;

/** Every key of the list does something where it says that it acts, and nothing in a text. */
class WindowKeysTest extends StudioWindowTest {
  /** They change where the next key would go, and are tried on their own. */
  private static final Set<Shortcut> LAST =
      EnumSet.of(
          Shortcut.LAYOUT,
          Shortcut.FULL_SCREEN,
          Shortcut.COMPARE,
          Shortcut.DESELECT_BOX,
          Shortcut.DELETE_BOX,
          Shortcut.TYPE_PROMPT,
          Shortcut.DELETE_CARD,
          Shortcut.COMPARE_CARD,
          Shortcut.OPEN_IN_NEW_TAB);

  WindowKeysTest() {
    super(950, 800);
  }

  /** What a keyboard sends for a combination. */
  private static List<KeyEvent> events(Shortcut shortcut) {
    if (shortcut == Shortcut.HELP) {
      return List.of(
          new KeyEvent(KeyEvent.KEY_TYPED, "?", "", KeyCode.UNDEFINED, true, false, false, false));
    }
    var events = new ArrayList<KeyEvent>();
    for (var key : shortcut.keys()) {
      var keys = (KeyCodeCombination) key;
      events.add(
          new KeyEvent(
              KeyEvent.KEY_PRESSED,
              "",
              "",
              keys.getCode(),
              keys.getShift() == ModifierValue.DOWN,
              keys.getControl() == ModifierValue.DOWN || keys.getShortcut() == ModifierValue.DOWN,
              keys.getAlt() == ModifierValue.DOWN,
              false));
    }
    return events;
  }

  /** Whether something in the window has taken a key. */
  private boolean isTaken(Node target, KeyEvent event) {
    return onFx(
        () -> {
          target.requestFocus();
          var left = new AtomicBoolean();
          EventHandler<Event> above = key -> left.set(true);
          // what nobody has consumed goes on from the root to the scene
          stage.getScene().addEventHandler(KeyEvent.ANY, above);
          Event.fireEvent(target, event);
          stage.getScene().removeEventHandler(KeyEvent.ANY, above);
          return !left.get();
        });
  }

  private void assertTaken(Node target, Shortcut shortcut) {
    for (var event : events(shortcut)) {
      assertTrue(isTaken(target, event), shortcut + ": " + event);
    }
  }

  private static List<Shortcut> of(Scope scope) {
    return EnumSet.allOf(Shortcut.class).stream()
        .filter(shortcut -> shortcut.scope() == scope)
        .filter(shortcut -> !LAST.contains(shortcut))
        .toList();
  }

  private void startWithLayouts() throws TimeoutException {
    engine.models =
        List.of(
            Choices.of(
                "hills",
                "Hills",
                "00",
                0,
                1,
                Prompts.GUIDED,
                new LayoutSupport("", true, 64, 256, 2048, 32)));
    startWithPicture();
  }

  @Test
  void thoseOfTheWindowAct() throws TimeoutException {
    startWithPicture();
    waitFor(() -> model.gallery().pictures().size() == 1);
    for (var scope : List.of(Scope.VIEWER, Scope.PICTURE)) {
      for (var shortcut : of(scope)) {
        run(() -> model.pages().pageProperty().set(Page.PICTURE));
        assertTaken(canvas(), shortcut);
      }
    }
    assertTaken(canvas(), Shortcut.LAYOUT);
    assertTaken(canvas(), Shortcut.LAYOUT);
    // to and fro at once: the headless screen cannot draw a window of its own size
    run(
        () -> {
          Event.fireEvent(canvas(), events(Shortcut.FULL_SCREEN).getFirst());
          assertTrue(stage.isFullScreen());
          Event.fireEvent(canvas(), events(Shortcut.CANCEL).getFirst());
          assertFalse(stage.isFullScreen());
        });
    // a frame that was under way all the same is the headless screen's fault, which it tells later
    WaitForAsyncUtils.waitForFxEvents();
    WaitForAsyncUtils.clearExceptions();
    for (var scope : List.of(Scope.WINDOW, Scope.TABS)) {
      for (var shortcut : of(scope)) {
        run(
            () -> {
              model.pages().pageProperty().set(Page.PICTURE);
              model.generation().cancel();
              model.generation().queue().clear();
            });
        waitFor(() -> !model.generation().isRunning());
        if (model.pictureProperty().get().isEmpty()) {
          run(() -> model.tabs().step(1));
        }
        assertTaken(canvas(), shortcut);
        if (shortcut == Shortcut.HELP) {
          assertTaken(canvas(), Shortcut.CLOSE_SHEET);
        } else if (shortcut == Shortcut.CHOOSE_EXPORT) {
          // closed again, or it would go on asking what an export costs
          assertTaken(canvas(), shortcut);
        }
      }
    }
    run(
        () -> {
          model.pages().pageProperty().set(Page.PICTURE);
          model.tabs().select(model.tabs().tabs().getFirst());
        });
    waitForRest();
    // a menu, which takes all keys from then on
    assertTaken(canvas(), Shortcut.COMPARE);
    assertTrue(onFx(() -> robot.lookup("#compare-gallery").tryQuery().isPresent()));
  }

  @Test
  void thoseOfTheLayoutAct() throws TimeoutException {
    startWithLayouts();
    run(model.layouts()::switchOpen);
    assertTaken(canvas(), Shortcut.NEW_BOX);
    for (var shortcut : of(Scope.LAYOUT)) {
      assertTaken(canvas(), shortcut);
    }
    for (var shortcut :
        List.of(
            Shortcut.NEW_BOX,
            Shortcut.TYPE_PROMPT,
            Shortcut.DELETE_BOX,
            Shortcut.NEW_BOX,
            Shortcut.DESELECT_BOX)) {
      assertTaken(canvas(), shortcut);
    }
    assertTrue(onFx(() -> model.layouts().model().selectedProperty().get().isEmpty()));
    assertTaken(canvas(), Shortcut.CHOOSE_EXPORT);
    assertTaken(node("#export-width", Node.class), Shortcut.CLOSE_EXPORT);
    assertFalse(node("#export-pane", Node.class).getParent().isVisible());
  }

  @Test
  void thoseOfAFrameAct() throws TimeoutException {
    startWithPicture();
    assertTaken(canvas(), Shortcut.CHOOSE_EXPORT);
    for (var shortcut : of(Scope.FRAME)) {
      run(() -> model.exports().choices().partProperty().set(ExportChoices.Part.FRAME));
      var before = onFx(() -> model.exports().choices().placeProperty().get());
      assertTaken(canvas(), shortcut);
      boolean moves = shortcut != Shortcut.EXPORT_FRAME && shortcut != Shortcut.LEAVE_FRAME;
      assertEquals(
          !moves,
          before.equals(onFx(() -> model.exports().choices().placeProperty().get())),
          shortcut.name());
    }
  }

  @Test
  void aBoxThatIsDrawnIsGivenUp() throws TimeoutException {
    startWithPicture();
    drag(MouseEvent.MOUSE_PRESSED, 300);
    drag(MouseEvent.MOUSE_DRAGGED, 400);
    assertTrue(node("#zoom-box", Node.class).isVisible());
    assertTaken(canvas(), Shortcut.GIVE_UP_ZOOM_BOX);
    assertFalse(node("#zoom-box", Node.class).isVisible());
  }

  private void drag(EventType<MouseEvent> type, double place) {
    run(
        () ->
            Event.fireEvent(
                canvas(),
                new MouseEvent(
                    type,
                    place,
                    place,
                    place,
                    place,
                    MouseButton.PRIMARY,
                    1,
                    true,
                    false,
                    false,
                    false,
                    true,
                    false,
                    false,
                    false,
                    false,
                    false,
                    null)));
  }

  @Test
  void thoseOfAPhotoAct() throws TimeoutException {
    startWithPicture();
    run(() -> model.opener().choosePhoto(photo()));
    for (var shortcut : of(Scope.PHOTO)) {
      run(
          () -> {
            if (model.opener().photoProperty().get().isEmpty()) {
              model.opener().choosePhoto(photo());
            }
          });
      assertTaken(node("#photo-stage", Node.class), shortcut);
    }
  }

  private static Photo photo() {
    return org.infd.app.photo.PastedPicture.of(new javafx.scene.image.WritableImage(80, 40))
        .orElseThrow();
  }

  @Test
  void thoseOfACardAct() throws TimeoutException {
    startWithPicture();
    run(() -> model.requests().generate(false));
    waitFor(() -> model.gallery().pictures().size() == 2);
    run(() -> model.pages().pageProperty().set(Page.GALLERY));
    waitFor(() -> cards() == 2);
    for (var shortcut : of(Scope.CARD)) {
      assertTaken(seen(".card-button").getFirst(), shortcut);
    }
    for (var shortcut :
        List.of(Shortcut.OPEN_IN_NEW_TAB, Shortcut.COMPARE_CARD, Shortcut.DELETE_CARD)) {
      run(() -> model.pages().pageProperty().set(Page.GALLERY));
      waitFor(() -> cards() == 2);
      assertTaken(seen(".card-button").getFirst(), shortcut);
    }
  }

  @Test
  void theLineOfAComparisonMovesAndEscapeEndsItWhileAnotherTabIsBusy() throws TimeoutException {
    startWithPicture();
    waitFor(() -> model.gallery().pictures().size() == 1);
    engine.gate.drainPermits();
    run(
        () -> {
          model.requests().generate(true);
          model.tabs().step(1);
          new PictureCommands(model).compareWith(model.gallery().pictures().getFirst());
        });
    waitFor(() -> robot.lookup("#compare").tryQuery().isPresent());
    for (var shortcut : of(Scope.COMPARE)) {
      assertTaken(node("#compare-grip", Node.class), shortcut);
    }
    assertTaken(canvas(), Shortcut.CANCEL);
    assertTrue(robot.lookup("#compare").tryQuery().isEmpty());
    assertTrue(onFx(() -> model.generation().isRunning()), "the run in the other tab goes on");
    assertTaken(canvas(), Shortcut.CANCEL);
    assertTrue(onFx(() -> model.generation().isRunning()), "it is not in sight");
    run(() -> model.tabs().step(1));
    assertTaken(canvas(), Shortcut.CANCEL);
    assertFalse(onFx(() -> model.generation().isRunning()));
  }

  @Test
  void aTextKeepsWhatIsTyped() throws TimeoutException {
    startWithPicture();
    double before = side();
    var seed = onFx(() -> node("#seed", TextField.class));
    for (var shortcut : Shortcut.values()) {
      for (var event : events(shortcut)) {
        boolean isTyped =
            !event.isControlDown()
                && event.getCode() != KeyCode.ESCAPE
                && !shortcut.scope().isInner();
        if (isTyped) {
          run(
              () -> {
                seed.requestFocus();
                Event.fireEvent(seed, event);
              });
          assertEquals(before, side(), shortcut.name());
        }
      }
    }
    assertEquals(0, model.bookmarks().marks().size());
    assertFalse(node("#keyboard-help", Node.class).isVisible());
  }

  private void press(Shortcut shortcut) {
    assertTaken(canvas(), shortcut);
  }

  @Test
  void undoNeverDoesWhatANoticeOffers() throws TimeoutException {
    startWithPicture();
    var done = new AtomicInteger();
    run(
        () ->
            model
                .notices()
                .tell(
                    new Notice(
                        Notice.Kind.NOTE,
                        "It holds its recipe.",
                        Optional.of(new Notice.Action("Make it", done::incrementAndGet)),
                        Optional.of(new Notice.Action("Open it", done::incrementAndGet)))));
    press(Shortcut.UNDO);
    assertEquals(0, done.get());
    assertEquals("It holds its recipe.", noticeText());
  }

  @Test
  void deletionsAreUndoneOneByOneLongAfterwards() throws TimeoutException {
    startWithPicture();
    waitFor(() -> model.gallery().pictures().size() == 1);
    run(() -> model.requests().generate(false));
    waitFor(() -> model.gallery().pictures().size() == 2);
    var files = onFx(() -> model.gallery().pictures().stream().map(of -> of.file()).toList());
    run(
        () -> {
          List.copyOf(model.gallery().pictures()).forEach(model.gallery()::delete);
          model.notices().clear();
        });
    // with the notice gone, on the page of the picture
    press(Shortcut.UNDO);
    waitFor(() -> model.gallery().pictures().size() == 1);
    assertEquals(files.getLast(), onFx(() -> model.gallery().pictures().getFirst().file()));
    waitFor(() -> noticeText().endsWith(" is back."));
    assertTrue(onFx(() -> model.notices().noticeProperty().get().orElseThrow().action().isEmpty()));
    // in the gallery, where the search has the cursor
    run(() -> model.pages().pageProperty().set(Page.GALLERY));
    var search = node("#gallery-search", TextField.class);
    assertTrue(isTaken(search, events(Shortcut.UNDO).getFirst()));
    waitFor(() -> model.gallery().pictures().size() == 2);
    assertEquals(
        files, onFx(() -> model.gallery().pictures().stream().map(of -> of.file()).toList()));
    press(Shortcut.UNDO);
    assertEquals(2, onFx(() -> model.gallery().pictures().size()));
  }

  private void escape() {
    run(
        () ->
            Event.fireEvent(stage.getScene().getFocusOwner(), events(Shortcut.CANCEL).getFirst()));
  }

  @Test
  void escapeClosesTheInnermostThingFirst() throws TimeoutException {
    startWithPicture();
    waitFor(() -> model.gallery().pictures().size() == 1);
    engine.gate.drainPermits();
    run(
        () -> {
          model.requests().generate(true);
          model.tabs().step(1);
          model.layouts().switchOpen();
          canvas().requestFocus();
        });
    press(Shortcut.CHOOSE_EXPORT);
    run(
        () -> {
          new PictureCommands(model).compareWith(model.gallery().pictures().getFirst());
          model.opener().choosePhoto(Photo.of("p.png", "ab", new BufferedImage(40, 30, 1)));
        });
    waitFor(() -> model.comparison().comparisonProperty().get().isPresent());
    press(Shortcut.HELP);
    var order = new LinkedHashMap<String, Callable<Boolean>>();
    order.put("sheet of keys", () -> node("#keyboard-help", Node.class).isVisible());
    order.put("photo", () -> model.opener().photoProperty().get().isPresent());
    order.put("comparison", () -> model.comparison().comparisonProperty().get().isPresent());
    order.put("export", () -> node("#export-pane", Node.class).getParent().isVisible());
    order.put("layout", () -> model.layouts().model().openProperty().get());
    for (var closed : List.copyOf(order.keySet())) {
      for (var open : order.values()) {
        assertTrue(onFx(open), "before the " + closed);
      }
      escape();
      assertFalse(onFx(order.remove(closed)), closed);
    }
    escape();
    assertTrue(onFx(() -> model.generation().isRunning()), "it is for another tab");
    run(() -> model.tabs().step(1));
    run(() -> model.layouts().switchOpen());
    escape();
    assertFalse(onFx(() -> model.generation().isRunning()));
    assertTrue(onFx(() -> model.layouts().model().openProperty().get()), "the run goes first");
  }

  @Test
  void escapeClearsASearchAndThenLeavesThePage() throws TimeoutException {
    startWithPicture();
    engine.gate.drainPermits();
    run(
        () -> {
          model.requests().generate(false);
          model.pages().pageProperty().set(Page.GALLERY);
          model.gallery().searchProperty().set("lake");
          node("#gallery-search", TextField.class).requestFocus();
        });
    escape();
    assertEquals("", onFx(() -> model.gallery().searchProperty().get()));
    assertEquals(Page.GALLERY, onFx(() -> model.pages().pageProperty().get()));
    escape();
    assertEquals(Page.PICTURE, onFx(() -> model.pages().pageProperty().get()));
    assertTrue(onFx(() -> model.generation().isRunning()));
  }
}
