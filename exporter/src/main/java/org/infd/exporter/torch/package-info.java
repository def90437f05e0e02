/** Weights of PyTorch checkpoints and safetensors files, read as data and never as code. */
@org.jspecify.annotations.NullMarked
package org.infd.exporter.torch;
