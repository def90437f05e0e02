package org.infd.exporter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.infd.exporter.network.ClipSettings;
import org.infd.exporter.network.ClipTowers;
import org.infd.exporter.network.PlannedGraph;
import org.infd.inference.NumberText;
import org.infd.inference.Problem;
import org.infd.inference.bundle.Manifest;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.jspecify.annotations.Nullable;

/**
 * Adds a CLIP to a bundle, so that layouts can be scored and guided: its image tower with the way
 * back, its text tower, and the merges that the user names. Where the text tower is the very one
 * that conditions the bundle's network, it is not stored again. The bundle is replaced as a whole
 * or stays as it was.
 */
public final class ClipImporter {
  private static final String IMAGE = "clip_image";
  private static final String CONDITION = "clip_text";

  /** The text tower's graph where the network is conditioned by another. */
  private static final String TEXT = "clip_score_text";

  /** What the merges of a CLIP of its own are called, before their ending. */
  private static final String PREFIX = "clip_";

  private final ModelBundle bundle;
  private final ClipFile clip;
  private final Path file;
  private final ClipSettings.Image image;
  private final ClipSettings.Text text;
  private final VocabularyFile vocabulary;
  private final ProgressListener progress;
  private final Cancellation cancellation;
  private final List<String> warnings = new ArrayList<>();

  private ClipImporter(
      ModelBundle bundle,
      ClipFile clip,
      Path file,
      ClipSettings.Image image,
      ClipSettings.Text text,
      VocabularyFile vocabulary,
      ProgressListener progress,
      Cancellation cancellation) {
    this.bundle = bundle;
    this.clip = clip;
    this.file = file;
    this.image = image;
    this.text = text;
    this.vocabulary = vocabulary;
    this.progress = progress;
    this.cancellation = cancellation;
    warnings.addAll(clip.remarks());
  }

  /**
   * Adds a CLIP to a bundle.
   *
   * @param file the CLIP's weights, see {@link ClipFile}
   * @param vocabulary its merges, gzip or plain text, or null when the user named none
   * @param activation the activation of its towers where the user says it, or null
   * @param folder the bundle
   * @param overwrite whether a CLIP that the bundle has may be replaced
   * @return what was found and done
   * @throws Problem if a file cannot be used or written, or the bundle cannot be guided; the bundle
   *     stays as it was
   * @throws java.util.concurrent.CancellationException if it was asked for; the bundle stays as it
   *     was
   */
  public static ImportReport addTo(
      Path file,
      @Nullable Path vocabulary,
      ClipSettings.@Nullable Activation activation,
      Path folder,
      boolean overwrite,
      Device device,
      ProgressListener progress,
      Cancellation cancellation) {
    var bundle = ModelBundle.open(folder);
    requireGuidable(bundle);
    if (bundle.manifest().clip() != null && !overwrite) {
      throw new Problem(
          folder + " already has a CLIP. Add --overwrite to put this one in its place.");
    }
    if (vocabulary == null) {
      throw new Problem("The merges are missing: add --vocab FILE. " + VocabularyFile.WHERE);
    }
    progress.progress("Reading", 0);
    try (var clip = ClipFile.open(file, null, activation)) {
      var image = clip.settings().image();
      var text = clip.settings().text();
      if (image == null || text == null || text.embedding() == 0) {
        throw new Problem(
            file
                + " holds "
                + (image == null
                    ? "no image tower"
                    : text == null ? "no text tower" : "no projection of texts")
                + ", so it cannot compare pictures with texts. Give a whole CLIP.");
      }
      if (image.embedding() != text.embedding()) {
        throw new Problem(
            file
                + " has embeddings of length "
                + image.embedding()
                + " for pictures and "
                + text.embedding()
                + " for texts, which cannot be compared. Use the file as it was published.");
      }
      var merges = VocabularyFile.of(vocabulary, text);
      return new ClipImporter(bundle, clip, file, image, text, merges, progress, cancellation)
          .write(device);
    }
  }

  private static void requireGuidable(ModelBundle bundle) {
    var manifest = bundle.manifest();
    if (manifest.renderer().kind() == Manifest.RendererKind.FIXED) {
      throw new Problem(
          "The model '"
              + manifest.name()
              + "' renders at one fixed resolution, so no crop of it could be scored. A CLIP would"
              + " be of no use to it.");
    }
    if (!bundle.has("render_live_vjp") || !bundle.has("decode_vjp")) {
      throw new Problem(
          "The model '"
              + manifest.name()
              + "' was imported by an earlier version, without the gradients that guidance needs."
              + " Import its checkpoint again, then add the CLIP.");
    }
  }

