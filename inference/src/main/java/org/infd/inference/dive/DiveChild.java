package org.infd.inference.dive;

import org.infd.inference.field.FieldRenderer;
import org.infd.inference.tensor.Tensor;

/**
 * A child that is decoded.
 *
 * @param key which
 * @param latent its clean latent, (1, C, L, L)
 * @param anchors what it has to agree with: the means of the picture above it over its square, (1,
 *     3, M, M), −1 to 1
 * @param field its colours; its whole image is the square
 */
public record DiveChild(DiveKey key, Tensor latent, Tensor anchors, FieldRenderer field) {}
