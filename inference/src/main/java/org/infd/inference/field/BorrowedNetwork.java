package org.infd.inference.field;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Network;
import org.infd.inference.tensor.AnyTensor;
import org.infd.inference.tensor.Tensor;

/** A network that belongs to somebody else, who trims and closes it. */
record BorrowedNetwork(Network owned) implements Network {
  @Override
  public List<String> outputNames() {
    return owned.outputNames();
  }

  @Override
  public Map<String, AnyTensor> run(
      Map<String, ? extends AnyTensor> values, Set<String> wanted, Cancellation cancellation) {
    return owned.run(values, wanted, cancellation);
  }

  @Override
  public void runInto(
      Map<String, ? extends AnyTensor> values,
      Map<String, Tensor> outputs,
      Cancellation cancellation) {
    owned.runInto(values, outputs, cancellation);
  }

  @Override
  public void trim() {
    // its owner does
  }

  @Override
  public void close() {
    // its owner does
  }
}
