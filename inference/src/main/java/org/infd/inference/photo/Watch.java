package org.infd.inference.photo;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import org.infd.inference.runtime.Cancellation;

/**
 * Bounds the reading of one picture in time. Readers are given no chance to go on: their streams,
 * their progress and our own loops ask here. Also holds how far a reader is, and where it was when
 * its file ended. Written by the reading thread alone, read by others after it has ended.
 */
final class Watch {
  /** Says that the time is over; never leaves this package. */
  static final class TimeOver extends RuntimeException {
    TimeOver() {
      super("the time for reading is over");
    }
  }

  /** Says that a reader goes on where its file has ended; never leaves this package. */
  static final class BeyondEnd extends RuntimeException {
    BeyondEnd() {
      super("the file has ended long ago");
    }
  }

  /**
   * A reader that asks more often takes what it gets for a picture, and would go through it all.
   */
  private static final int MOST_ENDS = 10_000;

  private static final int ALL = 100;

  private final Cancellation cancellation;
  private final long deadline;
  private double done;
  private double doneAtEnd = ALL;
  private boolean ended;
  private int ends;

  Watch(Cancellation cancellation, Duration patience) {
    this.cancellation = cancellation;
    deadline = System.nanoTime() + patience.toNanos();
  }

  /**
   * Returns if reading may go on.
   *
   * @throws CancellationException if nobody wants it any more
   * @throws TimeOver if it took too long
   */
  void check() {
    cancellation.throwIfCancelled();
    if (isOver()) {
      throw new TimeOver();
    }
  }

  boolean isOver() {
    return System.nanoTime() > deadline;
  }

  /** A reader has done a part of its picture, in percent. */
  void at(double percent) {
    done = Math.max(done, percent);
  }

  /**
   * A reader wants more than its file has.
   *
   * @throws BeyondEnd if it wanted it very often
   */
  void endOfFile() {
    if (++ends > MOST_ENDS) {
      throw new BeyondEnd();
    }
    if (!ended) {
      ended = true;
      doneAtEnd = done;
    }
  }

  /** Whether a reader wanted more than its file has. */
  boolean isEnded() {
    return ended;
  }

  /** The part of the picture, 0 to 1, that was read before the file ended or the reader failed. */
  double part() {
    return Math.clamp((ended ? doneAtEnd : done) / ALL, 0, 1);
  }
}
