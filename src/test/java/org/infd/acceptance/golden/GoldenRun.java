package org.infd.acceptance.golden;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipFile;
import org.infd.acceptance.golden.GoldenSets.GoldenSet;
import org.infd.acceptance.golden.PictureChecks.Placed;
import org.infd.acceptance.golden.SamplingChecks.Sampled;
import org.infd.exporter.ClipFile;
import org.infd.exporter.ldm.LdmFiles;
import org.infd.exporter.torch.Checkpoint;
import org.infd.inference.Problem;

/** Checks one golden set with each of its models. */
final class GoldenRun {
  private final GoldenSet set;
  private final Path folder;
  private final List<String> faults = new ArrayList<>();
  private final List<String> refusals = new ArrayList<>();

  private GoldenRun(GoldenSet set, Path folder) {
    this.set = set;
    this.folder = folder;
  }

  /**
   * The outcome.
   *
   * @param ledgers one for each model, or a single one where the models are only guessed
   * @param faults what is wrong, as sentences
   */
  record Outcome(List<GoldenLedger> ledgers, List<String> faults) {}

  /** Checks a set; files go below {@code folder}. */
  static Outcome of(GoldenSet set, Path folder) {
    return new GoldenRun(set, folder).run();
  }

  private Outcome run() {
    var arrays = GoldenArrays.read(set.arrays());
    var ledgers = new ArrayList<GoldenLedger>();
    var models = models();
    for (var model : models) {
      var label = models.size() == 1 ? "" : " with " + model.getFileName();
      var ledger = new GoldenLedger(set.name() + label, arrays);
      if (run(model, arrays, ledger)) {
        ledgers.add(ledger);
      }
    }
    if (set.guessed() && models.equals(set.models()) && ledgers.size() > 1) {
      var merged = new GoldenLedger(set.name(), arrays);
      ledgers.forEach(merged::merge);
      ledgers.clear();
      ledgers.add(merged);
    }
    var kind = OtherKinds.of(set.folder(), List.copyOf(arrays.names()));
    for (var ledger : ledgers) {
      if (!ledger.hasChecked() && kind != null) {
        arrays.names().forEach(array -> ledger.unsupported(array, kind));
      } else if (!ledger.hasChecked()) {
        faults.add(ledger.name() + ": nothing was checked, no array is of a known kind");
      }
    }
    if (ledgers.isEmpty()) {
      ledgers.add(withoutModel(arrays));
    }
    for (var ledger : ledgers) {
      ledger.close();
      for (var entry : ledger.of(GoldenLedger.State.FAILED)) {
        faults.add(ledger.name() + ": " + entry.toString().strip());
      }
    }
    return new Outcome(List.copyOf(ledgers), List.copyOf(faults));
  }

  /** The weights of a set; those of a zip file are unpacked, and folders of diffusers count. */
  private List<Path> models() {
    var models = new ArrayList<>(set.models());
    var places = new ArrayList<>(List.of(set.folder()));
    try (var beside = Files.list(set.folder())) {
      for (var zip : beside.filter(file -> file.toString().endsWith(".zip")).sorted().toList()) {
        var unpacked = fresh();
        unzip(zip, unpacked);
        places.add(unpacked);
        try (var inside = Files.list(unpacked)) {
          inside
              .filter(file -> file.toString().matches(".*\\.(safetensors|ckpt|pth|pt)"))
              .sorted()
              .forEach(models::add);
        }
      }
      for (var place : places) {
        try (var inside = Files.list(place)) {
          inside.filter(LdmFiles::isFolder).sorted().forEach(models::add);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return models;
  }

  private static void unzip(Path zip, Path target) throws IOException {
    try (var archive = new ZipFile(zip.toFile())) {
      for (var entry : Collections.list(archive.entries())) {
        var file = target.resolve(entry.getName()).normalize();
        if (entry.isDirectory() || !file.startsWith(target)) {
          continue;
        }
        Files.createDirectories(file.getParent());
        try (var in = archive.getInputStream(entry)) {
          Files.copy(in, file);
        }
      }
    }
  }

  /** The arrays of a set whose networks are not known, or that has none. */
  private GoldenLedger withoutModel(GoldenArrays arrays) {
    var ledger = new GoldenLedger(set.name(), arrays);
    var kind = OtherKinds.of(set.folder(), List.copyOf(arrays.names()));
    if (kind != null) {
      arrays.names().forEach(array -> ledger.unsupported(array, kind));
    } else {
      faults.add(
          set.name()
              + ": nothing was checked, "
              + (set.models().isEmpty()
                  ? "there are no weights beside the arrays"
                  : "the weights beside the arrays are of no known kind: "
                      + String.join(" ", refusals)));
    }
    return ledger;
  }

  /** Whether the model is of a known kind; what is wrong is among the faults then. */
  private boolean run(Path model, GoldenArrays arrays, GoldenLedger ledger) {
    try (var diffusion = StableDiffusionChecks.open(model)) {
      if (diffusion != null) {
        stage(
            ledger,
            "Stable Diffusion",
            () -> StableDiffusionChecks.run(diffusion, arrays, ledger, folder, set.folder()));
        return true;
      }
    } catch (Problem e) {
      refusals.add(e.getMessage());
    }
    try {
      Checkpoint.open(model).close();
    } catch (Problem e) {
      refusals.add(e.getMessage());
      return clip(model, arrays, ledger);
    }
    try (var opened = GoldenModel.open(model, fresh())) {
      infd(new InfdSubject(opened, arrays, ledger));
    }
    return true;
  }

  private boolean clip(Path model, GoldenArrays arrays, GoldenLedger ledger) {
    ClipFile clip;
    try {
      clip = ClipChecks.open(model);
    } catch (Problem e) {
      refusals.add(e.getMessage());
      return false;
    }
    try (clip) {
      stage(ledger, "CLIP", () -> ClipChecks.run(clip, arrays, ledger, fresh()));
    }
    return true;
  }

  private Path fresh() {
    try {
      return Files.createTempDirectory(folder, "model");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void infd(InfdSubject subject) {
    var ledger = subject.ledger();
    var contexts = new Contexts(subject);
    var placed = new LinkedHashMap<String, Placed>();
    var sampled = new ArrayList<Sampled>();
    stage(ledger, "tables", () -> new TableChecks(subject).run());
    stage(ledger, "latents", () -> new LatentChecks(subject).run());
    stage(ledger, "conditions", contexts::check);
    stage(ledger, "networks", () -> new NetworkChecks(subject, contexts).run());
    stage(ledger, "sampling", () -> sampled.addAll(new SamplingChecks(subject, contexts).run()));
    stage(ledger, "pictures", () -> placed.putAll(new PictureChecks(subject).run()));
    stage(ledger, "gradients", () -> new GradientChecks(subject, contexts, placed).run());
    stage(ledger, "fields", () -> new FieldChecks(subject, placed).run());
    stage(ledger, "products", () -> new ProductChecks(subject).run(sampled, Map.copyOf(placed)));
    stage(ledger, "leftovers", () -> Leftovers.recognise(subject));
  }

  private void stage(GoldenLedger ledger, String name, Runnable checks) {
    try {
      checks.run();
    } catch (RuntimeException | AssertionError e) {
      var at = e.getStackTrace().length == 0 ? "" : " at " + e.getStackTrace()[0];
      faults.add(ledger.name() + ": the checks of " + name + " ended early: " + e + at);
    }
  }
}
