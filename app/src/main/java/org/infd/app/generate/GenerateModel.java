package org.infd.app.generate;

import java.nio.file.Path;
import java.util.HashMap;
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
import org.infd.app.viewer.PixelImage;
import org.infd.app.work.Job;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.studio.Photo;
import org.infd.inference.studio.Recipe;
import org.jspecify.annotations.Nullable;

/**
 * The way to a picture: sampling one or opening a file. Cancelling makes it idle at once; what is
 * still running then is not heard of again. All methods belong to the user interface's thread.
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
  private final ReadOnlyStringWrapper position = new ReadOnlyStringWrapper(this, "position", "");
  private final ReadOnlyObjectWrapper<Optional<PixelImage>> preview =
      new ReadOnlyObjectWrapper<>(this, "preview", Optional.empty());

  private final RunQueue queue = new RunQueue();
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

  /** What is to be made afterwards. */
  public RunQueue queue() {
    return queue;
  }

  /**
   * How long a sampling takes, as the last ones of the same model did.
   *
   * @return seconds, negative while it is not known
   */
  public double secondsFor(Recipe recipe) {
    var seconds = secondsPerEvaluation.get(recipe.model());
    return seconds == null ? -1 : seconds * evaluations(recipe);
  }

  /** Guidance runs the network twice in each step. */
  private static double evaluations(Recipe recipe) {
    return recipe.steps() * (recipe.guidanceScale() == 1 ? 1.0 : 2.0);
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
   * Samples one picture of several. Only the first is previewed: the user looks at it when the
   * others are made.
   *
   * @param number which of them, from 1
   * @param of how many they are
   * @param done takes it
   * @param failed takes what went wrong, as a sentence
   */
  public void generate(
      Recipe recipe, int number, int of, Consumer<Picture> done, Consumer<String> failed) {
    job.start(
        (cancellation, ui) ->
            engine.generate(recipe, new Watch(ui, number == 1, recipe), cancellation),
        done,
        failed);
    position.set(of == 1 ? "" : "Picture " + number + " of " + of);
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
    position.set(of == 1 ? "From the queue" : "From the queue, " + number + " of " + of);
    preview.set(Optional.empty());
    state.set(new RunState.Loading());
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
    position.set("");
    preview.set(Optional.empty());
    state.set(new RunState.Loading());
  }

  /**
   * Opens a field file.
   *
   * @param done takes its picture
   * @param failed takes what went wrong, as a sentence
   */
  public void open(Path file, Consumer<Picture> done, Consumer<String> failed) {
    job.start(
        (cancellation, ui) -> engine.open(file, new Watch(ui, true), cancellation), done, failed);
    position.set("");
    state.set(new RunState.Loading());
  }

  /** Stops the run. Returns at once, idle. */
  public void cancel() {
    job.cancel();
  }

  private final class Watch implements Engine.Watcher {
    private final Executor ui;
    private final boolean previews;
    private final @Nullable Recipe timed;
    private final RemainingTime remaining = new RemainingTime(nanoTime);

    Watch(Executor ui, boolean previews) {
      this(ui, previews, null);
    }

    /**
     * @param timed the recipe that the steps are all those of, or null when they are not
     */
    Watch(Executor ui, boolean previews, @Nullable Recipe timed) {
      this.ui = ui;
      this.previews = previews;
      this.timed = timed;
    }

    @Override
    public void step(int done, int total) {
      double part = (double) done / total;
      double left = remaining.secondsLeft(part);
      double rate = remaining.partPerSecond(part);
      var recipe = timed;
      if (recipe != null && done == total && rate > 0) {
        double seconds = 1 / rate / evaluations(recipe);
        ui.execute(
            () -> {
              secondsPerEvaluation.put(recipe.model(), seconds);
              measured.set(Optional.of(recipe.model() + " " + seconds));
            });
      }
      ui.execute(() -> state.set(new RunState.Sampling(done, total, left)));
    }

    @Override
    public void preview(PixelImage image) {
      if (previews) {
        ui.execute(() -> preview.set(Optional.of(image)));
      }
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
