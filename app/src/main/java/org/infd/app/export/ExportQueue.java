package org.infd.app.export;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import javafx.beans.property.ReadOnlyLongProperty;
import javafx.beans.property.ReadOnlyLongWrapper;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import org.infd.app.engine.Engine;
import org.infd.app.engine.Picture;
import org.infd.app.engine.PictureHolds;
import org.infd.app.work.Background;
import org.infd.app.work.Job;

/**
 * The exports: one is written, the others wait in a line that the user can change. Each can be
 * stopped for a while and goes on where it was, also at the next start of the program. A picture is
 * held from the order on until its file is there. All methods belong to the user interface's
 * thread.
 */
public final class ExportQueue {
  /** More that are over are not remembered. */
  private static final int MOST_FINISHED = 50;

  private final Engine engine;
  private final Executor files;
  private final Executor ui;
  private final PictureHolds holds;
  private final Job job;
  private final ExportClock clock;
  private final ObservableList<ExportItem> line = FXCollections.observableArrayList();
  private final ObservableList<ExportItem> finished = FXCollections.observableArrayList();
  private final ObservableList<ExportItem> shownLine =
      FXCollections.unmodifiableObservableList(line);
  private final ObservableList<ExportItem> shownFinished =
      FXCollections.unmodifiableObservableList(finished);
  private final ReadOnlyObjectWrapper<Optional<ExportItem>> running =
      new ReadOnlyObjectWrapper<>(this, "running", Optional.empty());
  private final ReadOnlyBooleanWrapper working = new ReadOnlyBooleanWrapper(this, "working");
  private final ReadOnlyLongWrapper revision = new ReadOnlyLongWrapper(this, "revision");
  private Function<Picture, Optional<Path>> sources = _ -> Optional.empty();
  private Consumer<ExportItem> ended = _ -> {};
  private boolean held;

  /**
   * @param engine writes the files
   * @param background where the engine is called
   * @param ui where everything else happens
   * @param nanoTime the clock of the time estimates, in nanoseconds
   * @param costs learns how long exports take
   * @param holds keeps pictures while they are needed
   */
  ExportQueue(
      Engine engine,
      Background background,
      Executor ui,
      LongSupplier nanoTime,
      ExportCosts costs,
      PictureHolds holds) {
    this.engine = engine;
    this.ui = ui;
    this.holds = holds;
    files = background.files();
    job = new Job(files, ui);
    clock = new ExportClock(costs, nanoTime);
  }

  /**
   * Says who is asked for what.
   *
   * @param from gives the field file of a picture, empty for none yet
   * @param listener hears of every export that is over, whether it went well or not
   */
  void attach(Function<Picture, Optional<Path>> from, Consumer<ExportItem> listener) {
    sources = from;
    ended = listener;
  }

  /** What is being written, first, and what waits or is paused behind it, the next first. */
  public ObservableList<ExportItem> line() {
    return shownLine;
  }

  /** What is over, the last first. */
  public ObservableList<ExportItem> finished() {
    return shownFinished;
  }

  /** What is being written; empty for nothing. */
  public ReadOnlyObjectProperty<Optional<ExportItem>> runningProperty() {
    return running.getReadOnlyProperty();
  }

  /** Whether anything is being written, or soon will be. */
  public ReadOnlyBooleanProperty workingProperty() {
    return working.getReadOnlyProperty();
  }

  /** Changes with everything but progress. */
  public ReadOnlyLongProperty revisionProperty() {
    return revision.getReadOnlyProperty();
  }

  /** How many are being written or wait. */
  public int count() {
    return (int) line.stream().filter(item -> !item.isPaused()).count();
  }

  private void changed() {
    running.set(line.stream().filter(ExportItem::isRunning).findFirst());
    working.set(count() > 0);
    revision.set(revision.get() + 1);
  }

  /** Whether something is on its way to a file or folder. */
  public boolean isOnTheWay(Path target) {
    var place = target.toAbsolutePath().normalize();
    return line.stream()
        .anyMatch(item -> item.task().target().toAbsolutePath().normalize().equals(place));
  }

  /** Puts an export at the end of the line. */
  void add(ExportItem item) {
    item.picture().ifPresent(holds::hold);
    line.add(item);
    changed();
    next();
  }

  private void next() {
    if (!held && running.get().isEmpty()) {
      line.stream().filter(ExportItem::isWaiting).findFirst().ifPresent(this::begin);
    }
  }

  private void begin(ExportItem item) {
    line.remove(item);
    line.addFirst(item);
    item.state(new ExportState.Running(-1, "Starting"));
    var picture = item.picture();
    var source = source(item);
    var progress = clock.begin(item);
    var blocked = new AtomicBoolean();
    job.start(
        (cancellation, steps) -> {
          new ExportRun(engine, item, picture, source, blocked)
              .write(
                  part ->
                      progress.at(part).ifPresent(state -> steps.execute(() -> item.state(state))),
                  cancellation);
          return item;
        },
        written -> {
          progress.end();
          end(item, new ExportState.Done());
        },
        sentence -> end(item, new ExportState.Failed(sentence, blocked.get())),
        // it was stopped a moment too late
        written -> ui.execute(() -> endAfterAll(item)));
    changed();
  }

