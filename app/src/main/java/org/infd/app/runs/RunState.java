package org.infd.app.runs;

import org.infd.app.work.RemainingTime;

/** How far a picture is. */
public sealed interface RunState {
  /** Nothing runs. */
  record Idle() implements RunState {}

  /** The model or a file is being loaded. */
  record Loading() implements RunState {}

  /**
   * The picture without the layout is being sampled, before the one with it.
   *
   * @param done steps done
   * @param total all steps of it
   * @param secondsLeft an estimate of all that is left, negative while there is none
   */
  record Comparing(int done, int total, double secondsLeft) implements RunState {}

  /**
   * The latent is being sampled.
   *
   * @param done steps done
   * @param total all steps
   * @param secondsLeft an estimate, negative while there is none
   */
  record Sampling(int done, int total, double secondsLeft) implements RunState {}

  /** The latent is being decoded. */
  record Decoding() implements RunState {}

  /** The part done, 0 to 1; negative when it cannot be said. */
  default double progress() {
    return switch (this) {
      case Comparing c -> c.total() == 0 ? -1 : (double) c.done() / c.total();
      case Sampling s -> s.total() == 0 ? -1 : (double) s.done() / s.total();
      case Idle _, Loading _, Decoding _ -> -1;
    };
  }

  /** The state in words. */
  default String text() {
    return switch (this) {
      case Idle _ -> "";
      case Loading _ -> "Loading the model";
      case Comparing c ->
          "Without boxes first: "
              + c.done()
              + " of "
              + c.total()
              + RemainingTime.suffix(c.secondsLeft());
      case Sampling s ->
          "Step " + s.done() + " of " + s.total() + RemainingTime.suffix(s.secondsLeft());
      case Decoding _ -> "Decoding";
    };
  }
}
