package org.infd.exporter.torch;

import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.infd.inference.Problem;

/**
 * Tensors by the names that the network itself gives them.
 *
 * @param tensors by name, in file order, unmodifiable
 * @param wrappers the parts that wrappers had put into the names, which were taken out
 */
record NamedTensors(Map<String, StoredTensor> tensors, SortedSet<String> wrappers) {
  /**
   * Parts of names that no network of any kind that is read here has: of DataParallel and its
   * successors, of compiled networks, and of networks wrapped for sharding or recomputation.
   */
  private static final Set<String> WRAPPERS =
      Set.of(
          "module",
          "_orig_mod",
          "_fsdp_wrapped_module",
          "_checkpoint_wrapped_module",
          "_forward_module");

  /**
   * Takes wrappers out of the names, at any level.
   *
   * @throws Problem naming both, if two tensors have one name then
   */
  static NamedTensors of(Path file, Map<String, StoredTensor> stored) {
    var wrappers = new TreeSet<String>();
    var tensors = new LinkedHashMap<String, StoredTensor>();
    var origins = new HashMap<String, String>();
    stored.forEach(
        (full, tensor) -> {
          var name = unwrapped(full, wrappers);
          if (tensors.putIfAbsent(name, tensor) != null) {
            throw new Problem(
                file
                    + " holds "
                    + SourceLocation.quote(full)
                    + " beside "
                    + SourceLocation.quote(origins.getOrDefault(name, name))
                    + ", and both stand for one tensor of the network. Save the file with one of"
                    + " them.");
          }
          if (!name.equals(full)) {
            origins.put(name, full);
          }
        });
    return new NamedTensors(
        Collections.unmodifiableMap(tensors), Collections.unmodifiableSortedSet(wrappers));
  }

  /**
   * Takes away what stands before the network's own names in all of them, as "model." does where
   * the network is a part of another module. Tensors beside the network keep their names.
   *
   * @param parts how the names of the network itself begin, for example "encoder"
   */
  NamedTensors from(Set<String> parts) {
    if (tensors.keySet().stream().anyMatch(name -> parts.contains(part(name, 0)))) {
      return this;
    }
    var before = tensors.keySet().stream().map(name -> before(name, parts)).distinct().toList();
    var prefixes = before.stream().filter(prefix -> !prefix.isEmpty()).toList();
    if (prefixes.size() != 1) {
      return this;
    }
    var prefix = prefixes.getFirst();
    var renamed = new LinkedHashMap<String, StoredTensor>();
    tensors.forEach(
        (name, tensor) ->
            renamed.put(name.startsWith(prefix) ? name.substring(prefix.length()) : name, tensor));
    var all = new TreeSet<>(wrappers);
    all.add(prefix.substring(0, prefix.length() - 1));
    return new NamedTensors(
        Collections.unmodifiableMap(renamed), Collections.unmodifiableSortedSet(all));
  }

  /** What stands in a name before a part of the network; empty if there is no such part. */
  private static String before(String name, Set<String> parts) {
    for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
      if (parts.contains(part(name, dot + 1))) {
        return name.substring(0, dot + 1);
      }
    }
    return "";
  }

  private static String part(String name, int from) {
    int dot = name.indexOf('.', from);
    return dot < 0 ? name.substring(from) : name.substring(from, dot);
  }

  /**
   * A name without the parts that wrappers put into it.
   *
   * @param found takes these parts
   */
  static String unwrapped(String name, Set<String> found) {
    int from = 0;
    StringBuilder kept = null;
    for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', from)) {
      var part = name.substring(from, dot);
      if (WRAPPERS.contains(part)) {
        found.add(part);
        kept = kept == null ? new StringBuilder(name.substring(0, from)) : kept;
      } else if (kept != null) {
        kept.append(part).append('.');
      }
      from = dot + 1;
    }
    return kept == null ? name : kept.append(name, from, name.length()).toString();
  }
}
