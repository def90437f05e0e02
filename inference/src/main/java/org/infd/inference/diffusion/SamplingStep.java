package org.infd.inference.diffusion;

import org.infd.inference.tensor.Tensor;

/**
 * One executed step of a sampling run, told to whoever watches. The tensors are made for this step
 * and never written again: a watcher may keep them, and turns x̂0 into a picture only if it wants
 * one.
 *
 * @param number the number of the executed step, from 1
 * @param steps how many steps the run has
 * @param timestep the training step that the network was told
 * @param x0 the clean latent x̂0 as the network saw it, (1, C, H, W)
 * @param latent the latent after the step, (1, C, H, W)
 */
public record SamplingStep(int number, int steps, int timestep, Tensor x0, Tensor latent) {}
