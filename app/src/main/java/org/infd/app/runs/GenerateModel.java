package org.infd.app.runs;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import javafx.beans.property.IntegerProperty;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import javafx.beans.property.SimpleIntegerProperty;
import org.infd.app.engine.Engine;
import org.infd.app.engine.Picture;
import org.infd.app.viewer.PixelImage;
import org.infd.app.work.Job;
import org.infd.app.work.Notices;
import org.infd.app.work.Reckoning;
import org.infd.app.work.RemainingTime;
import org.infd.app.work.SecondsRange;
import org.infd.inference.generation.Recipe;
import org.infd.inference.guidance.Guidance;
import org.infd.inference.runtime.Cancellation;
import org.jspecify.annotations.Nullable;

/**
 * The run in progress: its state, preview and remaining time. Cancelling makes it idle at once;
 * what is still running then is not heard of again, and its picture is released. All methods belong
 * to the user interface's thread.
 */
public final class GenerateModel {
  /** More pictures at once are asked for by a slip of the hand. */
  public static final int MOST_PICTURES = 64;

  private final Engine engine;
  private final Job job;
  private final LongSupplier nanoTime;
  private final ReadOnlyObjectWrapper<RunState> state =
      new ReadOnlyObjectWrapper<>(this, "state", new RunState.Idle());
  private final IntegerProperty count = new SimpleIntegerProperty(this, "count", 1);
  private final IntegerProperty previewEvery = new SimpleIntegerProperty(this, "previewEvery", 1);

  /** The same for the threads that work. */
  private volatile int previewSteps = 1;

  private final ReadOnlyStringWrapper position = new ReadOnlyStringWrapper(this, "position", "");
  private final ReadOnlyObjectWrapper<Optional<PixelImage>> preview =
      new ReadOnlyObjectWrapper<>(this, "preview", Optional.empty());

  private final ReadOnlyObjectWrapper<Optional<ClipEvaluation>> evaluation =
      new ReadOnlyObjectWrapper<>(this, "look", Optional.empty());
  private Consumer<String> noted;
  private final Reckoning samplings = new Reckoning();
  private final RunQueue queue = new RunQueue();
  private final GuidanceCost guidanceCost;
  private final Map<String, Double> secondsPerEvaluation = new HashMap<>();
  private final ReadOnlyObjectWrapper<Optional<String>> measured =
      new ReadOnlyObjectWrapper<>(this, "measured", Optional.empty());

  /**
   * @param engine makes the pictures
   * @param background where the engine is called
   * @param ui where everything else happens
   * @param nanoTime the clock of the time estimate, in nanoseconds
   * @param notices hears what the user should know about a run
   */
  public GenerateModel(
      Engine engine, Executor background, Executor ui, LongSupplier nanoTime, Notices notices) {
    noted = notices::note;
    this.engine = engine;
    this.nanoTime = nanoTime;
    job = new Job(background, ui);
    previewEvery.subscribe(steps -> previewSteps = steps.intValue());
    guidanceCost = new GuidanceCost(engine, new Job(background, ui), this::tellMeasured);
    job.runningProperty()
        .subscribe(
            running -> {
              if (!running) {
                state.set(new RunState.Idle());
                preview.set(Optional.empty());
              }
            });
  }

  /** Says who hears what the user should know of a run's choices, instead of the notices. */
  void onNote(Consumer<String> listener) {
    noted = listener;
  }

  /** How far the run is. */
  public ReadOnlyObjectProperty<RunState> stateProperty() {
    return state.getReadOnlyProperty();
  }

  /** The live preview of the run; empty before its first step and when nothing runs. */
  public ReadOnlyObjectProperty<Optional<PixelImage>> previewProperty() {
    return preview.getReadOnlyProperty();
  }

  /** Whether a run is under way. */
  public boolean isRunning() {
    return job.runningProperty().get();
  }

  /** How many pictures a run makes. */
  public IntegerProperty countProperty() {
    return count;
  }

