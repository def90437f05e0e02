package org.infd.app.models;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.infd.exporter.BundleExporter;
import org.infd.exporter.ImportOptions;
import org.infd.exporter.ImportOptions.LatentDiffusion;
import org.infd.exporter.MissingMerges;
import org.infd.inference.Folders;
import org.infd.inference.Problem;
import org.infd.inference.bundle.BundleCatalog;
import org.infd.inference.bundle.BundleName;
import org.infd.inference.bundle.Manifest;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.export.AtomicFile;
import org.infd.inference.guidance.Layout;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.jspecify.annotations.Nullable;

/** The bundles of this machine, and the importer. Thread-safe. */
public final class BundleStore implements ModelStore {
  private static final System.Logger LOG = System.getLogger(BundleStore.class.getName());

  /** The catalog passes over folders with such names. */
  private static final String REMOVED = ".removed-";

  /** Beside an embedded bundle. */
  private static final String SAMPLES = "samples";

  /** Beside an embedded bundle too. */
  private static final String LAYOUTS = "layouts";

  private final BundleCatalog catalog;

  /**
   * @param catalog the models
   */
  public BundleStore(BundleCatalog catalog) {
    this.catalog = catalog;
  }

  @Override
  public Path folder() {
    return catalog.modelsFolder();
  }

  @Override
  public List<ModelCard> list() {
    sweep();
    return catalog.list().stream().map(BundleStore::card).toList();
  }

  private static ModelCard card(BundleCatalog.Entry entry) {
    boolean embedded = entry.origin() == BundleCatalog.Origin.EMBEDDED;
    var bundle = entry.bundle();
    if (bundle == null) {
      var problem = entry.problem();
      return new ModelCard(
          entry.id(),
          entry.name(),
          "",
          embedded,
          entry.folder(),
          size(entry.folder()),
          "",
          false,
          List.of(),
          problem == null ? "It cannot be read." : problem);
    }
    var manifest = bundle.manifest();
    boolean makes = manifest.diffusion() != null;
    return new ModelCard(
        entry.id(),
        entry.name(),
        manifest.description() == null ? "" : manifest.description(),
        embedded,
        entry.folder(),
        size(entry.folder()),
        bundle.hash(),
        makes,
        facts(manifest),
        "");
  }

  private static List<ModelCard.Fact> facts(Manifest manifest) {
    var facts = new ArrayList<ModelCard.Fact>();
    var scale = manifest.trainedScale();
    boolean fixed = manifest.renderer().kind() == Manifest.RendererKind.FIXED;
    facts.add(
        new ModelCard.Fact(
            fixed ? "Size" : "Trained scale",
            fixed
                ? manifest.featureMap().width() + " px only"
                : scale == null ? "Unknown" : scale.min() + " to " + scale.max() + " px"));
    var diffusion = manifest.diffusion();
    if (diffusion != null) {
      facts.add(
          new ModelCard.Fact(
              "Predicts",
              switch (diffusion.prediction()) {
                case EPSILON -> "The noise";
                case VELOCITY -> "The velocity";
                case X0 -> "The picture";
              }));
    }
    facts.add(new ModelCard.Fact("Makes", makes(manifest)));
    var licence = manifest.licence();
    facts.add(
        new ModelCard.Fact(
            "Licence",
            licence == null || licence.isBlank() || licence.equals("unknown")
                ? "Unknown"
                : licence));
    facts.add(
        new ModelCard.Fact(
            "Weights", manifest.storage() == Manifest.Storage.FP16 ? "16 bit" : "32 bit"));
    return facts;
  }

  private static String makes(Manifest manifest) {
    if (manifest.diffusion() == null) {
      return "No pictures by itself";
    }
    return switch (manifest.conditioning().kind()) {
      case NONE -> "Pictures";
      case CLASS -> "Pictures of " + manifest.conditioning().classes() + " classes";
      case TEXT -> "Pictures from text";
    };
  }

  @Override
  public List<Sample> samples() {
    var samples = new ArrayList<Sample>();
    for (var entry : catalog.list()) {
      var bundle = entry.bundle();
      if (bundle != null && entry.origin() == BundleCatalog.Origin.EMBEDDED) {
        samples.addAll(SampleFile.read(entry.folder().resolveSibling(SAMPLES), bundle));
      }
    }
    return samples;
  }

  @Override
  public List<Path> layouts() {
    var layouts = new ArrayList<Path>();
    for (var entry : catalog.list()) {
      var folder = entry.folder().resolveSibling(LAYOUTS);
      if (entry.origin() == BundleCatalog.Origin.EMBEDDED && Files.isDirectory(folder)) {
        try (var files = Files.newDirectoryStream(folder, "*.json")) {
          for (var file : files) {
            if (isLayout(file)) {
              layouts.add(file);
            }
          }
        } catch (IOException e) {
          throw new Problem(folder + " could not be read: " + e.getMessage(), e);
        }
      }
    }
    layouts.sort(null);
    return layouts;
  }

