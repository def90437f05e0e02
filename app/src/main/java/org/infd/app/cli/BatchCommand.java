package org.infd.app.cli;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.regex.Pattern;
import org.infd.inference.NumberText;
import org.infd.inference.Problem;
import org.infd.inference.StrictJson;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.export.AtomicFile;
import org.infd.inference.runtime.Cancellation;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JacksonException;

/** {@code infd batch}: many commands, one after the other, with a model that stays loaded. */
@Command(
    name = "batch",
    description = "Runs the jobs of a file, a JSON object in each line, one after the other.",
    footer = {
      "",
      "A job is a command of this program: \"command\" is generate, layout, redo, vary, encode,"
          + " render, dive or film, \"file\" what it reads, and every option stands under its name,"
          + " for example",
      "  {\"command\": \"generate\", \"seed\": 7, \"prompt\": \"lake\", \"size\": 2048, \"out\":"
          + " \"lake.png\"}",
      "  {\"command\": \"render\", \"file\": \"lake.infd\", \"size\": 65536, \"format\": \"dzi\","
          + " \"page\": true, \"out\": \"lake\"}",
      "The model that was used last stays loaded, so put jobs of one model behind each other.",
      "For each job a line of JSON goes to the output and into the file of results: line, status"
          + " (done, failed, skipped, interrupted), seconds, hash of the job, what it wrote, and"
          + " the problem where there was one.",
      "Exit codes: 0 all done, 1 some failed, 3 interrupted."
    })
final class BatchCommand extends InfdCommand {
  private static final int INTERRUPTED_BATCH = 3;
  private static final Pattern SHARD = Pattern.compile("(\\d{1,6})/(\\d{1,6})");

  private final Services services;
  private final Runner runner;
  private int code = CommandLineInterface.OK;

  /** Runs a command line. */
  @FunctionalInterface
  interface Runner {
    /** The exit code. */
    int run(Services services, Terminal terminal, String... arguments);
  }

  @Parameters(paramLabel = "JOBS.jsonl", description = "The jobs.")
  private Path file;

  @Option(
      names = "--continue",
      description = "Leave out what the file of results says is done and is still there.")
  private boolean goOn;

  @Option(
      names = "--shard",
      paramLabel = "I/N",
      description =
          "Run only every N-th job, from the I-th on (1 to N): for N machines, or the tasks of an"
              + " array job.")
  private @Nullable String shard;

  @Option(
      names = "--results",
      paramLabel = "FILE.jsonl",
      description = "Where results go (default: beside the jobs, with the shard in its name).")
  private @Nullable Path results;

  BatchCommand(Services services, Terminal terminal, Runner runner) {
    super(terminal);
    this.services = services;
    this.runner = runner;
  }

  /** Which of the jobs are ours. */
  private record Shard(int index, int count) {
    boolean has(int job) {
      return job % count == index - 1;
    }
  }

  @Override
  void run(Cancellation cancellation) {
    var mine = shard();
    var target = results == null ? beside(mine) : results;
    var done = goOn ? done(target) : Set.<String>of();
    var lines = lines();
    try (var model = new SharedModel(services);
        var log = open(target)) {
      int failed = 0;
      int job = 0;
      var taken = new HashMap<Path, Integer>();
      for (int i = 0; i < lines.size(); i++) {
        if (lines.get(i).isBlank()) {
          continue;
        }
        boolean ours = mine.has(job++);
        var result = new LinkedHashMap<String, Object>();
        result.put("line", i + 1);
        boolean ok = run(i + 1, lines.get(i), taken, done, ours, model, result, cancellation);
        if (!ours) {
          continue;
        }
        failed += ok ? 0 : 1;
        tell(log, result);
        if (cancellation.isCancelled() || "interrupted".equals(result.get("status"))) {
          throw new CancellationException();
        }
      }
      code = failed == 0 ? CommandLineInterface.OK : CommandLineInterface.FAILED;
    } catch (IOException e) {
      throw AtomicFile.explain(target, e);
    }
  }

  @Override
  int exitCode() {
    return code;
  }

  @Override
  int interruptedCode() {
    return INTERRUPTED_BATCH;
  }

  @Override
  String cancelled() {
    return "Interrupted. The same command with --continue goes on behind the jobs that are done.";
  }

