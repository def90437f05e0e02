package org.infd.exporter.network;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.infd.exporter.graph.TensorSource;
import org.jspecify.annotations.Nullable;

/**
 * The tensors of a state dict, by full name. Networks ask for what they need; a tensor that is
 * missing or has another shape is noted and replaced by zeros, so that one pass over all networks
 * finds everything that is wrong. Not thread-safe.
 */
public final class Weights {
  /**
   * A stored tensor.
   *
   * @param shape its extents
   * @param source its values
   */
  public record Stored(List<Long> shape, TensorSource source) {
    /** Copies the list. */
    public Stored {
      shape = List.copyOf(shape);
    }
  }

  private final Map<String, Stored> stored;
  private final Map<String, List<Long>> asked = new LinkedHashMap<>();
  private final Set<String> missing = new LinkedHashSet<>();
  private final Map<String, String> misshaped = new LinkedHashMap<>();

  /** Weights by full name. */
  public Weights(Map<String, Stored> stored) {
    this.stored = stored;
  }

  /** Whether there is a tensor of this name. */
  public boolean has(String name) {
    return stored.containsKey(name);
  }

  /** Whether any name starts with this prefix. */
  public boolean hasPrefix(String prefix) {
    return stored.keySet().stream().anyMatch(name -> name.startsWith(prefix));
  }

  /** The extents of a tensor, or null if there is none of this name. */
  public @Nullable List<Long> shape(String name) {
    var tensor = stored.get(name);
    return tensor == null ? null : tensor.shape();
  }

  /** All names. */
  public Set<String> names() {
    return stored.keySet();
  }

  /** The values of a tensor of the given shape; notes it if there is none. */
  TensorSource take(String name, long... shape) {
    asked.put(name, Arrays.stream(shape).boxed().toList());
    var tensor = stored.get(name);
    if (tensor == null) {
      missing.add(name);
      return zeros(shape);
    }
    var expected = Arrays.stream(shape).boxed().toList();
    if (!tensor.shape().equals(expected)) {
      misshaped.put(name, name + " is " + tensor.shape() + " instead of " + expected);
      return zeros(shape);
    }
    return tensor.source();
  }

  /** Notes that a tensor of any shape is needed, which is read elsewhere. */
  void require(String name) {
    var tensor = stored.get(name);
    asked.put(name, tensor == null ? List.of() : tensor.shape());
    if (tensor == null) {
      missing.add(name);
    }
  }

  private static TensorSource zeros(long[] shape) {
    long count = Arrays.stream(shape).reduce(1, Math::multiplyExact);
    return new TensorSource() {
      @Override
      public long elements() {
        return count;
      }

      @Override
      public void stream(Sink sink) {
        throw new IllegalStateException("a missing tensor was read");
      }
    };
  }

  /** The names asked for so far, with the shapes expected. */
  public Map<String, List<Long>> asked() {
    return Collections.unmodifiableMap(asked);
  }

  /** The names asked for that do not exist, in order. */
  public List<String> missing() {
    return List.copyOf(missing);
  }

  /** Sentences on tensors of another shape, in order. */
  public List<String> misshaped() {
    return new ArrayList<>(misshaped.values());
  }
}
