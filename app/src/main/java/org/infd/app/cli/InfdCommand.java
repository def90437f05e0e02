package org.infd.app.cli;

import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import org.infd.inference.Problem;
import org.infd.inference.runtime.Cancellation;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** The base of all commands: their verbosity, and that Ctrl-C ends them cleanly. */
abstract class InfdCommand implements Callable<Integer> {
  /** What shells say of a command that was interrupted. */
  static final int INTERRUPTED = 130;

  private final Terminal terminal;

  @Option(
      names = {"-q", "--quiet"},
      description = "Say nothing but results and failures.")
  private boolean quiet;

  @Option(names = "--debug", description = "Show the technical reason of a failure.")
  private boolean debug;

  /** The same options stand before a command as well; null for what has no command above it. */
  @ParentCommand private @Nullable InfdCommand above;

  InfdCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /**
   * Does the command's work.
   *
   * @throws Problem for an expected failure, told as it is
   */
  abstract void run(Cancellation cancellation);

  /** What the process ends with when the command came to its end. */
  int exitCode() {
    return CommandLineInterface.OK;
  }

  /** What the process ends with when the command was interrupted. */
  int interruptedCode() {
    return INTERRUPTED;
  }

  /** What is said when the command was interrupted. */
  String cancelled() {
    return "Cancelled. The file in progress was not written.";
  }

  final Terminal terminal() {
    return terminal;
  }

  final boolean isDebug() {
    return debug || (above != null && above.isDebug());
  }

  private boolean isQuiet() {
    return quiet || (above != null && above.isQuiet());
  }

  @Override
  public final Integer call() {
    terminal.setQuiet(isQuiet());
    var cancellation = new Cancellation();
    try (var _ = new Interrupts(cancellation)) {
      return runTo(cancellation);
    }
  }

  private int runTo(Cancellation cancellation) {
    try {
      run(cancellation);
      return exitCode();
    } catch (CancellationException e) {
      terminal.problem(cancelled());
      return interruptedCode();
    }
  }
}
