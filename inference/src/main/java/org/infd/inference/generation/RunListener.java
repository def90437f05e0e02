package org.infd.inference.generation;

import java.util.List;
import org.infd.inference.diffusion.SamplingStep;

/**
 * Follows a run, in the window and on the command line alike, on the thread that asked for the run.
 * What a listener throws ends the run.
 */
public interface RunListener {
  /** What a run is doing. */
  enum Stage {
    /** Checking and loading networks. */
    LOADING,
    /** Sampling without the layout first, so that it is seen what the layout changes. */
    COMPARING,
    /** Turning noise into a latent, step by step. */
    SAMPLING,
    /** Turning a latent into a feature map. */
    DECODING
  }

  /** A listener that listens to nothing. */
  static RunListener none() {
    return new RunListener() {};
  }

  /** A stage has begun. */
  default void stage(Stage stage) {}

  /**
   * A sampling step is done. Tells {@link #step}; who wants the estimate x̂0 for a preview
   * overrides this.
   */
  default void sampled(SamplingStep step) {
    step(step.number(), step.steps());
  }

  /**
   * A sampling step of the present stage is done.
   *
   * @param done steps done so far, from 1
   * @param total all steps of the stage
   */
  default void step(int done, int total) {}

  /**
   * CLIP evaluated the boxes of a layout.
   *
   * @param number the number of the step, from 1
   * @param cosines what CLIP says, per scored box; NaN where a box was not evaluated
   */
  default void evaluated(int number, List<Double> cosines) {}

  /** The picture of the same seed without the layout is sampled. */
  default void compared(FieldImage unguided) {}

  /** Something that the user should know, as a sentence. */
  default void note(String sentence) {}
}
