package org.infd.app.control;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyCodeCombination;
import javafx.scene.input.KeyCombination;
import javafx.scene.input.KeyCombination.ModifierValue;
import org.jspecify.annotations.Nullable;

/** The names of keys on a system. */
public enum KeyStyle {
  /** By their words, joined by a plus: Ctrl+Shift+S. */
  WORDS("Ctrl", "Shift", "Alt", "Ctrl", "+"),
  /** By the signs that are printed on the keys of a Mac: ⇧⌘S. */
  MAC_SIGNS("⌃", "⇧", "⌥", "⌘", "");

  private static final List<KeyCode> ARROWS =
      List.of(KeyCode.LEFT, KeyCode.RIGHT, KeyCode.UP, KeyCode.DOWN);

  /** More keys than a line has room for. */
  private static final int MANY = 4;

  private final String control;
  private final String shift;
  private final String alt;
  private final String shortcut;
  private final String joint;

  KeyStyle(String control, String shift, String alt, String shortcut, String joint) {
    this.control = control;
    this.shift = shift;
    this.alt = alt;
    this.shortcut = shortcut;
    this.joint = joint;
  }

  /** The style of the system that the program runs on. */
  public static KeyStyle ofSystem() {
    return of(System.getProperty("os.name", ""));
  }

  static KeyStyle of(String system) {
    return system.toLowerCase(Locale.ROOT).startsWith("mac") ? MAC_SIGNS : WORDS;
  }

  /** The modifier that a system's own shortcuts have: Ctrl, on a Mac Command. */
  public String shortcut() {
    return shortcut;
  }

  /** The modifier Shift. */
  public String shift() {
    return shift;
  }

  /** The modifier Alt, on a Mac Option. */
  public String alt() {
    return alt;
  }

  /** A combination of keys. */
  public String of(KeyCombination keys) {
    return switch (keys) {
      case KeyCodeCombination combination ->
          of(modifiers(combination), name(combination.getCode()));
      default -> keys.getDisplayText();
    };
  }

  /**
   * The keys of several shortcuts that belong together, on a line: the four arrows are one word,
   * and of many keys the first and the last are named.
   */
  public String of(List<KeyCombination> combinations) {
    var codes =
        combinations.stream()
            .map(keys -> keys instanceof KeyCodeCombination of ? of.getCode() : KeyCode.UNDEFINED)
            .toList();
    if (codes.equals(ARROWS)) {
      return of(modifiers((KeyCodeCombination) combinations.getFirst()), "arrows");
    }
    var names = combinations.stream().map(this::of).distinct().toList();
    return names.size() > MANY
        ? names.getFirst() + " … " + names.getLast()
        : String.join("  ", names);
  }

  /** A key, or what a hand does, with a modifier held down. */
  String of(String modifiers, String what) {
    return modifiers.isEmpty() ? what : modifiers + joint + what;
  }

  private String modifiers(KeyCodeCombination keys) {
    return Stream.of(
            held(keys.getControl(), control),
            // Apple's order puts Command last, everybody else's puts Ctrl first
            this == WORDS ? held(keys.getShortcut(), shortcut) : null,
            held(keys.getAlt(), alt),
            held(keys.getShift(), shift),
            this == WORDS ? null : held(keys.getShortcut(), shortcut))
        .filter(Objects::nonNull)
        .collect(Collectors.joining(joint));
  }

  private static @Nullable String held(ModifierValue value, String name) {
    return value == ModifierValue.DOWN ? name : null;
  }

  private static String name(KeyCode code) {
    return switch (code) {
      case LEFT -> "←";
      case RIGHT -> "→";
      case UP -> "↑";
      case DOWN -> "↓";
      case PLUS -> "+";
      case MINUS -> "−";
      case ESCAPE -> "Esc";
      default -> code.getName();
    };
  }
}
