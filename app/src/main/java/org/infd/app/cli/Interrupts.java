package org.infd.app.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.infd.inference.runtime.Cancellation;

/**
 * Turns Ctrl-C, SIGTERM and SIGHUP into a cancellation, so that the command cleans up and the
 * process ends in order: what the JVM does by itself would end native code in the middle of a run,
 * which crashes. The second Ctrl-C ends the process at once. Closing restores what was before.
 */
final class Interrupts implements AutoCloseable {
  private final List<Signals.Hearing> hearings = new ArrayList<>();
  private final AtomicInteger received = new AtomicInteger();

  Interrupts(Cancellation cancellation) {
    for (var signal : List.of("INT", "TERM", "HUP")) {
      Signals.hear(signal, () -> stop(cancellation)).ifPresent(hearings::add);
    }
  }

  private void stop(Cancellation cancellation) {
    if (received.incrementAndGet() > 1) {
      Runtime.getRuntime().halt(InfdCommand.INTERRUPTED);
    }
    cancellation.cancel();
  }

  @Override
  public void close() {
    hearings.forEach(Signals.Hearing::close);
    hearings.clear();
  }
}