  private void end(ExportItem item, ExportState how) {
    line.remove(item);
    item.state(how);
    item.anew(false);
    finished.addFirst(item);
    while (finished.size() > MOST_FINISHED) {
      forget(finished.removeLast());
    }
    if (how instanceof ExportState.Done) {
      item.begun(false);
      letGo(item);
    } else {
      // when it is tried again, its picture is opened anew
      letGoOfKept(item);
    }
    changed();
    ended.accept(item);
    next();
  }

  private void endAfterAll(ExportItem item) {
    if (item.isPaused() && line.contains(item)) {
      end(item, new ExportState.Done());
    }
  }

  /** A picture may be kept in a file after its export was begun. */
  private Optional<Path> source(ExportItem item) {
    if (item.source().isEmpty()) {
      item.source(item.picture().flatMap(sources));
    }
    return item.source();
  }

  private void letGoOfKept(ExportItem item) {
    if (source(item).isPresent()) {
      letGo(item);
    }
  }

  /** After what is still being rendered of it. */
  private void letGo(ExportItem item) {
    item.picture()
        .ifPresent(picture -> files.execute(() -> ui.execute(() -> holds.letGo(picture))));
    item.picture(Optional.empty());
  }

  /** Stops an export for a while; what is done is kept. */
  public void pause(ExportItem item) {
    if (!line.contains(item) || item.isPaused()) {
      return;
    }
    if (item.state() instanceof ExportState.Running(double part, _)) {
      job.cancel();
      item.state(new ExportState.Paused(part));
    } else {
      item.state(new ExportState.Paused(-1));
    }
    letGoOfKept(item);
    changed();
    next();
  }

  /** Goes on with an export when its turn comes. */
  public void resume(ExportItem item) {
    if (item.isPaused() && line.contains(item)) {
      item.state(new ExportState.Waiting());
      changed();
      next();
    }
  }

  /** Takes an export back, whatever it is doing; nothing is left of one that is not finished. */
  public void remove(ExportItem item) {
    if (item.isRunning()) {
      job.cancel();
    }
    boolean wasInLine = line.remove(item);
    if (wasInLine || finished.remove(item)) {
      forget(item);
      changed();
      next();
    }
  }

  private void forget(ExportItem item) {
    letGo(item);
    files.execute(
        () -> {
          if (item.isBegun()) {
            item.task().forget();
          }
        });
  }

  /** Does again what failed, at the end of the line; what is done of it is kept. */
  public void retry(ExportItem item) {
    if (item.state() instanceof ExportState.Failed(_, boolean blocked) && finished.remove(item)) {
      item.anew(blocked);
      item.state(new ExportState.Waiting());
      line.add(item);
      changed();
      next();
    }
  }

  /** Forgets what went well. */
  public void clearDone() {
    finished.removeIf(item -> item.state() instanceof ExportState.Done);
    changed();
  }

  /** Lets an export go before the one before it, unless that is being written. */
  public void moveUp(ExportItem item) {
    if (canMoveUp(item)) {
      int at = line.indexOf(item);
      line.set(at, line.set(at - 1, item));
      changed();
    }
  }

  /** Lets an export go after the one after it. */
  public void moveDown(ExportItem item) {
    int at = line.indexOf(item);
    if (at >= 0 && at < line.size() - 1 && !item.isRunning()) {
      line.set(at, line.set(at + 1, item));
      changed();
    }
  }

  /** Whether an export can go before the one before it. */
  public boolean canMoveUp(ExportItem item) {
    int at = line.indexOf(item);
    return at > 0 && !line.get(at - 1).isRunning();
  }

  /** What is not finished and can go on at the next start. */
  List<UnfinishedExport> unfinished() {
    return Stream.concat(line.stream(), finished.stream().filter(ExportQueue::isLeft))
        .flatMap(
            item -> {
              source(item);
              return item.unfinished().stream();
            })
        .toList();
  }

  /** Whether it failed in the middle, for example of a full disk. */
  private static boolean isLeft(ExportItem item) {
    return item.isBegun() && item.state() instanceof ExportState.Failed;
  }

  /** The device stopped: nothing is begun until it is there again, and pictures are opened anew. */
  void hold() {
    held = true;
    running
        .get()
        .ifPresent(
            item -> {
              job.cancel();
              item.state(new ExportState.Waiting());
            });
    line.forEach(this::letGoOfKept);
    changed();
  }

  /** Goes on after {@link #hold}. */
  void goOn() {
    held = false;
    next();
  }

  /** What is being written or waits is not wanted any more; what is paused stays. */
  void stop() {
    held = true;
    line.stream().filter(item -> !item.isPaused()).toList().forEach(this::remove);
  }

  /** The program ends: stops writing; what is done stays. */
  void close() {
    held = true;
    job.cancel();
  }
}
