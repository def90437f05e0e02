package org.infd.exporter;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.infd.inference.NumberText;

/**
 * What an import found and did.
 *
 * @param checkpoint the file that was read
 * @param bundle the folder that was written, or would have been
 * @param settings what the model is, a line each
 * @param tensors how many tensors the checkpoint's model holds
 * @param bytes their size in the file
 * @param taken what the bundle holds
 * @param ignored what is not needed
 * @param missing names that a network needs and the file does not hold
 * @param unexpected names below a network's prefix that it does not know
 * @param misshaped sentences on tensors of another shape than the network needs
 * @param placeholders classes in the file that were not understood and not run
 * @param warnings what the user should know, as sentences
 * @param graphs the graphs written
 * @param trials how each graph ran
 */
public record ImportReport(
    Path checkpoint,
    Path bundle,
    List<String> settings,
    long tensors,
    long bytes,
    List<Part> taken,
    List<Part> ignored,
    List<String> missing,
    List<String> unexpected,
    List<String> misshaped,
    List<String> placeholders,
    List<String> warnings,
    List<WrittenGraph> graphs,
    List<Trial> trials) {
  private static final int SHOWN = 40;
  private static final int LISTED = 2;

  /** Copies the lists. */
  public ImportReport {
    settings = List.copyOf(settings);
    taken = List.copyOf(taken);
    ignored = List.copyOf(ignored);
    missing = List.copyOf(missing);
    unexpected = List.copyOf(unexpected);
    misshaped = List.copyOf(misshaped);
    placeholders = List.copyOf(placeholders);
    warnings = List.copyOf(warnings);
    graphs = List.copyOf(graphs);
    trials = List.copyOf(trials);
  }

  /**
   * The tensors below a name prefix.
   *
   * @param prefix the prefix, ending in '.' where it is one
   * @param tensors how many
   * @param bytes their size in the file
   */
  public record Part(String prefix, long tensors, long bytes) {}

  /**
   * A graph of the bundle.
   *
   * @param nodes its operations
   * @param graphBytes the size of its ONNX file
   * @param weightsFile the file of its weights, shared with others, or "" without weights
   * @param weightsBytes the size of that file
   */
  public record WrittenGraph(
      String name, int nodes, long graphBytes, String weightsFile, long weightsBytes) {}

  /**
   * One run of a graph.
   *
   * @param outputs names and shapes of what it gave
   * @param finite whether all values were finite
   * @param loadMillis the time to make the session
   * @param runMillis the time of the run
   */
  public record Trial(
      String graph, List<String> outputs, boolean finite, long loadMillis, long runMillis) {
    /** Copies the list. */
    public Trial {
      outputs = List.copyOf(outputs);
    }
  }

  /** Whether every tensor that the networks need is there with the right shape. */
  public boolean complete() {
    return missing.isEmpty() && misshaped.isEmpty();
  }

  /** The report as lines for people. */
  public String toText() {
    var text = new StringBuilder();
    line(
        text, NumberText.format("Checkpoint %s: %d tensors, %s", checkpoint, tensors, size(bytes)));
    settings.forEach(setting -> line(text, "  " + setting));
    if (!taken.isEmpty()) {
      line(text, "Taken");
      taken.forEach(part -> part(text, part));
    }
    if (!ignored.isEmpty()) {
      line(text, "Ignored (not needed)");
      ignored.forEach(part -> part(text, part));
    }
    names(text, "Missing", missing);
    names(text, "Of another shape", misshaped);
    names(text, "Unexpected (left out)", unexpected);
    names(text, "Unknown classes (not run)", placeholders);
    names(text, "Note", warnings);
    if (!graphs.isEmpty()) {
      line(text, NumberText.format("Bundle %s", bundle));
    }
    for (var graph : graphs) {
      line(
          text,
          NumberText.format(
              "  %-22s %5d nodes, %9s%s",
              graph.name,
              graph.nodes,
              size(graph.graphBytes),
              graph.weightsFile.isEmpty()
                  ? ""
                  : ", weights " + graph.weightsFile + " " + size(graph.weightsBytes)));
    }
    if (!trials.isEmpty()) {
      line(text, "Tried");
    }
    for (var trial : trials) {
      line(
          text,
          NumberText.format(
              "  %-22s %s%s, loaded in %d ms, ran in %d ms",
              trial.graph,
              outputs(trial),
              trial.finite ? "" : ", NOT FINITE",
              trial.loadMillis,
              trial.runMillis));
    }
    return text.toString();
  }

  private static String outputs(Trial trial) {
    int more = trial.outputs.size() - LISTED;
    return more <= 0
        ? String.join(", ", trial.outputs)
        : String.join(", ", trial.outputs.subList(0, LISTED)) + " and " + more + " more";
  }

  private static void part(StringBuilder text, Part part) {
    line(
        text,
        NumberText.format("  %-22s %5d tensors, %s", part.prefix, part.tensors, size(part.bytes)));
  }

  private static void names(StringBuilder text, String title, Collection<String> names) {
    if (names.isEmpty()) {
      return;
    }
    line(text, title);
    var shown = new ArrayList<>(names).subList(0, Math.min(SHOWN, names.size()));
    shown.forEach(name -> line(text, "  " + name));
    if (names.size() > SHOWN) {
      line(text, NumberText.format("  and %d more", names.size() - SHOWN));
    }
  }

  private static void line(StringBuilder text, String line) {
    text.append(line).append('\n');
  }

  private static String size(long bytes) {
    return bytes < 1 << 20
        ? String.format(Locale.ROOT, "%.1f KiB", bytes / 1024.0)
        : String.format(Locale.ROOT, "%.1f MiB", bytes / (1024.0 * 1024));
  }
}
