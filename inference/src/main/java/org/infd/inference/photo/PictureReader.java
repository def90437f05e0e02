package org.infd.inference.photo;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.infd.inference.NumberText;
import org.infd.inference.Problem;
import org.infd.inference.runtime.Cancellation;

/**
 * Reads pictures of any origin within bounds: so many pixels, so much time. Larger ones are thinned
 * out while they are read, what is far too large is refused, and what a reader does in native code
 * is left to itself when nobody waits for it any more. Thread-safe.
 */
public final class PictureReader {
  /** A photo is read in a second or two. */
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /** How often is looked whether anybody still waits. */
  private static final long LOOK_MILLIS = 50;

  private PictureReader() {}

  /**
   * Reads a PNG, JPEG, TIFF, BMP, GIF or WebP; the content decides which it is.
   *
   * @param name how people call the file, for sentences
   * @param file its content
   * @param cancellation gives up soon
   * @throws Problem if it cannot be read, with the reason and what to do
   * @throws CancellationException if it was asked for
   */
  public static DecodedPicture read(String name, byte[] file, Cancellation cancellation) {
    return read(name, file, cancellation, PATIENCE);
  }

  static DecodedPicture read(
      String name, byte[] file, Cancellation cancellation, Duration patience) {
    var kind = FileKind.of(name, file);
    var watch = new Watch(cancellation, patience);
    var task = new FutureTask<>(() -> new Decoding(name, kind, file, watch).picture());
    Thread.ofPlatform().daemon().name("picture reader").start(task);
    try {
      while (true) {
        try {
          return task.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
          watch.check();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted");
    } catch (ExecutionException e) {
      throw thrown(name, kind, java.util.Objects.requireNonNull(e.getCause()));
    } catch (Watch.TimeOver e) {
      throw tooSlow(name, kind);
    }
  }

  private static RuntimeException thrown(String name, FileKind kind, Throwable cause) {
    return switch (cause) {
      case Watch.TimeOver _ -> tooSlow(name, kind);
      case OutOfMemoryError e ->
          new Problem(
              NumberText.format(
                  "'%s' is too large for the memory that is free. Make it smaller in another program, and open that.",
                  name),
              e);
      case Problem e -> e;
      case CancellationException e -> e;
      case null, default -> new IllegalStateException(cause);
    };
  }

  private static Problem tooSlow(String name, FileKind kind) {
    return new Problem(
        NumberText.format(
            "'%s' takes too long to read: it is very large, or a %s made to be slow. Save it anew in another program, smaller, and open that.",
            name, kind.title()));
  }
}
