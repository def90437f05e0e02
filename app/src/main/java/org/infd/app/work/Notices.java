package org.infd.app.work;

import java.time.Instant;
import java.util.Optional;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.SimpleObjectProperty;

/**
 * What the user is told at the moment: the last message, the offer to restore what a crash
 * interrupted, and the offer to go on after the device stopped. Failures also go to a log. All
 * methods belong to the user interface's thread.
 */
public final class Notices {
  private final ProblemLog problems = new ProblemLog(Instant::now);
  private final ObjectProperty<Optional<Notice>> notice =
      new SimpleObjectProperty<>(this, "notice", Optional.empty());
  private final ObjectProperty<Optional<Notice>> offer =
      new SimpleObjectProperty<>(this, "offer", Optional.empty());
  private final ObjectProperty<Optional<Notice>> loss =
      new SimpleObjectProperty<>(this, "loss", Optional.empty());

  /** The last message; empty once it is closed. */
  public ObjectProperty<Optional<Notice>> noticeProperty() {
    return notice;
  }

  /** What a crash interrupted, to be restored; empty once that is answered. */
  public ObjectProperty<Optional<Notice>> offerProperty() {
    return offer;
  }

  /** What can be done after the device stopped; empty once it is done. */
  public ObjectProperty<Optional<Notice>> lossProperty() {
    return loss;
  }

  /** What went wrong in this run of the program. */
  public ProblemLog problems() {
    return problems;
  }

  /** Tells the user something with all that can be done about it. */
  public void tell(Notice told) {
    notice.set(Optional.of(told));
  }

  /** Tells the user something that they should know. */
  public void note(String sentence) {
    tell(new Notice(Notice.Kind.NOTE, sentence));
  }

  /** Tells the user that something went well. */
  public void done(String sentence) {
    tell(new Notice(Notice.Kind.DONE, sentence));
  }

  /** Tells the user that something went well, and what may be done about it. */
  public void done(String sentence, Notice.Action action) {
    tell(new Notice(Notice.Kind.DONE, sentence, Optional.of(action)));
  }

  /**
   * Tells the user that something went wrong, unless {@link #lossProperty} says the same already.
   */
  public void fail(String sentence) {
    problems.add(sentence);
    if (!isLoss(sentence)) {
      tell(new Notice(Notice.Kind.ERROR, sentence));
    }
  }

  private boolean isLoss(String sentence) {
    return loss.get().filter(told -> told.text().equals(sentence)).isPresent();
  }

  /**
   * Tells the user that the device stopped.
   *
   * @param action how to go on
   */
  public void lose(String sentence, Notice.Action action) {
    if (!isLoss(sentence)) {
      loss.set(Optional.of(new Notice(Notice.Kind.ERROR, sentence, Optional.of(action))));
    }
  }

  /** Takes back the last message. */
  public void clear() {
    notice.set(Optional.empty());
  }
}
