package org.infd.acceptance.golden;

import java.util.function.Supplier;
import org.infd.inference.tensor.Tensor;

/**
 * One way to understand an array.
 *
 * @param words what it is then, for people
 * @param value computes it; an exception says that it cannot be
 */
record Reading(String words, Supplier<Tensor> value) {}
