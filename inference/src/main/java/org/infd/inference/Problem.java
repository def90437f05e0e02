package org.infd.inference;

import org.jspecify.annotations.Nullable;

/**
 * An expected failure, told to the user as it is: the message is one or two sentences that say what
 * is wrong, where, and what to do. Anything else that is thrown is a defect of the program.
 */
public class Problem extends RuntimeException {
  private final String sentence;

  /**
   * @param message what is wrong, where, and what to do, as sentences for the user
   */
  public Problem(String message) {
    super(message);
    sentence = ShownText.line(message);
  }

  /**
   * @param message what is wrong, where, and what to do, as sentences for the user
   * @param cause the technical reason, kept for diagnostics, never shown first
   */
  public Problem(String message, @Nullable Throwable cause) {
    super(message, cause);
    sentence = ShownText.line(message);
  }

  /**
   * What is wrong, where, and what to do; never null, on one line, fit for a terminal or a label.
   */
  @Override
  public String getMessage() {
    return sentence;
  }
}