  /** After how many steps the next run is previewed, 0 for never. */
  public IntegerProperty previewEveryProperty() {
    return previewEvery;
  }

  /** What is to be made afterwards. */
  public RunQueue queue() {
    return queue;
  }

  /** What the run in progress sees in the boxes of its layout; the last look stays. */
  public ReadOnlyObjectProperty<Optional<ClipEvaluation>> evaluationProperty() {
    return evaluation.getReadOnlyProperty();
  }

  /**
   * A look at the boxes of a layout.
   *
   * @param guidance whose boxes
   * @param number the number of the step, from 1
   * @param cosines what CLIP says, per scored box; NaN where it was not looked at
   */
  public record ClipEvaluation(Guidance guidance, int number, List<Double> cosines) {}

  /** What layouts cost. */
  public GuidanceCost guidanceCost() {
    return guidanceCost;
  }

  /**
   * How long a sampling takes, as the last ones of the same model did.
   *
   * @return seconds, negative while it is not known
   */
  public double secondsFor(Recipe recipe) {
    double plain = plainSeconds(recipe);
    if (recipe.guidance() == null || plain < 0) {
      return plain;
    }
    double guided = guidanceCost.seconds(recipe);
    return guided < 0 ? -1 : 2 * plain + guided;
  }

  /**
   * How much longer a sampling takes because of its layout.
   *
   * @return seconds, negative while it is not known
   */
  public double layoutSeconds(Recipe recipe) {
    double all = secondsFor(recipe);
    return all < 0 ? -1 : all - plainSeconds(recipe);
  }

  /**
   * How long a sampling takes, as far as the last ones let that be said.
   *
   * @param count of so many pictures
   * @return empty while it is not known
   */
  public Optional<SecondsRange> rangeFor(Recipe recipe, int count) {
    double all = secondsFor(recipe);
    return all < 0 ? Optional.empty() : Optional.of(samplings.range(all * count));
  }

  /** How much longer a sampling takes because of its layout; empty while it is not known. */
  public Optional<SecondsRange> layoutRange(Recipe recipe) {
    double more = layoutSeconds(recipe);
    return more < 0 ? Optional.empty() : Optional.of(samplings.range(more));
  }

  private double plainSeconds(Recipe recipe) {
    double probed = guidanceCost.secondsPerEvaluation(recipe.model());
    double seconds = secondsPerEvaluation.getOrDefault(recipe.model(), probed);
    return seconds <= 0 ? -1 : seconds * evaluations(recipe);
  }

  /** Guidance runs the network twice in each step. */
  private static double evaluations(Recipe recipe) {
    return recipe.steps() * GuidanceCost.runs(recipe);
  }

  private void tellMeasured(String model) {
    measured.set(Optional.of(model + " " + nanoTime.getAsLong()));
  }

  /** Changes when {@link #secondsFor} knows more. */
  public ReadOnlyObjectProperty<Optional<String>> measuredProperty() {
    return measured.getReadOnlyProperty();
  }

  /** Which picture of several is being made, in words; empty for a single one. */
  public ReadOnlyStringProperty positionProperty() {
    return position.getReadOnlyProperty();
  }

  /** How far the run is and which of several, in words; empty while nothing runs. */
  public String words() {
    var text = state.get().text();
    return position.get().isEmpty() || text.isEmpty() ? text : position.get() + ": " + text;
  }

  /** What makes a picture: runs in the background. */
  @FunctionalInterface
  public interface Work {
    /**
     * Makes it.
     *
     * @throws java.util.concurrent.CancellationException soon after {@code cancellation} was asked
     *     for
     */
    Picture make(Engine.Watcher watcher, Cancellation cancellation);
  }

  /**
   * How a run is shown.
   *
   * @param position which picture of several it is, in words; empty for a single one
   * @param previewed whether it is seen on the way
   * @param timed the recipe that its steps are all those of, for the estimates; empty when they are
   *     not
   */
  public record Shown(String position, boolean previewed, Optional<Recipe> timed) {}

