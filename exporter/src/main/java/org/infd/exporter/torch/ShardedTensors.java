package org.infd.exporter.torch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.infd.inference.JsonValue;
import org.infd.inference.Problem;

/**
 * Weights in several files, as libraries write what is too large for one: {@code
 * NAME-00001-of-00003.safetensors} and so on, with {@code NAME.safetensors.index.json} that says
 * which tensor lies where. The index or any part stands for all. Thread-safe; must be closed after
 * the last use.
 */
final class ShardedTensors implements TensorFile {
  private static final String INDEX = ".index.json";
  private static final Pattern PART =
      Pattern.compile("(.+)-(\\d{1,5})-of-(\\d{1,5})(\\.(?:safetensors|bin))");
  private static final Pattern PLAIN = Pattern.compile("[^/\\\\:]{1,255}");
  private static final int LARGEST_INDEX = 64 << 20;
  private static final int MOST_TENSORS = 1_000_000;
  private static final int LONGEST_TEXT = 4 << 20;

  private final Path file;
  private final List<TensorFile> parts;
  private final NamedTensors tensors;
  private final Map<String, String> metadata;

  /** Which tensor lies in which part, and what the index says of all. */
  private record Index(Map<String, String> places, Map<String, String> metadata) {}

  private ShardedTensors(
      Path file, List<TensorFile> parts, NamedTensors tensors, Map<String, String> metadata) {
    this.file = file;
    this.parts = parts;
    this.tensors = tensors;
    this.metadata = metadata;
  }

  /** The index of weights in several files that a file is or belongs to. */
  static Optional<Path> index(Path file) {
    var name = String.valueOf(file.getFileName());
    if (name.endsWith(INDEX)) {
      return Optional.of(file);
    }
    var part = PART.matcher(name);
    if (!part.matches()) {
      return Optional.empty();
    }
    var index = file.resolveSibling(part.group(1) + part.group(4) + INDEX);
    boolean isThere = Files.isRegularFile(index);
    if (!isThere && Integer.parseInt(part.group(3)) > 1) {
      throw new Problem(
          file
              + " is part "
              + Integer.parseInt(part.group(2))
              + " of "
              + Integer.parseInt(part.group(3))
              + " of a model, and the index of its parts is not beside it: "
              + index.getFileName()
              + ". Put all parts and the index into one folder.");
    }
    return isThere ? Optional.of(index) : Optional.empty();
  }

  /**
   * Opens all parts.
   *
   * @param file the index
   * @throws Problem if the index is not sound, a part is missing, damaged or does not hold what the
   *     index says
   */
  static ShardedTensors open(Path file) {
    var index = read(file);
    var parts = new LinkedHashMap<String, TensorFile>();
    boolean taken = false;
    try {
      for (var name : new TreeSet<>(index.places.values())) {
        var part = file.resolveSibling(name);
        if (!Files.isRegularFile(part)) {
          throw new Problem(
              part
                  + " is missing: "
                  + file.getFileName()
                  + " says that a part of the model lies in it. Put all parts into one folder.");
        }
        parts.put(name, TensorFile.openOne(part));
      }
      var tensors = tensors(file, index, parts);
      var metadata = new LinkedHashMap<String, String>();
      for (var part : parts.values()) {
        if (part instanceof Safetensors safetensors) {
          safetensors.metadata().forEach(metadata::putIfAbsent);
        }
      }
      metadata.putAll(index.metadata);
      taken = true;
      return new ShardedTensors(file, List.copyOf(parts.values()), tensors, metadata);
    } finally {
      if (!taken) {
        parts.values().forEach(TensorFile::close);
      }
    }
  }

