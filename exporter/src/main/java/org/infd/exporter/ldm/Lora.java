package org.infd.exporter.ldm;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.infd.exporter.network.Weights.Stored;
import org.infd.inference.Problem;
import org.jspecify.annotations.Nullable;

/**
 * Low-rank changes of a diffusion network and its text tower (LoRA; of convolutions LoCon), under
 * the names of kohya's trainer or of diffusers: W + strength · (alpha / rank) · up · down, where
 * alpha is the rank if the file does not say it.
 */
final class Lora {
  /** How modules begin, and which part they belong to. */
  private static final List<Map.Entry<String, String>> ROOTS =
      List.of(
          Map.entry("lora_unet_", "unet"),
          Map.entry("lora_te1_", "text"),
          Map.entry("lora_te_", "text"),
          Map.entry("unet.", "unet"),
          Map.entry("text_encoder.", "text"));

  /** What the library PEFT puts before the names of any network. */
  private static final String PEFT = "base_model.model.";

  private static final List<String> DOWN =
      List.of(
          ".lora_down.weight",
          ".lora_A.weight",
          ".lora.down.weight",
          ".lora_A.default.weight",
          ".lora_linear_layer.down.weight",
          "_lora.down.weight");
  private static final List<String> UP =
      List.of(
          ".lora_up.weight",
          ".lora_B.weight",
          ".lora.up.weight",
          ".lora_B.default.weight",
          ".lora_linear_layer.up.weight",
          "_lora.up.weight");
  private static final String ALPHA = ".alpha";

  /** Parts of names that say that a file changes weights in another way. */
  private static final Map<String, String> OTHERS =
      Map.of(
          "hada_w1_a", "a LoHa",
          "lokr_w1", "a LoKr",
          "dora_scale", "a DoRA",
          "lora_magnitude_vector", "a DoRA",
          "lora_mid", "a LoCon in three factors (lora_mid)",
          "oft_blocks", "an OFT",
          "oft_diag", "an OFT",
          "on_input", "an IA³");

  private static final long LARGEST_FACTOR = 1 << 26;

  /**
   * A module's change: down is (rank, inputs), up is (outputs, rank), both row-major, and factor is
   * what their product is multiplied by.
   */
  private static final class Change {
    private final float[] down;
    private final float[] up;
    private final int rank;
    private final double factor;

    private Change(float[] down, float[] up, int rank, double factor) {
      this.down = down;
      this.up = up;
      this.rank = rank;
      this.factor = factor;
    }
  }

  private Lora() {}

  /** Whether these are the tensors of a LoRA, or of another file of changes. */
  static boolean isOne(Collection<String> names) {
    return names.stream()
        .anyMatch(
            name ->
                DOWN.stream().anyMatch(name::endsWith)
                    || name.startsWith("lora_unet_")
                    || name.startsWith("lora_te"));
  }

  /**
   * A model with the changes of a file.
   *
   * @param where the file, for sentences
   * @param tensors what is in it
   * @param strength what all changes are multiplied by
   * @throws Problem if it is of another kind, or does not fit the model
   */
  static LdmParts apply(
      LdmParts model, String where, Map<String, Stored> tensors, double strength) {
    refuse(where, tensors);
    var unet = new LinkedHashMap<>(model.unet());
    var averaged = new LinkedHashMap<>(model.averaged());
    var text = new LinkedHashMap<>(model.text());
    var targets = new LoraTargets(model);
    var unknown = new TreeSet<String>();
    var known = new HashSet<String>();
    for (var name : tensors.keySet()) {
      var ending = DOWN.stream().filter(name::endsWith).findFirst();
      if (ending.isEmpty()) {
        continue;
      }
      var module = name.substring(0, name.length() - ending.get().length());
      known.add(name);
      UP.forEach(end -> known.add(module + end));
      known.add(module + ALPHA);
      known.add(name + ALPHA);
      var target = target(targets, module);
      if (target == null) {
        unknown.add(module);
        continue;
      }
      var change = change(where, tensors, module, name, strength);
      if (target.part().equals("unet")) {
        merge(unet, target, change, where, module);
        if (averaged.containsKey(target.tensor())) {
          merge(averaged, target, change, where, module);
        }
      } else {
        merge(text, target, change, where, module);
      }
    }
    var left = tensors.keySet().stream().filter(name -> !known.contains(name)).sorted().toList();
    if (!left.isEmpty()) {
      throw new Problem(
          where
              + " changes more than two low-rank factors say: what '"
              + left.getFirst()
              + (left.size() == 1 ? "'" : "' and " + (left.size() - 1) + " others")
              + " mean is not known here, and without them the pictures would be wrong.");
    }
    if (!unknown.isEmpty()) {
      throw new Problem(
          where
              + " changes "
              + unknown.size()
              + (unknown.size() == 1 ? " layer" : " layers")
              + " that the model does not have, the first is '"
              + unknown.first()
              + "': it was trained on another kind of model. Use one for this model.");
    }
    return new LdmParts(
        unet,
        averaged,
        model.vae(),
        text,
        model.classes(),
        model.isOpenClip(),
        model.scale(),
        model.origins());
  }