  /**
   * Begins a run in place of the one in progress.
   *
   * @param done takes the picture
   * @param failed takes what went wrong, as a sentence
   */
  public void begin(Shown how, Work work, Consumer<Picture> done, Consumer<String> failed) {
    double expected = how.timed().map(this::secondsFor).orElse(-1.0);
    long begun = nanoTime.getAsLong();
    job.start(
        (cancellation, ui) -> work.make(new Watch(ui, how), cancellation),
        made -> {
          // with the loading of the model, which the estimate does not know of
          samplings.learn(expected, (nanoTime.getAsLong() - begun) / 1e9);
          done.accept(made);
        },
        failed,
        engine::release);
    position.set(how.position());
    preview.set(Optional.empty());
    state.set(new RunState.Loading());
  }

  /** Stops the run. Returns at once, idle. */
  public void cancel() {
    job.cancel();
  }

  private final class Watch implements Engine.Watcher {
    private final Executor ui;
    private final int every;
    private final @Nullable Recipe timed;
    private final RemainingTime compared = new RemainingTime(nanoTime);
    private final RemainingTime remaining = new RemainingTime(nanoTime);
    private boolean comparing;

    Watch(Executor ui, Shown how) {
      this.ui = ui;
      every = how.previewed() ? previewSteps : 0;
      timed = how.timed().orElse(null);
    }

    @Override
    public void stage(Stage now) {
      comparing = now == Stage.COMPARING;
      if (now == Stage.DECODING) {
        ui.execute(() -> state.set(new RunState.Decoding()));
      }
    }

    @Override
    public void step(int done, int total) {
      if (comparing) {
        comparing(done, total);
      } else {
        sampling(done, total);
      }
    }

    private void sampling(int done, int total) {
      double part = (double) done / total;
      double left = remaining.secondsLeft(part);
      double rate = remaining.partPerSecond(part);
      var recipe = timed;
      if (recipe != null && done == total && rate > 0) {
        ui.execute(() -> learn(recipe, 1 / rate));
      }
      ui.execute(() -> state.set(new RunState.Sampling(done, total, left)));
    }

    private void learn(Recipe recipe, double seconds) {
      if (recipe.guidance() == null) {
        learnPlain(recipe, seconds);
      } else {
        guidanceCost.correct(recipe, seconds - plainSeconds(recipe));
        tellMeasured(recipe.model());
      }
    }

    private void learnPlain(Recipe recipe, double seconds) {
      secondsPerEvaluation.put(recipe.model(), seconds / evaluations(recipe));
      tellMeasured(recipe.model());
    }

    private void comparing(int done, int total) {
      double part = (double) done / total;
      double left = compared.secondsLeft(part);
      double rate = compared.partPerSecond(part);
      var recipe = timed;
      if (recipe != null && done == total && rate > 0) {
        ui.execute(() -> learnPlain(recipe, 1 / rate));
      }
      ui.execute(
          () -> state.set(new RunState.Comparing(done, total, left < 0 ? left : left + after())));
    }

    /** The seconds of the picture with the layout; 0 while they are not known. */
    private double after() {
      return timed == null ? 0 : Math.max(0, layoutSeconds(timed));
    }

    @Override
    public void evaluated(int number, List<Double> cosines) {
      var guidance = timed == null ? null : timed.guidance();
      if (guidance != null) {
        ui.execute(
            () -> evaluation.set(Optional.of(new ClipEvaluation(guidance, number, cosines))));
      }
    }

    @Override
    public boolean wantsPreview(int done) {
      // the first at once: it shows that something happens
      return every > 0 && (done == 1 || done % every == 0);
    }

    @Override
    public void preview(PixelImage image) {
      ui.execute(() -> preview.set(Optional.of(image)));
    }

    @Override
    public void note(String sentence) {
      ui.execute(() -> noted.accept(sentence));
    }
  }
}
