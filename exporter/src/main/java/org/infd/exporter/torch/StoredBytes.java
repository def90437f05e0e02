package org.infd.exporter.torch;

import java.lang.foreign.MemorySegment;
import org.infd.inference.Problem;

/** The bytes that tensors are views of, in a mapped file. */
interface StoredBytes {
  /** The number of bytes. */
  long size();

  /** The mapped bytes, read-only. */
  MemorySegment bytes();

  /**
   * Compares the bytes with their checksum, if the format has one.
   *
   * @throws Problem naming {@code tensor}, if they differ
   */
  void verify(String tensor);

  /** A failure of a tensor in these bytes: file, name, {@code what}. */
  Problem wrong(String tensor, String what);
}
