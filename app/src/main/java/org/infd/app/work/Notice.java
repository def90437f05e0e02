package org.infd.app.work;

import java.util.Optional;
import org.infd.inference.ShownText;

/**
 * Something the user is told, in a line that needs no answer.
 *
 * @param kind how serious it is
 * @param text one or two sentences
 * @param action what the user may do about it
 * @param other what else
 */
public record Notice(Kind kind, String text, Optional<Action> action, Optional<Action> other) {
  /**
   * Something that can be done from a notice.
   *
   * @param name what it does, for a button
   */
  public record Action(String name, Runnable run) {}

  /** Makes the text fit to be shown: it may hold the names of files. */
  public Notice {
    text = ShownText.line(text);
  }

  /** A notice about which one thing can be done, or nothing. */
  public Notice(Kind kind, String text, Optional<Action> action) {
    this(kind, text, action, Optional.empty());
  }

  /** A notice about which nothing is to be done. */
  public Notice(Kind kind, String text) {
    this(kind, text, Optional.empty(), Optional.empty());
  }

  /** A title that fits into a sentence. */
  public static String shortened(String title) {
    return ShownText.shortened(title, 60);
  }

  /** How serious a notice is. */
  public enum Kind {
    /** Something went well; disappears by itself. */
    DONE,
    /** Something the user should know. */
    NOTE,
    /** Something went wrong. */
    ERROR
  }
}
