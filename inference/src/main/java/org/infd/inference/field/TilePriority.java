package org.infd.inference.field;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;

/**
 * Which tiles a view lacks, and in which order they are worth rendering: first the root, then what
 * fills holes, then what has nothing of its own yet, then the nearest level, then the nearest to
 * the pointer. A hole is a part of the view with nothing beneath it but tiles more than eight times
 * too coarse; tiles of a quarter of the scale fill it at a sixteenth of the cost.
 */
final class TilePriority {
  private static final int TOO_COARSE = 8;
  private static final int HOLE_FILLER = 4;

  private TilePriority() {}

  private record Target(
      TileKey key, boolean fillsHole, boolean replaces, double octaves, double distance) {}

  /** The missing tiles, the most wanted first. */
  static List<TileKey> order(
      Viewport view, double pointerRow, double pointerColumn, ViewLevels levels, TileStore store) {
    var wishes = new ArrayList<Target>();
    var asked = new HashSet<TileKey>();
    var root = levels.rootTile();
    if (!store.isCurrent(root)) {
      asked.add(root);
    }
    long coarse = levels.nearest(view.imageSide() / (double) HOLE_FILLER);
    for (var key : TileKey.visible(view)) {
      if (store.isCurrent(key)) {
        continue;
      }
      if (asked.add(key)) {
        wishes.add(wish(key, false, view, pointerRow, pointerColumn, store));
      }
      if (store.coveringSide(key) * TOO_COARSE < view.imageSide()
          && coarse * 2 <= view.imageSide()) {
        for (var filler : TileStore.at(key, coarse)) {
          if (!store.contains(filler) && asked.add(filler)) {
            wishes.add(wish(filler, true, view, pointerRow, pointerColumn, store));
          }
        }
      }
    }
    wishes.sort(
        Comparator.comparing((Target w) -> !w.fillsHole)
            .thenComparing(Target::replaces)
            .thenComparingDouble(Target::octaves)
            .thenComparingDouble(Target::distance)
            .thenComparingLong(w -> w.key.row())
            .thenComparingLong(w -> w.key.column()));
    var keys = new ArrayList<TileKey>();
    if (asked.contains(root) && !store.isCurrent(root)) {
      keys.add(root);
    }
    wishes.forEach(
        w -> {
          if (!w.key.equals(root)) {
            keys.add(w.key);
          }
        });
    return keys;
  }

  /** The missing tiles around a view, a tile deep, the nearest to the pointer first. */
  static List<TileKey> around(
      Viewport view, double pointerRow, double pointerColumn, TileStore store) {
    var grown =
        new Viewport(
            view.imageSide(),
            view.row() - TileKey.SIDE,
            view.column() - TileKey.SIDE,
            view.height() + 2 * TileKey.SIDE,
            view.width() + 2 * TileKey.SIDE);
    return TileKey.visible(grown).stream()
        .filter(key -> !key.meets(view) && !store.isCurrent(key))
        .map(key -> wish(key, false, view, pointerRow, pointerColumn, store))
        .sorted(Comparator.comparingDouble(Target::distance))
        .map(Target::key)
        .toList();
  }

  private static Target wish(
      TileKey key,
      boolean fillsHole,
      Viewport view,
      double pointerRow,
      double pointerColumn,
      TileStore store) {
    double scale = (double) view.imageSide() / key.imageSide();
    double row = (key.firstRow() + key.height() / 2.0) * scale - view.row() - pointerRow;
    double column = (key.firstColumn() + key.width() / 2.0) * scale - view.column() - pointerColumn;
    return new Target(
        key, fillsHole, store.contains(key), Math.abs(Math.log(scale)), Math.hypot(row, column));
  }
}
