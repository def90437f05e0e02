package org.infd.inference.dive;

import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import org.infd.inference.Problem;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.tensor.Tensor;

/** Who has the children of a dive. */
public interface DiveChildren {
  /**
   * Does something with some children, made where they are not there yet, which stay open
   * meanwhile.
   *
   * @param keys of one level
   * @param use what to do with them, in the order of the keys
   * @throws Problem if one cannot be made
   * @throws CancellationException if it was asked for
   */
  Tensor with(List<DiveKey> keys, Function<List<DiveChild>, Tensor> use, Cancellation cancellation);
}
