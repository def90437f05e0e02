package org.infd.app.control;

import static javafx.scene.input.KeyCombination.ALT_DOWN;
import static javafx.scene.input.KeyCombination.CONTROL_DOWN;
import static javafx.scene.input.KeyCombination.SHIFT_ANY;
import static javafx.scene.input.KeyCombination.SHIFT_DOWN;
import static javafx.scene.input.KeyCombination.SHORTCUT_DOWN;

import java.util.List;
import java.util.stream.Stream;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyCodeCombination;
import javafx.scene.input.KeyCombination;
import javafx.scene.input.KeyEvent;

/**
 * Every key of the studio: where it acts, and what it does. What is pressed is looked up here, and
 * tooltips and the sheet of keys take their words from here.
 */
// the lists and the combinations of the toolkit never change, which their types do not say
@SuppressWarnings("ImmutableEnumChecker")
public enum Shortcut {
  ZOOM_IN(
      Scope.VIEWER,
      KeyGroup.LOOK,
      "zoom",
      keys(key(KeyCode.PLUS, SHIFT_ANY)),
      keys(
          key(KeyCode.ADD),
          key(KeyCode.EQUALS, SHIFT_ANY),
          // on the digit 1, for instance, where the keyboard is Swiss
          new TypedKey("+", KeyEvent.KEY_PRESSED))),
  ZOOM_OUT(
      Scope.VIEWER,
      KeyGroup.LOOK,
      "zoom",
      keys(key(KeyCode.MINUS, SHIFT_ANY)),
      keys(key(KeyCode.SUBTRACT))),
  MOVE_LEFT(Scope.VIEWER, KeyGroup.LOOK, "move", key(KeyCode.LEFT), key(KeyCode.KP_LEFT)),
  MOVE_RIGHT(Scope.VIEWER, KeyGroup.LOOK, "move", key(KeyCode.RIGHT), key(KeyCode.KP_RIGHT)),
  MOVE_UP(Scope.VIEWER, KeyGroup.LOOK, "move", key(KeyCode.UP), key(KeyCode.KP_UP)),
  MOVE_DOWN(Scope.VIEWER, KeyGroup.LOOK, "move", key(KeyCode.DOWN), key(KeyCode.KP_DOWN)),
  WHOLE_PICTURE(
      Scope.VIEWER,
      KeyGroup.LOOK,
      "the whole picture",
      keys(key(KeyCode.DIGIT0, SHIFT_ANY), key(KeyCode.HOME)),
      keys(key(KeyCode.NUMPAD0))),
  ONE_TO_ONE(
      Scope.VIEWER,
      KeyGroup.LOOK,
      "one to one, two to one",
      key(KeyCode.DIGIT1, SHIFT_ANY),
      key(KeyCode.NUMPAD1)),
  TWO_TO_ONE(
      Scope.VIEWER,
      KeyGroup.LOOK,
      "one to one, two to one",
      key(KeyCode.DIGIT2, SHIFT_ANY),
      key(KeyCode.NUMPAD2)),
  VIEW_BEFORE(
      Scope.VIEWER,
      KeyGroup.LOOK,
      "the view before, after",
      key(KeyCode.LEFT, ALT_DOWN),
      key(KeyCode.KP_LEFT, ALT_DOWN)),
  VIEW_AFTER(
      Scope.VIEWER,
      KeyGroup.LOOK,
      "the view before, after",
      key(KeyCode.RIGHT, ALT_DOWN),
      key(KeyCode.KP_RIGHT, ALT_DOWN)),
  COMPARE(Scope.PICTURE, KeyGroup.LOOK, "compare two pictures", key(KeyCode.C)),
  LINE_LEFT(
      Scope.COMPARE,
      KeyGroup.LOOK,
      "move the line between two pictures",
      key(KeyCode.LEFT),
      key(KeyCode.KP_LEFT)),
  LINE_RIGHT(
      Scope.COMPARE,
      KeyGroup.LOOK,
      "move the line between two pictures",
      key(KeyCode.RIGHT),
      key(KeyCode.KP_RIGHT)),
  BOOKMARK(Scope.PICTURE, KeyGroup.LOOK, "keep this view as a bookmark", key(KeyCode.B)),
  FULL_SCREEN(Scope.VIEWER, KeyGroup.LOOK, "full screen", key(KeyCode.F)),

