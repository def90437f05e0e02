/** The only place that sees ONNX Runtime: devices, sessions, cancellation. */
@org.jspecify.annotations.NullMarked
package org.infd.inference.runtime;
