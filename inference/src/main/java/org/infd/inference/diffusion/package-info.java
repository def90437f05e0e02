/** Beta schedules, time-step respacing, noise and samplers. */
@org.jspecify.annotations.NullMarked
package org.infd.inference.diffusion;
