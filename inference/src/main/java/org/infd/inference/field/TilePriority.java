package org.infd.inference.field;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;

/**
 * Which tiles a view lacks, and in which order they are worth rendering: first the root, then what
 * fills holes, then the nearest level, then the nearest to the pointer. A hole is a part of the
 * view with nothing beneath it but tiles more than eight times too coarse; tiles of a quarter of
 * the scale fill it at a sixteenth of the cost.
 */
final class TilePriority {
  private static final int TOO_COARSE = 8;
  private static final int HOLE_FILLER = 4;

  private TilePriority() {}

  private record Target(TileKey key, boolean fillsHole, double octaves, double distance) {}

  /** The missing tiles, the most wanted first. */
  static List<TileKey> order(
      Viewport view, double pointerRow, double pointerColumn, ViewLevels levels, TileStore store) {
    var wishes = new ArrayList<Target>();
    var asked = new HashSet<TileKey>();
    var root = levels.rootTile();
    if (!store.contains(root)) {
      asked.add(root);
    }
    int coarse = levels.nearest(view.imageSide() / (double) HOLE_FILLER);
    for (var key : TileKey.visible(view)) {
      if (store.contains(key)) {
        continue;
      }
      if (asked.add(key)) {
        wishes.add(wish(key, false, view, pointerRow, pointerColumn));
      }
      if ((long) store.coveringSide(key) * TOO_COARSE < view.imageSide()
          && (long) coarse * 2 <= view.imageSide()) {
        for (var filler : TileStore.at(key, coarse)) {
          if (!store.contains(filler) && asked.add(filler)) {
            wishes.add(wish(filler, true, view, pointerRow, pointerColumn));
          }
        }
      }
    }
    wishes.sort(
        Comparator.comparing((Target w) -> !w.fillsHole)
            .thenComparingDouble(Target::octaves)
            .thenComparingDouble(Target::distance)
            .thenComparingInt(w -> w.key.row())
            .thenComparingInt(w -> w.key.column()));
    var keys = new ArrayList<TileKey>();
    if (asked.contains(root) && !store.contains(root)) {
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
        .filter(key -> !key.meets(view) && !store.contains(key))
        .map(key -> wish(key, false, view, pointerRow, pointerColumn))
        .sorted(Comparator.comparingDouble(Target::distance))
        .map(Target::key)
        .toList();
  }

  private static Target wish(
      TileKey key, boolean fillsHole, Viewport view, double pointerRow, double pointerColumn) {
    double scale = (double) view.imageSide() / key.imageSide();
    var area = key.rectangle();
    double row = (area.row() + area.height() / 2.0) * scale - view.row() - pointerRow;
    double column = (area.column() + area.width() / 2.0) * scale - view.column() - pointerColumn;
    return new Target(key, fillsHole, Math.abs(Math.log(scale)), Math.hypot(row, column));
  }
}