  private ImportReport write(Device device) {
    var target = bundle.folder().toAbsolutePath().normalize();
    try (var folder = BundleFolder.create(target, true)) {
      if (!ModelBundle.open(target).hash().equals(bundle.hash())) {
        throw new Problem(target + " was changed by another import meanwhile. Add the CLIP again.");
      }
      var left = new HashSet<>(ownFiles());
      left.add(ModelBundle.MANIFEST);
      folder.takeOver(target, left);
      boolean half = bundle.manifest().storage() == Manifest.Storage.FP16;
      var graphs = new ArrayList<>(plan());
      var missing = clip.weights().missing();
      var misshaped = clip.weights().misshaped();
      if (!missing.isEmpty() || !misshaped.isEmpty()) {
        throw new Problem(
            file
                + " is not complete: "
                + (missing.isEmpty()
                    ? misshaped.getFirst()
                    : missing.size()
                        + (missing.size() == 1 ? " tensor is" : " tensors are")
                        + " missing, the first is "
                        + missing.getFirst())
                + ". Use the file as it was published.");
      }
      var files = new GraphFiles(graphs, folder.path(), half, progress, cancellation, warnings);
      files.write(file);
      var entries = new LinkedHashMap<>(files.entries());
      boolean shared = isSameTower(entries.get(TEXT));
      if (shared) {
        Files.delete(folder.path().resolve(TEXT + ".onnx"));
        Files.delete(folder.path().resolve(TEXT + ".bin"));
        entries.remove(TEXT);
        graphs.removeIf(planned -> planned.graph().name().equals(TEXT));
        files = new GraphFiles(graphs, folder.path(), half, progress, cancellation, warnings);
      }
      var manifest = manifest(entries, shared ? CONDITION : TEXT);
      var clipEntry = manifest.clip();
      if (clipEntry != null) {
        writeVocabulary(folder.path().resolve(clipEntry.vocabulary().file()));
      }
      Files.writeString(folder.path().resolve(ModelBundle.MANIFEST), ModelBundle.toJson(manifest));
      ModelBundle.open(folder.path());
      var trials = files.runOnce(device, Map.of());
      var written = files.written();
      cancellation.throwIfCancelled();
      folder.commit().ifPresent(warnings::add);
      return report(target, shared, written, trials);
    } catch (IOException e) {
      throw BundleFolder.notWritten(target, e);
    }
  }

  /** The conditioning's own merges may lie there already, as a second name of the old bundle's. */
  private void writeVocabulary(Path target) throws IOException {
    Files.deleteIfExists(target);
    vocabulary.write(target);
  }

  /** The files of a CLIP that was added before. */
  private Set<String> ownFiles() {
    return Set.of(
        IMAGE + ".onnx",
        IMAGE + ".bin",
        IMAGE + "_vjp.onnx",
        TEXT + ".onnx",
        TEXT + ".bin",
        PREFIX + "merges.txt",
        PREFIX + "merges.txt.gz");
  }

  private List<PlannedGraph> plan() {
    var weights = clip.weights();
    return List.of(
        new PlannedGraph(ClipTowers.imageGraph(weights, image), IMAGE, "forward"),
        new PlannedGraph(ClipTowers.imageVjpGraph(weights, image), IMAGE, "vjp"),
        new PlannedGraph(ClipTowers.textGraph(TEXT, weights, "", text), TEXT, "forward"));
  }

  /** Whether the network is conditioned by this very text tower: same weights, same vocabulary. */
  private boolean isSameTower(Manifest.@Nullable GraphEntry own) {
    var other = bundle.manifest().graphs().get(CONDITION);
    var conditioning = bundle.manifest().conditioning();
    var merges = conditioning.vocabulary();
    return own != null
        && other != null
        && merges != null
        // the weights do not show it, and the tower of the condition is built as the official ones
        && text.transformer().activation() == ClipSettings.Activation.QUICK_GELU
        && own.weightsSha256() != null
        && own.weightsSha256().equals(other.weightsSha256())
        && own.inputs().equals(other.inputs())
        && own.outputs().equals(other.outputs())
        && merges.sha256().equals(vocabulary.entry().sha256());
  }

  private Manifest manifest(Map<String, Manifest.GraphEntry> entries, String textGraph) {
    var old = bundle.manifest();
    var graphs = new LinkedHashMap<>(old.graphs());
    graphs.keySet().removeAll(List.of(IMAGE, IMAGE + "_vjp", TEXT));
    graphs.putAll(entries);
    var conditioning = old.conditioning().vocabulary();
    var merges = vocabulary.entry();
    boolean present = conditioning != null && conditioning.sha256().equals(merges.sha256());
    return old.withClip(
        new Manifest.Clip(
            image.side(),
            image.embedding(),
            image.transformer().activation().name().toLowerCase(Locale.ROOT),
            textGraph,
            text.contextLength(),
            vocabulary.entry(present ? "" : PREFIX),
            new Manifest.Source(
                String.valueOf(file.getFileName()), ModelBundle.sha256(file), null)),
        graphs);
  }

  private ImportReport report(
      Path target,
      boolean shared,
      List<ImportReport.WrittenGraph> written,
      List<ImportReport.Trial> trials) {
    var imageBlocks = image.transformer();
    var textBlocks = text.transformer();
    return new ImportReport(
        file,
        target,
        List.of(
            NumberText.format(
                "CLIP for crops of %d×%d pixels, embeddings of length %d, %s",
                image.side(),
                image.side(),
                image.embedding(),
                imageBlocks.activation().name().toLowerCase(Locale.ROOT)),
            NumberText.format(
                "image tower of width %d, %d blocks, patches of %d pixels",
                imageBlocks.width(), imageBlocks.blocks(), image.patch()),
            NumberText.format(
                "text tower of width %d, %d blocks, for %d tokens of a vocabulary of %d%s",
                textBlocks.width(),
                textBlocks.blocks(),
                text.contextLength(),
                text.vocabulary(),
                shared ? ": the one that prompts go through, not stored again" : "")),
        clip.tensors(),
        clip.bytes(),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        warnings,
        written,
        trials);
  }
}
