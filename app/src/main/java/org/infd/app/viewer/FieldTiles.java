package org.infd.app.viewer;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.infd.app.work.Job;
import org.infd.inference.field.Tile;
import org.infd.inference.field.TileKey;
import org.infd.inference.field.TileScheduler;
import org.infd.inference.field.TileSource;
import org.infd.inference.field.TileStore;
import org.infd.inference.field.ViewLevels;
import org.infd.inference.field.Viewport;
import org.jspecify.annotations.Nullable;

/**
 * The tiles of one field on screen: those there are, those on their way, those fading in. All
 * methods belong to the user interface's thread.
 */
final class FieldTiles {
  /** How long a tile that has arrived takes to become opaque. */
  static final long FADE_NANOS = 120_000_000;

  /** The fade of a tile begins with the first tick after it has arrived. */
  private static final long NOT_YET = Long.MIN_VALUE;

  private final ViewLevels levels;
  private final TileStore store;
  private final TileScheduler scheduler;
  private final Map<TileKey, Long> fading = new HashMap<>();

  /** What fading tiles replace, opaque beneath them. */
  private final Map<TileKey, Tile> leaving = new HashMap<>();

  private final Optional<Depths.Refining> refining;
  private @Nullable Viewport shown;
  private boolean shownAtRest;
  private boolean closed;
  private boolean paused;
  private long time;

  /**
   * @param cacheBytes the most bytes of pixels that are kept
   * @param arrived called after each tile that is on screen
   * @param failed takes a sentence when a tile could not be rendered
   */
  FieldTiles(Field field, long cacheBytes, Executor ui, Runnable arrived, Consumer<String> failed) {
    store = new TileStore(cacheBytes);
    var depths = field.depths();
    levels = new ViewLevels(field.featureSide(), field.largestSide());
    scheduler =
        new TileScheduler(
            depths.map(Depths::source).orElseGet(() -> TileSource.of(field.renderer())),
            levels,
            store,
            depths.map(Depths::worker).orElse(field.worker()),
            new TileScheduler.Listener() {
              @Override
              public void arrived(Tile tile, Optional<Tile> replaced) {
                ui.execute(
                    () -> {
                      if (!closed && !paused && isOnScreen(tile)) {
                        replaced.ifPresent(old -> leaving.put(old.key(), old));
                        fading.put(tile.key(), NOT_YET);
                        arrived.run();
                      }
                    });
              }

              @Override
              public void failed(TileKey key, Throwable cause) {
                tell(cause, ui, arrived, failed);
              }
            });
    refining =
        depths.map(
            below -> below.refine(scheduler::outdate, cause -> tell(cause, ui, arrived, failed)));
  }

  private void tell(Throwable cause, Executor ui, Runnable arrived, Consumer<String> failed) {
    var sentence = Job.sentence(cause);
    ui.execute(
        () -> {
          if (!closed && !paused) {
            failed.accept(sentence);
            arrived.run();
          }
        });
  }

  /** What was rendered ahead appears later, and then at once. */
  private boolean isOnScreen(Tile tile) {
    return shown == null || tile.key().meets(shown);
  }

  /** Whether the picture goes on below its field's own scale. */
  boolean isDeep() {
    return refining.isPresent();
  }

  /** The scales that are rendered while the view moves. */
  ViewLevels levels() {
    return levels;
  }

  /** How many tiles, and pieces that are still to be invented, are wanted and not there yet. */
  int pending() {
    return scheduler.pending() + refining.map(Depths.Refining::pending).orElse(0);
  }

  /** Says what is on screen, at the side that is to be rendered, and where the user looks in it. */
  void show(Viewport view, double pointerRow, double pointerColumn, boolean atRest) {
    paused = false;
    if (!view.equals(shown) || atRest != shownAtRest) {
      shown = view;
      shownAtRest = atRest;
      scheduler.show(view, pointerRow, pointerColumn, atRest);
      refining.ifPresent(below -> below.look(view, pointerRow, pointerColumn));
    }
  }

  /** The whole image in one tile, once it is there. */
  Optional<Tile> root() {
    return store.get(levels.rootTile());
  }

  /** The bytes of pixels that are held. */
  long bytes() {
    return store.bytes();
  }

  /**
   * Moves on to a time.
   *
   * @return whether a tile is becoming opaque
   */
  boolean tick(long now, boolean atOnce) {
    time = now;
    if (atOnce) {
      fading.clear();
    }
    fading.replaceAll((_, since) -> since == NOT_YET ? now : since);
    fading.values().removeIf(since -> now - since >= FADE_NANOS);
    leaving.keySet().retainAll(fading.keySet());
    return !fading.isEmpty();
  }

  /** How opaque a tile is, 0 to 1. */
  double opacity(Tile tile) {
    var since = fading.get(tile.key());
    if (since == null || tile.equals(leaving.get(tile.key()))) {
      return 1;
    }
    return since == NOT_YET ? 0 : Math.clamp((double) (time - since) / FADE_NANOS, 0, 1);
  }

  /** Whether there is something opaque everywhere. */
  boolean coversAll() {
    var root = levels.rootTile();
    return store.contains(root) && !fading.containsKey(root);
  }

  /** What to draw for a view, the lowest first. */
  List<Tile> toDraw(Viewport view) {
    var drawn = new ArrayList<Tile>();
    for (var tile : store.toDraw(view, fading.keySet())) {
      var before = leaving.get(tile.key());
      if (before != null) {
        drawn.add(before);
      }
      drawn.add(tile);
    }
    return drawn;
  }

  /** Stops rendering until the next {@link #show}, and keeps the tiles of the present view only. */
  void pause() {
    scheduler.pause();
    refining.ifPresent(Depths.Refining::pause);
    store.keepOnly(shown == null ? List.of() : TileKey.visible(shown));
    fading.clear();
    leaving.clear();
    shown = null;
    paused = true;
  }

  /** Keeps no tile but the root, which stands in when the field is shown again. */
  void keepRoot() {
    store.keepOnly(List.of());
  }

  /** Stops rendering and lets the tiles go. */
  void close() {
    closed = true;
    refining.ifPresent(Depths.Refining::close);
    scheduler.close();
  }
}
