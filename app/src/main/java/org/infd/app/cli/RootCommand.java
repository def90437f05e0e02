package org.infd.app.cli;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.infd.inference.runtime.Cancellation;
import picocli.CommandLine.Command;

/** {@code infd}: without a command it opens the studio. */
@Command(
    name = "infd",
    header = {"Images that are functions: made once, rendered at every size and place.", ""},
    description = {
      "",
      "Without a command the studio opens; with a FILE.infd alone, on that image.",
      ""
    },
    commandListHeading = "%nCommands:%n",
    footer = {
      "",
      "'infd COMMAND --help' tells more.",
      "Exit codes: 0 done, 1 failed, 2 called in a wrong way, 130 interrupted."
    })
final class RootCommand extends InfdCommand {
  private final BiConsumer<Optional<Path>, Cancellation> studio;
  private final Optional<Path> file;

  RootCommand(
      BiConsumer<Optional<Path>, Cancellation> studio, Optional<Path> file, Terminal terminal) {
    super(terminal);
    this.studio = studio;
    this.file = file;
  }

  @Override
  void run(Cancellation cancellation) {
    studio.accept(file, cancellation);
  }
}