  /** Other things about layouts lie there too. */
  private static boolean isLayout(Path file) {
    try {
      Layout.read(file);
      return true;
    } catch (Problem e) {
      return false;
    }
  }

  /** The bytes of all files in a folder. */
  private static long size(Path folder) {
    long[] sum = {0};
    try {
      Files.walkFileTree(
          folder,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              sum[0] += attributes.size();
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "not measured: " + folder, e);
    }
    return sum[0];
  }

  @Override
  public int verify(ModelCard card) {
    // opened anew: a bundle believes what it has read once
    var bundle = ModelBundle.open(card.folder());
    bundle.verifyAll();
    return files(bundle.manifest()).size() + 1;
  }

  private static Set<String> files(Manifest manifest) {
    var files = new HashSet<String>();
    for (var graph : manifest.graphs().values()) {
      files.add(graph.file());
      var weights = graph.weights();
      if (weights != null) {
        files.add(weights);
      }
    }
    var vocabulary = manifest.conditioning().vocabulary();
    if (vocabulary != null) {
      files.add(vocabulary.file());
    }
    var clip = manifest.clip();
    if (clip != null) {
      // its own, or the one that conditions the network
      files.add(clip.vocabulary().file());
    }
    return files;
  }

  @Override
  public void remove(ModelCard card) {
    var models = catalog.modelsFolder().toAbsolutePath().normalize();
    var folder = card.folder().toAbsolutePath().normalize();
    if (card.embedded() || !models.equals(folder.getParent())) {
      throw new Problem("'" + card.name() + "' came with the program and stays.");
    }
    // out of sight in one step: a model is never half there
    var grave = models.resolve(REMOVED + UUID.randomUUID());
    try {
      Files.move(folder, grave);
    } catch (IOException e) {
      throw new Problem(
          "'"
              + card.name()
              + "' could not be removed from "
              + folder
              + ". Close programs that use it and try again.",
          e);
    }
    delete(grave);
  }

  /** Deletes what an earlier removal could not. */
  private void sweep() {
    try (var graves = Files.newDirectoryStream(catalog.modelsFolder(), REMOVED + "*")) {
      graves.forEach(BundleStore::delete);
    } catch (IOException | UncheckedIOException e) {
      // no such folder: nothing was removed
    }
  }

  private static void delete(Path folder) {
    try {
      Folders.delete(folder);
    } catch (IOException e) {
      // out of sight already; the next look at the folder tries again
      LOG.log(System.Logger.Level.WARNING, "not deleted yet: " + folder, e);
    }
  }

  @Override
  public Imported importCheckpoint(
      Path checkpoint, Wishes wishes, Progress progress, Cancellation cancellation) {
    var name = wishes.name().isBlank() ? BundleName.of(checkpoint) : wishes.name().strip();
    var id = freeId(BundleName.id(name));
    var options = options(id, name, wishes);
    makeFolder();
    var report =
        BundleExporter.export(
            checkpoint, catalog.modelsFolder().resolve(id), options, progress::at, cancellation);
    return new Imported(id, name, report.toText().stripTrailing());
  }

  @Override
  public Found look(Path checkpoint, Wishes wishes) {
    try {
      var report = BundleExporter.inspect(checkpoint, options(null, null, wishes));
      return new Found(
          Stream.concat(report.settings().stream(), report.warnings().stream()).toList(), false);
    } catch (MissingMerges e) {
      return new Found(
          List.of(
              "A model of Stable Diffusion. The list by which its texts become tokens (merges.txt)"
                  + " is not in the file and not beside it."),
          true);
    }
  }

  private ImportOptions options(@Nullable String id, @Nullable String name, Wishes wishes) {
    var scale = wishes.trainedScale().strip();
    var usual = LatentDiffusion.usual();
    return new ImportOptions(
        id,
        name,
        null,
        wishes.licence().isBlank() ? null : wishes.licence().strip(),
        wishes.half(),
        scale.isEmpty() ? null : ImportOptions.Range.parse(scale),
        0,
        new LatentDiffusion(
            usual.copy(),
            usual.prediction(),
            usual.side(),
            usual.vae(),
            usual.loras(),
            wishes.merges(),
            catalog.vocabularies()),
        false,
        Device.cpu());
  }

  private void makeFolder() {
    try {
      Files.createDirectories(catalog.modelsFolder());
    } catch (IOException e) {
      throw AtomicFile.explain(catalog.modelsFolder(), e);
    }
  }

  private String freeId(String wanted) {
    var taken = new HashSet<String>();
    for (var entry : catalog.list()) {
      taken.add(entry.id());
    }
    var id = wanted;
    for (int i = 2; taken.contains(id) || Files.exists(catalog.modelsFolder().resolve(id)); i++) {
      id = wanted + "-" + i;
    }
    return id;
  }
}
