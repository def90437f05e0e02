/** Dense tensors in native memory, the values that graphs take and give. */
@org.jspecify.annotations.NullMarked
package org.infd.inference.tensor;
