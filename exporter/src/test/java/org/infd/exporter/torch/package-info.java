/** Tests of reading checkpoints, and the writer of checkpoints that all modules' tests use. */
@org.jspecify.annotations.NullMarked
package org.infd.exporter.torch;