  private static void refuse(String where, Map<String, Stored> tensors) {
    for (var name : tensors.keySet()) {
      for (var other : OTHERS.entrySet()) {
        if (name.contains(other.getKey())) {
          throw new Problem(
              where
                  + " is "
                  + other.getValue()
                  + ", which is not known here; LoRA and LoCon of two factors are.");
        }
      }
      if (name.startsWith("lora_te2_") || name.startsWith("text_encoder_2.")) {
        throw new Problem(
            where
                + " is a LoRA for Stable Diffusion XL, which has two text towers. Use one for this"
                + " model.");
      }
    }
    if (tensors.keySet().stream().noneMatch(name -> DOWN.stream().anyMatch(name::endsWith))) {
      throw new Problem(
          where + " holds no LoRA: no tensor of it ends in .lora_down.weight or the like.");
    }
  }

  private static LoraTargets.@Nullable Target target(LoraTargets targets, String module) {
    for (var root : ROOTS) {
      if (module.startsWith(root.getKey())) {
        return targets.find(root.getValue(), withoutPeft(module.substring(root.getKey().length())));
      }
    }
    var bare = withoutPeft(module);
    var inNetwork = targets.find("unet", bare);
    return inNetwork != null ? inNetwork : targets.find("text", bare);
  }

  private static String withoutPeft(String module) {
    return module.startsWith(PEFT) ? module.substring(PEFT.length()) : module;
  }

  private static Change change(
      String where, Map<String, Stored> tensors, String module, String downName, double strength) {
    var down = tensors.get(downName);
    var up = UP.stream().map(end -> tensors.get(module + end)).filter(t -> t != null).findFirst();
    if (down == null || up.isEmpty() || down.shape().isEmpty() || up.get().shape().size() < 2) {
      throw new Problem(where + " is not whole: of '" + module + "' one factor is missing.");
    }
    long rank = down.shape().getFirst();
    if (rank < 1 || rank > 1 << 14 || up.get().shape().get(1) != rank) {
      throw new Problem(
          where
              + " contradicts itself: the factors of '"
              + module
              + "' have the shapes "
              + down.shape()
              + " and "
              + up.get().shape()
              + ".");
    }
    var alpha = tensors.getOrDefault(module + ALPHA, tensors.get(downName + ALPHA));
    double scale =
        alpha == null || alpha.source().elements() != 1
            ? 1
            : values(where, alpha)[0] / (double) rank;
    return new Change(values(where, down), values(where, up.get()), (int) rank, strength * scale);
  }

  private static void merge(
      Map<String, Stored> tensors,
      LoraTargets.Target target,
      Change change,
      String where,
      String module) {
    var base = tensors.get(target.tensor());
    if (base == null) {
      throw new IllegalStateException(target.tensor());
    }
    if (base.shape().size() < 2 || base.source().elements() == 0) {
      throw new Problem(
          where + " does not fit the model: '" + module + "' changes a layer that is no matrix.");
    }
    long rows = target.rows() == 0 ? base.shape().getFirst() : target.rows();
    long columns = base.source().elements() / base.shape().getFirst();
    if (change.up.length != rows * change.rank || change.down.length != change.rank * columns) {
      throw new Problem(
          where
              + " does not fit the model: '"
              + module
              + "' changes "
              + change.up.length / change.rank
              + "×"
              + change.down.length / change.rank
              + " values, and the model's layer has "
              + rows
              + "×"
              + columns
              + ". Use a LoRA for this model.");
    }
    tensors.put(
        target.tensor(), merged(base, target.firstRow(), (int) rows, (int) columns, change));
  }

  private static Stored merged(Stored base, long firstRow, int rows, int columns, Change change) {
    return new Stored(
        base.shape(),
        new org.infd.exporter.graph.TensorSource() {
          @Override
          public long elements() {
            return base.source().elements();
          }

          @Override
          public void stream(Sink sink) throws IOException {
            long[] at = {0};
            var row = new double[columns];
            long[] computed = {-1};
            base.source().stream(
                piece -> {
                  var changed = new float[piece.remaining()];
                  for (int i = 0; i < changed.length; i++) {
                    long r = at[0] / columns - firstRow;
                    int column = (int) (at[0]++ % columns);
                    float value = piece.get();
                    if (r < 0 || r >= rows) {
                      changed[i] = value;
                      continue;
                    }
                    if (computed[0] != r) {
                      product(change, (int) r, row);
                      computed[0] = r;
                    }
                    changed[i] = (float) (value + row[column]);
                  }
                  sink.accept(FloatBuffer.wrap(changed));
                });
          }
        });
  }

  /** A row of factor · up · down. */
  private static void product(Change change, int r, double[] row) {
    java.util.Arrays.fill(row, 0);
    for (int k = 0; k < change.rank; k++) {
      double weight = change.factor * change.up[r * change.rank + k];
      int from = k * row.length;
      for (int c = 0; c < row.length; c++) {
        row[c] += weight * change.down[from + c];
      }
    }
  }

  private static float[] values(String where, Stored tensor) {
    if (tensor.source().elements() > LARGEST_FACTOR) {
      throw new Problem(
          where + " has a factor of " + tensor.shape() + ", far larger than any LoRA's.");
    }
    var values = new ArrayList<float[]>();
    int[] count = {0};
    try {
      tensor.source().stream(
          piece -> {
            var copy = new float[piece.remaining()];
            piece.get(copy);
            values.add(copy);
            count[0] += copy.length;
          });
    } catch (IOException e) {
      throw new Problem(where + " could not be read: " + e.getMessage(), e);
    }
    var all = FloatBuffer.allocate(count[0]);
    values.forEach(all::put);
    return all.array();
  }
}