  GENERATE(Scope.WINDOW, KeyGroup.MAKE, "generate", key(KeyCode.ENTER, SHORTCUT_DOWN)),
  GENERATE_IN_NEW_TAB(
      Scope.TABS,
      KeyGroup.MAKE,
      "generate in a new tab",
      key(KeyCode.ENTER, SHORTCUT_DOWN, ALT_DOWN)),
  VARY(
      Scope.WINDOW,
      KeyGroup.MAKE,
      "vary this picture",
      key(KeyCode.ENTER, SHORTCUT_DOWN, SHIFT_DOWN)),
  SHOW_RUN(Scope.PICTURE, KeyGroup.MAKE, "all pictures of a run of several", key(KeyCode.G)),
  ROLL_SEED(Scope.PICTURE, KeyGroup.MAKE, "roll a new seed", key(KeyCode.R)),
  LOCK_SEED(Scope.PICTURE, KeyGroup.MAKE, "lock the seed", key(KeyCode.L)),
  CANCEL(Scope.WINDOW, KeyGroup.MAKE, Words.CLOSE, key(KeyCode.ESCAPE)),
  CLOSE_SHEET(Scope.SHEET, KeyGroup.MAKE, Words.CLOSE, key(KeyCode.ESCAPE)),
  CLOSE_EXPORT(Scope.EXPORT, KeyGroup.MAKE, Words.CLOSE, key(KeyCode.ESCAPE)),
  CLEAR_SEARCH(Scope.SEARCH, KeyGroup.MAKE, Words.CLOSE, key(KeyCode.ESCAPE)),
  GIVE_UP_ZOOM_BOX(Scope.ZOOM_BOX, KeyGroup.MAKE, Words.CLOSE, key(KeyCode.ESCAPE)),

  OPEN(
      Scope.WINDOW,
      KeyGroup.FILES,
      "open a field or a photo, or drop it",
      key(KeyCode.O, SHORTCUT_DOWN)),
  SAVE(Scope.WINDOW, KeyGroup.FILES, "save the field", key(KeyCode.S, SHORTCUT_DOWN)),
  EXPORT(Scope.WINDOW, KeyGroup.FILES, "export the whole picture", key(KeyCode.E, SHORTCUT_DOWN)),
  CHOOSE_EXPORT(
      Scope.WINDOW,
      KeyGroup.FILES,
      "choose what to export",
      key(KeyCode.E, SHORTCUT_DOWN, SHIFT_DOWN)),
  COPY_VIEW(
      Scope.PICTURE,
      KeyGroup.FILES,
      "copy this view, paste a photo",
      key(KeyCode.C, SHORTCUT_DOWN)),
  PASTE(
      Scope.PICTURE,
      KeyGroup.FILES,
      "copy this view, paste a photo",
      key(KeyCode.V, SHORTCUT_DOWN)),

  SHOW_EXPORTS(Scope.WINDOW, KeyGroup.FILES, "the line of exports", key(KeyCode.J, SHORTCUT_DOWN)),
  FRAME_LEFT(
      Scope.FRAME, KeyGroup.FILES, Words.MOVE_FRAME, key(KeyCode.LEFT), key(KeyCode.KP_LEFT)),
  FRAME_RIGHT(
      Scope.FRAME, KeyGroup.FILES, Words.MOVE_FRAME, key(KeyCode.RIGHT), key(KeyCode.KP_RIGHT)),
  FRAME_UP(Scope.FRAME, KeyGroup.FILES, Words.MOVE_FRAME, key(KeyCode.UP), key(KeyCode.KP_UP)),
  FRAME_DOWN(
      Scope.FRAME, KeyGroup.FILES, Words.MOVE_FRAME, key(KeyCode.DOWN), key(KeyCode.KP_DOWN)),
  FRAME_NARROWER(
      Scope.FRAME,
      KeyGroup.FILES,
      Words.RESIZE_FRAME,
      key(KeyCode.LEFT, SHIFT_DOWN),
      key(KeyCode.KP_LEFT, SHIFT_DOWN)),
  FRAME_WIDER(
      Scope.FRAME,
      KeyGroup.FILES,
      Words.RESIZE_FRAME,
      key(KeyCode.RIGHT, SHIFT_DOWN),
      key(KeyCode.KP_RIGHT, SHIFT_DOWN)),
  FRAME_LOWER(
      Scope.FRAME,
      KeyGroup.FILES,
      Words.RESIZE_FRAME,
      key(KeyCode.UP, SHIFT_DOWN),
      key(KeyCode.KP_UP, SHIFT_DOWN)),
  FRAME_TALLER(
      Scope.FRAME,
      KeyGroup.FILES,
      Words.RESIZE_FRAME,
      key(KeyCode.DOWN, SHIFT_DOWN),
      key(KeyCode.KP_DOWN, SHIFT_DOWN)),
  EXPORT_FRAME(Scope.FRAME, KeyGroup.FILES, "export, leave the frame", key(KeyCode.ENTER)),
  LEAVE_FRAME(Scope.FRAME, KeyGroup.FILES, "export, leave the frame", key(KeyCode.ESCAPE)),

