package org.infd.exporter.torch;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The structured values of a pickle. Scalars are plain Java: null, {@code Boolean}, {@code Long},
 * {@code BigInteger}, {@code Double}, {@code String}. All of these compare by identity, so that
 * cycles and depth can do no harm as keys of dictionaries.
 */
abstract sealed class Pickled {
  private int depth = 1;

  /** A lower bound of the nesting below this value, as known when children were added. */
  int depth() {
    return depth;
  }

  final void adopt(@Nullable Object child) {
    if (child instanceof Pickled pickled) {
      depth = Math.max(depth, pickled.depth + 1);
    }
  }

  /** A list, tuple or set. */
  static final class Sequence extends Pickled {
    private final boolean tuple;
    private final List<@Nullable Object> items;

    private Sequence(boolean tuple, List<@Nullable Object> items) {
      this.tuple = tuple;
      this.items = items;
    }

    static Sequence list() {
      return new Sequence(false, new ArrayList<>(0));
    }

    static Sequence tuple(List<@Nullable Object> items) {
      var sequence = new Sequence(true, items);
      items.forEach(sequence::adopt);
      return sequence;
    }

    void add(@Nullable Object item) {
      items.add(item);
      adopt(item);
    }

    boolean isTuple() {
      return tuple;
    }

    List<@Nullable Object> items() {
      return items;
    }
  }

  /** A dictionary of any class, in insertion order. */
  static final class Dict extends Pickled {
    private Map<@Nullable Object, @Nullable Object> entries = Map.of();

    void put(@Nullable Object key, @Nullable Object value) {
      if (entries.isEmpty()) {
        entries = new LinkedHashMap<>();
      }
      entries.put(key, value);
      adopt(key);
      adopt(value);
    }

    Map<@Nullable Object, @Nullable Object> entries() {
      return entries;
    }

    /** The value of a key, null also if it is absent. */
    @Nullable Object get(String key) {
      return entries.isEmpty() ? null : entries.get(key);
    }

    boolean has(String key) {
      return !entries.isEmpty() && entries.containsKey(key);
    }
  }

  /** A class or function by name; never resolved to anything. */
  static final class Global extends Pickled {
    private final String module;
    private final String name;

    Global(String module, String name) {
      this.module = module;
      this.name = name;
    }

    String module() {
      return module;
    }

    String qualifiedName() {
      return module + " " + name;
    }

    boolean is(String otherModule, String otherName) {
      return module.equals(otherModule) && name.equals(otherName);
    }

    String name() {
      return name;
    }
  }

  /** An object of an unknown class: its name, arguments and state, without any behaviour. */
  static final class Placeholder extends Pickled {
    private final Global type;
    private final @Nullable Object arguments;
    private @Nullable Object state;

    Placeholder(Global type, @Nullable Object arguments) {
      this.type = type;
      this.arguments = arguments;
      adopt(arguments);
    }

    void setState(@Nullable Object state) {
      this.state = state;
      adopt(state);
    }

    Global type() {
      return type;
    }

    @Nullable Object arguments() {
      return arguments;
    }

    @Nullable Object state() {
      return state;
    }
  }

  /** The tuple behind a BINPERSID: (kind, class, key, location, count), not yet checked. */
  static final class Persistent extends Pickled {
    private final Sequence id;

    Persistent(Sequence id) {
      this.id = Objects.requireNonNull(id);
      adopt(id);
    }

    Sequence id() {
      return id;
    }
  }

  /**
   * The arguments of a tensor (docs/spec/infd-model.md 1.1), not yet checked: that needs its name
   * and storage.
   */
  static final class TensorArguments extends Pickled {
    private final Sequence arguments;

    TensorArguments(Sequence arguments) {
      this.arguments = arguments;
      adopt(arguments);
    }

    List<@Nullable Object> items() {
      return arguments.items();
    }
  }
}
