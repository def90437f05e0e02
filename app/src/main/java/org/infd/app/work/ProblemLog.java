package org.infd.app.work;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.infd.inference.ShownText;

/** The last things that went wrong in this run of the program. Thread-safe. */
public final class ProblemLog {
  /** Enough to see what led to the last one. */
  public static final int MOST = 30;

  /** A sentence longer than this says nothing more. */
  private static final int LONGEST = 600;

  /**
   * Something that went wrong.
   *
   * @param text a sentence or two
   */
  public record Entry(Instant when, String text) {}

  private final Supplier<Instant> clock;
  private final Deque<Entry> entries = new ArrayDeque<>();

  /**
   * @param clock the time
   */
  public ProblemLog(Supplier<Instant> clock) {
    this.clock = clock;
  }

  /** Remembers something. */
  public synchronized void add(String text) {
    entries.addLast(new Entry(clock.get(), ShownText.shortened(text, LONGEST)));
    if (entries.size() > MOST) {
      entries.removeFirst();
    }
  }

  /** What is remembered, the oldest first. */
  public synchronized List<Entry> entries() {
    return List.copyOf(entries);
  }

  /** Remembers the warnings of the whole program from now on. */
  public void listen() {
    var handler =
        new Handler() {
          private final SimpleFormatter formatter = new SimpleFormatter();

          @Override
          public void publish(LogRecord said) {
            if (said.getLevel().intValue() < Level.WARNING.intValue()) {
              return;
            }
            var thrown = said.getThrown();
            add(
                said.getLoggerName()
                    + ": "
                    + formatter.formatMessage(said)
                    + (thrown == null ? "" : " (" + thrown + ")"));
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    Logger.getLogger("").addHandler(handler);
  }
}
