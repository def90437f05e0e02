package org.infd.inference.export;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.infd.inference.field.DisplayColours;
import org.infd.inference.field.FieldRenderer;
import org.infd.inference.field.Rectangle;
import org.infd.inference.runtime.Cancellation;
import org.jspecify.annotations.Nullable;

/**
 * Renders the pieces of a picture, compresses them on other threads, and hands them over in their
 * order. One thread does nothing but render, so the device waits for neither compression nor disk;
 * when those fall behind, it is held back before memory fills up.
 */
final class PiecePipeline {
  /** A tile of 256×256 keeps a device busy, and the viewer's tiles need not wait long. */
  private static final int PART = 256;

  /** Bytes of pixels that wait for compression or disk. */
  private static final long WAITING_BYTES = 192L << 20;

  private static final int CHANNELS = 3;
  private static final long POLL_MILLIS = 50;

  /** Takes the pieces, in order, on the thread that called {@link #run}. */
  @FunctionalInterface
  interface Taker {
    /** Takes a piece that is whole. */
    void take(PyramidPlan.Tile tile, PictureLayout.Encoded piece) throws IOException;
  }

  private final PictureLayout layout;
  private final FieldRenderer renderer;
  private final @Nullable ReducedLevels reduced;
  private final PngExport.Progress progress;
  private final Cancellation stop = new Cancellation();
  private final int waiting;
  private final Semaphore pieces;
  private final Semaphore tensors;
  private final LinkedBlockingQueue<CompletableFuture<PictureLayout.Encoded>> queue =
      new LinkedBlockingQueue<>();
  private final ExecutorService compressors;

  /**
   * @param reduced where the sizes are kept that are means of others; null if there are none
   */
  PiecePipeline(
      PictureLayout layout,
      FieldRenderer renderer,
      @Nullable ReducedLevels reduced,
      PngExport.Progress progress) {
    this.layout = layout;
    this.renderer = renderer;
    this.reduced = reduced;
    this.progress = progress;
    int workers = Math.max(1, Runtime.getRuntime().availableProcessors() - 1);
    var plan = layout.plan();
    long piece = (long) plan.tileHeight() * plan.tileWidth() * CHANNELS;
    waiting = Math.clamp(WAITING_BYTES / piece, 2, 2 * workers + 2);
    pieces = new Semaphore(waiting);
    tensors = new Semaphore(2 * workers + 2);
    compressors =
        Executors.newFixedThreadPool(
            workers, Thread.ofPlatform().daemon().name("compress-", 0).factory());
  }

  /**
   * Makes the pieces from one on. Blocks until the last was taken.
   *
   * @param first the first piece to make
   * @throws IOException if the taker does
   * @throws CancellationException if it was asked for
   */
  void run(int first, Taker taker, Cancellation cancellation) throws IOException {
    var rendering =
        Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("export").factory());
    try (var _ = cancellation.onCancel(stop::cancel)) {
      rendering.execute(() -> renderAll(first));
      for (int piece = first; piece < layout.plan().count(); piece++) {
        var encoded = await(next());
        stop.throwIfCancelled();
        taker.take(layout.plan().tile(piece), encoded);
        pieces.release();
      }
    } finally {
      stop.cancel();
      rendering.close();
      compressors.close();
    }
  }

  private CompletableFuture<PictureLayout.Encoded> next() {
    while (true) {
      try {
        var next = queue.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
        if (next != null) {
          return next;
        }
        stop.throwIfCancelled();
      } catch (InterruptedException e) {
        // only a cancellation stops an export
      }
    }
  }

  private static PictureLayout.Encoded await(CompletableFuture<PictureLayout.Encoded> future)
      throws IOException {
    try {
      return future.join();
    } catch (CompletionException e) {
      switch (e.getCause()) {
        case UncheckedIOException failure -> throw failure.getCause();
        case RuntimeException failure -> throw failure;
        case Error error -> throw error;
        case null, default -> throw e;
      }
    }
  }

  private void renderAll(int first) {
    var plan = layout.plan();
    long total = plan.pixels();
    long done = 0;
    for (int index = 0; index < first; index++) {
      done += pixels(plan.tile(index));
    }
    try {
      // a first piece may take long
      progress.pixels(done, total);
      for (int index = first; index < plan.count(); index++) {
        var tile = plan.tile(index);
        acquire(pieces, 1);
        if (!tile.level().isRendered() && (index == tile.level().first() || index == first)) {
          // its pixels are those of the size before, which must all be there
          acquire(pieces, waiting - 1);
          pieces.release(waiting - 1);
        }
        queue.add(start(tile, done, total));
        done += pixels(tile);
      }
    } catch (RuntimeException | Error e) {
      queue.add(CompletableFuture.failedFuture(e));
    }
  }

  private static long pixels(PyramidPlan.Tile tile) {
    return (long) tile.area().height() * tile.area().width();
  }

  private void acquire(Semaphore semaphore, int count) {
    while (true) {
      stop.throwIfCancelled();
      try {
        if (semaphore.tryAcquire(count, POLL_MILLIS, TimeUnit.MILLISECONDS)) {
          return;
        }
      } catch (InterruptedException e) {
        // only a cancellation stops an export
      }
    }
  }

  private CompletableFuture<PictureLayout.Encoded> start(
      PyramidPlan.Tile tile, long before, long total) {
    var area = tile.area();
    var pixels = new byte[Math.multiplyExact(area.height() * CHANNELS, area.width())];
    var reader = reduced;
    if (!tile.level().isRendered() && reader != null) {
      progress.pixels(before + pixels(tile), total);
      return CompletableFuture.supplyAsync(
          () -> {
            reader.read(tile.level(), area, pixels);
            return encode(tile, pixels);
          },
          compressors);
    }
    var converted = new ArrayList<CompletableFuture<Void>>();
    long done = before;
    for (int row = 0; row < area.height(); row += PART) {
      for (int column = 0; column < area.width(); column += PART) {
        var part =
            new Rectangle(
                row,
                column,
                Math.min(PART, area.height() - row),
                Math.min(PART, area.width() - column));
        converted.add(render(tile, part, pixels));
        done += (long) part.height() * part.width();
        progress.pixels(done, total);
      }
    }
    return CompletableFuture.allOf(converted.toArray(CompletableFuture[]::new))
        .thenApplyAsync(_ -> encode(tile, pixels), compressors);
  }

  private CompletableFuture<Void> render(PyramidPlan.Tile tile, Rectangle part, byte[] pixels) {
    acquire(tensors, 1);
    var level = tile.level();
    var area = tile.area();
    var rgb =
        renderer.render(
            level.imageSide(),
            new Rectangle(
                level.row() + area.row() + part.row(),
                level.column() + area.column() + part.column(),
                part.height(),
                part.width()),
            stop);
    return CompletableFuture.runAsync(
        () -> {
          try {
            for (int row = 0; row < part.height(); row++) {
              int at = (part.row() + row) * area.width() + part.column();
              DisplayColours.toRgbRow(rgb, row, pixels, at * CHANNELS);
            }
          } finally {
            tensors.release();
          }
        },
        compressors);
  }

  private PictureLayout.Encoded encode(PyramidPlan.Tile tile, byte[] pixels) {
    try {
      var encoded = layout.encode(tile, pixels);
      var means = reduced;
      return means == null
          ? encoded
          : new PictureLayout.Encoded(encoded.bytes(), means.reduce(tile, pixels));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
