package org.infd.app.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.testfx.api.FxToolkit;

class ShortcutTest {
  /** The toolkit knows which modifier shortcuts have. */
  @BeforeAll
  static void startToolkit() throws Exception {
    FxToolkit.registerPrimaryStage();
  }

  /** Every key with every set of modifiers. */
  private static List<KeyEvent> allEvents() {
    var events = new ArrayList<KeyEvent>();
    for (var code : KeyCode.values()) {
      for (int held = 0; held < 16; held++) {
        var text = code == KeyCode.DIGIT1 && (held & 1) != 0 ? "+" : "";
        events.add(
            new KeyEvent(
                KeyEvent.KEY_PRESSED,
                "",
                text,
                code,
                (held & 1) != 0,
                (held & 2) != 0,
                (held & 4) != 0,
                (held & 8) != 0));
      }
    }
    return events;
  }

  private static void assertNoCollision(Predicate<Scope> together) {
    var shortcuts =
        Arrays.stream(Shortcut.values()).filter(of -> together.test(of.scope())).toList();
    int pressed = 0;
    for (var event : allEvents()) {
      var meant = shortcuts.stream().filter(of -> of.matches(event)).toList();
      // the plus on the digit of another keyboard goes first, by its place in the list
      boolean plus = event.getText().equals("+") && meant.contains(Shortcut.ZOOM_IN);
      assertTrue(meant.size() <= (plus ? 2 : 1), event + " means " + meant);
      pressed += meant.isEmpty() ? 0 : 1;
    }
    assertTrue(pressed >= shortcuts.size() - 1, "all but the typed one can be pressed");
  }

  @Test
  void noTwoCollideWhereTheyActSideBySide() {
    assertNoCollision(scope -> !scope.isInner());
    for (var scope : Scope.values()) {
      assertNoCollision(scope::equals);
    }
  }

  @Test
  void theyAreCalledAsTheSystemCallsThem() {
    assertEquals(KeyStyle.MAC_SIGNS, KeyStyle.of("Mac OS X"));
    assertEquals(KeyStyle.WORDS, KeyStyle.of("Windows 11"));
    assertEquals(KeyStyle.WORDS, KeyStyle.of("Linux"));
    var vary = Shortcut.VARY.keys().getFirst();
    assertEquals("Ctrl+Shift+Enter", KeyStyle.WORDS.of(vary));
    assertEquals("⇧⌘Enter", KeyStyle.MAC_SIGNS.of(vary));
    var inNewTab = Shortcut.GENERATE_IN_NEW_TAB.keys().getFirst();
    assertEquals("Ctrl+Alt+Enter", KeyStyle.WORDS.of(inNewTab));
    assertEquals("⌥⌘Enter", KeyStyle.MAC_SIGNS.of(inNewTab));
    var next = Shortcut.NEXT_TAB.keys().getFirst();
    assertEquals("Ctrl+Tab", KeyStyle.WORDS.of(next));
    assertEquals("⌃Tab", KeyStyle.MAC_SIGNS.of(next), "as every browser there");
    assertEquals("Alt+←", KeyStyle.WORDS.of(Shortcut.VIEW_BEFORE.keys().getFirst()));
    assertEquals("⌘ + click", Gesture.OPEN_IN_NEW_TAB.text(KeyStyle.MAC_SIGNS));
    assertEquals("Ctrl + click", Gesture.OPEN_IN_NEW_TAB.text(KeyStyle.WORDS));
    for (var shortcut : Shortcut.values()) {
      for (var key : shortcut.keys()) {
        var text = KeyStyle.MAC_SIGNS.of(key);
        assertTrue(!text.contains("Ctrl") && !text.contains("Alt"), text);
        assertEquals(!text.isBlank(), true, shortcut.name());
      }
    }
  }
}
