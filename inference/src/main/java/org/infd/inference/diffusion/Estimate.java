package org.infd.inference.diffusion;

import org.infd.inference.tensor.Tensor;

/**
 * What a network says about a noisy latent, in the two forms that samplers use.
 *
 * @param x0 the clean latent x̂0, (1, C, H, W)
 * @param epsilon the noise ε that belongs to it, (1, C, H, W)
 */
public record Estimate(Tensor x0, Tensor epsilon) {}
