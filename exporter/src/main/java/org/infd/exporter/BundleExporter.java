package org.infd.exporter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.infd.exporter.graph.OnnxWriter;
import org.infd.exporter.graph.Parameter;
import org.infd.exporter.graph.WeightsFile;
import org.infd.exporter.network.PlannedGraph;
import org.infd.exporter.torch.Checkpoint;
import org.infd.inference.Problem;
import org.infd.inference.bundle.Manifest;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.studio.Version;
import org.jspecify.annotations.Nullable;

/**
 * Makes a model bundle of a training checkpoint: reads its settings, builds every network, writes
 * graphs and weights, and runs each graph once. Weights are streamed, never loaded whole. The
 * bundle appears whole or not at all.
 */
public final class BundleExporter {
  private static final int NAMED = 3;

  private final ImportPlan plan;
  private final ImportOptions options;
  private final ProgressListener progress;
  private final Cancellation cancellation;
  private final List<String> warnings;

  private BundleExporter(
      ImportPlan plan,
      ImportOptions options,
      ProgressListener progress,
      Cancellation cancellation) {
    this.plan = plan;
    this.options = options;
    this.progress = progress;
    this.cancellation = cancellation;
    this.warnings = new ArrayList<>(plan.warnings());
  }

  /**
   * Makes a bundle.
   *
   * @param checkpoint a file of either training stage
   * @param bundleFolder where the bundle goes; must not exist, be empty, or be a bundle that the
   *     options allow to replace
   * @return what was found and done
   * @throws Problem if the checkpoint cannot be read, is not complete or cannot be run, or the
   *     folder cannot be written; nothing is left then
   * @throws java.util.concurrent.CancellationException if it was asked for; nothing is left then
   */
  public static ImportReport export(
      Path checkpoint,
      Path bundleFolder,
      ImportOptions options,
      ProgressListener progress,
      Cancellation cancellation) {
    var target = BundleFolder.requireFree(bundleFolder, options.overwrite());
    progress.progress("Reading", 0);
    try (var file = Checkpoint.open(checkpoint)) {
      var plan = ImportPlan.of(file, options);
      requireComplete(checkpoint, plan);
      return new BundleExporter(plan, options, progress, cancellation).write(target);
    }
  }

  /**
   * Looks at a checkpoint without writing anything: what a bundle would hold, and all that is
   * missing or of another shape.
   *
   * @throws Problem if the checkpoint cannot be read or its networks cannot be run
   */
  public static ImportReport inspect(Path checkpoint, ImportOptions options) {
    try (var file = Checkpoint.open(checkpoint)) {
      var plan = ImportPlan.of(file, options);
      return plan.report(checkpoint.toAbsolutePath(), plan.warnings(), List.of(), List.of());
    }
  }

  private static void requireComplete(Path checkpoint, ImportPlan plan) {
    var missing = plan.weights().missing();
    var misshaped = plan.weights().misshaped();
    if (missing.isEmpty() && misshaped.isEmpty()) {
      return;
    }
    var faults = new ArrayList<String>();
    if (!missing.isEmpty()) {
      faults.add(missing.size() + " tensors are missing (" + first(missing) + ")");
    }
    if (!misshaped.isEmpty()) {
      faults.add(misshaped.size() + " have another shape (" + first(misshaped) + ")");
    }
    throw new Problem(
        checkpoint
            + " does not hold the network that it describes: "
            + String.join(" and ", faults)
            + ". Use the file as training wrote it.");
  }

  private static String first(List<String> names) {
    var shown = String.join(", ", names.subList(0, Math.min(NAMED, names.size())));
    return names.size() > NAMED ? shown + ", …" : shown;
  }

  private ImportReport write(Path target) {
    try (var folder = BundleFolder.create(target)) {
      writeGraphs(folder.path());
      var vocabulary = plan.vocabulary();
      if (vocabulary != null) {
        vocabulary.write(folder.path());
      }
      var entries = entries(folder.path());
      var source = source();
      var id = options.id() != null ? options.id() : defaultId(target);
      var manifest = plan.manifest(id, source, Version.text(), entries);
      Files.writeString(folder.path().resolve(ModelBundle.MANIFEST), ModelBundle.toJson(manifest));
      var trials = tryGraphs(folder.path());
      var report = plan.report(target, warnings, written(folder.path()), trials);
      cancellation.throwIfCancelled();
      folder.commit();
      return report;
    } catch (IOException e) {
      throw new Problem(
          "The bundle could not be written to "
              + target
              + ": "
              + reason(e)
              + ". Make room or choose another place; nothing was left behind.",
          e);
    }
  }

