package org.infd.app.runs;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.infd.app.engine.Engine;
import org.infd.app.engine.ModelChoice;
import org.infd.app.work.Job;
import org.infd.inference.generation.Recipe;
import org.infd.inference.guidance.GuidanceTimes;
import org.infd.inference.guidance.GuidanceWork;

/**
 * What it costs to follow layouts on this machine: measured part by part when it is first asked
 * for, and corrected by every run. All methods belong to the user interface's thread.
 */
public final class GuidanceCost {
  private static final double LARGEST_CORRECTION = 10;

  /**
   * What is known of a model.
   *
   * @param correction how much longer runs took than their parts
   */
  private record Known(ModelChoice model, GuidanceTimes times, double correction) {}

  private final Engine engine;
  private final Job measuring;
  private final Consumer<String> measured;
  private final Map<String, Known> known = new HashMap<>();

  /**
   * @param measured told the id of a model of which more is known
   */
  GuidanceCost(Engine engine, Job measuring, Consumer<String> measured) {
    this.engine = engine;
    this.measuring = measuring;
    this.measured = measured;
  }

  /** How often the network runs per step. */
  static int runs(Recipe recipe) {
    return recipe.guidanceScale() == 1 ? 1 : 2;
  }

  /** Whether a model was measured. */
  public boolean knows(ModelChoice model) {
    return known.containsKey(model.id());
  }

  /** Whether a model is being measured. */
  public boolean isMeasuring() {
    return measuring.runningProperty().get();
  }

  /** Measures a model that follows layouts, unless it was measured; takes a moment. */
  public void measure(ModelChoice model) {
    if (!model.layouts().isThere() || knows(model) || isMeasuring()) {
      return;
    }
    measuring.start(
        (cancellation, ui) -> engine.measureGuidance(model, cancellation),
        times -> {
          known.put(model.id(), new Known(model, times, 1));
          measured.accept(model.id());
        },
        // an estimate is missing then, and the run itself will say what is wrong
        sentence -> {});
  }

  /** Stops measuring: something more important is to be done. */
  public void stop() {
    measuring.cancel();
  }

  /** The seconds of one run of a model's network as measured; 0 while that is not known. */
  double secondsPerEvaluation(String model) {
    var of = known.get(model);
    return of == null ? 0 : of.times().evaluation();
  }

  /** The seconds that following a recipe's layout takes beyond its steps; negative if unknown. */
  double seconds(Recipe recipe) {
    var of = known.get(recipe.model());
    return of == null ? -1 : of.correction() * parts(of, recipe);
  }

  private static double parts(Known of, Recipe recipe) {
    var guidance = recipe.guidance();
    if (guidance == null) {
      return 0;
    }
    var layouts = of.model().layouts();
    var work =
        GuidanceWork.of(
            guidance,
            of.model().takesPrompts(),
            recipe.steps(),
            layouts.clipSide(),
            layouts.smallestSide());
    return of.times().seconds(work, guidance.steering(), runs(recipe));
  }

  /** A run has taken so many seconds beyond its steps. */
  void correct(Recipe recipe, double seconds) {
    var of = known.get(recipe.model());
    if (of != null && seconds > 0) {
      double parts = parts(of, recipe);
      if (parts > 0) {
        known.put(
            recipe.model(),
            new Known(
                of.model(),
                of.times(),
                Math.clamp(seconds / parts, 1 / LARGEST_CORRECTION, LARGEST_CORRECTION)));
      }
    }
  }
}
