package org.infd.inference.guidance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.infd.inference.bundle.Manifest;
import org.infd.inference.diffusion.BetaSchedule;
import org.infd.inference.diffusion.Ddim;
import org.infd.inference.diffusion.Denoiser;
import org.infd.inference.diffusion.PhiloxNoise;
import org.infd.inference.diffusion.SamplingStep;
import org.infd.inference.diffusion.TimestepRespacing;
import org.infd.inference.guidance.GuidanceSettings.Depth;
import org.infd.inference.guidance.GuidanceSettings.StepRule;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Guided runs on networks that work pointwise, so that every effect can be told. */
class GuidedSamplerTest {
  private static final int SIDE = 16;
  private static final long[] SHAPE = {1, 2, SIDE, SIDE};
  private static final int STEPS = 20;
  private static final PhiloxNoise NOISE = new PhiloxNoise(7);

  /** The upper left quarter should have a high first channel, weighted as given. */
  private static LayoutBox corner(double weight, double start, double end) {
    return new LayoutBox(0, 0, 0.5, 0.5, "up", null, weight, start, end);
  }

  private static final LayoutBox CORNER = corner(1, 0, 1);
  private static final GuidanceSettings USUAL =
      new GuidanceSettings(StepRule.DSG, Depth.FAST, 0.5, 1, 2, 1);

  private final LinearNetworks networks = new LinearNetworks();

  private static ClipScorer.Target up(LayoutBox box) {
    return new ClipScorer.Target(box, Tensor.of(new float[] {1, 0, 0, 0.2f}, 1, 4), null);
  }

  private ClipScorer scorer(LinearNetworks of, int copies, LayoutBox... boxes) {
    var targets = Arrays.stream(boxes).map(GuidedSamplerTest::up).toList();
    return new ClipScorer(of, targets, 8, 16, copies, NOISE);
  }

  private static Ddim ddim(double eta) {
    var betas =
        BetaSchedule.of(
            new Manifest.Diffusion(
                1000,
                Manifest.Schedule.LINEAR,
                0.0015,
                0.0195,
                Manifest.Prediction.EPSILON,
                1,
                "ddim20"));
    return new Ddim(betas, TimestepRespacing.parse("ddim" + STEPS, 1000), eta);
  }

  private Denoiser denoiser() {
    return Denoiser.of(networks, Manifest.Prediction.EPSILON, null);
  }

  private Tensor plain(double eta) {
    return ddim(eta).sample(denoiser(), NOISE, SHAPE, step -> {}, Cancellation.never());
  }

  private GuidedSampler.Result guided(double eta, GuidanceSettings steering, LayoutBox... boxes) {
    return guided(eta, steering, _ -> {}, (_, _) -> {}, boxes);
  }

  private GuidedSampler.Result guided(
      double eta,
      GuidanceSettings steering,
      Consumer<SamplingStep> steps,
      GuidedSampler.Evaluations evaluated,
      LayoutBox... boxes) {
    var scorer = scorer(networks, steering.copies(), boxes);
    return new GuidedSampler(ddim(eta), steering, scorer, NOISE, null)
        .sample(denoiser(), SHAPE, steps, evaluated, Cancellation.never());
  }

  /** The mean of the first channel in the upper left quarter. */
  private static double mean(Tensor z) {
    double sum = 0;
    for (int r = 0; r < SIDE / 2; r++) {
      for (int c = 0; c < SIDE / 2; c++) {
        sum += z.get(r * SIDE + c);
      }
    }
    return sum / (SIDE * SIDE / 4.0);
  }

