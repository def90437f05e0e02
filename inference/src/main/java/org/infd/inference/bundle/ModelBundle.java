package org.infd.inference.bundle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.infd.inference.FileReason;
import org.infd.inference.ForeignFile;
import org.infd.inference.Problem;
import org.infd.inference.StrictJson;
import org.infd.inference.runtime.Device;
import org.infd.inference.runtime.FallbackNetwork;
import org.infd.inference.runtime.Graph;
import org.infd.inference.runtime.GraphFile;
import org.infd.inference.runtime.GraphPart;
import org.infd.inference.runtime.Network;
import org.infd.inference.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A model on disk: a folder with {@code bundle.json}, graphs and weights. Each file is checked
 * against its hash before its first use in this process. Thread-safe.
 */
public final class ModelBundle {
  /** The name of the manifest in a bundle folder. */
  public static final String MANIFEST = "bundle.json";

  private static final long LARGEST_MANIFEST = 4 << 20;

  private final Path folder;
  private final Manifest manifest;
  private final String hash;
  private final Optional<GraphStamps> stamps;

  /** The files whose hashes were found right, with these hashes. */
  private final Set<List<String>> verified = ConcurrentHashMap.newKeySet();

  /** What is held while a file is hashed, so that nobody hashes it a second time meanwhile. */
  private final Map<String, Object> hashing = new ConcurrentHashMap<>();

  private ModelBundle(Path folder, Manifest manifest, String hash, Optional<GraphStamps> stamps) {
    this.folder = folder;
    this.manifest = manifest;
    this.hash = hash;
    this.stamps = stamps;
  }

  /**
   * Opens a bundle: reads the manifest and compares it with the graphs, without loading them.
   *
   * @throws Problem if the folder is no bundle, is damaged, contradicts itself, or was made by a
   *     newer version
   */
  public static ModelBundle open(Path folder) {
    return open(folder, null);
  }

  /**
   * Opens a bundle, without reading the graphs again where they have not been changed since it was
   * opened last.
   *
   * @param before the bundle of this folder when it was opened last, or null
   * @throws Problem as {@link #open(Path)}
   */
  static ModelBundle open(Path folder, @Nullable ModelBundle before) {
    var file = folder.resolve(MANIFEST);
    if (!Files.isRegularFile(file)) {
      throw new Problem(
          folder
              + " is not a model bundle: it has no "
              + MANIFEST
              + ". Make one with 'infd import'.");
    }
    try {
      if (Files.size(file) > LARGEST_MANIFEST) {
        throw new Problem(file + " is too large to be a bundle manifest. Import the model again.");
      }
      var bytes = Files.readAllBytes(file);
      var foreign = ForeignFile.of(bytes).filter(found -> !found.isText());
      if (foreign.isPresent()) {
        throw foreign.get().instead(file, "the description of a model");
      }
      var hash = sha256(bytes);
      var known = before != null && before.hash.equals(hash) ? before : null;
      var manifest = known != null ? known.manifest : ManifestReader.read(file, bytes);
      // before the graphs are read: what changes meanwhile is read next time
      var stamps = GraphStamps.of(folder, manifest);
      if (known == null || stamps.isEmpty() || !stamps.equals(known.stamps)) {
        GraphCheck.check(folder, manifest);
      }
      return new ModelBundle(folder, manifest, hash, stamps);
    } catch (IOException e) {
      throw FileReason.unreadable(file, e);
    }
  }

  /** The manifest as JSON text, as it is written into {@link #MANIFEST}. */
  public static String toJson(Manifest manifest) {
    return StrictJson.files().writeValueAsString(manifest) + "\n";
  }

  /** The folder of the bundle. */
  public Path folder() {
    return folder;
  }

  /** What the bundle says of itself. */
  public Manifest manifest() {
    return manifest;
  }

  /**
   * The SHA-256 of the manifest as it was read, lower-case hexadecimal. As the manifest holds the
   * hashes of all files, it stands for the whole bundle.
   */
  public String hash() {
    return hash;
  }

  /** Whether the bundle has a graph of this name. */
  public boolean has(String graph) {
    return manifest.graphs().containsKey(graph);
  }

  /**
   * Loads a graph after checking its files.
   *
   * @throws Problem if the bundle has no such graph, a file is missing or changed, or the device
   *     refuses it
   */
  public Graph load(String graph, Device device) {
    return load(graph, device, Map.of());
  }

  /**
   * Loads a graph after checking its files, with values for its external initializers.
   *
   * @throws Problem if the bundle has no such graph, a file is missing or changed, or the device
   *     refuses it
   */
  public Graph load(String graph, Device device, Map<String, Tensor> initializers) {
    return load(graph, device, initializers, Graph.Options.plain());
  }

