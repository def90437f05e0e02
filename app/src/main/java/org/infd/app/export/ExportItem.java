package org.infd.app.export;

import java.nio.file.Path;
import java.util.Optional;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import org.infd.app.engine.ExportTask;
import org.infd.app.engine.FilmTask;
import org.infd.app.engine.Picture;
import org.infd.app.engine.PictureTask;
import org.infd.inference.ShownText;

/** An export in the line. Belongs to the user interface's thread. */
public final class ExportItem {
  private final String title;
  private final ExportTask task;
  private final ReadOnlyObjectWrapper<ExportState> state =
      new ReadOnlyObjectWrapper<>(this, "state", new ExportState.Waiting());
  private Optional<Picture> picture;
  private Optional<Path> source;
  private double expected = -1;
  private volatile boolean begun;
  private boolean anew;

  /**
   * @param title the picture's
   * @param picture rendered from; empty to open it from its file
   * @param source the picture's field file; empty for none yet
   */
  ExportItem(String title, ExportTask task, Optional<Picture> picture, Optional<Path> source) {
    this.title = title;
    this.task = task;
    this.picture = picture;
    this.source = source;
  }

  /** The title of the picture. */
  public String title() {
    return title;
  }

  /** What is written, and where. */
  public ExportTask task() {
    return task;
  }

  /** The name of the file or folder, fit to be shown. */
  public String name() {
    return ShownText.line(String.valueOf(task.target().getFileName()));
  }

  /** How far it is. */
  public ReadOnlyObjectProperty<ExportState> stateProperty() {
    return state.getReadOnlyProperty();
  }

  /** How far it is. */
  public ExportState state() {
    return state.get();
  }

  void state(ExportState now) {
    state.set(now);
  }

  boolean isWaiting() {
    return state.get() instanceof ExportState.Waiting;
  }

  boolean isRunning() {
    return state.get() instanceof ExportState.Running;
  }

  boolean isPaused() {
    return state.get() instanceof ExportState.Paused;
  }

  /** What it is rendered from; empty to open it from its file. */
  Optional<Picture> picture() {
    return picture;
  }

  void picture(Optional<Picture> from) {
    picture = from;
  }

  /** The picture's field file; empty for none yet. */
  Optional<Path> source() {
    return source;
  }

  void source(Optional<Path> file) {
    source = file;
  }

  /** How many seconds it takes, as it was estimated; negative for unknown. */
  double expected() {
    return expected;
  }

  void expected(double seconds) {
    expected = seconds;
  }

  /** Whether any of it may be on the disk; may be asked and said on any thread. */
  boolean isBegun() {
    return begun;
  }

  void begun(boolean isOnDisk) {
    begun = isOnDisk;
  }

  /** Whether what another export of its name left is thrown away. */
  boolean isAnew() {
    return anew;
  }

  void anew(boolean throwsAway) {
    anew = throwsAway;
  }

  /** What is remembered of it; empty where its picture is in no file. */
  Optional<UnfinishedExport> unfinished() {
    var of = task instanceof PictureTask picture ? picture : null;
    return source.map(
        file ->
            new UnfinishedExport(
                file.toAbsolutePath().toString(),
                title,
                of == null ? null : of.area(),
                of == null ? null : of.settings(),
                task instanceof FilmTask film ? film.shot() : null,
                task.target().toAbsolutePath().toString(),
                isPaused() || state.get() instanceof ExportState.Failed,
                begun));
  }
}
