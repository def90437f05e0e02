package org.infd.acceptance;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.infd.acceptance.golden.GoldenModel;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.diffusion.BetaSchedule;
import org.infd.inference.diffusion.Ddim;
import org.infd.inference.diffusion.Denoiser;
import org.infd.inference.diffusion.DpmSolver;
import org.infd.inference.diffusion.NoiseLevel;
import org.infd.inference.diffusion.NoiseSource;
import org.infd.inference.diffusion.PhiloxNoise;
import org.infd.inference.diffusion.Sampler;
import org.infd.inference.diffusion.TimestepRespacing;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.infd.inference.runtime.Graph;
import org.infd.inference.tensor.AnyTensor;
import org.infd.inference.tensor.LongTensor;
import org.infd.inference.tensor.Tensor;
import org.infd.inference.text.ClipTokenizer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * DPM-Solver++(2M) against DDIM with every training step and η = 0, on real networks. That the
 * order is 2 is shown where the network is exact, by the engine's own tests. Networks blur it: they
 * depend on the time step less smoothly than any formula does, an untrained one most, and a trained
 * one decides early between different pictures, so that two accurate runs can end in two places.
 * The trained one is therefore followed from time step 700, after it has decided.
 */
class SamplerConvergenceTest {
  private static final Cancellation NEVER = Cancellation.never();

  /** A network with its schedule. */
  private record Subject(BetaSchedule betas, Denoiser denoiser, long[] shape) {
    static Subject of(ModelBundle bundle, Graph unet) {
      var diffusion = Objects.requireNonNull(bundle.manifest().diffusion());
      Denoiser.Network network =
          (z, timestep, context, stop) -> {
            var inputs = new HashMap<String, AnyTensor>();
            inputs.put("z", z);
            inputs.put("t", LongTensor.of(new long[] {timestep}, 1));
            if (context != null) {
              inputs.put("context", context);
            }
            return unet.run(inputs, stop);
          };
      return new Subject(
          BetaSchedule.of(diffusion),
          Denoiser.of(network, diffusion.prediction(), emptyPrompt(bundle)),
          bundle.manifest().latent().shape(1));
    }

