package org.infd.inference.field;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.IntBuffer;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TileStoreTest {
  private static final long BYTES = 256 * 256 * 4;

  private static TileKey put(TileStore store, int side, int row, int column) {
    var key = new TileKey(side, row, column);
    var area = key.rectangle();
    store.put(new Tile(key, IntBuffer.allocate(area.height() * area.width())));
    return key;
  }

  private static List<TileKey> drawn(TileStore store, Viewport view) {
    return store.toDraw(view).stream().map(Tile::key).toList();
  }

  @Test
  void staysWithinItsBytesAndKeepsTheRoot() {
    var store = new TileStore(4 * BYTES);
    var root = new TileKey(256, 0, 0);
    store.pin(root);
    put(store, 256, 0, 0);
    for (int i = 0; i < 16; i++) {
      put(store, 4096, i, i);
      assertTrue(store.bytes() <= 4 * BYTES);
    }
    assertTrue(store.contains(root));
    assertEquals(4, store.size());
    assertFalse(store.contains(new TileKey(4096, 0, 0)));
    assertTrue(store.contains(new TileKey(4096, 15, 15)));
  }

  @Test
  void theLeastRecentlyUsedGoesFirst() {
    var store = new TileStore(2 * BYTES);
    var first = put(store, 1024, 0, 0);
    var second = put(store, 1024, 0, 1);
    assertTrue(store.get(first).isPresent());
    put(store, 1024, 0, 2);
    assertTrue(store.contains(first));
    assertFalse(store.contains(second));
  }

  @Test
  void replacingCountsOnce() {
    var store = new TileStore(10 * BYTES);
    put(store, 1000, 3, 3);
    put(store, 1000, 3, 3);
    assertEquals((1000 - 768) * (1000 - 768) * 4L, store.bytes(), "a tile at the corner is small");
  }

  @Test
  void keepsOnlyWhatIsWantedAndThePinned() {
    var store = new TileStore(100 * BYTES);
    var root = put(store, 256, 0, 0);
    store.pin(root);
    var wanted = put(store, 1024, 1, 1);
    put(store, 1024, 2, 2);
    put(store, 512, 0, 0);
    store.keepOnly(List.of(wanted, new TileKey(2048, 0, 0)));
    assertEquals(2, store.size());
    assertEquals(2 * BYTES, store.bytes());
    assertTrue(store.contains(root));
    assertTrue(store.contains(wanted));
    assertEquals(256, store.coveringSide(new TileKey(512, 0, 0)), "no side is left without tiles");
    store.keepOnly(List.of());
    assertEquals(1, store.size());
  }

  @Test
  void coarserTilesStandIn() {
    var store = new TileStore(100 * BYTES);
    var root = put(store, 256, 0, 0);
    var parent = put(store, 1024, 1, 2);
    var view = new Viewport(2048, 512, 1024, 512, 512);
    var missing = new TileKey(2048, 2, 4);
    assertEquals(1024, store.coveringSide(missing));
    assertEquals(256, store.coveringSide(new TileKey(2048, 0, 0)));
    assertEquals(List.of(parent), drawn(store, view), "the root lies wholly beneath");
    var wider = new Viewport(2048, 256, 1024, 512, 512);
    assertEquals(List.of(root, parent), drawn(store, wider));
    var sharp = put(store, 2048, 2, 4);
    assertEquals(List.of(parent, sharp), drawn(store, view));
  }

  @Test
  void finerTilesStandIn() {
    var store = new TileStore(100 * BYTES);
    var root = put(store, 256, 0, 0);
    var view = new Viewport(512, 0, 0, 256, 256);
    var child = put(store, 1024, 0, 0);
    assertEquals(256, store.coveringSide(new TileKey(512, 0, 0)), "one of four children");
    assertEquals(List.of(root, child), drawn(store, view));
    put(store, 1024, 0, 1);
    put(store, 1024, 1, 0);
    put(store, 1024, 1, 1);
    assertTrue(store.coveringSide(new TileKey(512, 0, 0)) >= 256);
  }

  @Test
  void levelsStandInForExactSides() {
    var store = new TileStore(100 * BYTES);
    for (int r = 0; r < 4; r++) {
      for (int c = 0; c < 4; c++) {
        put(store, 1024, r, c);
      }
    }
    put(store, 512, 0, 0);
    for (var key : TileKey.visible(new Viewport(1000, 0, 0, 1000, 1000))) {
      assertEquals(1024, store.coveringSide(key));
    }
    assertEquals(
        4, drawn(store, new Viewport(1000, 300, 300, 200, 200)).size(), "only what is seen");
  }

  @Test
  void viewsMayReachBeyondTheImage() {
    assertEquals(4, TileKey.visible(new Viewport(300, -500, -500, 2000, 2000)).size());
    assertEquals(0, TileKey.visible(new Viewport(300, 400, 0, 100, 100)).size());
    assertTrue(new TileKey(300, 1, 1).meets(new Viewport(600, 590, 590, 50, 50)));
    assertFalse(new TileKey(300, 0, 0).meets(new Viewport(600, 590, 590, 50, 50)));
    assertEquals(new Viewport(100, -2, 3, 4, 5), new Viewport(200, -3, 6, 7, 10).at(100));
  }

  @Test
  void beneathATileThatFadesInLiesAStandIn() {
    var store = new TileStore(100 * BYTES);
    var root = put(store, 256, 0, 0);
    var fine = put(store, 512, 0, 0);
    var view = new Viewport(512, 0, 0, 200, 200);
    assertEquals(List.of(fine), drawn(store, view));
    var below = store.toDraw(view, Set.of(fine)).stream().map(Tile::key).toList();
    assertEquals(List.of(root, fine), below);
  }
}
