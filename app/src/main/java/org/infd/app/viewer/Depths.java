package org.infd.app.viewer;

import java.util.function.Consumer;
import java.util.function.Predicate;
import org.infd.inference.field.TileKey;
import org.infd.inference.field.TileScheduler;
import org.infd.inference.field.TileSource;
import org.infd.inference.field.Viewport;

/**
 * How a picture goes on below its field's own scale: with what is invented where the user looks.
 */
public interface Depths {
  /** The largest N at which there is anything. */
  long largestSide();

  /** How many levels of invention an image of side N shows; 0 where all is the field's own. */
  int depthAt(double side);

  /**
   * The largest side of an image that shows no level deeper than one.
   *
   * @param depth from 0, the field's own
   */
  long sideOf(int depth);

  /** The picture as far as it is there, at every depth. */
  TileSource source();

  /** Where tiles of {@link #source} are rendered. */
  TileScheduler.Worker worker();

  /**
   * Begins to invent what views lack.
   *
   * @param changed hears, on any thread, which tiles show something else now
   * @param failed hears, on any thread, why nothing more is made until the view changes
   */
  Refining refine(Consumer<Predicate<TileKey>> changed, Consumer<RuntimeException> failed);

  /** What makes the missing pieces of a view, from the pointer outwards. */
  interface Refining extends AutoCloseable {
    /**
     * Says what is on screen.
     *
     * @param pointerRow where the user looks, in pixels of the view from its top
     * @param pointerColumn the same from its left
     */
    void look(Viewport view, double pointerRow, double pointerColumn);

    /** How many pieces the view lacks. */
    int pending();

    /** Makes nothing until the next view. */
    void pause();

    /** Makes nothing any more. */
    @Override
    void close();
  }
}