  @ParameterizedTest
  @CsvSource({"1, 0, 1, 1, 0.5", "3, 2, 1, 0.3, 1", "2, 1, 2, 0, 0.7"})
  void itsWorkIsKnownBefore(int every, int copies, int repeats, double start, double height) {
    var steering = new GuidanceSettings(StepRule.DSG, Depth.FAST, 0.5, every, copies, repeats);
    var box = new LayoutBox(0, 0, height, 0.1, "up", null, 1, Math.min(start, 0.5), 0.9);
    var result = guided(1, steering, CORNER, box);
    var guidance = new Guidance(new Layout(null, null, List.of(CORNER, box)), steering);
    var work = GuidanceWork.of(guidance, true, STEPS, 8, 16);
    assertEquals(result.evaluations(), work.evaluations());
    assertEquals(networks.seenCrops, work.crops());
    assertTrue(work.pixels() >= networks.renderedPixels * 0.99);
    if (copies == 0) {
      assertEquals(networks.renderedPixels, work.pixels(), "jittered copies may be smaller");
    }
  }

  @Test
  void largeCropsAreLookedAtAFewAtATime() {
    var phi = NOISE.start(SHAPE);
    var boxes =
        List.of(
            LayoutBox.of(0, 0, 0.9, 0.3, "up"),
            LayoutBox.of(0, 0.5, 0.3, 0.5, "up"),
            LayoutBox.of(0.1, 0.2, 0.2, 0.6, "up"),
            CORNER);
    var sum = new float[phi.elements()];
    var cosines = new ArrayList<Double>();
    int most = 0;
    for (var box : boxes) {
      networks.mostAtOnce = 0;
      var scores = largeScores(phi, box);
      cosines.addAll(scores.cosines());
      for (int i = 0; i < sum.length; i++) {
        sum[i] += scores.cotangent().get(i);
      }
      most = Math.max(most, networks.mostAtOnce);
    }
    assertEquals(3, most, "boxes that are seen at once");
    networks.seenCrops = 0;
    networks.mostAtOnce = 0;
    var together = largeScores(phi, boxes.toArray(new LayoutBox[0]));
    assertEquals(9, networks.seenCrops);
    assertEquals(4, networks.mostAtOnce);
    assertEquals(cosines, together.cosines());
    assertArrayEquals(sum, together.cotangent().toArray());
  }

  /** Crops of 256 pixels, of which four are looked at together. */
  private ClipScorer.Scores largeScores(Tensor phi, LayoutBox... boxes) {
    var targets = Arrays.stream(boxes).map(GuidedSamplerTest::up).toList();
    var active = new boolean[boxes.length];
    Arrays.fill(active, true);
    var scorer = new ClipScorer(networks, targets, 256, 16, 0, NOISE);
    var sight = scorer.field(phi, Cancellation.never());
    return scorer.evaluate(sight, active, 0, Cancellation.never());
  }

  @ParameterizedTest
  @CsvSource({"DSG, FAST, 1", "DSG, FULL, 1", "DPS, FULL, 1", "DPS, FULL, 0", "DSG, FAST, 0"})
  void everyRuleDoesWhatItIsFor(StepRule rule, Depth depth, double eta) {
    var steering = new GuidanceSettings(rule, depth, 0.5, 1, 1, 1);
    var before = plain(eta);
    var result = guided(eta, steering, CORNER);
    assertTrue(mean(result.z()) > mean(before) + 0.1, mean(before) + " to " + mean(result.z()));
    assertEquals(STEPS - 1, result.evaluations(), "all but the last step, which adds no noise");
    assertEquals(0, result.skipped());
    assertEquals(STEPS - 1, networks.decoded, "decoded once per look");
    assertEquals(depth == Depth.FULL ? STEPS - 1 : 0, networks.backThroughNetwork);
    assertArrayEquals(
        result.z().toArray(), guided(eta, steering, CORNER).z().toArray(), "bit by bit");
  }

  /** What the networks make of a latent, fitted, or its opposite. */
  private LinearPicture map(float sign) {
    var z = NOISE.normal(PhiloxNoise.Stream.TRAVEL, 3, SHAPE);
    var rgb = Tensor.zeros(1, 3, SIDE, SIDE);
    for (int i = 0; i < z.elements(); i++) {
      rgb.set(i, sign * z.get(i));
    }
    return LinearPicture.fit(z, rgb);
  }

