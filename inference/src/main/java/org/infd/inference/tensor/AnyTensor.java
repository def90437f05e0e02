package org.infd.inference.tensor;

/** A dense row-major tensor of one of the element types that graphs take or give. */
public sealed interface AnyTensor permits Tensor, LongTensor, DoubleTensor {
  /** The extent of each axis, outermost first; empty for a scalar. A copy. */
  long[] shape();
}
