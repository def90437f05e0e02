package org.infd.acceptance.golden;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.infd.acceptance.golden.GoldenArrays.Numbers;
import org.infd.inference.tensor.Npz;
import org.infd.inference.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** What became of every array of one golden set with one model. */
final class GoldenLedger {
  /** Half a unit in the last of half precision's 11 digits. */
  private static final double HALF = 1.0 / (1 << 11);

  /** How much a set's inputs in half precision may cost. */
  private static final double HALF_INPUTS = 5e-3;

  /** Nothing comes so near by chance: what does is the right reading with a wrong result. */
  static final double NEAR = 1e-2;

  /** What became of an array. */
  enum State {
    FAILED("beyond the tolerance"),
    CHECKED("checked"),
    INPUT("given to the networks"),
    NOT_CHECKED("KNOWN KIND, BUT NOT CHECKED"),
    UNKNOWN("not known"),
    UNREADABLE("not readable"),
    UNSUPPORTED("not supported by this version");

    private final String words;

    State(String words) {
      this.words = words;
    }

    String words() {
      return words;
    }
  }

  /**
   * A line of the list.
   *
   * @param error relative to the largest magnitude; negative where nothing was measured
   */
  record Entry(String array, State state, String words, double error, double tolerance) {
    @Override
    public String toString() {
      var numbers =
          error < 0 ? "" : String.format(Locale.ROOT, "%.1e of %.0e allowed  ", error, tolerance);
      return String.format("  %-44s %s%s", array, numbers, words);
    }
  }

  private final String name;
  private final GoldenArrays arrays;
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final List<Entry> more = new ArrayList<>();
  private final boolean halfInputs;

  GoldenLedger(String name, GoldenArrays arrays) {
    this.name = name;
    this.arrays = arrays;
    this.halfInputs =
        arrays.names().stream()
            .filter(array -> ArrayName.of(array).ends("z", "zt", "xt", "image", "noise", "w"))
            .anyMatch(array -> arrays.get(array).half());
    arrays
        .unreadable()
        .forEach((array, reason) -> entries.put(array, entry(array, State.UNREADABLE, reason)));
  }

  private static Entry entry(String array, State state, String words) {
    return new Entry(array, state, words, -1, 0);
  }

  String name() {
    return name;
  }

  /** Whether anything was said about an array. */
  boolean knows(String array) {
    return entries.containsKey(array);
  }

  private boolean decided(String array) {
    var entry = entries.get(array);
    return entry != null && (entry.state() == State.CHECKED || entry.state() == State.FAILED);
  }

  /** Whether an array was checked or given to a network. */
  boolean isSettled(String array) {
    var entry = entries.get(array);
    return entry != null && (decided(array) || entry.state() == State.INPUT);
  }

  /** Notes that an array was given to a network, if nothing more is known of it. */
  void input(String array, String words) {
    if (!decided(array)) {
      entries.put(array, entry(array, State.INPUT, words));
    }
  }

  /** Notes why an array of a known kind could not be checked. */
  void notChecked(String array, String reason) {
    if (!decided(array)) {
      entries.put(array, entry(array, State.NOT_CHECKED, reason));
    }
  }

  void unsupported(String array, String reason) {
    if (!decided(array)) {
      entries.put(array, entry(array, State.UNSUPPORTED, reason));
    }
  }

  /** A result that is right or wrong. */
  void exactly(String array, boolean same, String words) {
    note(array, same ? 0 : 1, 0, words);
  }

  /** Takes a measured error. */
  void note(String array, double error, double tolerance, String words) {
    // a NaN is a failure
    var state = error <= tolerance ? State.CHECKED : State.FAILED;
    var entry = new Entry(array, state, words, Double.isNaN(error) ? 1e9 : error, tolerance);
    if (entries.get(array) instanceof Entry old && decided(array)) {
      more.add(old);
      if (old.state() == State.FAILED && state == State.CHECKED) {
        more.set(more.size() - 1, entry);
        return;
      }
    }
    entries.put(array, entry);
  }

  /** The tolerance for an array, as its precision and that of the inputs allow. */
  double tolerance(Numbers expected, double tolerance) {
    double inputs = halfInputs ? Math.max(tolerance, HALF_INPUTS) : tolerance;
    return expected.half() ? inputs + HALF : inputs;
  }

