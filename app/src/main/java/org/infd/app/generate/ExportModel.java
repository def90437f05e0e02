package org.infd.app.generate;

import java.nio.file.Path;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyDoubleProperty;
import javafx.beans.property.ReadOnlyDoubleWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import org.infd.app.work.Job;

/**
 * Writing a picture to a PNG file in the background, while the user goes on. All methods belong to
 * the user interface's thread.
 */
public final class ExportModel {
  /** The bar is told of this many steps at most: a small export has few bands, a large one many. */
  private static final int PROGRESS_STEPS = 500;

  private final Engine engine;
  private final Job job;
  private final LongSupplier nanoTime;
  private final ReadOnlyDoubleWrapper progress = new ReadOnlyDoubleWrapper(this, "progress");
  private final ReadOnlyStringWrapper text = new ReadOnlyStringWrapper(this, "text", "");

  /**
   * @param engine writes the files
   * @param background where the engine is called
   * @param ui where everything else happens
   * @param nanoTime the clock of the time estimate, in nanoseconds
   */
  public ExportModel(Engine engine, Executor background, Executor ui, LongSupplier nanoTime) {
    this.engine = engine;
    this.nanoTime = nanoTime;
    job = new Job(background, ui);
  }

  /** Whether a file is being written. */
  public ReadOnlyBooleanProperty runningProperty() {
    return job.runningProperty();
  }

  /** The part written, 0 to 1. */
  public ReadOnlyDoubleProperty progressProperty() {
    return progress.getReadOnlyProperty();
  }

  /** How far it is, in words. */
  public ReadOnlyStringProperty textProperty() {
    return text.getReadOnlyProperty();
  }

  /**
   * Writes a picture.
   *
   * @param side its side in pixels
   * @param done takes the file when it is complete
   * @param failed takes what went wrong, as a sentence
   */
  public void export(
      Picture picture, int side, Path file, Consumer<Path> done, Consumer<String> failed) {
    var remaining = new RemainingTime(nanoTime);
    var told = new AtomicInteger(-1);
    job.start(
        (cancellation, ui) -> {
          engine.exportPng(
              picture,
              side,
              file,
              part -> {
                int step = (int) (part * PROGRESS_STEPS);
                if (told.getAndSet(step) != step) {
                  var words = words(side, part, remaining.secondsLeft(part));
                  ui.execute(() -> tell(part, words));
                }
              },
              cancellation);
          return file;
        },
        done,
        failed);
    tell(0, words(side, 0, -1));
  }

  private static String words(int side, double part, double secondsLeft) {
    return "Writing "
        + side
        + " × "
        + side
        + ": "
        + Math.round(part * 100)
        + " %"
        + RemainingTime.suffix(secondsLeft);
  }

  private void tell(double part, String words) {
    progress.set(part);
    text.set(words);
  }

  /** Stops writing; nothing is left of the file. Returns at once. */
  public void cancel() {
    job.cancel();
  }
}