  private GuidedSampler.Result mapped(LinearPicture map, int exact, LayoutBox box) {
    var steering = new GuidanceSettings(StepRule.DSG, Depth.FAST, 0.5, 1, 1, 1, exact);
    networks.decoded = 0;
    return new GuidedSampler(ddim(1), steering, scorer(networks, 1, box), NOISE, map)
        .sample(denoiser(), SHAPE, _ -> {}, (_, _) -> {}, Cancellation.never());
  }

  @Test
  void aMapThatPointsThereStandsForTheDecoder() {
    var through = mapped(map(1), 1, CORNER);
    assertEquals(STEPS - 1, through.through());
    var result = mapped(map(1), 4, CORNER);
    assertEquals(STEPS - 1, result.evaluations());
    assertEquals((STEPS - 1 + 3) / 4, result.through());
    assertEquals(result.through(), networks.decoded);
    assertEquals(mean(through.z()), mean(result.z()), 0.05, "the same way");
    assertArrayEquals(result.z().toArray(), mapped(map(1), 4, CORNER).z().toArray());
    var guidance =
        new Guidance(
            new Layout(null, null, List.of(CORNER)),
            new GuidanceSettings(StepRule.DSG, Depth.FAST, 0.5, 1, 1, 1, 4));
    assertEquals(result.through(), GuidanceWork.of(guidance, true, STEPS, 8, SIDE).decodes());
  }

  @Test
  void aMapThatPointsElsewhereIsNotFollowed() {
    var result = mapped(map(-1), 4, CORNER);
    assertEquals(STEPS - 1, result.through());
    assertArrayEquals(mapped(map(1), 1, CORNER).z().toArray(), result.z().toArray());
  }

  @Test
  void aBoxThatAMapIsTooCoarseForGoesThroughTheDecoder() {
    var small = LayoutBox.of(0.1, 0.1, 1.0 / SIDE, 1.0 / SIDE, "up");
    assertEquals(STEPS - 1, mapped(map(1), 4, small).through());
  }

  @Test
  void outsideTheReachOfABoxNothingChanges() {
    var before = plain(1);
    var after = guided(1, USUAL, CORNER).z();
    boolean changed = false;
    for (int i = 0; i < before.elements(); i++) {
      int row = i / SIDE % SIDE;
      int column = i % SIDE;
      if (row > SIDE / 2 || column > SIDE / 2) {
        assertEquals(before.get(i), after.get(i), "cell " + row + ", " + column);
      } else {
        changed |= before.get(i) != after.get(i);
      }
    }
    assertTrue(changed);
  }

  @Test
  void withoutStrengthItIsTheOrdinarySampler() {
    var none = new GuidanceSettings(StepRule.DSG, Depth.FAST, 0, 1, 2, 3);
    var result = guided(1, none, CORNER);
    assertArrayEquals(plain(1).toArray(), result.z().toArray());
    assertEquals(0, result.evaluations());
  }

  @Test
  void turnedNoiseKeepsItsLength() {
    var whole = LayoutBox.of(0, 0, 1, 1, "up");
    var ddim = ddim(1);
    var latents = new ArrayList<SamplingStep>();
    guided(1, USUAL, latents::add, (_, _) -> {}, whole);
    for (int executed = 1; executed < STEPS - 1; executed++) {
      var factors = ddim.coefficients(STEPS - 1 - executed);
      var x = latents.get(executed - 1).latent();
      var step = latents.get(executed);
      double squares = 0;
      for (int i = 0; i < x.elements(); i++) {
        double mean =
            factors.sqrtAlphaPrev() * step.x0().get(i)
                + factors.direction() * LinearNetworks.FACTOR * x.get(i);
        double added = (step.latent().get(i) - mean) / factors.sigma();
        squares += added * added;
      }
      assertEquals(1, Math.sqrt(squares / x.elements()), 1e-3, "step " + executed);
    }
  }

