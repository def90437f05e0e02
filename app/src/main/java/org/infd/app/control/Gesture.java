package org.infd.app.control;

/** The actions of the mouse, for the help sheet of keys. */
public enum Gesture {
  WHEEL(KeyGroup.LOOK, "zoom", Held.NOTHING, "wheel"),
  DOUBLE_CLICK(KeyGroup.LOOK, "zoom", Held.NOTHING, "double click"),
  ENLARGE_BOX(KeyGroup.LOOK, "enlarge a box", Held.SHIFT, "drag"),
  DRAG(KeyGroup.LOOK, "move", Held.NOTHING, "drag"),
  DRAG_FRAME(KeyGroup.FILES, "move the frame of an export", Held.NOTHING, "drag"),
  DRAW_BOX(KeyGroup.LAYOUT, "draw a box", Held.NOTHING, "drag"),
  DRAW_OVER(KeyGroup.LAYOUT, "draw a box over another", Held.SHORTCUT, "drag"),
  WITHOUT_LINES(KeyGroup.LAYOUT, "drag past the lines that boxes snap to", Held.ALT, "drag"),
  MOVE_PICTURE(KeyGroup.LAYOUT, "move the picture", Held.NOTHING, "Space + drag"),
  NUDGE_FAR(KeyGroup.LAYOUT, "nudge the box ten times as far", Held.SHIFT, "arrows"),
  SQUARE_FAR(KeyGroup.PHOTO, "move the square ten times as far", Held.SHIFT, "arrows"),
  OPEN_IN_NEW_TAB(KeyGroup.TABS, "open a picture in a new tab", Held.SHORTCUT, "click"),
  MIDDLE_CLICK(KeyGroup.TABS, "open a picture in a new tab", Held.NOTHING, "middle click");

  private enum Held {
    NOTHING,
    SHIFT,
    ALT,
    SHORTCUT
  }

  private final KeyGroup group;
  private final String does;
  private final Held held;
  private final String what;

  Gesture(KeyGroup group, String does, Held held, String what) {
    this.group = group;
    this.does = does;
    this.held = held;
    this.what = what;
  }

  /** Where it stands on the sheet. */
  public KeyGroup group() {
    return group;
  }

  /** What happens, in words. */
  public String does() {
    return does;
  }

  /** What the hand does, as this system calls it. */
  public String text() {
    return text(KeyStyle.ofSystem());
  }

  /** What the hand does, in the words of a system. */
  public String text(KeyStyle style) {
    return switch (held) {
      case NOTHING -> what;
      case SHIFT -> style.shift() + " + " + what;
      case ALT -> style.alt() + " + " + what;
      case SHORTCUT -> style.shortcut() + " + " + what;
    };
  }
}
