package org.infd.exporter;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.infd.inference.bundle.Manifest.TrainedScale;
import org.jspecify.annotations.Nullable;

/**
 * The image sides a renderer was trained on, from the data sets of a training configuration: ground
 * truth is scaled to a random side from {@code resize_gt_lb} to {@code resize_gt_ub}
 * (docs/spec/infd-model.md 7). A configuration of the diffusion stage has no ground truth and says
 * nothing.
 */
final class TrainedScales {
  private static final String MIN = "resize_gt_lb";
  private static final String MAX = "resize_gt_ub";
  private static final int LARGEST_SIDE = 1 << 20;

  private long min = Long.MAX_VALUE;
  private long max;

  private TrainedScales() {}

  /**
   * Looks through the data sets for training, and through all if none is named so.
   *
   * @param cfg the checkpoint's {@code cfg}
   */
  static @Nullable TrainedScale of(Map<String, ?> cfg) {
    if (!(cfg.get("datasets") instanceof Map<?, ?> sets)) {
      return null;
    }
    var training =
        sets.entrySet().stream()
            .filter(set -> String.valueOf(set.getKey()).startsWith("train"))
            .<Object>map(Map.Entry::getValue)
            .toList();
    var scales = new TrainedScales();
    scales.collect(training.isEmpty() ? sets : training, 0);
    return scales.max < 1 || scales.min > scales.max || scales.max > LARGEST_SIDE
        ? null
        : new TrainedScale((int) scales.min, (int) scales.max, "checkpoint");
  }

  private void collect(@Nullable Object value, int depth) {
    if (depth > 16) {
      return;
    }
    if (value instanceof Map<?, ?> map) {
      if (map.get(MIN) instanceof Number low && map.get(MAX) instanceof Number high) {
        if (low.longValue() > 0) {
          min = Math.min(min, low.longValue());
          max = Math.max(max, high.longValue());
        }
      }
      map.values().forEach(child -> collect(child, depth + 1));
    } else if (value instanceof Collection<?> list) {
      List.copyOf(list.stream().filter(Objects::nonNull).toList())
          .forEach(child -> collect(child, depth + 1));
    }
  }
}