  /** Runs a job of ours, or only looks at what another shard writes. */
  private boolean run(
      int line,
      String text,
      Map<Path, Integer> taken,
      Set<String> done,
      boolean ours,
      Services model,
      Map<String, Object> result,
      Cancellation cancellation) {
    try {
      var job = BatchJob.read(line, text);
      result.put("hash", job.hash());
      for (var output : job.outputs()) {
        var other = taken.putIfAbsent(output.toAbsolutePath().normalize(), line);
        if (other != null) {
          throw new Problem(output + " is written by line " + other + " already.");
        }
      }
      if (!ours) {
        return true;
      }
      if (done.contains(job.hash()) && job.outputs().stream().allMatch(Files::exists)) {
        result.put("status", "skipped");
        return true;
      }
      return run(job, model, result, cancellation);
    } catch (Problem e) {
      result.put("status", "failed");
      result.put("problem", e.getMessage());
      return false;
    }
  }

  private boolean run(
      BatchJob job, Services model, Map<String, Object> result, Cancellation cancellation) {
    if (cancellation.isCancelled()) {
      result.put("status", "interrupted");
      return false;
    }
    terminal().note(NumberText.format("Line %d: %s", job.line(), job.arguments().getFirst()));
    var said = new StringWriter();
    var told = new Terminal(new PrintWriter(new StringWriter()), new PrintWriter(said), false);
    long begun = System.nanoTime();
    int ended = runner.run(model, told, job.arguments().toArray(String[]::new));
    result.put("seconds", Math.round((System.nanoTime() - begun) / 1e6) / 1e3);
    switch (ended) {
      case CommandLineInterface.OK -> {
        result.put("status", "done");
        result.put("files", hashes(job));
      }
      case INTERRUPTED -> result.put("status", "interrupted");
      default -> {
        result.put("status", "failed");
        result.put("problem", said.toString().strip());
      }
    }
    return ended == CommandLineInterface.OK;
  }

  /** What was written; folders of tiles have no hash of their own. */
  private static Map<String, String> hashes(BatchJob job) {
    var hashes = new LinkedHashMap<String, String>();
    for (var output : job.outputs()) {
      hashes.put(
          output.toString(), Files.isRegularFile(output) ? ModelBundle.sha256(output) : "a folder");
    }
    return hashes;
  }

  private void tell(BufferedWriter log, Map<String, Object> result) throws IOException {
    var line = StrictJson.lines().writeValueAsString(result);
    terminal().result(line);
    log.write(line);
    log.newLine();
    log.flush();
  }

  private Shard shard() {
    if (shard == null) {
      return new Shard(1, 1);
    }
    var match = SHARD.matcher(shard);
    if (match.matches()) {
      var read = new Shard(Integer.parseInt(match.group(1)), Integer.parseInt(match.group(2)));
      if (read.index() >= 1 && read.index() <= read.count()) {
        return read;
      }
    }
    throw new Problem("--shard is I/N with I from 1 to N, for example 2/8, not '" + shard + "'.");
  }

  private Path beside(Shard mine) {
    var name = String.valueOf(file.getFileName());
    var stem = name.endsWith(".jsonl") ? name.substring(0, name.length() - 6) : name;
    return file.resolveSibling(
        stem
            + ".results"
            + (mine.count() == 1 ? "" : "-" + mine.index() + "-of-" + mine.count())
            + ".jsonl");
  }

  private List<String> lines() {
    try {
      return Files.readAllLines(file);
    } catch (MalformedInputException e) {
      throw new Problem(file + " is not written in UTF-8. Save it as UTF-8.", e);
    } catch (IOException e) {
      throw new Problem(file + " could not be read. Name a file of jobs, a line for each.", e);
    }
  }

  private BufferedWriter open(Path target) throws IOException {
    return goOn
        ? Files.newBufferedWriter(
            target, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND)
        : Files.newBufferedWriter(target, StandardCharsets.UTF_8);
  }

  /** The hashes of the jobs that were done. */
  private static Set<String> done(Path results) {
    var done = new HashSet<String>();
    if (!Files.exists(results)) {
      return done;
    }
    var lines = new ArrayList<String>();
    try {
      lines.addAll(Files.readAllLines(results));
    } catch (IOException e) {
      throw new Problem(results + " could not be read. Leave out --continue to begin anew.", e);
    }
    for (var line : lines) {
      try {
        var tree = StrictJson.lines().readTree(line);
        if (tree.path("status").asString("").equals("done")) {
          done.add(tree.path("hash").asString(""));
        }
      } catch (JacksonException e) {
        // a line that a crash cut off says nothing
      }
    }
    return done;
  }
}
