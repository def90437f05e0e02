package org.infd.app.cli;

import java.util.function.Consumer;
import org.infd.inference.runtime.Cancellation;
import picocli.CommandLine.Command;

/** {@code infd}: without a command it opens the studio. */
@Command(
    name = "infd",
    header = {"Images that are functions: made once, rendered at every size and place.", ""},
    description = {"", "Without a command the studio opens.", ""},
    commandListHeading = "%nCommands:%n",
    footer = {
      "",
      "'infd COMMAND --help' tells more.",
      "Exit codes: 0 done, 1 failed, 2 called in a wrong way, 130 interrupted."
    })
final class RootCommand extends InfdCommand {
  private final Consumer<Cancellation> studio;

  RootCommand(Consumer<Cancellation> studio, Terminal terminal) {
    super(terminal);
    this.studio = studio;
  }

  @Override
  void run(Cancellation cancellation) {
    studio.accept(cancellation);
  }
}
