package org.infd.exporter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.infd.exporter.graph.NodeGraph;
import org.infd.exporter.graph.OnnxWriter;
import org.infd.exporter.graph.Parameter;
import org.infd.exporter.graph.Value;
import org.infd.exporter.graph.WeightsFile;
import org.infd.exporter.network.PlannedGraph;
import org.infd.inference.Problem;
import org.infd.inference.bundle.Manifest;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.generation.Version;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.jspecify.annotations.Nullable;

/** Graphs on their way into a bundle folder: written, described for the manifest, run once. */
final class GraphFiles {
  private static final int NAMED = 3;
  private static final String PROGRAM = "INFD Studio " + Version.text();

  private final List<PlannedGraph> graphs;
  private final Path folder;
  private final boolean half;
  private final ProgressListener progress;
  private final Cancellation cancellation;
  private final List<String> warnings;
  private final Map<String, WeightsFile> weightsFiles = new LinkedHashMap<>();

  /**
   * @param half whether weights are stored as float16 where that is good enough
   * @param warnings takes what the user should know
   */
  GraphFiles(
      List<PlannedGraph> graphs,
      Path folder,
      boolean half,
      ProgressListener progress,
      Cancellation cancellation,
      List<String> warnings) {
    this.graphs = graphs;
    this.folder = folder;
    this.half = half;
    this.progress = progress;
    this.cancellation = cancellation;
    this.warnings = warnings;
  }

  /**
   * Writes graphs and weights; graphs of one stem share a weights file.
   *
   * @param source where the weights come from, for sentences
   * @throws Problem naming the tensors, if a weight is not a finite number: every picture would
   *     show it
   */
  void write(Path source) throws IOException {
    var findings = new WeightFindings(bytesToWrite());
    try {
      for (var planned : graphs) {
        var stem = planned.weightsStem();
        var weights = weightsFiles.get(stem);
        if (weights == null) {
          weights = new WeightsFile(folder.resolve(stem + ".bin"), half, findings);
          weightsFiles.put(stem, weights);
        }
        OnnxWriter.write(planned.graph(), file(planned), weights, PROGRAM);
      }
    } finally {
      for (var weights : weightsFiles.values()) {
        weights.close();
      }
    }
    findings.refuseDamaged(source);
  }

  /** The bytes of all weights, each counted once. */
  private long bytesToWrite() {
    long bytes = 0;
    var seen = new HashSet<String>();
    for (var planned : graphs) {
      for (var entry : planned.graph().parameters().entrySet()) {
        if (entry.getValue() instanceof Parameter.Weight weight
            && seen.add(entry.getKey().name())) {
          bytes += weight.source().elements() * (half && weight.storable16() ? 2 : 4);
        }
      }
    }
    return bytes;
  }

  private Path file(PlannedGraph planned) {
    return folder.resolve(planned.graph().name() + ".onnx");
  }

  /** The graphs as the manifest describes them, with the hashes of what was written. */
  Map<String, Manifest.GraphEntry> entries() {
    var hashes = new LinkedHashMap<String, String>();
    var entries = new LinkedHashMap<String, Manifest.GraphEntry>();
    for (var planned : graphs) {
      cancellation.throwIfCancelled();
      progress.progress("Hashing", (double) entries.size() / graphs.size());
      var graph = planned.graph();
      @Nullable String weights = hasExternal(planned) ? planned.weightsStem() + ".bin" : null;
      var file = file(planned);
      entries.put(
          graph.name(),
          new Manifest.GraphEntry(
              String.valueOf(file.getFileName()),
              ModelBundle.sha256(file),
              weights,
              weights == null
                  ? null
                  : hashes.computeIfAbsent(
                      weights, name -> ModelBundle.sha256(folder.resolve(name))),
              planned.form(),
              graph.inputs().stream().map(value -> port(value.name(), value)).toList(),
              graph.outputs().entrySet().stream()
                  .map(output -> port(output.getKey(), output.getValue()))
                  .toList()));
    }
    progress.progress("Hashing", 1);
    return entries;
  }