  SQUARE_LEFT(Scope.PHOTO, KeyGroup.PHOTO, "move the square", near(KeyCode.LEFT, KeyCode.KP_LEFT)),
  SQUARE_RIGHT(
      Scope.PHOTO, KeyGroup.PHOTO, "move the square", near(KeyCode.RIGHT, KeyCode.KP_RIGHT)),
  SQUARE_UP(Scope.PHOTO, KeyGroup.PHOTO, "move the square", near(KeyCode.UP, KeyCode.KP_UP)),
  SQUARE_DOWN(Scope.PHOTO, KeyGroup.PHOTO, "move the square", near(KeyCode.DOWN, KeyCode.KP_DOWN)),
  ENLARGE_SQUARE(
      Scope.PHOTO,
      KeyGroup.PHOTO,
      "a larger, a smaller square",
      keys(key(KeyCode.PLUS, SHIFT_ANY)),
      keys(key(KeyCode.ADD, SHIFT_ANY), key(KeyCode.EQUALS, SHIFT_ANY))),
  SHRINK_SQUARE(
      Scope.PHOTO,
      KeyGroup.PHOTO,
      "a larger, a smaller square",
      key(KeyCode.MINUS, SHIFT_ANY),
      key(KeyCode.SUBTRACT, SHIFT_ANY)),
  LARGEST_SQUARE(
      Scope.PHOTO,
      KeyGroup.PHOTO,
      "the largest square",
      keys(key(KeyCode.DIGIT0, SHIFT_ANY), key(KeyCode.HOME)),
      keys(key(KeyCode.NUMPAD0))),
  OPEN_SQUARE(Scope.PHOTO, KeyGroup.PHOTO, "open the square", key(KeyCode.ENTER)),
  LEAVE_PHOTO(Scope.PHOTO, KeyGroup.PHOTO, "leave the photo", key(KeyCode.ESCAPE)),

  LAYOUT(Scope.PICTURE, KeyGroup.LAYOUT, "boxes with prompts", key(KeyCode.L, SHORTCUT_DOWN)),
  NEW_BOX(Scope.LAYOUT, KeyGroup.LAYOUT, "a new box", key(KeyCode.N)),
  NUDGE_LEFT(Scope.LAYOUT, KeyGroup.LAYOUT, "nudge the box", near(KeyCode.LEFT, KeyCode.KP_LEFT)),
  NUDGE_RIGHT(
      Scope.LAYOUT, KeyGroup.LAYOUT, "nudge the box", near(KeyCode.RIGHT, KeyCode.KP_RIGHT)),
  NUDGE_UP(Scope.LAYOUT, KeyGroup.LAYOUT, "nudge the box", near(KeyCode.UP, KeyCode.KP_UP)),
  NUDGE_DOWN(Scope.LAYOUT, KeyGroup.LAYOUT, "nudge the box", near(KeyCode.DOWN, KeyCode.KP_DOWN)),
  BOX_BEFORE(Scope.LAYOUT, KeyGroup.LAYOUT, "the box before, after", key(KeyCode.PAGE_UP)),
  BOX_AFTER(Scope.LAYOUT, KeyGroup.LAYOUT, "the box before, after", key(KeyCode.PAGE_DOWN)),
  TYPE_PROMPT(Scope.LAYOUT, KeyGroup.LAYOUT, "type the prompt of the box", key(KeyCode.ENTER)),
  DUPLICATE_BOX(Scope.LAYOUT, KeyGroup.LAYOUT, "duplicate the box", key(KeyCode.D, SHORTCUT_DOWN)),
  DELETE_BOX(
      Scope.LAYOUT,
      KeyGroup.LAYOUT,
      "delete the box",
      key(KeyCode.DELETE),
      key(KeyCode.BACK_SPACE)),
  DESELECT_BOX(Scope.LAYOUT, KeyGroup.LAYOUT, "let the box go", key(KeyCode.ESCAPE)),
  UNDO_LAYOUT(Scope.LAYOUT, KeyGroup.LAYOUT, "undo, redo", key(KeyCode.Z, SHORTCUT_DOWN)),
  REDO_LAYOUT(
      Scope.LAYOUT,
      KeyGroup.LAYOUT,
      "undo, redo",
      key(KeyCode.Z, SHORTCUT_DOWN, SHIFT_DOWN),
      key(KeyCode.Y, SHORTCUT_DOWN)),
  SAVE_LAYOUT(
      Scope.LAYOUT, KeyGroup.LAYOUT, "save the layout", key(KeyCode.S, SHORTCUT_DOWN, SHIFT_DOWN)),

