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
import org.infd.app.engine.ModelChoice;
import org.infd.app.engine.Picture;
import org.infd.app.viewer.PixelImage;
import org.infd.app.work.Job;
import org.infd.app.work.RemainingTime;
import org.infd.inference.export.Frame;
import org.infd.inference.generation.Photo;
import org.infd.inference.generation.Recipe;
import org.infd.inference.guidance.Guidance;
import org.infd.inference.runtime.Cancellation;
import org.jspecify.annotations.Nullable;

/**
 * The way to a new picture. Cancelling makes it idle at once; what is still running then is not
 * heard of again. All methods belong to the user interface's thread.
 */
public final class GenerateModel {
  /** More pictures at once are asked for by a slip of the hand. */
  public static final int MOST_PICTURES = 64;

  private final Engine engine;
  private final Job job;
  private final LongSupplier nanoTime;
  private Consumer<String> notes = sentence -> {};
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
   */
  public GenerateModel(Engine engine, Executor background, Executor ui, LongSupplier nanoTime) {
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

  /** Says who hears what the user should know about a run. */
  public void onNote(Consumer<String> listener) {
    notes = listener;
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

  /**
   * Samples a picture.
   *
   * @param done takes it
   * @param failed takes what went wrong, as a sentence
   */
  public void generate(Recipe recipe, Consumer<Picture> done, Consumer<String> failed) {
    generate(recipe, 1, 1, done, failed);
  }

  /**
   * Samples one picture of several.
   *
   * @param number which of them, from 1
   * @param of how many they are
   * @param done takes it
   * @param failed takes what went wrong, as a sentence
   */
  public void generate(
      Recipe recipe, int number, int of, Consumer<Picture> done, Consumer<String> failed) {
    job.start(
        (cancellation, ui) -> engine.generate(recipe, new Watch(ui, true, recipe), cancellation),
        done,
        failed);
    begun(of == 1 ? "" : "Picture " + number + " of " + of);
  }

  private void begun(String which) {
    position.set(which);
    preview.set(Optional.empty());
    state.set(new RunState.Loading());
  }

  /**
   * Samples one picture of several without showing it on the way.
   *
   * @param number which of them, from 1
   * @param of how many they are
   * @param done takes it
   * @param failed takes what went wrong, as a sentence
   */
  public void generateQuietly(
      Recipe recipe, int number, int of, Consumer<Picture> done, Consumer<String> failed) {
    job.start(
        (cancellation, ui) -> engine.generate(recipe, new Watch(ui, false, recipe), cancellation),
        done,
        failed);
    begun(of == 1 ? "From the queue" : "From the queue, " + number + " of " + of);
  }

  /**
   * Goes out from a picture.
   *
   * @param strength the part of the sampling that is done again, 0 to 1
   * @param done takes the new picture
   * @param failed takes what went wrong, as a sentence
   */
  public void vary(
      Picture parent,
      Recipe recipe,
      double strength,
      Consumer<Picture> done,
      Consumer<String> failed) {
    begin(
        (watcher, cancellation) -> engine.vary(parent, recipe, strength, watcher, cancellation),
        done,
        failed);
  }

  /**
   * Makes one box of a picture anew.
   *
   * @param done takes the new picture
   * @param failed takes what went wrong, as a sentence
   */
  public void redo(
      Picture parent,
      Frame.Region box,
      Recipe recipe,
      Consumer<Picture> done,
      Consumer<String> failed) {
    job.start(
        (cancellation, ui) ->
            engine.redo(parent, box, recipe, new Watch(ui, true, recipe), cancellation),
        done,
        failed);
    begun("");
  }

  /**
   * Turns a square of a photo into a picture.
   *
   * @param done takes it
   * @param failed takes what went wrong, as a sentence
   */
  public void encode(
      Photo photo,
      Recipe.Photo square,
      ModelChoice model,
      Consumer<Picture> done,
      Consumer<String> failed) {
    begin(
        (watcher, cancellation) -> engine.encode(photo, square, model, watcher, cancellation),
        done,
        failed);
  }

  private interface Run {
    Picture run(Engine.Watcher watcher, Cancellation cancellation);
  }

  private void begin(Run run, Consumer<Picture> done, Consumer<String> failed) {
    job.start((cancellation, ui) -> run.run(new Watch(ui, true), cancellation), done, failed);
    begun("");
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

    Watch(Executor ui, boolean previews) {
      this(ui, previews, null);
    }

    /**
     * @param timed the recipe that the steps are all those of, or null when they are not
     */
    Watch(Executor ui, boolean previews, @Nullable Recipe timed) {
      this.ui = ui;
      every = previews ? previewSteps : 0;
      this.timed = timed;
    }

    @Override
    public void step(int done, int total) {
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

    @Override
    public void comparing(int done, int total) {
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
    public void looked(int number, List<Double> cosines) {
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
      ui.execute(() -> notes.accept(sentence));
    }

    @Override
    public void decoding() {
      ui.execute(() -> state.set(new RunState.Decoding()));
    }
  }
}
