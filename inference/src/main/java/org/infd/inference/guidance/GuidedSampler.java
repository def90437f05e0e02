package org.infd.inference.guidance;

import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import org.infd.inference.diffusion.Ddim;
import org.infd.inference.diffusion.Denoiser;
import org.infd.inference.diffusion.Estimate;
import org.infd.inference.diffusion.PhiloxNoise;
import org.infd.inference.diffusion.PhiloxNoise.Stream;
import org.infd.inference.diffusion.Sampler;
import org.infd.inference.diffusion.SamplingStep;
import org.infd.inference.guidance.GuidanceSettings.Depth;
import org.infd.inference.guidance.GuidanceSettings.StepRule;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * DDIM guided by the boxes of a layout. An evaluation decodes the estimate of the clean latent
 * once, scores the boxes with CLIP, and takes the gradient of the loss back to the latent by VJPs;
 * there it turns the fresh noise ({@link StepRule#DSG}) or shifts the result ({@link
 * StepRule#DPS}), in this step and in those up to the next evaluation. A gradient that is not
 * finite is followed by none of them.
 *
 * <p>Only cells in reach of a box are guided, its own and one more around them: elsewhere the noise
 * is untouched, and the length of the noise is kept over the guided cells alone. For a box that is
 * the whole image this is the published rule. Everything is a function of seed, layout and
 * settings.
 */
public final class GuidedSampler {
  /** A cell more on each side: a box that cuts a cell can change it. */
  private static final int MARGIN = 1;

  private static final int NOISES_OF_A_STEP = 64;

  /** The least cosine between a map's gradient and the true one by which it stands for it. */
  private static final double LEAST_AGREEMENT = 0.3;

  /** Takes what CLIP says of the boxes, on the run's thread. */
  @FunctionalInterface
  public interface Evaluations {
    /**
     * The boxes were evaluated.
     *
     * @param number the number of the step, from 1
     * @param cosines per scored box, NaN where it was not evaluated
     */
    void evaluated(int number, List<Double> cosines);
  }

  /**
   * The end of a run.
   *
   * @param z the latent (1, C, H, W)
   * @param evaluations how often the boxes were evaluated
   * @param through how many of these went through decoder and renderer
   * @param skipped how many gave a gradient that was not finite, and were not followed
   */
  public record Result(Tensor z, int evaluations, int through, int skipped) {}

  private final Ddim ddim;
  private final GuidanceSettings steering;
  private final boolean shifts;
  private final ClipScorer scorer;
  private final PhiloxNoise noise;
  private final @Nullable LinearPicture map;
  private boolean points = true;
  private int evaluations;
  private int through;
  private int skipped;

  /**
   * A run.
   *
   * @param ddim with η = 0 there is no fresh noise to turn, and the latent is shifted instead
   * @param noise the noise of the run, by which it equals one without guidance outside the boxes
   * @param map stands for decoder and renderer at most evaluations, or null: at none
   */
  public GuidedSampler(
      Ddim ddim,
      GuidanceSettings steering,
      ClipScorer scorer,
      PhiloxNoise noise,
      @Nullable LinearPicture map) {
    this.ddim = ddim;
    this.steering = steering;
    this.shifts = steering.rule() == StepRule.DPS || ddim.eta() == 0;
    this.map = steering.exact() == 1 ? null : map;
    this.scorer = scorer;
    this.noise = noise;
  }

  /**
   * Runs the whole way. To be called once.
   *
   * @param shape (1, C, H, W)
   * @param steps takes each step that is done
   * @param evaluated takes what CLIP says of the boxes
   * @throws org.infd.inference.Problem if the latent stops being finite
   * @throws CancellationException if it was asked for
   */
  public Result sample(
      Denoiser denoiser,
      long[] shape,
      Consumer<SamplingStep> steps,
      Evaluations evaluated,
      Cancellation cancellation) {
    int count = ddim.schedule().count();
    var x = noise.start(shape);
    // of the last evaluation
    @Nullable Tensor gradient = null;
    for (int executed = 0; executed < count; executed++) {
      int k = count - 1 - executed;
      var active = active(executed, count);
      boolean evaluating = isEvaluation(executed, count);
      int rounds = evaluating ? steering.repeats() : 1;
      for (int round = 0; round < rounds; round++) {
        cancellation.throwIfCancelled();
        var level = ddim.schedule().level(k);
        var estimate = denoiser.estimate(x, level, cancellation);
        boolean last = round == rounds - 1;
        var fresh = last ? noise.step(executed, shape) : extra(executed, 2 * round, shape);
        if (evaluating) {
          gradient =
              gradient(denoiser, x, k, estimate, active, executed, round, evaluated, cancellation);
        }
        var next = step(k, estimate, fresh, gradient, active);
        if (last) {
          var done = new SamplingStep(executed + 1, count, level.timestep(), estimate.x0(), next);
          Sampler.tell(steps, done);
          x = next;
        } else {
          x = backOneStep(k, next, extra(executed, 2 * round + 1, shape));
        }
      }
    }
    return new Result(x, evaluations, through, skipped);
  }

  private Tensor extra(int executed, int which, long[] shape) {
    return noise.normal(Stream.TRAVEL, executed * NOISES_OF_A_STEP + which, shape);
  }

  /** Which boxes are led at a step. */
  private boolean[] active(int executed, int count) {
    var boxes = scorer.boxes();
    var active = new boolean[boxes.size()];
    for (int i = 0; i < active.length; i++) {
      active[i] = steering.isActive(boxes.get(i), executed, count);
    }
    return active;
  }

  private boolean isEvaluation(int executed, int count) {
    return scorer.boxes().stream().anyMatch(box -> steering.evaluates(box, executed, count));
  }

  /** The gradient with respect to the latent, or null if it cannot be followed. */
  private @Nullable Tensor gradient(
      Denoiser denoiser,
      Tensor x,
      int k,
      Estimate estimate,
      boolean[] active,
      int executed,
      int round,
      Evaluations evaluated,
      Cancellation cancellation) {
    var x0 = estimate.x0();
    if (!x0.isFinite()) {
      return null;
    }
    int evaluation = executed * NOISES_OF_A_STEP + round;
    var shown = map != null && scorer.isShown(map, x0, active) ? map : null;
    boolean due = evaluations % steering.exact() == 0;
    var followed = points && !due ? shown : null;
    var sight = followed == null ? scorer.field(x0, cancellation) : scorer.linear(followed, x0);
    var scores = scorer.evaluate(sight, active, evaluation, cancellation);
    evaluated.evaluated(executed + 1, scores.cosines());
    var gradient = sight.toLatent(scores.cotangent().toArray(), cancellation);
    if (followed == null) {
      through++;
      if (shown != null) {
        points = pointsThere(shown, x0, active, evaluation, gradient, cancellation);
      }
    }
    evaluations++;
    if (steering.depth() == Depth.FULL) {
      gradient = denoiser.vjp(x, ddim.schedule().level(k), gradient, cancellation);
    }
    if (!gradient.isFinite()) {
      skipped++;
      return null;
    }
    return gradient;
  }

  /** Whether a map's gradient points where the true one does, where boxes are led. */
  private boolean pointsThere(
      LinearPicture of,
      Tensor x0,
      boolean[] active,
      int evaluation,
      Tensor gradient,
      Cancellation cancellation) {
    var sight = scorer.linear(of, x0);
    var scores = scorer.evaluate(sight, active, evaluation, cancellation);
    var other = sight.toLatent(scores.cotangent().toArray(), cancellation);
    var influence = influence(active, x0);
    double product = 0;
    double squares = 0;
    double others = 0;
    for (int i = 0; i < influence.length; i++) {
      if (influence[i] > 0) {
        product += (double) gradient.get(i) * other.get(i);
        squares += (double) gradient.get(i) * gradient.get(i);
        others += (double) other.get(i) * other.get(i);
      }
    }
    return product >= LEAST_AGREEMENT * Math.sqrt(squares * others);
  }

  private Tensor step(
      int k, Estimate estimate, Tensor fresh, @Nullable Tensor gradient, boolean[] active) {
    if (gradient == null) {
      return ddim.step(k, estimate, fresh);
    }
    var influence = influence(active, estimate.x0());
    var direction = direction(gradient, influence);
    if (direction == null) {
      return ddim.step(k, estimate, fresh);
    }
    return shifts
        ? shifted(ddim.step(k, estimate, fresh), direction, influence, ddim.noiseOfEta1(k))
        : ddim.step(k, estimate, turned(fresh, direction, influence));
  }

  /** How strongly each value of the latent is led, 0 to 1. */
  private float[] influence(boolean[] active, Tensor latent) {
    int height = latent.extent(2);
    int width = latent.extent(3);
    var influence = new float[latent.elements()];
    var boxes = scorer.boxes();
    for (int i = 0; i < active.length; i++) {
      if (active[i]) {
        var box = boxes.get(i);
        float strength = (float) (steering.strength() * Math.min(1, box.weight()));
        int top = Math.max(0, (int) Math.floor(box.row() * height) - MARGIN);
        int bottom = Math.min(height, (int) Math.ceil(box.rowEnd() * height) + MARGIN);
        int left = Math.max(0, (int) Math.floor(box.column() * width) - MARGIN);
        int right = Math.min(width, (int) Math.ceil(box.columnEnd() * width) + MARGIN);
        for (int channel = 0; channel < latent.extent(1); channel++) {
          for (int r = top; r < bottom; r++) {
            for (int c = left; c < right; c++) {
              int at = (channel * height + r) * width + c;
              influence[at] = Math.max(influence[at], strength);
            }
          }
        }
      }
    }
    return influence;
  }

  /**
   * The way down in influence, as long as noise there is on average; null without a gradient there.
   */
  private static float @Nullable [] direction(Tensor gradient, float[] influence) {
    double squares = 0;
    int count = 0;
    for (int i = 0; i < influence.length; i++) {
      if (influence[i] > 0) {
        squares += (double) gradient.get(i) * gradient.get(i);
        count++;
      }
    }
    if (squares == 0 || !Double.isFinite(squares)) {
      return null;
    }
    double scale = -Math.sqrt(count / squares);
    var direction = new float[influence.length];
    for (int i = 0; i < influence.length; i++) {
      direction[i] = influence[i] > 0 ? (float) (scale * gradient.get(i)) : 0;
    }
    return direction;
  }

  /** Noise between the random direction and the given one, of the length √n in influence. */
  private static Tensor turned(Tensor fresh, float[] direction, float[] influence) {
    var mixed = fresh.toArray();
    double squares = 0;
    int count = 0;
    for (int i = 0; i < mixed.length; i++) {
      if (influence[i] > 0) {
        mixed[i] = (1 - influence[i]) * mixed[i] + influence[i] * direction[i];
        squares += (double) mixed[i] * mixed[i];
        count++;
      }
    }
    float scale = squares == 0 ? 1 : (float) Math.sqrt(count / squares);
    for (int i = 0; i < mixed.length; i++) {
      if (influence[i] > 0) {
        mixed[i] *= scale;
      }
    }
    return Tensor.of(mixed, fresh.shape());
  }

  /** A step of full strength is as long as the noise that η = 1 would add. */
  private static Tensor shifted(Tensor x, float[] direction, float[] influence, float sigma) {
    var values = x.toArray();
    for (int i = 0; i < values.length; i++) {
      values[i] += sigma * influence[i] * direction[i];
    }
    return Tensor.of(values, x.shape());
  }

  /** From the noise level below kept step k up to it again. */
  private Tensor backOneStep(int k, Tensor x, Tensor fresh) {
    double ratio = ddim.schedule().level(k).alphaCumprod() / ddim.schedule().alphaCumprodPrev(k);
    float kept = (float) Math.sqrt(ratio);
    float added = (float) Math.sqrt(1 - ratio);
    var values = x.toArray();
    for (int i = 0; i < values.length; i++) {
      values[i] = kept * values[i] + added * fresh.get(i);
    }
    return Tensor.of(values, x.shape());
  }
}