  @Test
  void rangeAndStrideDecideWhenItLooks() {
    assertEquals(5, guided(1, USUAL, corner(1, 0.25, 0.5)).evaluations());
    var third = new GuidanceSettings(USUAL.rule(), USUAL.depth(), 0.5, 3, 0, 1);
    assertEquals(7, guided(1, third, CORNER).evaluations());
    var numbers = new ArrayList<Integer>();
    GuidedSampler.Evaluations evaluated =
        (number, cosines) -> {
          assertEquals(2, cosines.size());
          assertNotEquals(cosines.get(0).isNaN(), cosines.get(1).isNaN());
          numbers.add(number);
        };
    guided(1, USUAL, _ -> {}, evaluated, corner(1, 0, 0.1), corner(1, 0.85, 1));
    assertEquals(List.of(1, 2, 18, 19), numbers);
  }

  @Test
  void stepsBetweenLooksFollowTheLastOne() {
    double before = mean(plain(1));
    double each = mean(guided(1, USUAL, CORNER).z());
    var fifth = new GuidanceSettings(USUAL.rule(), USUAL.depth(), 0.5, 5, 2, 1);
    var result = guided(1, fifth, CORNER);
    assertEquals(4, result.evaluations());
    // the networks are linear, so the gradient hardly turns; single steps would give a fifth
    double risen = (mean(result.z()) - before) / (each - before);
    assertTrue(risen > 0.5, risen + " of what a look at each step gives");
    var ends = new GuidanceSettings(USUAL.rule(), USUAL.depth(), 0.5, 50, 0, 1);
    var box = corner(1, 0.5, 0.75);
    assertArrayEquals(
        latents(plainSteps(), 0, 10), latents(steps(ends, box), 0, 10), "before its range");
    assertEquals(1, guided(1, ends, box).evaluations());
  }

  private List<Tensor> steps(GuidanceSettings steering, LayoutBox box) {
    var latents = new ArrayList<Tensor>();
    guided(1, steering, step -> latents.add(step.latent()), (_, _) -> {}, box);
    return latents;
  }

  private List<Tensor> plainSteps() {
    return steps(new GuidanceSettings(StepRule.DSG, Depth.FAST, 0, 1, 0, 1), CORNER);
  }

  private static float[][] latents(List<Tensor> steps, int from, int to) {
    return steps.subList(from, to).stream().map(Tensor::toArray).toArray(float[][]::new);
  }

  @Test
  void stepsCanBeMadeAgain() {
    var twice = new GuidanceSettings(StepRule.DSG, Depth.FAST, 0.3, 1, 0, 2);
    var result = guided(1, twice, CORNER);
    assertEquals(2 * (STEPS - 1), result.evaluations());
    assertTrue(result.z().isFinite());
    assertTrue(mean(result.z()) > mean(plain(1)) + 0.1);
  }

  @Test
  void gradientsThatAreNotFiniteAreSkippedAndCounted() {
    var broken =
        new LinearNetworks() {
          @Override
          public Tensor decodeVjp(Tensor z, Tensor cotangent, Cancellation cancellation) {
            var values = cotangent.toArray();
            values[3] = decoded % 2 == 0 ? Float.NaN : Float.POSITIVE_INFINITY;
            return Tensor.of(values, cotangent.shape());
          }
        };
    var result =
        new GuidedSampler(ddim(1), USUAL, scorer(broken, 0, CORNER), NOISE, null)
            .sample(denoiser(), SHAPE, _ -> {}, (_, _) -> {}, Cancellation.never());
    assertEquals(STEPS - 1, result.skipped());
    assertArrayEquals(plain(1).toArray(), result.z().toArray());
    var seldom = new GuidanceSettings(USUAL.rule(), USUAL.depth(), 0.5, 4, 0, 1);
    result =
        new GuidedSampler(ddim(1), seldom, scorer(broken, 0, CORNER), NOISE, null)
            .sample(denoiser(), SHAPE, _ -> {}, (_, _) -> {}, Cancellation.never());
    assertEquals(5, result.skipped());
    assertArrayEquals(plain(1).toArray(), result.z().toArray(), "nor do the steps between");
  }

  @Test
  void aSmallWeightLeadsLess() {
    double before = mean(plain(1));
    double half = mean(guided(1, USUAL, corner(0.3, 0, 1)).z());
    double full = mean(guided(1, USUAL, CORNER).z());
    assertTrue(before < half && half < full, before + ", " + half + ", " + full);
  }

