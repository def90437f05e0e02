package org.infd.inference.runtime;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.infd.inference.NumberText;
import org.infd.inference.tensor.AnyTensor;
import org.infd.inference.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A network on a GPU with second choices. In half precision its first real input is a test: the
 * same is computed in full precision, and half precision stays only where the result is finite and
 * near. Later results are looked at too, and one that is not finite is computed again in full
 * precision. Where the device's memory does not suffice the CPU takes over. Each decision is told
 * in a sentence. Thread-safe.
 */
public final class FallbackNetwork implements Network {
  /** How a network is computed. */
  public enum Form {
    /** float16 on the device. */
    HALF,
    /** float32 on the device. */
    FULL,
    /** float32 on the CPU. */
    CPU
  }

  /**
   * A way to compute the network.
   *
   * @param load loads it when it is first needed
   */
  public record Choice(Form form, Supplier<? extends Network> load) {}

  /**
   * How far half precision may be from full, as a part of the root mean square: 34 dB, which is
   * above the error of the small networks here and far below what the eye sees in one step.
   */
  static final double TOLERANCE = 0.02;

  private final String what;
  private final Device device;
  private final List<Choice> choices;
  private final Consumer<String> told;
  private int place;
  private boolean checked;
  private boolean closed;
  private @Nullable Loaded current;

  /**
   * A network that was loaded. Once it is left it is closed by the last run that goes through it.
   */
  private static final class Loaded {
    final Network network;
    final Form form;
    int runs;
    boolean left;

    Loaded(Network network, Form form) {
      this.network = network;
      this.form = form;
    }
  }

  /** What a run gave, and how it was computed. */
  private record Outcome<R>(R result, Form form) {}

  /**
   * @param what the network's name for people, which begins a sentence: "The decoder"
   * @param choices at least one, in the order in which they are tried
   * @param told hears what was decided, in sentences
   */
  public FallbackNetwork(String what, Device device, List<Choice> choices, Consumer<String> told) {
    this.what = what;
    this.device = device;
    this.choices = List.copyOf(choices);
    this.told = told;
  }

  /** How the network is computed now. */
  public synchronized Form form() {
    return choices.get(place).form();
  }

  @Override
  public List<String> outputNames() {
    return attempt(Network::outputNames).result();
  }

  @Override
  public Map<String, AnyTensor> run(
      Map<String, ? extends AnyTensor> values, Set<String> wanted, Cancellation cancellation) {
    check(values, wanted, cancellation);
    var outcome = attempt(network -> network.run(values, wanted, cancellation));
    if (outcome.form() == Form.HALF && !isFinite(outcome.result())) {
      overflowed();
      return attempt(network -> network.run(values, wanted, cancellation)).result();
    }
    return outcome.result();
  }

  @Override
  public void runInto(
      Map<String, ? extends AnyTensor> values,
      Map<String, Tensor> outputs,
      Cancellation cancellation) {
    check(values, outputs.keySet(), cancellation);
    Function<Network, Boolean> run =
        network -> {
          network.runInto(values, outputs, cancellation);
          return true;
        };
    if (attempt(run).form() == Form.HALF && !isFinite(outputs)) {
      overflowed();
      attempt(run);
    }
  }

  /** Runs on the present choice, and on later ones where the memory does not suffice. */
  private <R> Outcome<R> attempt(Function<Network, R> run) {
    while (true) {
      Loaded loaded = null;
      try {
        loaded = begin();
        return new Outcome<>(run.apply(loaded.network), loaded.form);
      } catch (OutOfDeviceMemory e) {
        if (!leave(loaded, Form.CPU)) {
          throw e;
        }
        told.accept(
            what
                + " does not fit into the memory of "
                + device.name()
                + " and is computed on the CPU from now on, more slowly. Close other programs that"
                + " use the GPU, or give it more memory, and start again.");
      } finally {
        if (loaded != null) {
          end(loaded);
        }
      }
    }
  }

  private synchronized Loaded begin() {
    if (closed) {
      throw new IllegalStateException(what + " is closed");
    }
    if (current == null) {
      var choice = choices.get(place);
      current = new Loaded(choice.load().get(), choice.form());
    }
    current.runs++;
    return current;
  }

  private synchronized void end(Loaded loaded) {
    loaded.runs--;
    if (loaded.left && loaded.runs == 0) {
      loaded.network.close();
    }
  }

  /**
   * Goes on to a later choice.
   *
   * @param failed what did not do; null if it was not even loaded
   * @return whether there is one, or another thread has gone there before
   */
  private synchronized boolean leave(@Nullable Loaded failed, Form to) {
    if (!Objects.equals(failed, current)) {
      return true;
    }
    int next = place + 1;
    while (next < choices.size() && choices.get(next).form().compareTo(to) < 0) {
      next++;
    }
    if (next >= choices.size()) {
      return false;
    }
    leaveCurrent();
    place = next;
    return true;
  }

  /** Compares the first half-precision result with the full one. */
  private synchronized void check(
      Map<String, ? extends AnyTensor> values, Set<String> wanted, Cancellation cancellation) {
    if (checked || form() != Form.HALF) {
      return;
    }
    var full = choices.stream().filter(choice -> choice.form() == Form.FULL).findFirst();
    if (full.isEmpty()) {
      checked = true;
      return;
    }
    try (var reference = full.get().load().get()) {
      var expected = reference.run(values, wanted, cancellation);
      var present = begin();
      Map<String, AnyTensor> found;
      try {
        found = present.network.run(values, wanted, cancellation);
      } finally {
        end(present);
      }
      checked = true;
      double distance = distance(found, expected);
      if (distance <= TOLERANCE) {
        told.accept(
            NumberText.format(
                "%s is computed in half precision, %.2f %% from full precision in a test.",
                what, 100 * distance));
        return;
      }
      leave(current, Form.FULL);
      told.accept(
          what
              + " is computed in full precision, because half precision "
              + (Double.isFinite(distance)
                  ? NumberText.format("was %.0f %% off in a test.", 100 * distance)
                  : "overflowed in a test."));
    } catch (OutOfDeviceMemory e) {
      // two at a time are too much, one may still fit; its results are looked at in any case
      checked = true;
      told.accept(what + " is computed in half precision, which there was no memory to compare.");
    }
  }

  private synchronized void overflowed() {
    if (form() == Form.HALF && leave(current, Form.FULL)) {
      told.accept(
          what + " overflowed in half precision and is computed in full precision from now on.");
    }
  }

  private static boolean isFinite(Map<String, ? extends AnyTensor> outputs) {
    return outputs.values().stream()
        .allMatch(output -> !(output instanceof Tensor tensor) || tensor.isFinite());
  }

  /** ‖found − expected‖ / ‖expected‖ of the worst output; infinite where one is not finite. */
  static double distance(
      Map<String, ? extends AnyTensor> found, Map<String, ? extends AnyTensor> expected) {
    double worst = 0;
    for (var entry : expected.entrySet()) {
      if (entry.getValue() instanceof Tensor right
          && found.get(entry.getKey()) instanceof Tensor other) {
        worst = Math.max(worst, other.distanceFrom(right));
      }
    }
    return worst;
  }

  @Override
  public synchronized void trim() {
    if (current != null) {
      current.network.trim();
    }
  }

  private void leaveCurrent() {
    if (current != null) {
      current.left = true;
      if (current.runs == 0) {
        current.network.close();
      }
      current = null;
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    leaveCurrent();
  }
}