  /**
   * Compares an array with what it may be, one reading after the other until one fits.
   *
   * @param sure whether it must be one of the readings: a failure if none fits
   * @return the reading that fits, or null
   */
  @Nullable Reading compare(String array, double tolerance, boolean sure, List<Reading> readings) {
    var expected = arrays.get(array);
    double allowed = tolerance(expected, tolerance);
    var floats = expected.floats();
    double best = Double.POSITIVE_INFINITY;
    var bestWords = "";
    var reasons = new ArrayList<String>();
    for (var reading : readings) {
      Tensor value;
      try {
        value = reading.value().get();
      } catch (RuntimeException e) {
        reasons.add(reading.words() + ": " + e.getMessage());
        continue;
      }
      for (var fit : Fits.of(value, expected.shape(), ArrayName.of(array))) {
        double error = Npz.relativeError(fit.tensor(), floats);
        var words = fit.words().isEmpty() ? reading.words() : reading.words() + ", " + fit.words();
        if (error <= allowed) {
          note(array, error, allowed, words);
          return reading;
        }
        if (bestWords.isEmpty() || error < best) {
          best = error;
          bestWords = words;
        }
      }
    }
    if (bestWords.isEmpty()) {
      notChecked(
          array,
          readings.isEmpty()
              ? "the set lacks what it is made of"
              : reasons.isEmpty()
                  ? "it has another shape than " + words(readings)
                  : reasons.getFirst());
    } else if (sure || best <= NEAR) {
      note(array, best, allowed, bestWords);
    } else {
      notChecked(
          array,
          String.format(Locale.ROOT, "nothing that it may be fits; %.1e from %s", best, bestWords));
    }
    return null;
  }

  private static String words(List<Reading> readings) {
    return readings.getFirst().words();
  }

  /** Lists everything that nobody asked about. */
  void close() {
    for (var array : arrays.names()) {
      if (!knows(array)) {
        var known =
            ArrayName.of(array)
                .says(
                    "rgb",
                    "phi",
                    "z",
                    "eps",
                    "grad",
                    "ddim",
                    "unet",
                    "enc",
                    "gn",
                    "vq",
                    "lookup",
                    "coord",
                    "traj",
                    "noise",
                    "pred",
                    "image",
                    "latent",
                    "class",
                    "x0",
                    "moments",
                    "embedding",
                    "logits",
                    "act",
                    "vjp",
                    "loss");
        if (known) {
          notChecked(array, "its name says what it may be, but not enough to compute it");
        } else {
          entries.put(array, entry(array, State.UNKNOWN, ""));
        }
      }
    }
  }

  /**
   * Takes over what another model made of the same arrays: an array that either checks is checked.
   */
  void merge(GoldenLedger other) {
    for (var entry : other.entries.values()) {
      var own = entries.get(entry.array());
      if (own == null || strength(entry.state()) > strength(own.state())) {
        entries.put(entry.array(), entry);
      }
    }
    more.addAll(other.more);
    more.removeIf(
        entry ->
            entry.state() == State.FAILED
                && entries.get(entry.array()) instanceof Entry kept
                && kept.state() == State.CHECKED);
  }

  private static int strength(State state) {
    return switch (state) {
      case CHECKED -> 6;
      case FAILED -> 5;
      case INPUT -> 4;
      case NOT_CHECKED -> 3;
      case UNREADABLE -> 2;
      case UNSUPPORTED -> 1;
      case UNKNOWN -> 0;
    };
  }

  List<Entry> of(State state) {
    var found = new ArrayList<>(entries.values());
    found.addAll(more);
    return found.stream().filter(entry -> entry.state() == state).toList();
  }

  int count(State state) {
    return (int) entries.values().stream().filter(entry -> entry.state() == state).count();
  }

  /** Whether any array of the set is what this model makes. */
  boolean hasChecked() {
    return count(State.CHECKED) > 0;
  }

  /** What an array is, or null. */
  @Nullable Entry of(String array) {
    return entries.get(array);
  }

  /** The list, for people. */
  String report() {
    var text = new StringBuilder(name).append('\n');
    for (var state : State.values()) {
      var list = of(state);
      if (!list.isEmpty()) {
        text.append(String.format(" %s (%d):%n", state.words(), count(state)));
        list.forEach(entry -> text.append(entry).append('\n'));
      }
    }
    return text.append(" ").append(summary()).append('\n').toString();
  }

  /** One line of numbers. */
  String summary() {
    return String.format(
        "%s: %d arrays: %d checked, %d given, %d failed, %d of known kind not checked, %d unknown,"
            + " %d unreadable, %d not supported",
        name,
        arrays.size(),
        count(State.CHECKED),
        count(State.INPUT),
        count(State.FAILED),
        count(State.NOT_CHECKED),
        count(State.UNKNOWN),
        count(State.UNREADABLE),
        count(State.UNSUPPORTED));
  }
}
