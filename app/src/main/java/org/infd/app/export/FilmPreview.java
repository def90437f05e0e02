package org.infd.app.export;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import org.infd.app.engine.Engine;
import org.infd.app.engine.FilmShot;
import org.infd.app.engine.Picture;
import org.infd.app.viewer.PixelImage;
import org.infd.app.work.Job;
import org.infd.inference.export.FilmPath;

/**
 * Some small frames of the film that is being chosen, made while they are looked at. All methods
 * belong to the user interface's thread.
 */
final class FilmPreview {
  /** Frames of a preview. */
  static final int FRAMES = 48;

  /** The longer side of its frames in pixels. */
  private static final int SIDE = 256;

  /** How far it is. */
  sealed interface State {
    /** Nobody asked for one. */
    record None() implements State {}

    /**
     * These frames are there; all of them when there are {@link FilmPreview#FRAMES}.
     *
     * @param seconds how long the whole film is
     */
    record Frames(List<PixelImage> frames, double seconds) implements State {}

    /** It cannot be made, as a sentence. */
    record Failed(String sentence) implements State {}
  }

  private final Engine engine;
  private final Job job;
  private final ReadOnlyObjectWrapper<State> state =
      new ReadOnlyObjectWrapper<>(this, "state", new State.None());

  FilmPreview(Engine engine, Executor background, Executor ui) {
    this.engine = engine;
    job = new Job(background, ui);
  }

  ReadOnlyObjectProperty<State> stateProperty() {
    return state.getReadOnlyProperty();
  }

  /** The same way with fewer and smaller frames. */
  static FilmShot small(FilmShot shot) {
    var path = shot.path();
    double factor = (double) SIDE / Math.max(path.height(), path.width());
    int height = (int) Math.rint(path.height() * factor);
    int width = (int) Math.rint(path.width() * factor);
    long last = Math.max(Math.round(path.lastSide() * factor), Math.max(height, width));
    return new FilmShot(
        new FilmPath(path.row(), path.column(), last, FRAMES, height, width),
        shot.framesPerSecond());
  }

  /**
   * Makes the frames, one after the other.
   *
   * @param invented whether what is below the picture's own scale is invented
   */
  void start(Picture picture, FilmShot shot, boolean invented) {
    var small = small(shot);
    double seconds = (double) shot.path().frames() / shot.framesPerSecond();
    state.set(new State.Frames(List.of(), seconds));
    job.start(
        (cancellation, steps) -> {
          for (int i = 0; i < FRAMES; i++) {
            var frame = engine.pixels(picture, small.frame(i, invented), cancellation);
            steps.execute(() -> add(frame, seconds));
          }
          return Optional.empty();
        },
        _ -> {},
        sentence -> state.set(new State.Failed(sentence)));
  }

  private void add(PixelImage frame, double seconds) {
    if (state.get() instanceof State.Frames(var before, _)) {
      var frames = new ArrayList<>(before);
      frames.add(frame);
      state.set(new State.Frames(List.copyOf(frames), seconds));
    }
  }

  /** Whether any of it is there or being made. */
  boolean isShown() {
    return !(state.get() instanceof State.None);
  }

  /** Makes nothing more, and forgets what is there. */
  void stop() {
    job.cancel();
    if (isShown()) {
      state.set(new State.None());
    }
  }
}
