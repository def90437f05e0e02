package org.infd.app;

import java.util.Optional;

/**
 * Something the user is told, in a line that needs no answer.
 *
 * @param kind how serious it is
 * @param text one or two sentences
 * @param action what the user may do about it
 */
public record Notice(Kind kind, String text, Optional<Action> action) {
  /**
   * Something that can be done from a notice.
   *
   * @param name what it does, for a button
   */
  public record Action(String name, Runnable run) {}

  /** A notice about which nothing is to be done. */
  public Notice(Kind kind, String text) {
    this(kind, text, Optional.empty());
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