    /** What a model that takes text is given when it samples freely. */
    private static @Nullable Tensor emptyPrompt(ModelBundle bundle) {
      var conditioning = bundle.manifest().conditioning();
      var vocabulary = conditioning.vocabulary();
      if (vocabulary == null) {
        return null;
      }
      try (var tower = bundle.load("clip_text", Device.cpu())) {
        var tokenizer =
            ClipTokenizer.read(
                vocabulary.file(),
                Files.readAllBytes(bundle.vocabulary()),
                vocabulary.tokens(),
                conditioning.contextLength());
        var tokens = Map.of("tokens", tokenizer.encode("").row());
        return (Tensor) tower.run(tokens, Set.of("states"), NEVER).get("states");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    Tensor sample(Sampler sampler, NoiseSource noise) {
      return sampler.sample(denoiser, noise, shape, step -> {}, NEVER);
    }

    double lambda(int timestep) {
      return new NoiseLevel(timestep, betas.alphaCumprod(timestep)).lambda();
    }
  }

  @TempDir Path folder;

  @Test
  void anUntrainedNetworkFromNoise() {
    try (var model = GoldenModel.open(GoldenModel.own("infd-tiny/last-model.pth"), folder);
        var unet = model.bundle().load("unet", Device.cpu())) {
      var subject = Subject.of(model.bundle(), unet);
      var noise = new PhiloxNoise(1);
      var all = subject.sample(ddim(subject, 1000), noise);
      System.out.println("untrained network, whole run, against 1000-step DDIM, η = 0:");
      double ddim200 = error(subject.sample(ddim(subject, 200), noise), all);
      System.out.printf("  DDIM %d steps: %.2e%n", 200, ddim200);
      int[] counts = {8, 16, 25, 32};
      var errors = new double[counts.length];
      for (int i = 0; i < counts.length; i++) {
        var end = subject.sample(new DpmSolver(subject.betas(), counts[i]), noise);
        errors[i] = error(end, all);
        System.out.printf("  DPM-Solver++(2M) %d steps: %.2e%n", counts[i], errors[i]);
      }
      double order = Math.log(errors[0] / errors[3]) / Math.log(4);
      System.out.printf("  order from 8 to 32 steps: %.2f%n", order);
      assertTrue(order > 1.4, "order " + order);
      assertTrue(errors[2] < ddim200, "25 steps beat 200 of DDIM");
    }
  }

  private static Ddim ddim(Subject subject, int count) {
    return new Ddim(subject.betas(), TimestepRespacing.ddim(count, subject.betas().steps()), 0);
  }

  @Test
  void theEmbeddedModelOnceItHasDecided() {
    var bundle =
        ModelBundle.open(
            Path.of(System.getProperty("infd.root", "../.."), "assets/mountains/bundle"));
    try (var unet = bundle.load("unet", Device.cpu())) {
      var subject = Subject.of(bundle, unet);
      int from = 700;
      var picture =
          subject.sample(
              new DpmSolver(subject.betas(), DpmSolver.DEFAULT_STEPS), new PhiloxNoise(0));
      var noisy = noisy(subject, picture, from);
      var all = every(subject, noisy, from);
      System.out.println("embedded model from time step 700, against DDIM by every time step:");
      int[] counts = {4, 8, 16};
      var errors = new double[counts.length];
      for (int i = 0; i < counts.length; i++) {
        var solver = new DpmSolver(subject.betas(), evenInLambda(subject, from, counts[i]));
        errors[i] = error(subject.sample(solver, startingAt(noisy)), all);
        System.out.printf("  DPM-Solver++(2M) %d steps: %.2e%n", counts[i], errors[i]);
      }
      double order = Math.log(errors[0] / errors[2]) / Math.log(4);
      System.out.printf("  order from 4 to 16 steps: %.2f%n", order);
      assertTrue(order > 1.5, "order " + order);
    }
  }

  /** A latent with the noise of a time step. */
  private static Tensor noisy(Subject subject, Tensor z, int timestep) {
    var level = new NoiseLevel(timestep, subject.betas().alphaCumprod(timestep));
    var noise = new PhiloxNoise(100).start(subject.shape());
    var x = Tensor.zeros(subject.shape());
    for (int i = 0; i < x.elements(); i++) {
      x.set(i, level.sqrtAlpha() * z.get(i) + level.sqrtOneMinusAlpha() * noise.get(i));
    }
    return x;
  }

  /** DDIM with η = 0 by every training step from one on. */
  private static Tensor every(Subject subject, Tensor noisy, int from) {
    var ddim = new Ddim(subject.betas(), TimestepRespacing.all(subject.betas().steps()), 0);
    var x = noisy;
    for (int k = from; k >= 0; k--) {
      var estimate = subject.denoiser().estimate(x, ddim.schedule().level(k), NEVER);
      x = ddim.step(k, estimate, noisy);
    }
    return x;
  }

  private static int[] evenInLambda(Subject subject, int from, int count) {
    var timesteps = new int[count];
    int t = from;
    for (int i = 0; i < count; i++) {
      double wanted =
          subject.lambda(from) + (subject.lambda(0) - subject.lambda(from)) * i / (count - 1);
      while (t > 0
          && Math.abs(subject.lambda(t - 1) - wanted) <= Math.abs(subject.lambda(t) - wanted)) {
        t--;
      }
      timesteps[i] = t;
    }
    return timesteps;
  }

  private static NoiseSource startingAt(Tensor x) {
    return new NoiseSource() {
      @Override
      public Tensor start(long... shape) {
        return x;
      }

      @Override
      public Tensor step(int step, long... shape) {
        throw new IllegalStateException("the solver adds no noise");
      }
    };
  }

  /** The root mean square of the difference over that of the reference. */
  private static double error(Tensor actual, Tensor expected) {
    double difference = 0;
    double magnitude = 0;
    for (int i = 0; i < expected.elements(); i++) {
      double d = (double) actual.get(i) - expected.get(i);
      difference += d * d;
      magnitude += (double) expected.get(i) * expected.get(i);
    }
    return Math.sqrt(difference / magnitude);
  }
}