  NEW_TAB(Scope.TABS, KeyGroup.TABS, "open, close", key(KeyCode.T, SHORTCUT_DOWN)),
  CLOSE_TAB(Scope.TABS, KeyGroup.TABS, "open, close", key(KeyCode.W, SHORTCUT_DOWN)),
  NEXT_TAB(
      Scope.TABS,
      KeyGroup.TABS,
      "the next tab",
      key(KeyCode.TAB, CONTROL_DOWN),
      key(KeyCode.PAGE_DOWN, SHORTCUT_DOWN)),
  TAB_BEFORE(
      Scope.TABS,
      KeyGroup.TABS,
      "the tab before",
      key(KeyCode.TAB, CONTROL_DOWN, SHIFT_DOWN),
      key(KeyCode.PAGE_UP, SHORTCUT_DOWN)),
  REOPEN_TAB(
      Scope.TABS,
      KeyGroup.TABS,
      "open again what was closed last",
      key(KeyCode.T, SHORTCUT_DOWN, SHIFT_DOWN)),
  OPEN_IN_NEW_TAB(
      Scope.CARD, KeyGroup.TABS, "open a picture in a new tab", key(KeyCode.ENTER, SHORTCUT_DOWN)),

  PICTURE_PAGE(Scope.WINDOW, KeyGroup.WINDOW, Words.PAGES, key(KeyCode.DIGIT1, SHORTCUT_DOWN)),
  GALLERY_PAGE(Scope.WINDOW, KeyGroup.WINDOW, Words.PAGES, key(KeyCode.DIGIT2, SHORTCUT_DOWN)),
  MODELS_PAGE(Scope.WINDOW, KeyGroup.WINDOW, Words.PAGES, key(KeyCode.DIGIT3, SHORTCUT_DOWN)),
  SETTINGS_PAGE(Scope.WINDOW, KeyGroup.WINDOW, Words.PAGES, key(KeyCode.DIGIT4, SHORTCUT_DOWN)),
  ABOUT_PAGE(Scope.WINDOW, KeyGroup.WINDOW, Words.PAGES, key(KeyCode.DIGIT5, SHORTCUT_DOWN)),
  SEARCH(Scope.GALLERY, KeyGroup.WINDOW, "search the gallery", key(KeyCode.F, SHORTCUT_DOWN)),
  CARD_LEFT(Scope.CARD, KeyGroup.WINDOW, Words.MOVE_CARD, key(KeyCode.LEFT), key(KeyCode.KP_LEFT)),
  CARD_RIGHT(
      Scope.CARD, KeyGroup.WINDOW, Words.MOVE_CARD, key(KeyCode.RIGHT), key(KeyCode.KP_RIGHT)),
  CARD_UP(Scope.CARD, KeyGroup.WINDOW, Words.MOVE_CARD, key(KeyCode.UP), key(KeyCode.KP_UP)),
  CARD_DOWN(Scope.CARD, KeyGroup.WINDOW, Words.MOVE_CARD, key(KeyCode.DOWN), key(KeyCode.KP_DOWN)),
  CARDS_UP(Scope.CARD, KeyGroup.WINDOW, Words.FAR_CARD, key(KeyCode.PAGE_UP)),
  CARDS_DOWN(Scope.CARD, KeyGroup.WINDOW, Words.FAR_CARD, key(KeyCode.PAGE_DOWN)),
  FIRST_CARD(Scope.CARD, KeyGroup.WINDOW, Words.FAR_CARD, key(KeyCode.HOME)),
  LAST_CARD(Scope.CARD, KeyGroup.WINDOW, Words.FAR_CARD, key(KeyCode.END)),
  STAR(Scope.CARD, KeyGroup.WINDOW, Words.CARD, key(KeyCode.S)),
  COMPARE_CARD(Scope.CARD, KeyGroup.WINDOW, Words.CARD, key(KeyCode.C)),
  DELETE_CARD(
      Scope.CARD, KeyGroup.WINDOW, Words.CARD, key(KeyCode.DELETE), key(KeyCode.BACK_SPACE)),
  UNDO(
      Scope.WINDOW,
      KeyGroup.WINDOW,
      "undo a deletion, or a box made anew",
      key(KeyCode.Z, SHORTCUT_DOWN)),
  THEME(Scope.WINDOW, KeyGroup.WINDOW, "light or dark", key(KeyCode.T)),
  HELP(Scope.WINDOW, KeyGroup.WINDOW, "this sheet", new TypedKey("?", KeyEvent.KEY_TYPED));