  /**
   * Loads a graph after checking its files, with values for its external initializers.
   *
   * @param how in what form
   * @throws Problem if the bundle has no such graph, a file is missing or changed, or the device
   *     refuses it
   */
  public Graph load(
      String graph, Device device, Map<String, Tensor> initializers, Graph.Options how) {
    var entry = entry(graph);
    verify(entry.file(), entry.sha256());
    var weights = entry.weights();
    var expected = entry.weightsSha256();
    if (weights == null || isVerified(weights, expected)) {
      return Graph.load(folder.resolve(entry.file()), device, initializers, how);
    }
    // the runtime reads the weights meanwhile; nothing is run before they are known
    var verification = PendingHash.begin(() -> verify(weights, expected));
    Graph loaded = null;
    boolean known = false;
    try {
      loaded = Graph.load(folder.resolve(entry.file()), device, initializers, how);
    } finally {
      try {
        // what is wrong with a file says more than that it could not be loaded
        verification.get();
        known = true;
      } finally {
        if (!known && loaded != null) {
          loaded.close();
        }
      }
    }
    return loaded;
  }

  /**
   * Loads a part of a graph after checking its files.
   *
   * @param initializers values for external initializers of the part
   * @throws Problem if the bundle has no such graph, a file is missing or changed, or the device
   *     refuses it
   */
  public Graph loadPart(
      String graph, Device device, Map<String, Tensor> initializers, GraphPart part) {
    return Graph.loadPart(file(graph), device, initializers, part);
  }

  /**
   * What the file of a graph says of itself, after checking it.
   *
   * @throws Problem if the bundle has no such graph, or a file is missing or changed
   */
  public GraphFile structure(String graph) {
    var file = file(graph);
    try {
      return GraphFile.read(Files.readAllBytes(file));
    } catch (IOException e) {
      throw FileReason.unreadable(file, e);
    }
  }

  /**
   * Loads a graph with the second choices of a device: on the CPU as it is; on a GPU in half
   * precision if that is what the device computes in, else in full, and on the CPU where the
   * device's memory does not suffice.
   *
   * @param initializers values by initializer name
   * @param told hears in sentences what was decided
   * @throws Problem if the bundle has no such graph, or a file is missing or changed
   */
  public Network loadWithFallback(
      String graph, Device device, Map<String, Tensor> initializers, Consumer<String> told) {
    if (!device.isGpu()) {
      return load(graph, device, initializers);
    }
    var choices = new ArrayList<>(choices(graph, device, initializers));
    choices.add(
        new FallbackNetwork.Choice(
            FallbackNetwork.Form.CPU, () -> load(graph, Device.cpu(), initializers)));
    return new FallbackNetwork(title(graph), device, choices, told);
  }

  /** The same without the CPU, for callers who have a better answer to too little memory. */
  public Network loadOnDevice(
      String graph, Device device, Map<String, Tensor> initializers, Consumer<String> told) {
    return device.isGpu()
        ? new FallbackNetwork(title(graph), device, choices(graph, device, initializers), told)
        : load(graph, device, initializers);
  }

  /** How many bytes the weights of a graph take when it is loaded; 0 for one without weights. */
  public long bytesInMemory(String graph) {
    var entry = manifest.graphs().get(graph);
    if (entry == null || entry.weights() == null) {
      return 0;
    }
    try {
      long stored = Files.size(folder.resolve(entry.weights()));
      // computed in single precision
      return manifest.storage() == Manifest.Storage.FP16 ? 2 * stored : stored;
    } catch (IOException e) {
      // loading it says what is wrong
      return 0;
    }
  }

  private List<FallbackNetwork.Choice> choices(
      String graph, Device device, Map<String, Tensor> initializers) {
    file(graph);
    var choices = new ArrayList<FallbackNetwork.Choice>();
    // gradients are small numbers, which float16 loses
    if (device.precision() == Device.Precision.HALF && !graph.endsWith("_vjp")) {
      choices.add(
          new FallbackNetwork.Choice(
              FallbackNetwork.Form.HALF,
              () -> load(graph, device, initializers, Graph.Options.in(Graph.Form.HALF))));
    }
    choices.add(
        new FallbackNetwork.Choice(
            FallbackNetwork.Form.FULL, () -> load(graph, device, initializers)));
    return choices;
  }

  /** A graph's name at the beginning of a sentence. */
  private static String title(String graph) {
    if (graph.startsWith("render")) {
      return "The renderer";
    }
    return switch (graph) {
      case "unet" -> "The diffusion network";
      case "decode" -> "The decoder";
      case "encode" -> "The encoder";
      case "clip_text" -> "The text tower";
      case "clip_image" -> "The image tower";
      default -> "The network '" + graph + "'";
    };
  }

  /**
   * The file of a graph, after checking it and its weights against their hashes.
   *
   * @throws Problem if the bundle has no such graph, or a file is missing or changed
   */
  public Path file(String graph) {
    var entry = entry(graph);
    verify(entry.file(), entry.sha256());
    if (entry.weights() != null) {
      verify(entry.weights(), entry.weightsSha256());
    }
    return folder.resolve(entry.file());
  }