  @Test
  void theCotangentIsTheSlopeOfTheDistance() {
    for (var box :
        List.of(
            LayoutBox.of(0.13, 0.4, 0.31, 0.31, "square"),
            LayoutBox.of(0.1, 0.2, 0.2, 0.7, "long"),
            LayoutBox.of(0, 0, 1, 1, "whole"))) {
      var negative =
          new ClipScorer.Target(
              box,
              Tensor.of(new float[] {1, 0, 0, 0.2f}, 1, 4),
              Tensor.of(new float[] {0.3f, 1, 0, 0.1f}, 1, 4));
      var scorer = new ClipScorer(networks, List.of(negative), 8, 16, 2, NOISE);
      var phi = NOISE.start(SHAPE);
      var active = new boolean[] {true};
      var sight = scorer.field(phi, Cancellation.never());
      var slope = scorer.evaluate(sight, active, 5, Cancellation.never()).cotangent();
      double dot = 0;
      double ofSlope = 0;
      double ofDifferences = 0;
      for (int i = 0; i < phi.elements(); i++) {
        double difference =
            (loss(scorer, phi, i, 1e-2f, negative) - loss(scorer, phi, i, -1e-2f, negative));
        dot += difference * slope.get(i);
        ofSlope += slope.get(i) * slope.get(i);
        ofDifferences += difference * difference;
      }
      assertEquals(1, dot / Math.sqrt(ofSlope * ofDifferences), 1e-3, box.prompt());
      assertEquals(Math.sqrt(box.area()), Math.sqrt(ofSlope), 1e-4, "balanced by area");
    }
  }

  /** The weighted distance, measured by the embeddings that the scorer asks for. */
  private double loss(
      ClipScorer scorer, Tensor phi, int index, float step, ClipScorer.Target target) {
    var moved = phi.toArray();
    moved[index] += step;
    var seen = new ArrayList<float[]>();
    var listening =
        new LinearNetworks() {
          @Override
          public Tensor embed(Tensor crops, Cancellation cancellation) {
            var embeddings = super.embed(crops, cancellation);
            seen.add(embeddings.toArray());
            return embeddings;
          }
        };
    var other = new ClipScorer(listening, List.of(target), 8, 16, 2, NOISE);
    var sight = other.field(Tensor.of(moved, SHAPE), Cancellation.never());
    other.evaluate(sight, new boolean[] {true}, 5, Cancellation.never());
    var prompt = new SphericalDistance(target.prompt().toArray());
    var negativeText = target.negative();
    var negative =
        new SphericalDistance(negativeText == null ? new float[] {1} : negativeText.toArray());
    double sum = 0;
    for (int i = 0; i < seen.getFirst().length; i += 4) {
      sum += prompt.loss(seen.getFirst(), i) - 0.5 * negative.loss(seen.getFirst(), i);
    }
    assertFalse(scorer.boxes().isEmpty());
    return sum / (seen.getFirst().length / 4.0);
  }

  @Test
  void finishedPicturesAreScoredInTheirOwnPixels() {
    var sides = new ArrayList<Integer>();
    var scorer = scorer(networks, 3, CORNER, LayoutBox.of(0.5, 0, 0.1, 0.1, "small"));
    var scores =
        scorer.finished(
            (side, rectangle, cancellation) -> {
              sides.add(side);
              assertEquals(8, rectangle.height());
              assertTrue(rectangle.fits(side));
              var colours = Tensor.zeros(1, 3, 8, 8);
              for (int i = 0; i < 64; i++) {
                colours.set(i, rectangle.row() == 0 ? 5 : -5);
              }
              return colours;
            },
            Cancellation.never());
    assertEquals(List.of(16, 80), sides, "one square each, at CLIP's own side");
    // clamped to 1: (1, 0, 0, 1) against (1, 0, 0, 0.2)
    assertEquals(1.2 / Math.sqrt(2 * 1.04), scores[0], 1e-6);
    assertTrue(scores[1] < 0);
  }
}
