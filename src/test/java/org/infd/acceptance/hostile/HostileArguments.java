package org.infd.acceptance.hostile;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Arguments of models that no model can have. */
final class HostileArguments {
  private static final List<Object> VALUES =
      List.of(
          0L,
          -1L,
          1L,
          3L,
          7L,
          1L << 20,
          1L << 31,
          Long.MAX_VALUE,
          0.0,
          -0.5,
          1e300,
          Double.NaN,
          Double.POSITIVE_INFINITY,
          "",
          "x",
          "1e9",
          "\u001b[2J",
          true,
          List.of(),
          List.of(0L),
          List.of(1L << 20, 1L << 20, 1L << 20),
          List.of("a", "b"),
          Map.of(),
          Map.of("name", "x", "args", Map.of()));

  private HostileArguments() {}

  /** The same arguments, with one to three of them spoiled. */
  static Map<String, Object> of(Map<String, Object> sound, Random random) {
    Object spoiled = sound;
    int changes = 1 + random.nextInt(3);
    for (int i = 0; i < changes; i++) {
      spoiled = spoiled(spoiled, random);
    }
    var named = new LinkedHashMap<String, Object>();
    if (spoiled instanceof Map<?, ?> map) {
      map.forEach((name, value) -> named.put(String.valueOf(name), value));
    }
    return named;
  }

  private static @Nullable Object spoiled(@Nullable Object value, Random random) {
    if (value instanceof Map<?, ?> map && !map.isEmpty()) {
      var names = new ArrayList<>(map.keySet());
      var chosen = names.get(random.nextInt(names.size()));
      var copy = new LinkedHashMap<Object, @Nullable Object>(map);
      if (random.nextInt(12) == 0) {
        copy.remove(chosen);
      } else {
        copy.put(chosen, spoiled(map.get(chosen), random));
      }
      return copy;
    }
    if (value instanceof List<?> list && !list.isEmpty() && random.nextInt(3) > 0) {
      var copy = new ArrayList<@Nullable Object>(list);
      int at = random.nextInt(copy.size());
      copy.set(at, spoiled(copy.get(at), random));
      return copy;
    }
    return random.nextInt(12) == 0 ? null : VALUES.get(random.nextInt(VALUES.size()));
  }
}
