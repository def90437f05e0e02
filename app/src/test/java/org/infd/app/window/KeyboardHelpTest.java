package org.infd.app.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.infd.app.control.Gesture;
import org.infd.app.control.KeyGroup;
import org.infd.app.control.KeyStyle;
import org.infd.app.control.Shortcut;
import org.infd.app.window.KeyboardHelp.Line;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class KeyboardHelpTest {
  private static Line line(KeyGroup group, String does, KeyStyle style) {
    var lines =
        KeyboardHelp.lines(group, style).stream().filter(line -> line.does().equals(does)).toList();
    assertEquals(1, lines.size(), does);
    return lines.getFirst();
  }

  @ParameterizedTest
  @EnumSource
  void everythingIsOnTheSheet(KeyStyle style) {
    for (var shortcut : Shortcut.values()) {
      var line = line(shortcut.group(), shortcut.does(), style);
      for (var key : shortcut.keys()) {
        var text = style.of(key);
        boolean isThere =
            line.keys().contains(text)
                || (line.keys().contains("arrows")
                    && "←→↑↓".contains(text.substring(text.length() - 1)))
                || line.keys().contains(" … ");
        assertTrue(isThere, shortcut + ": " + text + " in " + line);
      }
    }
    for (var gesture : Gesture.values()) {
      assertTrue(line(gesture.group(), gesture.does(), style).keys().contains(gesture.text(style)));
    }
  }

  @Test
  void whatBelongsTogetherStandsOnOneLine() {
    assertEquals("+  −  wheel  double click", line(KeyGroup.LOOK, "zoom", KeyStyle.WORDS).keys());
    assertEquals("arrows  drag", line(KeyGroup.LOOK, "move", KeyStyle.WORDS).keys());
    assertEquals(
        "Ctrl+1 … Ctrl+5",
        line(KeyGroup.WINDOW, Shortcut.PICTURE_PAGE.does(), KeyStyle.WORDS).keys());
    assertEquals("Esc", line(KeyGroup.MAKE, Shortcut.CANCEL.does(), KeyStyle.WORDS).keys());
    assertEquals("⌘T  ⌘W", line(KeyGroup.TABS, Shortcut.NEW_TAB.does(), KeyStyle.MAC_SIGNS).keys());
  }
}
