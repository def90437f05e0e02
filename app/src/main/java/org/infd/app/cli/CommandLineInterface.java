package org.infd.app.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.infd.inference.NumberText;
import org.infd.inference.Problem;
import org.infd.inference.ShownText;
import org.infd.inference.UserData;
import org.infd.inference.export.AtomicFile;
import org.infd.inference.generation.Version;
import org.infd.inference.runtime.Cancellation;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;

/**
 * The command line: finds the command, runs it, and turns failures into sentences and exit codes. A
 * stack trace is shown only with {@code --debug}.
 */
public final class CommandLineInterface {
  /** Done. */
  public static final int OK = 0;

  /** Failed; a sentence says why. */
  public static final int FAILED = 1;

  /** Called in a wrong way. */
  public static final int USAGE = 2;

  private static final int WIDTH = 100;

  /** So much of an argument is repeated in a sentence. */
  private static final int ARGUMENT_SHOWN = 60;

  /** What Java puts where bytes of an argument are no letters. */
  private static final char LOST = '\ufffd';

  private static final String NEW_WINDOW = "--new-window";

  private final Services services;
  private final BiConsumer<StudioStart, Cancellation> studio;
  private final Terminal terminal;
  private final Path logs;

  /**
   * @param services what does the work
   * @param studio opens the window, with the images of files if there are any, returns when it is
   *     closed, and closes it when asked to
   * @param out takes results
   * @param err takes progress and failures
   * @param interactive whether {@code err} is a screen on which a line can be rewritten
   */
  public CommandLineInterface(
      Services services,
      BiConsumer<StudioStart, Cancellation> studio,
      PrintWriter out,
      PrintWriter err,
      boolean interactive) {
    this(services, studio, new Terminal(out, err, interactive), UserData.folder().resolve("logs"));
  }

  CommandLineInterface(
      Services services,
      BiConsumer<StudioStart, Cancellation> studio,
      Terminal terminal,
      Path logs) {
    this.services = services;
    this.studio = studio;
    this.terminal = terminal;
    this.logs = logs;
  }

  /**
   * Runs a command. Never throws for what the command does.
   *
   * @return the exit code
   */
  public int run(String... arguments) {
    for (var argument : arguments) {
      if (argument.indexOf(LOST) >= 0) {
        terminal.problem(
            "'"
                + ShownText.shortened(argument, ARGUMENT_SHOWN)
                + "' is not written in UTF-8, so some of its letters are lost. Type it anew, save"
                + " the script that it stands in as UTF-8, or give the file another name.");
        return USAGE;
      }
    }
    // what a double click on a file says
    var images =
        Stream.of(arguments).filter(said -> !said.equals(NEW_WINDOW)).toArray(String[]::new);
    boolean isStart =
        images.length > 0 && Stream.of(images).allMatch(said -> said.endsWith(".infd"));
    var files = isStart ? Stream.of(images).map(Path::of).toList() : List.<Path>of();
    var line =
        new CommandLine(new RootCommand(studio, files, terminal))
            .addSubcommand(new GenerateCommand(services, terminal))
            .addSubcommand(new LayoutCommand(services, terminal))
            .addSubcommand(new RedoCommand(services, terminal))
            .addSubcommand(new VaryCommand(services, terminal))
            .addSubcommand(new EncodeCommand(services, terminal))
            .addSubcommand(new RenderCommand(services, terminal))
            .addSubcommand(new DiveCommand(services, terminal))
            .addSubcommand(new FilmCommand(services, terminal))
            .addSubcommand(new InfoCommand(services, terminal))
            .addSubcommand(new BatchCommand(services, terminal, this::runJob))
            .addSubcommand(new ImportCommand(services, terminal))
            .addSubcommand(new ComposeCommand(services, terminal))
            .addSubcommand(new ExportCommand(services, terminal))
            .addSubcommand(new ModelsCommand(services, terminal))
            .addSubcommand(new VerifyCommand(services, terminal))
            .addSubcommand(new DevicesCommand(services, terminal))
            .addSubcommand(new BenchCommand(services, terminal))
            .addSubcommand(new SamplesCommand(services, terminal));
    NumberConverters.register(line);
    standardise(line);
    line.getSubcommands().values().forEach(CommandLineInterface::standardise);
    line.setOut(terminal.out())
        .setErr(terminal.err())
        .setUsageHelpWidth(WIDTH)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(this::failed)
        .setParameterExceptionHandler(this::misused);
    try {
      int code =
          line.execute(
              isStart
                  ? Stream.of(arguments).filter(NEW_WINDOW::equals).toArray(String[]::new)
                  : arguments);
      if (code == OK && terminal.out().checkError()) {
        terminal.problem(
            "The results could not be written to where the output goes: the disk is full, or what"
                + " reads them has ended. Files that were made are whole.");
        return FAILED;
      }
      return code;
    } catch (OutOfMemoryError e) {
      terminal.problem(
          "There is not enough memory for this. Close other programs or take a smaller size.");
      return FAILED;
    } catch (Error e) {
      tell(e, List.of(arguments).contains("--debug"));
      return FAILED;
    }
  }

  private int runJob(Services shared, Terminal told, String... arguments) {
    return new CommandLineInterface(shared, studio, told, logs).run(arguments);
  }

  private static void standardise(CommandLine line) {
    var spec = line.getCommandSpec();
    spec.mixinStandardHelpOptions(true).version("INFD Studio " + Version.text());
    spec.usageMessage().abbreviateSynopsis(false);
  }

  private int misused(CommandLine.ParameterException e, String[] arguments) {
    var said = String.valueOf(e.getMessage());
    for (var argument : arguments) {
      var value = argument.substring(argument.startsWith("--") ? argument.indexOf('=') + 1 : 0);
      if (value.length() > ARGUMENT_SHOWN) {
        said = said.replace(value, ShownText.shortened(value, ARGUMENT_SHOWN));
      }
    }
    terminal.problem(said.endsWith(".") ? said : said + ".");
    CommandLine.UnmatchedArgumentException.printSuggestions(e, terminal.err());
    terminal.problem("See '" + e.getCommandLine().getCommandSpec().qualifiedName() + " --help'.");
    return USAGE;
  }

  private int failed(Exception e, CommandLine line, ParseResult result) {
    boolean debug = line.getCommand() instanceof InfdCommand command && command.isDebug();
    tell(e, debug);
    return FAILED;
  }

  private void tell(Throwable failure, boolean debug) {
    if (debug) {
      failure.printStackTrace(terminal.err());
    }
    if (failure instanceof Problem problem) {
      terminal.problem(problem.getMessage());
    } else {
      terminal.problem(
          NumberText.format(
              "Something unexpected went wrong (%s); this is a fault of the program. %s",
              failure.getClass().getSimpleName(), keep(failure)));
    }
  }

  /** Writes the details of a fault to a file; says where. */
  private String keep(Throwable failure) {
    try {
      Files.createDirectories(logs);
      var file = logs.resolve("last-fault.txt");
      var text = new StringWriter();
      text.write(Instant.now() + ", INFD Studio " + Version.text() + "\n");
      failure.printStackTrace(new PrintWriter(text, true));
      var bytes = text.toString().getBytes(StandardCharsets.UTF_8);
      AtomicFile.write(file, stream -> stream.write(bytes));
      return "The details are in " + file + ".";
    } catch (IOException | Problem e) {
      return "Run it again with --debug to see the details.";
    }
  }
}
