package org.infd.inference.runtime;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import org.infd.inference.Problem;
import org.infd.inference.tensor.AnyTensor;
import org.infd.inference.tensor.Tensor;

/** Named tensors in, named tensors out. Threads may share one. */
public interface Network extends AutoCloseable {
  /** The names of the outputs, in the graph's order. */
  List<String> outputNames();

  /**
   * Runs the network.
   *
   * @param values every input by name
   * @param wanted the outputs to return; only what they need is computed
   * @throws CancellationException if {@code cancellation} was asked for, at the latest at the next
   *     node
   * @throws OutOfDeviceMemory if the device's memory does not suffice
   * @throws Problem if the run fails
   */
  Map<String, AnyTensor> run(
      Map<String, ? extends AnyTensor> values, Set<String> wanted, Cancellation cancellation);

  /**
   * Runs the network into memory of the caller: no allocation for the outputs.
   *
   * @param values every input by name
   * @param outputs where each output wanted is written, with its exact shape
   * @throws CancellationException if {@code cancellation} was asked for, at the latest at the next
   *     node
   * @throws OutOfDeviceMemory if the device's memory does not suffice
   * @throws Problem if the run fails
   */
  void runInto(
      Map<String, ? extends AnyTensor> values,
      Map<String, Tensor> outputs,
      Cancellation cancellation);

  /**
   * Runs the network and returns its only output.
   *
   * @throws CancellationException if {@code cancellation} was asked for, at the latest at the next
   *     node
   * @throws Problem if the run fails
   */
  default Tensor run(Map<String, ? extends AnyTensor> values, Cancellation cancellation) {
    var names = outputNames();
    if (names.size() != 1) {
      throw new IllegalStateException("there are the outputs " + names + ", name those wanted");
    }
    return (Tensor) run(values, Set.of(names.getFirst()), cancellation).values().iterator().next();
  }

  /**
   * Gives back to the device what it holds beyond the weights; for a time in which nothing is
   * computed. Costs a run; without effect where nothing was run since, and on the CPU.
   */
  void trim();

  @Override
  void close();
}
