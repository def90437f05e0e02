package org.infd.app.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.function.BiConsumer;
import org.infd.inference.runtime.Cancellation;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code infd}: without a command it opens the studio. */
@Command(
    name = "infd",
    header = {"Images that are functions: made once, rendered at every size and place.", ""},
    description = {
      "",
      "Without a command the studio opens; with FILE.infd alone, on that image. Where a studio is"
          + " open already, it comes to the front and opens the image.",
      ""
    },
    commandListHeading = "%nCommands:%n",
    footer = {
      "",
      "'infd COMMAND --help' tells more.",
      "Exit codes: 0 done, 1 failed, 2 called in a wrong way, 130 interrupted."
    })
final class RootCommand extends InfdCommand {
  private final BiConsumer<StudioStart, Cancellation> studio;
  private final List<Path> files;

  @Option(
      names = "--new-window",
      description = "Open a window of its own beside the studio that is open.")
  private boolean newWindow;

  RootCommand(BiConsumer<StudioStart, Cancellation> studio, List<Path> files, Terminal terminal) {
    super(terminal);
    this.studio = studio;
    this.files = files;
  }

  @Override
  void run(Cancellation cancellation) {
    studio.accept(new StudioStart(files, newWindow), cancellation);
  }
}
