package org.infd.inference.field;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Rendered tiles of one field, bounded in bytes: the least recently used go first, pinned ones
 * never. Knows which tiles can stand in for missing ones, from any other side N. Thread-safe.
 */
public final class TileStore {
  /** How much finer than needed a stand-in may be: beyond, it is too many tiles for its worth. */
  private static final int FINEST_STAND_IN = 4;

  private final long capacity;
  private final Map<TileKey, Tile> tiles = new LinkedHashMap<>(64, 0.75f, true);
  private final TreeMap<Long, Integer> sides = new TreeMap<>();
  private final Set<TileKey> pinned = new LinkedHashSet<>();
  private final Set<TileKey> outdated = new HashSet<>();
  private long bytes;

  /**
   * @param capacity the most bytes of pixels to hold, pinned tiles included
   */
  public TileStore(long capacity) {
    if (capacity < 0) {
      throw new IllegalArgumentException("capacity " + capacity);
    }
    this.capacity = capacity;
  }

  /** Keeps a tile, now or when it comes, whatever the bound says. For the root. */
  public synchronized void pin(TileKey key) {
    pinned.add(key);
  }

  /**
   * Adds a tile, or replaces it; evicts others as needed.
   *
   * @return what it replaces; empty for nothing
   */
  public synchronized Optional<Tile> put(Tile tile) {
    var old = tiles.put(tile.key(), tile);
    outdated.remove(tile.key());
    if (old == null) {
      sides.merge(tile.key().imageSide(), 1, Integer::sum);
    } else {
      bytes -= old.bytes();
    }
    bytes += tile.bytes();
    evict();
    return Optional.ofNullable(old);
  }

  /** What tiles show has changed: they are shown until others replace them. */
  public synchronized void outdate(Predicate<TileKey> changed) {
    tiles.keySet().stream().filter(changed).forEach(outdated::add);
  }

  private void evict() {
    var eldest = tiles.entrySet().iterator();
    while (bytes > capacity && eldest.hasNext()) {
      var entry = eldest.next();
      if (!pinned.contains(entry.getKey())) {
        eldest.remove();
        forget(entry.getValue());
      }
    }
  }

  /** Counts without a tile that was taken out. */
  private void forget(Tile gone) {
    outdated.remove(gone.key());
    bytes -= gone.bytes();
    sides.computeIfPresent(gone.key().imageSide(), (side, count) -> count == 1 ? null : count - 1);
  }

  /** Lets all tiles go but these and the pinned ones. */
  public synchronized void keepOnly(Collection<TileKey> wanted) {
    var kept = new LinkedHashSet<>(wanted);
    kept.addAll(pinned);
    tiles
        .values()
        .removeIf(
            tile -> {
              boolean leaves = !kept.contains(tile.key());
              if (leaves) {
                forget(tile);
              }
              return leaves;
            });
  }

  /** A tile; counts as a use. */
  public synchronized Optional<Tile> get(TileKey key) {
    return Optional.ofNullable(tiles.get(key));
  }

  /** Whether a tile is there; does not count as a use. */
  public synchronized boolean contains(TileKey key) {
    return tiles.containsKey(key);
  }

  /** Whether a tile is there and shows what it should; does not count as a use. */
  public synchronized boolean isCurrent(TileKey key) {
    return tiles.containsKey(key) && !outdated.contains(key);
  }

  /** The bytes of pixels held. */
  public synchronized long bytes() {
    return bytes;
  }

  /** The number of tiles held. */
  public synchronized int size() {
    return tiles.size();
  }

  /**
   * The best side whose tiles cover all of a tile's area: the nearest to its own in octaves, its
   * own included.
   *
   * @return 0 if none does
   */
  public synchronized long coveringSide(TileKey key) {
    return coveringSide(key, Set.of());
  }

  private long coveringSide(TileKey key, Set<TileKey> except) {
    long best = 0;
    double nearest = Double.POSITIVE_INFINITY;
    for (long side : sides.keySet()) {
      double distance = Math.abs(Math.log((double) side / key.imageSide()));
      if (distance < nearest
          && side <= FINEST_STAND_IN * key.imageSide()
          && covers(at(key, side), except)) {
        best = side;
        nearest = distance;
      }
    }
    return best;
  }

  private boolean covers(List<TileKey> keys, Set<TileKey> except) {
    for (var key : keys) {
      if (!tiles.containsKey(key) || except.contains(key)) {
        return false;
      }
    }
    return true;
  }

  /** The tiles of another side that together cover a tile. */
  static List<TileKey> at(TileKey key, long side) {
    return TileKey.visible(key.viewport().at(side));
  }

  /**
   * What to draw for a view, from the bottom to the top: for each tile of the view that is missing
   * the nearest side that covers it whole and whatever is nearer in parts, then the tiles of the
   * view itself. Counts as a use of each.
   */
  public List<Tile> toDraw(Viewport view) {
    return toDraw(view, Set.of());
  }

  /**
   * The same, with stand-ins beneath tiles that are there but not yet opaque on screen.
   *
   * @param fading tiles that are becoming opaque
   */
  public synchronized List<Tile> toDraw(Viewport view, Set<TileKey> fading) {
    var present = new ArrayList<Tile>();
    var standIns = new HashMap<TileKey, Tile>();
    for (var key : TileKey.visible(view)) {
      var tile = tiles.get(key);
      if (tile != null) {
        present.add(tile);
      }
      if (tile == null || fading.contains(key)) {
        addStandIns(key, standIns, fading);
      }
    }
    var drawn = new ArrayList<>(standIns.values());
    // the nearer in octaves, the later and so the higher
    drawn.sort(
        Comparator.comparingDouble(
                (Tile t) -> -Math.abs(Math.log((double) t.key().imageSide() / view.imageSide())))
            .thenComparingLong(t -> t.key().imageSide())
            .thenComparingLong(t -> t.key().row())
            .thenComparingLong(t -> t.key().column()));
    drawn.addAll(present);
    return drawn;
  }

  private void addStandIns(TileKey key, Map<TileKey, Tile> standIns, Set<TileKey> fading) {
    long covering = coveringSide(key, fading);
    double farthest =
        covering == 0
            ? Double.POSITIVE_INFINITY
            : Math.abs(Math.log((double) covering / key.imageSide()));
    for (long side : sides.keySet()) {
      if (side == key.imageSide()
          || side > FINEST_STAND_IN * key.imageSide()
          || Math.abs(Math.log((double) side / key.imageSide())) > farthest) {
        continue;
      }
      for (var other : at(key, side)) {
        var tile = tiles.get(other);
        if (tile != null) {
          standIns.put(other, tile);
        }
      }
    }
  }
}