  private static NamedTensors tensors(Path file, Index index, Map<String, TensorFile> parts) {
    var wrappers = new TreeSet<String>();
    var stored = new LinkedHashMap<String, StoredTensor>();
    parts.forEach(
        (name, part) -> {
          wrappers.addAll(part.wrappers());
          part.stateDict()
              .forEach(
                  (tensor, value) -> {
                    if (stored.putIfAbsent(tensor, value) != null) {
                      throw other(file, name, "holds " + quoted(tensor) + ", as another part does");
                    }
                  });
        });
    var unwrapped = new TreeSet<String>();
    index.places.forEach(
        (full, name) -> {
          var tensor = NamedTensors.unwrapped(full, unwrapped);
          var part = parts.get(name);
          if (part == null || !part.stateDict().containsKey(tensor)) {
            throw other(file, name, "does not hold " + quoted(full));
          }
        });
    if (stored.size() != index.places.size()) {
      var said = new TreeSet<String>();
      index.places.keySet().forEach(full -> said.add(NamedTensors.unwrapped(full, unwrapped)));
      parts.forEach(
          (name, part) ->
              part.stateDict().keySet().stream()
                  .filter(tensor -> !said.contains(tensor))
                  .findFirst()
                  .ifPresent(
                      tensor -> {
                        throw other(
                            file,
                            name,
                            "holds " + quoted(tensor) + ", which the index does not name");
                      }));
    }
    return new NamedTensors(
        Collections.unmodifiableMap(stored), Collections.unmodifiableSortedSet(wrappers));
  }

  private static String quoted(String tensor) {
    return "the tensor " + SourceLocation.quote(tensor);
  }

  private static Problem other(Path file, String part, String what) {
    return new Problem(
        file.resolveSibling(part)
            + " "
            + what
            + ": it is a part of another model or of another version, or "
            + file.getFileName()
            + " is. Download all parts and the index from one place.");
  }

  private static Index read(Path file) {
    try {
      if (Files.size(file) > LARGEST_INDEX) {
        throw new Problem(file + " is far larger than an index of the parts of a model.");
      }
      var root = JsonValue.parse(Files.readAllBytes(file));
      var places = new LinkedHashMap<String, String>();
      for (var entry : root.object("weight_map").entries(MOST_TENSORS).entrySet()) {
        var name = entry.getValue().text(LONGEST_TEXT);
        if (!PLAIN.matcher(name).matches() || name.startsWith(".")) {
          throw entry.getValue().wrong("the name of a file beside the index");
        }
        places.put(entry.getKey(), name);
      }
      if (places.isEmpty()) {
        throw new Problem("it names no tensor.");
      }
      return new Index(places, metadata(root.get("metadata")));
    } catch (IOException e) {
      throw MappedFile.unreadable(file, e);
    } catch (Problem e) {
      var reason = String.valueOf(e.getMessage());
      throw reason.startsWith(file.toString())
          ? e
          : new Problem(
              file
                  + " is no index of the parts of a model: "
                  + Character.toLowerCase(reason.charAt(0))
                  + reason.substring(1)
                  + " Name the checkpoint itself, or download the index again.",
              e);
    }
  }

  /** Only texts are taken: what else stands there, as the size of all, is for others. */
  private static Map<String, String> metadata(JsonValue value) {
    var texts = new LinkedHashMap<String, String>();
    if (!value.isAbsent()) {
      value
          .entries(MOST_TENSORS)
          .forEach((name, entry) -> text(entry).ifPresent(text -> texts.put(name, text)));
    }
    return texts;
  }

  private static Optional<String> text(JsonValue value) {
    try {
      return Optional.of(value.text(LONGEST_TEXT));
    } catch (Problem e) {
      return Optional.empty();
    }
  }

  /** The one file that all parts stand for, which need not be there. */
  Path whole() {
    var name = String.valueOf(file.getFileName());
    return file.resolveSibling(name.substring(0, name.length() - INDEX.length()));
  }

  /** What the parts and the index say about themselves, texts by name. */
  Map<String, String> metadata() {
    return metadata;
  }

  @Override
  public Path path() {
    return file;
  }

  @Override
  public Format format() {
    return parts.getFirst().format();
  }

  @Override
  public Map<String, StoredTensor> stateDict() {
    return tensors.tensors();
  }

  @Override
  public SortedSet<String> wrappers() {
    return tensors.wrappers();
  }

  @Override
  public SortedSet<String> placeholders() {
    var all = new TreeSet<String>();
    parts.forEach(part -> all.addAll(part.placeholders()));
    return Collections.unmodifiableSortedSet(all);
  }

  @Override
  public void close() {
    parts.forEach(TensorFile::close);
  }
}
