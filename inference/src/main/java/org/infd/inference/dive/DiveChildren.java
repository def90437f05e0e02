package org.infd.inference.dive;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import org.infd.inference.Problem;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.tensor.Tensor;

/** Who has the children of a dive. */
public interface DiveChildren {
  /**
   * Does something with some children, which stay open meanwhile.
   *
   * @param keys of one level
   * @param use what to do with them, in the order of the keys
   * @return what came of it; empty if one of them is not there, and not made for this
   * @throws Problem if one cannot be made
   * @throws CancellationException if it was asked for
   */
  Optional<Tensor> with(
      List<DiveKey> keys, Function<List<DiveChild>, Tensor> use, Cancellation cancellation);
}
