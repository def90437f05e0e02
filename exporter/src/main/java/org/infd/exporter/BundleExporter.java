package org.infd.exporter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.infd.inference.Problem;
import org.infd.inference.bundle.BundlePlace;
import org.infd.inference.bundle.Manifest;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.bundle.PendingHash;
import org.infd.inference.generation.DiveRules;
import org.infd.inference.generation.SharpnessProbe;
import org.infd.inference.generation.Version;
import org.infd.inference.runtime.Cancellation;
import org.jspecify.annotations.Nullable;

/**
 * Makes a model bundle of a training checkpoint: reads its settings, builds every network, writes
 * graphs and weights, and runs each graph once, derivatives on small pictures. Weights are
 * streamed, never loaded whole. The bundle appears whole or not at all.
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
    return export(
        () -> ModelSource.open(checkpoint, options), bundleFolder, options, progress, cancellation);
  }

  /**
   * Makes a bundle of a Stable Diffusion network and an INFD autoencoder that was trained on its
   * latents.
   *
   * @param network the file or folder of the network
   * @param field an INFD checkpoint, of which encoder, decoder and renderer are taken
   * @param bundleFolder where the bundle goes, as above
   * @return what was found and done
   * @throws Problem as above, or if the two do not belong together; nothing is left then
   * @throws java.util.concurrent.CancellationException if it was asked for; nothing is left then
   */
  public static ImportReport compose(
      Path network,
      Path field,
      Path bundleFolder,
      ImportOptions options,
      ProgressListener progress,
      Cancellation cancellation) {
    return export(
        () -> ModelSource.compose(network, field, options),
        bundleFolder,
        options,
        progress,
        cancellation);
  }

  private static ImportReport export(
      Supplier<ModelSource> source,
      Path bundleFolder,
      ImportOptions options,
      ProgressListener progress,
      Cancellation cancellation) {
    var target = bundleFolder.toAbsolutePath().normalize();
    if (target.getParent() != null) {
      BundlePlace.recover(target.getParent());
    }
    BundleFolder.requireFree(target, options.overwrite());
    progress.progress("Reading", 0);
    try (var model = source.get()) {
      var plan = ImportPlan.of(model, options);
      requireComplete(model.path(), plan);
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
    try (var file = ModelSource.open(checkpoint, options)) {
      var plan = ImportPlan.of(file, options);
      return plan.report(checkpoint.toAbsolutePath(), null, plan.warnings(), List.of(), List.of());
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
      faults.add(counted(missing, "tensor is missing", "tensors are missing"));
    }
    if (!misshaped.isEmpty()) {
      faults.add(counted(misshaped, "tensor has another shape", "tensors have another shape"));
    }
    throw new Problem(
        checkpoint
            + " does not hold the network that it describes: "
            + String.join(" and ", faults)
            + ". Use the file as training wrote it.");
  }

  private static String counted(List<String> names, String one, String several) {
    return names.size() + " " + (names.size() == 1 ? one : several) + " (" + first(names) + ")";
  }

  private static String first(List<String> names) {
    var shown = String.join(", ", names.subList(0, Math.min(NAMED, names.size())));
    return names.size() > NAMED ? shown + ", …" : shown;
  }

  private ImportReport write(Path target) {
    try (var folder = BundleFolder.create(target, options.overwrite())) {
      var files =
          new GraphFiles(
              plan.graphs(), folder.path(), options.fp16(), progress, cancellation, warnings);
      // the file is read a second time for this, which costs no more than a processor
      var hash = PendingHash.begin(plan.model()::hash);
      files.write(plan.model().path());
      var vocabulary = plan.vocabulary();
      if (vocabulary != null) {
        vocabulary.write(folder.path().resolve(vocabulary.entry().file()));
      }
      var entries = files.entries();
      var source = source(hash.get());
      var id = options.id() != null ? options.id() : defaultId(target);
      var manifest = plan.manifest(id, source, Version.text(), entries);
      Files.writeString(folder.path().resolve(ModelBundle.MANIFEST), ModelBundle.toJson(manifest));
      // what was written can be opened, or it is not put in place
      var bundle = ModelBundle.open(folder.path());
      var trials = files.runOnce(options.device(), plan.smaller(SharpnessProbe.canMeasure(bundle)));
      var sharp = measure(bundle);
      var written = files.written();
      cancellation.throwIfCancelled();
      folder.commit().ifPresent(warnings::add);
      return plan.report(target, sharp, warnings, written, trials);
    } catch (IOException e) {
      throw BundleFolder.notWritten(target, e);
    }
  }

  /** How far down the pictures are sharp is written into the finished bundle. */
  private Manifest.@Nullable SharpScale measure(ModelBundle bundle) throws IOException {
    if (!SharpnessProbe.canMeasure(bundle)) {
      if (options.sharpSide() != 0) {
        throw new Problem(DiveRules.whyNoDive(bundle) + " Leave out the sharp side.");
      }
      return null;
    }
    progress.progress("Measuring sharpness", 0);
    var measured =
        SharpnessProbe.measure(bundle, options.device(), options.sharpSide(), cancellation);
    Files.writeString(
        bundle.folder().resolve(ModelBundle.MANIFEST),
        ModelBundle.toJson(bundle.manifest().withSharpScale(measured)));
    progress.progress("Measuring sharpness", 1);
    return measured;
  }

  private static String defaultId(Path target) {
    var name = String.valueOf(target.getFileName()).toLowerCase(Locale.ROOT);
    var id = name.replaceAll("[^a-z0-9]+", "-").replaceAll("^-+|-+$", "");
    var shortened = id.length() > 64 ? id.substring(0, 64) : id;
    return shortened.isEmpty() ? "model" : shortened;
  }

  private Manifest.Source source(String hash) {
    var path = plan.model().path();
    var iteration = plan.model().iteration();
    return new Manifest.Source(
        String.valueOf(path.getFileName()),
        hash,
        iteration.isPresent() ? iteration.getAsLong() : null);
  }
}
