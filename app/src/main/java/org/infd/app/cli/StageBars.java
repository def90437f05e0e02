package org.infd.app.cli;

import org.infd.app.cli.Services.ImportProgress;
import org.jspecify.annotations.Nullable;

/** Shows the progress of work in stages: a bar for each, one after the other. Thread-safe. */
final class StageBars implements ImportProgress, AutoCloseable {
  private static final int THOUSANDTHS = 1000;

  private final Terminal terminal;
  private String stage = "";
  private @Nullable ProgressBar bar;

  StageBars(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public synchronized void at(String newStage, double done) {
    var current = bar;
    if (current == null || !stage.equals(newStage)) {
      close();
      current = new ProgressBar(terminal, newStage);
      bar = current;
      stage = newStage;
    }
    current.update(Math.round(done * THOUSANDTHS), THOUSANDTHS, "");
  }

  @Override
  public synchronized void close() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }
}
