package org.infd.exporter.torch;

import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.infd.exporter.torch.Pickled.Dict;

/**
 * Finds a dictionary inside others: people keep checkpoints under "state_dict", "checkpoint" and
 * the like, also twice.
 *
 * @param wanted what is looked for
 */
record Wrapping(Predicate<Dict> wanted) {
  private static final int DEEPEST = 4;
  private static final int MOST = 1000;

  /**
   * The first such dictionary, the outermost level first.
   *
   * @return the outer one itself if it is wanted; nothing if none is found nearby
   */
  Optional<Dict> inside(Dict outer) {
    var open = new ArrayDeque<Dict>();
    open.add(outer);
    int seen = 0;
    for (int depth = 0; depth <= DEEPEST; depth++) {
      for (int left = open.size(); left > 0 && seen < MOST; left--, seen++) {
        var dict = open.remove();
        if (wanted.test(dict)) {
          return Optional.of(dict);
        }
        dict.entries().values().stream()
            .map(SettingsObjects::dict)
            .filter(Objects::nonNull)
            .limit(MOST)
            .forEach(open::add);
      }
    }
    return Optional.empty();
  }
}
