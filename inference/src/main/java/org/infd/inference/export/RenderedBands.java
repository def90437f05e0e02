package org.infd.inference.export;

import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.infd.inference.field.DisplayColours;
import org.infd.inference.field.FieldRenderer;
import org.infd.inference.field.Rectangle;
import org.infd.inference.runtime.Cancellation;
import org.jspecify.annotations.Nullable;

/**
 * Renders a picture in bands of rows, from the top, one band ahead of whoever takes them. Closing
 * stops the rendering and waits for its thread.
 */
final class RenderedBands implements BandedImage.Bands, AutoCloseable {
  /** A tile of 256×256 keeps a device busy and its buffers small. */
  private static final int TILE = 256;

  /**
   * Bytes of one band: at 256 rows enough for pictures of 87,000 columns, wider get flatter bands.
   */
  private static final long BAND_BUDGET = 64L << 20;

  private static final int CHANNELS = 3;

  private final FieldRenderer renderer;
  private final Frame frame;
  private final PngExport.Progress progress;
  private final Cancellation stop = new Cancellation();
  private final Cancellation.Registration registration;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("export").factory());
  private final int rows;
  private int taken;
  private long pixelsDone;
  private @Nullable Future<byte[]> ahead;

  RenderedBands(
      FieldRenderer renderer, Frame frame, PngExport.Progress progress, Cancellation cancellation) {
    this.renderer = renderer;
    this.frame = frame;
    this.progress = progress;
    var size = frame.rectangle();
    long fitting = Math.max(1, BAND_BUDGET / ((long) size.width() * CHANNELS));
    rows = (int) Math.min(TILE, Math.min(fitting, size.height()));
    registration = cancellation.onCancel(stop::cancel);
  }

  /** The rows of a band; the last may have fewer. */
  int rows() {
    return rows;
  }

  /**
   * The next band: rows × width × RGB, 8 bits each.
   *
   * @throws CancellationException if it was asked for
   */
  @Override
  public byte[] next() {
    stop.throwIfCancelled();
    var current = ahead == null ? start(taken) : ahead;
    taken++;
    byte[] pixels = await(current);
    ahead = (long) taken * rows < frame.rectangle().height() ? start(taken) : null;
    return pixels;
  }

  private Future<byte[]> start(int index) {
    return thread.submit(() -> band(index));
  }

  private static byte[] await(Future<byte[]> band) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return band.get();
        } catch (InterruptedException e) {
          // only a cancellation stops an export
          interrupted = true;
        } catch (ExecutionException e) {
          switch (e.getCause()) {
            case RuntimeException failure -> throw failure;
            case Error error -> throw error;
            case null, default -> throw new IllegalStateException(e);
          }
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private byte[] band(int index) {
    var size = frame.rectangle();
    int first = index * rows;
    int height = Math.min(rows, size.height() - first);
    var pixels = new byte[height * size.width() * CHANNELS];
    for (int column = 0; column < size.width(); column += TILE) {
      stop.throwIfCancelled();
      int width = Math.min(TILE, size.width() - column);
      var tile = new Rectangle(size.row() + first, size.column() + column, height, width);
      var colours = renderer.render(frame.imageSide(), tile, stop);
      for (int row = 0; row < height; row++) {
        DisplayColours.toRgbRow(colours, row, pixels, (row * size.width() + column) * CHANNELS);
      }
      pixelsDone += (long) height * width;
      progress.pixels(pixelsDone, frame.pixels());
    }
    return pixels;
  }

  @Override
  public void close() {
    registration.close();
    stop.cancel();
    thread.close();
  }
}
