package org.infd.inference.generation;

import java.util.HashMap;
import java.util.Map;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.diffusion.BetaSchedule;
import org.infd.inference.diffusion.Ddim;
import org.infd.inference.diffusion.Denoiser;
import org.infd.inference.diffusion.RespacedSchedule;
import org.infd.inference.diffusion.Sampler;
import org.infd.inference.diffusion.TimestepRespacing;
import org.infd.inference.dive.DiveNetworks;
import org.infd.inference.dive.DiveOptions;
import org.infd.inference.field.NeuralField;
import org.infd.inference.field.OpenField;
import org.infd.inference.field.Rectangle;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.DeviceQueue;
import org.infd.inference.runtime.Urgency;
import org.infd.inference.tensor.Tensor;

/** What a model does for the children of one of its pictures, piece by piece on the device. */
final class ModelDive implements DiveNetworks {
  private final ModelBundle bundle;
  private final Generator generator;
  private final FieldOpener fields;
  private final DeviceQueue queue;
  private final Recipe recipe;
  private final DiveOptions options;
  private final Map<String, Denoiser> denoisers = new HashMap<>();

  /**
   * @param recipe what the picture was made by
   */
  ModelDive(
      ModelBundle bundle,
      Generator generator,
      FieldOpener fields,
      DeviceQueue queue,
      Recipe recipe,
      DiveOptions options) {
    this.bundle = bundle;
    this.generator = generator;
    this.fields = fields;
    this.queue = queue;
    this.recipe = recipe;
    this.options = options;
  }

  @Override
  public Tensor encode(Tensor rgb, Cancellation cancellation) {
    return generator.encoded(rgb, cancellation);
  }

  @Override
  public OpenField open(Tensor latent, Cancellation cancellation) {
    return new QueuedField(fields.openChild(latent, cancellation), queue);
  }

  /** A field that waits for its turn on the device. */
  private record QueuedField(NeuralField field, DeviceQueue queue) implements OpenField {
    @Override
    public Tensor render(int side, Rectangle rectangle, Cancellation cancellation) {
      return queue.call(
          Urgency.present(), cancellation, () -> field.render(side, rectangle, cancellation));
    }

    @Override
    public void close() {
      field.close();
    }
  }

  @Override
  public Sampler sampler(int steps) {
    var diffusion = SamplingPlan.requireDiffusion(bundle.manifest());
    var respacing = TimestepRespacing.nearest(steps, diffusion.respacing(), diffusion.steps());
    return new Ddim(
        new RespacedSchedule(BetaSchedule.of(diffusion), respacing, diffusion.lastAlpha()), 0);
  }

  @Override
  public Denoiser denoiser(int level, Cancellation cancellation) {
    var prompt = options.promptAt(level);
    synchronized (denoisers) {
      var known = denoisers.get(prompt.orElse(""));
      if (known != null) {
        return known;
      }
    }
    var plan = SamplingPlan.of(bundle, DiveRules.childRecipe(bundle, recipe, prompt.orElse(null)));
    var made = generator.denoiser(plan, cancellation);
    synchronized (denoisers) {
      denoisers.put(prompt.orElse(""), made);
    }
    return made;
  }
}
