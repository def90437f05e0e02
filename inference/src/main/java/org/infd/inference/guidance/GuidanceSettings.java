package org.infd.inference.guidance;

import java.util.Objects;
import org.infd.inference.Problem;

/**
 * How a sampling run follows a layout.
 *
 * @param rule how a gradient becomes a step
 * @param depth how far back the gradient goes
 * @param strength 0 (no effect) to 1 (nothing but the gradient)
 * @param every evaluate at each k-th step of the range of a box, 1 for all; the steps between use
 *     the gradient of the last evaluation, which changes slowly and is the expensive part
 * @param copies jittered copies of each crop beside the crop itself, 0 to {@link #MOST_COPIES}
 * @param repeats how often a guided step is made before going on, 1 for once (time travel)
 * @param exact every k-th evaluation goes through decoder and renderer, 1 for all; those between
 *     through a linear map that is fitted to the picture without the layout, as long as it points
 *     where they do. Files from before it was there have none, which is 1
 */
public record GuidanceSettings(
    StepRule rule, Depth depth, double strength, int every, int copies, int repeats, int exact) {
  /** The most jittered copies of a crop. */
  public static final int MOST_COPIES = 16;

  private static final int MOST_REPEATS = 20;

  /** How a gradient becomes a step. */
  public enum StepRule {
    /** Turns the fresh noise of a step towards the gradient; the noise keeps its length. */
    DSG,
    /** Shifts the latent after a step against the gradient (diffusion posterior sampling). */
    DPS
  }

  /** How far back a gradient goes. */
  public enum Depth {
    /** To the clean latent x̂0: the network's own Jacobian is dropped. */
    FAST,
    /** Through the network to the noisy latent. */
    FULL
  }

  /**
   * Checks the settings.
   *
   * @throws Problem if they are impossible, or would not do what they are called
   */
  public GuidanceSettings {
    Objects.requireNonNull(rule, "a step rule");
    Objects.requireNonNull(depth, "a depth");
    if (!(strength >= 0 && strength <= 1)) {
      throw new Problem(
          "The strength of guidance must be between 0 and 1, and " + strength + " is not.");
    }
    if (every < 1 || every > 1000) {
      throw new Problem(
          "Boxes can be looked at in every 1st to every 1000th step, not in every " + every + ".");
    }
    if (copies < 0 || copies > MOST_COPIES) {
      throw new Problem(
          "There can be 0 to " + MOST_COPIES + " jittered copies of a crop, not " + copies + ".");
    }
    if (repeats < 1 || repeats > MOST_REPEATS) {
      throw new Problem("A step can be made 1 to " + MOST_REPEATS + " times, not " + repeats + ".");
    }
    exact = exact == 0 ? 1 : exact;
    if (exact < 1 || exact > 1000) {
      throw new Problem(
          "Every 1st to every 1000th look can go through the decoder, not every " + exact + ".");
    }
    if (rule == StepRule.DPS && depth == Depth.FAST) {
      throw new Problem(
          "The step rule DPS takes the gradient through the network. Choose full guidance for it,"
              + " or the rule DSG.");
    }
  }

  /** Settings by which every evaluation goes through decoder and renderer. */
  public GuidanceSettings(
      StepRule rule, Depth depth, double strength, int every, int copies, int repeats) {
    this(rule, depth, strength, every, copies, repeats, 1);
  }

  /**
   * DSG without the network's Jacobian, with an evaluation at each second step; chosen by the trial
   * of layouts. A gradient that is followed for four steps makes colours that no picture has.
   */
  public static GuidanceSettings usual() {
    return new GuidanceSettings(StepRule.DSG, Depth.FAST, 0.2, 2, 5, 1, 8);
  }

  /**
   * Whether a box is guided at a step.
   *
   * @param executed how many steps were made before
   * @param count all steps; nothing is guided at the last one, which adds no noise
   */
  boolean isActive(LayoutBox box, int executed, int count) {
    return strength > 0
        && executed < count - 1
        && executed >= first(box, count)
        && (double) executed / count < box.end();
  }

  /** Whether the boxes of a step are evaluated because of this one. */
  boolean evaluates(LayoutBox box, int executed, int count) {
    return isActive(box, executed, count) && (executed - first(box, count)) % every == 0;
  }

  private int first(LayoutBox box, int count) {
    return (int) Math.ceil(box.start() * count - 1e-9);
  }
}
