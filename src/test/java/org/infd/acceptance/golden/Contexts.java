package org.infd.acceptance.golden;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.infd.inference.bundle.Manifest.ConditioningKind;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.infd.inference.tensor.LongTensor;
import org.infd.inference.tensor.Tensor;
import org.infd.inference.text.ClipTokenizer;
import org.jspecify.annotations.Nullable;

/** What a network may have been conditioned on: recorded contexts, classes or tokens. */
final class Contexts {
  private static final int MOST_CLASSES = 64;

  /**
   * One possibility.
   *
   * @param words where it comes from, empty without conditioning
   * @param tensor (n, tokens, width), or null without conditioning
   */
  record Context(String words, @Nullable Tensor tensor) {
    /** The context of one item. */
    Context item(int i) {
      return tensor == null ? this : new Context(words, tensor.slice(i, i + 1));
    }
  }

  private final InfdSubject subject;
  private final GoldenModel model;
  private final GoldenArrays arrays;
  private final ConditioningKind kind;

  Contexts(InfdSubject subject) {
    this.subject = subject;
    this.model = subject.model();
    this.arrays = subject.arrays();
    this.kind = model.manifest().conditioning().kind();
  }

  /** The possible contexts of {@code items} items, the likeliest first. */
  List<Context> of(ArrayName name, int items) {
    if (kind == ConditioningKind.NONE) {
      return List.of(new Context("", null));
    }
    var found = new ArrayList<Context>();
    for (var array : name.nearest(recorded(items))) {
      found.add(new Context(" with " + array, repeated(arrays.floats(array), items)));
    }
    if (kind == ConditioningKind.CLASS) {
      for (var array : name.nearest(labels(items))) {
        var labels = repeated(arrays.longs(array).toArray(), items);
        found.add(new Context(" with " + array, rows(labels)));
      }
      int classes = model.manifest().conditioning().classes();
      for (int c = classes; c >= Math.max(0, classes - MOST_CLASSES); c--) {
        var labels = new long[items];
        Arrays.fill(labels, c);
        var words = c == classes ? " without a class" : " with class " + c;
        found.add(new Context(words, rows(labels)));
      }
    } else {
      for (var array : name.nearest(arrays.shaped(true, items, -1))) {
        if (ArrayName.of(array).says("tokens", "ids")) {
          found.add(new Context(" with " + array, states(arrays.longs(array))));
        }
      }
      found.add(new Context(" with an empty text", repeated(emptyText(), items)));
    }
    return found;
  }

  private List<String> recorded(int items) {
    int width = model.manifest().conditioning().contextWidth();
    var found = new ArrayList<>(arrays.shaped(false, items, -1, width));
    found.addAll(items == 1 ? List.of() : arrays.shaped(false, 1, -1, width));
    found.removeIf(array -> ArrayName.of(array).says("act", "grad"));
    return found;
  }

  private List<String> labels(int items) {
    var found = new ArrayList<>(arrays.shaped(true, items));
    found.addAll(items == 1 ? arrays.shaped(true) : arrays.shaped(true, 1));
    found.removeIf(
        array ->
            !ArrayName.of(array)
                .says("class", "classes", "label", "labels", "y", "cond", "cls", "condition"));
    return found;
  }

  /** Checks recorded contexts against the table of classes. */
  void check() {
    if (kind != ConditioningKind.CLASS) {
      return;
    }
    int width = model.manifest().conditioning().contextWidth();
    var found = new ArrayList<>(arrays.shaped(false, -1, 1, width));
    found.addAll(arrays.shaped(false, -1, width));
    for (var array : found) {
      int items = arrays.get(array).extent(0);
      var readings = new ArrayList<Reading>();
      for (var labels : ArrayName.of(array).nearest(labels(items))) {
        var numbers = repeated(arrays.longs(labels).toArray(), items);
        readings.add(new Reading("table of classes at " + labels, () -> rows(numbers)));
      }
      var all = new long[model.manifest().conditioning().classes() + 1];
      Arrays.setAll(all, i -> i);
      readings.add(new Reading("the table of classes", () -> rows(all)));
      if (subject.ledger().compare(array, InfdSubject.CALL, false, readings) == null) {
        subject.ledger().input(array, "a context");
      }
      for (var labels : labels(items)) {
        subject.ledger().input(labels, "classes");
      }
    }
  }

  /** Notes every context and class that the set holds as given. */
  void given() {
    if (kind == ConditioningKind.NONE) {
      return;
    }
    for (var array : arrays.names()) {
      var numbers = arrays.get(array);
      boolean classes =
          numbers.integer() && numbers.rank() <= 1 && !labels((int) count(numbers)).isEmpty();
      boolean context =
          numbers.rank() == 3
              && numbers.extent(2) == model.manifest().conditioning().contextWidth();
      if ((classes && labels((int) count(numbers)).contains(array)) || context) {
        if (!subject.ledger().knows(array)) {
          subject.ledger().input(array, "a condition");
        }
      }
    }
  }

  private static long count(GoldenArrays.Numbers numbers) {
    return numbers.rank() == 0 ? 1 : numbers.shape()[0];
  }

  private Tensor rows(long[] labels) {
    return subject.once(
        "classes " + Arrays.toString(labels),
        () -> model.run("condition", Map.of("label", LongTensor.of(labels, labels.length))));
  }

  private Tensor states(LongTensor tokens) {
    try (var tower = model.bundle().load("clip_text", Device.cpu())) {
      var states = tower.run(Map.of("tokens", tokens), Set.of("states"), Cancellation.never());
      return (Tensor) GoldenModel.get(states, "states");
    }
  }

  private Tensor emptyText() {
    var conditioning = model.manifest().conditioning();
    var vocabulary = conditioning.vocabulary();
    if (vocabulary == null) {
      throw new IllegalStateException("a text tower without a vocabulary");
    }
    try {
      var tokenizer =
          ClipTokenizer.read(
              vocabulary.file(),
              Files.readAllBytes(model.bundle().vocabulary()),
              vocabulary.tokens(),
              conditioning.contextLength());
      return subject.once("empty text", () -> states(tokenizer.encode("").row()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Tensor repeated(Tensor context, int items) {
    if (context.extent(0) == items) {
      return context;
    }
    var all = new ArrayList<Tensor>();
    for (int i = 0; i < items; i++) {
      all.add(context.slice(0, 1));
    }
    return GoldenModel.stack(all);
  }

  private static long[] repeated(long[] labels, int items) {
    var all = new long[items];
    for (int i = 0; i < items; i++) {
      all[i] = labels[labels.length == items ? i : 0];
    }
    return all;
  }
}
