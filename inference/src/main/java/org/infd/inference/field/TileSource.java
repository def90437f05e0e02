package org.infd.inference.field;

import java.util.concurrent.CancellationException;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.tensor.Tensor;

/** What tiles are rendered from: a field, or a picture that goes on below one. */
@FunctionalInterface
public interface TileSource {
  /**
   * Renders a tile.
   *
   * @return RGB (1, 3, height, width), unclamped, roughly −1 to 1
   * @throws CancellationException if it was asked for
   */
  Tensor render(TileKey key, Cancellation cancellation);

  /** The tiles of a field, up to its largest side. */
  static TileSource of(FieldRenderer field) {
    return (key, cancellation) ->
        field.render(Math.toIntExact(key.imageSide()), key.rectangle(), cancellation);
  }
}