  private static String reason(IOException e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  private static String defaultId(Path target) {
    var name = String.valueOf(target.getFileName()).toLowerCase(Locale.ROOT);
    var id = name.replaceAll("[^a-z0-9]+", "-").replaceAll("^-+|-+$", "");
    var shortened = id.length() > 64 ? id.substring(0, 64) : id;
    return shortened.isEmpty() ? "model" : shortened;
  }

  private void writeGraphs(Path folder) throws IOException {
    var findings = new WeightFindings(plan.bytesToWrite(options.fp16()));
    var files = new LinkedHashMap<String, WeightsFile>();
    try {
      for (var planned : plan.graphs()) {
        var stem = planned.weightsStem();
        var weights = files.get(stem);
        if (weights == null) {
          weights = new WeightsFile(folder.resolve(stem + ".bin"), options.fp16(), findings);
          files.put(stem, weights);
        }
        OnnxWriter.write(
            planned.graph(), file(folder, planned), weights, "INFD Studio " + Version.text());
      }
    } finally {
      for (var weights : files.values()) {
        weights.close();
      }
    }
  }

  private static Path file(Path folder, PlannedGraph planned) {
    return folder.resolve(planned.graph().name() + ".onnx");
  }

  private Map<String, Manifest.GraphEntry> entries(Path folder) {
    var hashes = new LinkedHashMap<String, String>();
    var entries = new LinkedHashMap<String, Manifest.GraphEntry>();
    for (var planned : plan.graphs()) {
      cancellation.throwIfCancelled();
      progress.progress("Hashing", (double) entries.size() / plan.graphs().size());
      var graph = planned.graph();
      @Nullable String weights = hasExternal(planned) ? planned.weightsStem() + ".bin" : null;
      var file = file(folder, planned);
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
              graph.inputs().stream().map(value -> ImportPlan.port(value.name(), value)).toList(),
              graph.outputs().entrySet().stream()
                  .map(output -> ImportPlan.port(output.getKey(), output.getValue()))
                  .toList()));
    }
    return entries;
  }

  private static boolean hasExternal(PlannedGraph planned) {
    return planned.graph().parameters().values().stream()
        .anyMatch(p -> p instanceof Parameter.Weight || p instanceof Parameter.Replaceable);
  }

  private Manifest.Source source() {
    progress.progress("Hashing", 1);
    var path = plan.checkpoint().path();
    var iteration = plan.checkpoint().iteration();
    return new Manifest.Source(
        String.valueOf(path.getFileName()),
        ModelBundle.sha256(path),
        iteration.isPresent() ? iteration.getAsLong() : null);
  }

  private List<ImportReport.Trial> tryGraphs(Path folder) {
    var trial = new BundleTrial(options.device(), cancellation);
    var trials = new ArrayList<ImportReport.Trial>();
    for (var planned : plan.graphs()) {
      cancellation.throwIfCancelled();
      progress.progress("Verifying", (double) trials.size() / plan.graphs().size());
      var result = trial.run(planned.graph(), file(folder, planned));
      if (!result.finite()) {
        warnings.add(
            "The graph " + result.graph() + " gave values that are not finite in its trial run.");
      }
      trials.add(result);
    }
    progress.progress("Verifying", 1);
    return trials;
  }

  private List<ImportReport.WrittenGraph> written(Path folder) throws IOException {
    var written = new ArrayList<ImportReport.WrittenGraph>();
    for (var planned : plan.graphs()) {
      var weights = hasExternal(planned) ? planned.weightsStem() + ".bin" : "";
      written.add(
          new ImportReport.WrittenGraph(
              planned.graph().name(),
              planned.graph().nodes().size(),
              Files.size(file(folder, planned)),
              weights,
              weights.isEmpty() ? 0 : Files.size(folder.resolve(weights))));
    }
    return written;
  }

  /** Turns what the writer notices into warnings and progress. */
  private final class WeightFindings implements WeightsFile.Findings {
    private final long total;
    private long done;

    WeightFindings(long total) {
      this.total = Math.max(1, total);
    }

    @Override
    public void notFinite(String name, long values) {
      warnings.add(name + " holds " + values + " values that are not finite (NaN or infinite).");
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
