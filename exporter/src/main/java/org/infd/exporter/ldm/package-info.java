/**
 * Files of latent diffusion and Stable Diffusion under the names of an INFD model: what the parts
 * are called in each layout, what their shapes say, and what cannot be run.
 */
@NullMarked
package org.infd.exporter.ldm;

import org.jspecify.annotations.NullMarked;
