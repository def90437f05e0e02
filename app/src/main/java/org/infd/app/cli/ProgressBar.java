package org.infd.app.cli;

import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * A progress bar: one line that is rewritten on a terminal, a plain line per tenth elsewhere.
 * Thread-safe.
 */
final class ProgressBar implements AutoCloseable {
  private static final int WIDTH = 24;

  /** Ten times a second is smooth enough and costs nothing. */
  private static final long REDRAW_NANOS = 100_000_000L;

  /** A remaining time before this much has passed would be a guess. */
  private static final long SETTLED_NANOS = 2_000_000_000L;

  private final Terminal terminal;
  private final String label;
  private final LongSupplier clock;
  private final long start;
  private long lastDraw = Long.MIN_VALUE;
  private int lastTenth = -1;
  private int drawn;
  private boolean closed;

  ProgressBar(Terminal terminal, String label) {
    this(terminal, label, System::nanoTime);
  }

  ProgressBar(Terminal terminal, String label, LongSupplier clock) {
    this.terminal = terminal;
    this.label = label;
    this.clock = clock;
    start = clock.getAsLong();
  }

  /**
   * @param done how much is done
   * @param total of how much
   * @param detail said behind the bar, may be empty
   */
  synchronized void update(long done, long total, String detail) {
    if (terminal.isQuiet() || closed || total < 1) {
      return;
    }
    double part = Math.clamp((double) done / total, 0, 1);
    if (terminal.isInteractive()) {
      long now = clock.getAsLong();
      if (done < total && drawn > 0 && now - lastDraw < REDRAW_NANOS) {
        return;
      }
      lastDraw = now;
      draw(bar(part, detail, now - start));
    } else if ((int) (part * 10) > lastTenth) {
      lastTenth = (int) (part * 10);
      terminal.note(text(part, detail));
    }
  }

  private String bar(double part, String detail, long elapsed) {
    int full = (int) (part * WIDTH);
    var text = new StringBuilder(label).append(" [");
    text.append("#".repeat(full)).append("-".repeat(WIDTH - full)).append("] ");
    text.append(percent(part));
    if (!detail.isEmpty()) {
      text.append(", ").append(detail);
    }
    if (part > 0 && part < 1 && elapsed > SETTLED_NANOS) {
      var left = Duration.ofNanos((long) (elapsed * (1 - part) / part));
      text.append(", ").append(time(left)).append(" left");
    }
    return text.toString();
  }

  private String text(double part, String detail) {
    return label + ": " + percent(part) + (detail.isEmpty() ? "" : ", " + detail);
  }

  private static String percent(double part) {
    return String.format(Locale.ROOT, "%d %%", (int) (part * 100));
  }

  /** A time for people: "45 s", "3 min 05 s", "2 h 10 min". */
  static String time(Duration time) {
    if (time.toMinutes() < 1) {
      return time.toSeconds() + " s";
    }
    return time.toHours() < 1
        ? String.format(Locale.ROOT, "%d min %02d s", time.toMinutes(), time.toSecondsPart())
        : String.format(Locale.ROOT, "%d h %02d min", time.toHours(), time.toMinutesPart());
  }

  private void draw(String line) {
    // blanks wipe what a longer line left
    terminal.raw("\r" + line + " ".repeat(Math.max(0, drawn - line.length())));
    drawn = line.length();
  }

  /** Ends the line, so that something else can be said; the next update begins a new one. */
  synchronized void interrupt() {
    if (drawn > 0) {
      terminal.raw(System.lineSeparator());
      drawn = 0;
    }
  }

  /** Ends the line for good. */
  @Override
  public synchronized void close() {
    interrupt();
    closed = true;
  }
}
