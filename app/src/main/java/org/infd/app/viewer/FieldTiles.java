package org.infd.app.viewer;

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
    levels = new ViewLevels(field.featureSide());
    scheduler =
        new TileScheduler(
            field.renderer(),
            levels,
            store,
            field.worker(),
            new TileScheduler.Listener() {
              @Override
              public void arrived(Tile tile) {
                ui.execute(
                    () -> {
                      if (!closed && !paused && isOnScreen(tile)) {
                        fading.put(tile.key(), NOT_YET);
                        arrived.run();
                      }
                    });
              }

              @Override
              public void failed(TileKey key, Throwable cause) {
                var sentence = Job.sentence(cause);
                ui.execute(
                    () -> {
                      if (!closed && !paused) {
                        failed.accept(sentence);
                        arrived.run();
                      }
                    });
              }
            });
  }

  /** What was rendered ahead appears later, and then at once. */
  private boolean isOnScreen(Tile tile) {
    return shown == null || tile.key().meets(shown);
  }

  /** The scales that are rendered while the view moves. */
  ViewLevels levels() {
    return levels;
  }

  /** How many tiles are wanted and not there yet. */
  int pending() {
    return scheduler.pending();
  }

  /** Says what is on screen, at the side that is to be rendered, and where the user looks in it. */
  void show(Viewport view, double pointerRow, double pointerColumn, boolean atRest) {
    paused = false;
    if (!view.equals(shown) || atRest != shownAtRest) {
      shown = view;
      shownAtRest = atRest;
      scheduler.show(view, pointerRow, pointerColumn, atRest);
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
    return !fading.isEmpty();
  }

  /** How opaque a tile is, 0 to 1. */
  double opacity(TileKey key) {
    var since = fading.get(key);
    if (since == null) {
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
    return store.toDraw(view, fading.keySet());
  }

  /** Stops rendering until the next {@link #show}, and keeps the tiles of the present view only. */
  void pause() {
    scheduler.pause();
    store.keepOnly(shown == null ? List.of() : TileKey.visible(shown));
    fading.clear();
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
    scheduler.close();
  }
}
