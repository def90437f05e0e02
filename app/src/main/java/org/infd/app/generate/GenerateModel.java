package org.infd.app.generate;

import java.nio.file.Path;
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
import org.infd.inference.studio.Recipe;

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
        (cancellation, ui) -> engine.generate(recipe, new Watch(ui, number == 1), cancellation),
        done,
        failed);
    position.set(of == 1 ? "" : "Picture " + number + " of " + of);
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
    private final RemainingTime remaining = new RemainingTime(nanoTime);

    Watch(Executor ui, boolean previews) {
      this.ui = ui;
      this.previews = previews;
    }

    @Override
    public void step(int done, int total) {
      double left = remaining.secondsLeft((double) done / total);
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