  private Manifest.GraphEntry entry(String graph) {
    var entry = manifest.graphs().get(graph);
    if (entry == null) {
      throw new Problem(
          "The model '"
              + manifest.name()
              + "' has no graph '"
              + graph
              + "', so it cannot do this.");
    }
    return entry;
  }

  /**
   * The file by which texts become tokens, after checking it against its hash.
   *
   * @throws Problem if the model takes no texts, or the file is missing or changed
   */
  public Path vocabulary() {
    var vocabulary = manifest.conditioning().vocabulary();
    if (vocabulary == null) {
      throw new Problem("The model '" + manifest.name() + "' has no vocabulary for texts.");
    }
    return verified(vocabulary);
  }

  /**
   * The file by which the texts of layouts become tokens, after checking it against its hash.
   *
   * @throws Problem if the model has no CLIP, or the file is missing or changed
   */
  public Path clipVocabulary() {
    return verified(requireClip().vocabulary());
  }

  /**
   * What scores crops against texts.
   *
   * @throws Problem if the model has none, or one of other sizes than its graphs
   */
  public Manifest.Clip requireClip() {
    var clip = manifest.clip();
    if (clip == null) {
      throw new Problem(
          "The model '"
              + manifest.name()
              + "' has no CLIP, which layouts need to see whether a box shows what it should. Add"
              + " one with 'infd import --clip FILE --vocab FILE --into "
              + folder
              + "'.");
    }
    requireFit("clip.side", clip.side(), "clip_image", "crop", 3);
    requireFit("clip.embedding", clip.embedding(), "clip_image", "embedding", 1);
    requireFit("clip.contextLength", clip.contextLength(), clip.textGraph(), "tokens", 1);
    requireFit("clip.embedding", clip.embedding(), clip.textGraph(), "embedding", 1);
    return clip;
  }

  /** The manifest itself is covered by no hash. */
  private void requireFit(String field, int extent, String graph, String port, int axis) {
    var entry = manifest.graphs().get(graph);
    if (entry == null) {
      return;
    }
    Stream.concat(entry.inputs().stream(), entry.outputs().stream())
        .filter(of -> of.name().equals(port) && of.shape().size() > axis)
        .map(of -> of.shape().get(axis))
        .filter(actual -> !actual.equals(Integer.toString(extent)))
        .findFirst()
        .ifPresent(
            actual -> {
              throw new Problem(
                  folder.resolve(MANIFEST)
                      + " contradicts itself: "
                      + field
                      + " is "
                      + extent
                      + ", but the '"
                      + port
                      + "' of the graph '"
                      + graph
                      + "' has "
                      + actual
                      + ". Import the CLIP again with 'infd import --clip FILE --vocab FILE --into "
                      + folder
                      + " --overwrite'.");
            });
  }

  private Path verified(Manifest.Vocabulary vocabulary) {
    verify(vocabulary.file(), vocabulary.sha256());
    return folder.resolve(vocabulary.file());
  }

  /**
   * Checks every file of the bundle against its hash.
   *
   * @throws Problem naming the first file that is missing or changed
   */
  public void verifyAll() {
    manifest.graphs().keySet().forEach(this::file);
    if (manifest.conditioning().vocabulary() != null) {
      vocabulary();
    }
    if (manifest.clip() != null) {
      clipVocabulary();
    }
  }

  private boolean isVerified(String file, @Nullable String expected) {
    return expected != null && verified.contains(List.of(file, expected));
  }

  /** Returns the hash, which is the expected one. */
  private String verify(String file, @Nullable String expected) {
    synchronized (hashing.computeIfAbsent(file, _ -> new Object())) {
      if (expected == null || !isVerified(file, expected)) {
        verified.add(List.of(file, hash(file, expected)));
      }
    }
    return String.valueOf(expected);
  }

  private String hash(String file, @Nullable String expected) {
    var path = folder.resolve(file);
    if (!Files.isRegularFile(path)) {
      throw new Problem(path + " is missing from the model. Import the model again.");
    }
    var actual = sha256(path);
    if (!actual.equals(expected)) {
      throw ForeignFile.of(path)
          .filter(ForeignFile::isDamage)
          .map(found -> found.instead(path, "a part of the model"))
          .orElseGet(
              () ->
                  new Problem(
                      path
                          + " was changed after the import: its hash does not match. Import the"
                          + " model again."));
    }
    return actual;
  }

  /**
   * The SHA-256 of a file, lower-case hexadecimal.
   *
   * @throws Problem if the file cannot be read
   */
  public static String sha256(Path file) {
    try (var in = new DigestInputStream(Files.newInputStream(file), digest())) {
      var buffer = new byte[1 << 20];
      while (in.read(buffer) >= 0) {
        // the stream feeds the digest
      }
      return HexFormat.of().formatHex(in.getMessageDigest().digest());
    } catch (IOException e) {
      throw FileReason.unreadable(file, e);
    }
  }

  /** The SHA-256 of bytes, lower-case hexadecimal. */
  public static String sha256(byte[] bytes) {
    return HexFormat.of().formatHex(digest().digest(bytes));
  }

  private static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
