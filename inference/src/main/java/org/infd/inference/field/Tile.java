package org.infd.inference.field;

import java.nio.IntBuffer;

/**
 * A rendered tile, ready for the screen. Immutable by convention: nobody writes into the pixels.
 *
 * @param key which tile
 * @param pixels the pixels 0xAARRGGBB, opaque, row by row, {@code rectangle().width()} to a row
 */
public record Tile(TileKey key, IntBuffer pixels) {
  /** The memory that the pixels take. */
  public long bytes() {
    return (long) pixels.capacity() * Integer.BYTES;
  }
}