  /** Words that several keys share, which then stand on one line of the sheet. */
  private static final class Words {
    static final String CLOSE = "close what lies over the picture, or stop";
    static final String PAGES = "picture, gallery, models, settings, about";
    static final String MOVE_FRAME = "move the frame of an export";
    static final String RESIZE_FRAME = "resize the frame of an export";
    static final String MOVE_CARD = "move in the gallery";
    static final String FAR_CARD = "a page, to the first, to the last of the gallery";
    static final String CARD = "star, compare, delete in the gallery";
  }

  private final Scope scope;
  private final KeyGroup group;
  private final String does;
  private final List<KeyCombination> keys;
  private final List<KeyCombination> others;

  Shortcut(Scope scope, KeyGroup group, String does, KeyCombination key, KeyCombination... others) {
    this(scope, group, does, keys(key), List.of(others));
  }

  Shortcut(Scope scope, KeyGroup group, String does, List<KeyCombination> pair) {
    this(scope, group, does, pair.subList(0, 1), pair.subList(1, pair.size()));
  }

  Shortcut(
      Scope scope,
      KeyGroup group,
      String does,
      List<KeyCombination> keys,
      List<KeyCombination> others) {
    this.scope = scope;
    this.group = group;
    this.does = does;
    this.keys = keys;
    this.others = others;
  }

  private static KeyCombination key(KeyCode code, KeyCombination.Modifier... modifiers) {
    return new KeyCodeCombination(code, modifiers);
  }

  private static List<KeyCombination> keys(KeyCombination... keys) {
    return List.of(keys);
  }

  /** A key and its twin on the number pad, which do the same and more of it with Shift. */
  private static List<KeyCombination> near(KeyCode code, KeyCode twin) {
    return keys(key(code, SHIFT_ANY), key(twin, SHIFT_ANY));
  }

  /** Where it acts. */
  public Scope scope() {
    return scope;
  }

  /** Where it stands on the sheet of keys. */
  public KeyGroup group() {
    return group;
  }

  /** What it does, in words; those with equal words stand on one line of the sheet. */
  public String does() {
    return does;
  }

  /** The combinations that people are told of, the usual one first. */
  public List<KeyCombination> keys() {
    return keys;
  }

  /** All combinations. */
  Stream<KeyCombination> all() {
    return Stream.concat(keys.stream(), others.stream());
  }

  /** Whether this is what was pressed or typed. */
  public boolean matches(KeyEvent event) {
    return all().anyMatch(key -> key.match(event));
  }

  /** Its usual combination, as this system calls it. */
  public String text() {
    return KeyStyle.ofSystem().of(keys.getFirst());
  }

  /** What a tooltip says: what happens, and the key that does the same. */
  public String tip(String what) {
    return what + "  (" + text() + ")";
  }
}
