package org.infd.app.viewer;

import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.infd.inference.field.TileKey;
import org.infd.inference.field.Viewport;
import org.jspecify.annotations.Nullable;

/**
 * What a view shows of a field: which pixels are wanted for it, and where those that there are lie
 * in the window.
 *
 * @param camera the view
 * @param resting whether N is whole and stays as it is, so that exactly this N is wanted
 * @param tiles of the field; null while none is shown
 */
record ViewComposer(Camera camera, boolean resting, @Nullable FieldTiles tiles) {
  /** The view at the scale that is rendered for it. */
  Viewport wanted() {
    var exact = camera.atRest();
    return resting || tiles == null ? exact : exact.at(tiles.levels().nearest(camera.side()));
  }

  /** The pixels of the image that are in the window when the view is at rest; empty for none. */
  Optional<Viewport> shownPart() {
    var view = camera.atRest();
    long side = view.imageSide();
    long top = Math.max(0, view.row());
    long left = Math.max(0, view.column());
    long bottom = Math.min(side, view.rowEnd());
    long right = Math.min(side, view.columnEnd());
    return bottom <= top || right <= left
        ? Optional.empty()
        : Optional.of(new Viewport(side, top, left, (int) (bottom - top), (int) (right - left)));
  }

  /**
   * What to draw, the lowest first.
   *
   * @param backdrop the whole image, under all tiles; empty for none
   */
  List<Placement> frame(Optional<PixelImage> backdrop) {
    var drawn = new ArrayList<Placement>();
    backdrop.ifPresent(
        image ->
            drawn.add(
                place(image.pixels(), image.width(), image.height(), new TileKey(1, 0, 0), 1)));
    if (tiles != null) {
      for (var tile : tiles.toDraw(wanted())) {
        var key = tile.key();
        drawn.add(place(tile.pixels(), key.width(), key.height(), key, tiles.opacity(tile)));
      }
    }
    return drawn;
  }

  /** Neighbours share their edges, and these lie on whole pixels. */
  private Placement place(IntBuffer pixels, int width, int height, TileKey area, double opacity) {
    double scale = camera.side() / area.imageSide();
    double left = Math.rint(camera.left());
    double top = Math.rint(camera.top());
    int x = (int) Math.rint(left + area.firstColumn() * scale);
    int y = (int) Math.rint(top + area.firstRow() * scale);
    int right = (int) Math.rint(left + (area.firstColumn() + area.width()) * scale);
    int bottom = (int) Math.rint(top + (area.firstRow() + area.height()) * scale);
    return new Placement(pixels, width, height, x, y, right - x, bottom - y, opacity);
  }
}