  private static Manifest.Port port(String name, Value value) {
    return new Manifest.Port(name, value.element().label(), value.shape().labels());
  }

  private static boolean hasExternal(PlannedGraph planned) {
    return planned.graph().parameters().values().stream()
        .anyMatch(p -> p instanceof Parameter.Weight || p instanceof Parameter.Replaceable);
  }

  /**
   * Runs each graph once.
   *
   * @param smaller by name the same graphs for smaller pictures, which are run in the place of
   *     those of their name; these are only loaded then
   * @throws Problem if the device refuses one
   * @throws IOException if a smaller graph cannot be written
   */
  List<ImportReport.Trial> runOnce(Device device, Map<String, NodeGraph> smaller)
      throws IOException {
    var trial = new BundleTrial(device, cancellation);
    var trials = new ArrayList<ImportReport.Trial>();
    for (var planned : graphs) {
      cancellation.throwIfCancelled();
      progress.progress("Verifying", (double) trials.size() / graphs.size());
      var small = smaller.get(planned.graph().name());
      var result =
          small == null
              ? trial.run(planned.graph(), file(planned))
              : runSmaller(trial, planned, small);
      if (!result.finite()) {
        warnings.add(
            "The graph " + result.graph() + " gave values that are not finite in its trial run.");
      }
      trials.add(result);
    }
    progress.progress("Verifying", 1);
    return trials;
  }

  /** Runs a graph that takes its weights from where those of the planned one were written. */
  private ImportReport.Trial runSmaller(BundleTrial trial, PlannedGraph planned, NodeGraph small)
      throws IOException {
    var weights = weightsFiles.get(planned.weightsStem());
    if (weights == null) {
      throw new IllegalStateException(planned.weightsStem() + " was not written");
    }
    var file = folder.resolve("trial.onnx");
    try {
      OnnxWriter.write(small, file, weights, PROGRAM);
      long bytes = Files.size(folder.resolve(weights.fileName())) * (half ? 2 : 1);
      return trial.runSmaller(small, file, file(planned), bytes);
    } finally {
      Files.deleteIfExists(file);
    }
  }

  /** The sizes of what was written. */
  List<ImportReport.WrittenGraph> written() throws IOException {
    var written = new ArrayList<ImportReport.WrittenGraph>();
    for (var planned : graphs) {
      var weights = hasExternal(planned) ? planned.weightsStem() + ".bin" : "";
      written.add(
          new ImportReport.WrittenGraph(
              planned.graph().name(),
              planned.graph().nodes().size(),
              Files.size(file(planned)),
              weights,
              weights.isEmpty() ? 0 : Files.size(folder.resolve(weights))));
    }
    return written;
  }

  /** Turns what the writer notices into warnings and progress. */
  private final class WeightFindings implements WeightsFile.Findings {
    private final long total;
    private final Map<String, Long> damaged = new LinkedHashMap<>();
    private long done;

    WeightFindings(long total) {
      this.total = Math.max(1, total);
    }

    @Override
    public void notFinite(String name, long values) {
      damaged.put(name, values);
    }

    void refuseDamaged(Path source) {
      if (damaged.isEmpty()) {
        return;
      }
      var names = new ArrayList<String>();
      damaged.forEach(
          (name, values) ->
              names.add(name + " (" + values + (values == 1 ? " value)" : " values)")));
      int more = names.size() - NAMED;
      throw new Problem(
          source
              + " holds weights that are not numbers (NaN or infinite): "
              + String.join(", ", names.subList(0, Math.min(NAMED, names.size())))
              + (more > 0 ? " and " + more + " more tensors" : "")
              + ". Every picture would be spoilt, so no model was made. Its training diverged or the"
              + " file is damaged: use an earlier checkpoint, or copy the file again.");
    }

    @Override
    public void beyondHalf(String name, long values) {
      warnings.add(
          name
              + " holds "
              + values
              + " values beyond ±65504, the range of half precision; it is stored in single"
              + " precision.");
    }

    @Override
    public void progress(long bytes) {
      cancellation.throwIfCancelled();
      done += bytes;
      progress.progress("Writing", Math.min(1, (double) done / total));
    }
  }
}
