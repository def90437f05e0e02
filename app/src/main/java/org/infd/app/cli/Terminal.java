package org.infd.app.cli;

import java.io.PrintWriter;
import org.infd.inference.ShownText;

/**
 * The output of a command: results go to standard output, everything else to standard error; when
 * quiet, nothing but results and failures. Control characters are replaced.
 */
final class Terminal {
  private final PrintWriter out;
  private final PrintWriter err;
  private final boolean interactive;
  private boolean quiet;

  /**
   * @param interactive whether standard error is a screen on which a line can be rewritten
   */
  Terminal(PrintWriter out, PrintWriter err, boolean interactive) {
    this.out = out;
    this.err = err;
    this.interactive = interactive;
  }

  void setQuiet(boolean quiet) {
    this.quiet = quiet;
  }

  boolean isInteractive() {
    return interactive;
  }

  boolean isQuiet() {
    return quiet;
  }

  /** A result, on one line whatever the names in it hold. */
  void result(String line) {
    out.println(ShownText.line(line));
    out.flush();
  }

  /** A result of several lines. */
  void results(String lines) {
    out.println(ShownText.lines(lines));
    out.flush();
  }

  /** Something good to know. */
  void note(String line) {
    if (!quiet) {
      err.println(ShownText.line(line));
      err.flush();
    }
  }

  /** A failure. */
  void problem(String line) {
    err.println(ShownText.lines(line));
    err.flush();
  }

  /** Text without an end of line, for what is rewritten. */
  void raw(String text) {
    err.print(text);
    err.flush();
  }

  PrintWriter out() {
    return out;
  }

  PrintWriter err() {
    return err;
  }
}
