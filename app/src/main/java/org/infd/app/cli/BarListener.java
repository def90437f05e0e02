package org.infd.app.cli;

import org.infd.inference.generation.RunListener;

/** Shows a run as a bar, and what the user should know as lines. */
record BarListener(ProgressBar bar, Terminal terminal) implements RunListener {
  @Override
  public void step(int done, int total) {
    bar.update(done, total, "step " + done + " of " + total);
  }

  @Override
  public void note(String sentence) {
    bar.interrupt();
    terminal.note(sentence);
  }
}
