package org.infd.app.generate;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.DoubleConsumer;
import org.infd.app.viewer.PixelImage;
import org.infd.inference.Problem;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.infd.inference.studio.Recipe;

/**
 * All that the studio asks of the engine. Every method may take long and is called off the user
 * interface's thread; each throws a {@link Problem} whose message is shown as it is. Thread-safe.
 */
public interface Engine extends AutoCloseable {
  /** What graphs run on. */
  Device device();

  /** The models that can make pictures, the best for a first picture first. */
  List<ModelChoice> models();

  /**
   * Makes a picture.
   *
   * @param watcher told on the working thread how far it is
   * @throws CancellationException soon after {@code cancellation} was asked for
   */
  Picture generate(Recipe recipe, Watcher watcher, Cancellation cancellation);

  /**
   * Opens a field file.
   *
   * @param watcher told on the working thread how far it is
   * @throws CancellationException soon after {@code cancellation} was asked for
   */
  Picture open(Path file, Watcher watcher, Cancellation cancellation);

  /** Writes a field file. */
  void save(Picture picture, Path file);

  /**
   * Writes a PNG of the whole picture; a failed or cancelled export leaves nothing.
   *
   * @param side its side in pixels
   * @param progress told the part done, 0 to 1
   * @throws CancellationException soon after {@code cancellation} was asked for
   */
  void exportPng(
      Picture picture, int side, Path file, DoubleConsumer progress, Cancellation cancellation);

  /** Frees what renders a picture. It cannot be rendered any more. */
  void release(Picture picture);

  @Override
  void close();

  /** Follows a run. */
  interface Watcher {
    /**
     * A sampling step was done.
     *
     * @param done steps done so far, 0 before the first
     * @param total all steps of the run
     */
    void step(int done, int total);

    /** What the picture will look like, as far as it is known: small, opaque. */
    void preview(PixelImage image);

    /** Something that the user should know, as a sentence. */
    void note(String sentence);

    /** Sampling is over; the latent is being decoded. */
    void decoding();
  }
}
