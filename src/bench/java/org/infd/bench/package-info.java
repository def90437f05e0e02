/** Benchmarks: ratios between things measured in one run, never absolute promises. */
@org.jspecify.annotations.NullMarked
package org.infd.bench;
