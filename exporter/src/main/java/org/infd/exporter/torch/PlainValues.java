package org.infd.exporter.torch;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.infd.exporter.torch.Pickled.Dict;
import org.infd.exporter.torch.Pickled.Global;
import org.infd.exporter.torch.Pickled.Persistent;
import org.infd.exporter.torch.Pickled.Placeholder;
import org.infd.exporter.torch.Pickled.Sequence;
import org.infd.exporter.torch.Pickled.TensorArguments;
import org.infd.inference.Problem;
import org.jspecify.annotations.Nullable;

/**
 * Copies values of a pickle into plain Java: {@code Map<String, Object>}, {@code List}, {@code
 * String}, {@code Long}, {@code Double}, {@code Boolean}, null. Shared parts are copied as often as
 * they occur, so the copy is a tree; its size and depth are bounded.
 */
final class PlainValues {
  private static final int MOST_VALUES = 200_000;
  private static final int DEEPEST = 64;

  private final SourceLocation origin;
  private final String path;
  private final boolean strict;
  private int copied;

  private PlainValues(SourceLocation origin, String path, boolean strict) {
    this.origin = origin;
    this.path = path;
    this.strict = strict;
  }

  /**
   * Copies a dictionary that the model is built from.
   *
   * @throws Problem if an object of an unknown class, a tensor or a cycle is reachable from it
   */
  static Map<String, @Nullable Object> strict(SourceLocation origin, String path, Dict dict) {
    return new PlainValues(origin, path, true).map(dict, path, 1);
  }

  /**
   * Copies a dictionary that is only looked up for hints: config nodes are unwrapped, objects of
   * other classes and what is nested too deep become null.
   *
   * @throws Problem if it is absurdly large
   */
  static Map<String, @Nullable Object> lenient(SourceLocation origin, String path, Dict dict) {
    return new PlainValues(origin, path, false).map(dict, path, 1);
  }

  private @Nullable Object copy(@Nullable Object value, String place, int depth) {
    if (++copied > MOST_VALUES) {
      throw wrong(path, "holds more than " + MOST_VALUES + " values");
    }
    if (depth > DEEPEST) {
      if (strict) {
        throw wrong(path, "is nested deeper than " + DEEPEST + " levels");
      }
      return null;
    }
    return switch (value) {
      case null -> null;
      case Dict dict -> map(dict, place, depth);
      case Sequence sequence -> list(sequence, place, depth);
      case Placeholder placeholder -> unwrapped(placeholder, place, depth);
      case Global global ->
          foreign(place, "the class " + SourceLocation.quote(global.qualifiedName()));
      case Persistent _ -> foreign(place, "a storage");
      case TensorArguments _ -> foreign(place, "a tensor");
      default -> value;
    };
  }

  private Map<String, @Nullable Object> map(Dict dict, String place, int depth) {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    for (var entry : dict.entries().entrySet()) {
      var key = entry.getKey();
      if (key instanceof Pickled || key == null) {
        if (strict) {
          throw wrong(place, "has a key that is no text");
        }
        continue;
      }
      if (strict && !(key instanceof String)) {
        throw wrong(place, "has the key " + SourceLocation.quote(key) + ", which is no text");
      }
      var name = key.toString();
      map.put(
          name,
          copy(
              entry.getValue(),
              strict ? place + "." + SourceLocation.plain(name) : place,
              depth + 1));
    }
    return Collections.unmodifiableMap(map);
  }

  private List<@Nullable Object> list(Sequence sequence, String place, int depth) {
    List<@Nullable Object> list = new ArrayList<>(sequence.items().size());
    for (var item : sequence.items()) {
      list.add(copy(item, place, depth + 1));
    }
    return Collections.unmodifiableList(list);
  }

  /**
   * Nodes of the configuration library hold their content in these attributes
   * (docs/spec/infd-model.md 1.1).
   */
  private @Nullable Object unwrapped(Placeholder placeholder, String place, int depth) {
    if (!strict
        && placeholder.type().module().startsWith("omegaconf.")
        && placeholder.state() instanceof Dict state) {
      var content = state.has("_content") ? state.get("_content") : state.get("_val");
      return copy(content, place, depth + 1);
    }
    return foreign(
        place,
        "an object of the unknown class "
            + SourceLocation.quote(placeholder.type().qualifiedName()));
  }

  private @Nullable Object foreign(String place, String what) {
    if (strict) {
      throw wrong(place, "holds " + what);
    }
    return null;
  }

  private Problem wrong(String place, String what) {
    return new Problem(
        origin.file()
            + " cannot be imported: its "
            + SourceLocation.quote(place)
            + " "
            + what
            + ". Save the checkpoint again with plain arguments.");
  }
}
