package org.infd.app.export;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyDoubleProperty;
import javafx.beans.property.ReadOnlyDoubleWrapper;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import org.infd.app.engine.Engine;
import org.infd.app.engine.ExportCost;
import org.infd.app.engine.Picture;
import org.infd.app.work.Background;
import org.infd.app.work.Job;
import org.infd.app.work.Reckoning;
import org.infd.app.work.RemainingTime;
import org.infd.inference.export.Frame;
import org.infd.inference.export.PictureExport;

/**
 * Writing a picture to a file in the background, while the user goes on. All methods belong to the
 * user interface's thread.
 */
public final class ExportModel {
  /** The bar is told of this many steps at most: a small export has few bands, a large one many. */
  private static final int PROGRESS_STEPS = 500;

  private final Engine engine;
  private final Reckoning exports = new Reckoning();
  private final Job job;
  private final Job asking;
  private final LongSupplier nanoTime;
  private final ReadOnlyDoubleWrapper progress = new ReadOnlyDoubleWrapper(this, "progress");
  private final ReadOnlyStringWrapper text = new ReadOnlyStringWrapper(this, "text", "");
  private final ReadOnlyObjectWrapper<Optional<Path>> written =
      new ReadOnlyObjectWrapper<>(this, "written", Optional.empty());
  private final ReadOnlyObjectWrapper<Optional<ExportCost>> cost =
      new ReadOnlyObjectWrapper<>(this, "cost", Optional.empty());

  /**
   * @param engine writes the files
   * @param background where the engine is called
   * @param ui where everything else happens
   * @param nanoTime the clock of the time estimate, in nanoseconds
   */
  public ExportModel(Engine engine, Background background, Executor ui, LongSupplier nanoTime) {
    this.engine = engine;
    this.nanoTime = nanoTime;
    job = new Job(background.files(), ui);
    asking = new Job(background, ui);
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

  /** The file that was written last, while the program runs. */
  public ReadOnlyObjectProperty<Optional<Path>> writtenProperty() {
    return written.getReadOnlyProperty();
  }

  /**
   * What an export would cost; empty while that is not known. It is measured on pieces of the
   * export, so it takes a moment after each {@link #ask}.
   */
  public ReadOnlyObjectProperty<Optional<ExportCost>> costProperty() {
    return cost.getReadOnlyProperty();
  }

  /** The cost in words, its time as a range; empty while it is not known. */
  Optional<String> costInWords() {
    return cost.get().map(found -> found.text(exports.range(found.seconds())));
  }

  /** Asks what an export would cost; forgets the question before. */
  public void ask(Picture picture, Frame frame, PictureExport.Encoding encoding) {
    cost.set(Optional.empty());
    asking.start(
        (cancellation, ui) -> engine.cost(picture, frame, encoding, cancellation),
        found -> cost.set(Optional.of(found)),
        // who starts the export hears of it
        sentence -> {});
  }

  /** Forgets the question of {@link #ask}. */
  public void askNoMore() {
    asking.cancel();
    cost.set(Optional.empty());
  }

  /**
   * Writes a picture.
   *
   * @param frame the pixels that the file holds
   * @param done takes the file when it is complete
   * @param failed takes what went wrong, as a sentence
   */
  public void export(
      Picture picture,
      Frame frame,
      PictureExport.Encoding encoding,
      Path file,
      Consumer<Path> done,
      Consumer<String> failed) {
    double expected = cost.get().map(ExportCost::seconds).orElse(-1.0);
    long begun = nanoTime.getAsLong();
    var remaining = new RemainingTime(nanoTime);
    var told = new AtomicInteger(-1);
    job.start(
        (cancellation, ui) -> {
          engine.export(
              picture,
              frame,
              encoding,
              file,
              part -> {
                int step = (int) (part * PROGRESS_STEPS);
                if (told.getAndSet(step) != step) {
                  var left = remaining.secondsLeft(part);
                  var words = words(frame, part, remaining.partPerSecond(part), left);
                  ui.execute(() -> tell(part, words));
                }
              },
              cancellation);
          return file;
        },
        path -> {
          exports.learn(expected, (nanoTime.getAsLong() - begun) / 1e9);
          written.set(Optional.of(path));
          done.accept(path);
        },
        failed);
    tell(0, words(frame, 0, 0, -1));
  }

  private static String words(Frame frame, double part, double partPerSecond, double secondsLeft) {
    var size = frame.rectangle();
    var rate =
        partPerSecond <= 0
            ? ""
            : String.format(Locale.ROOT, ", %.1f Mpx/s", partPerSecond * frame.pixels() / 1e6);
    return size.width()
        + " × "
        + size.height()
        + ": "
        + Math.round(part * 100)
        + " %"
        + rate
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
