package org.infd.app.session;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.SimpleObjectProperty;
import javafx.collections.ListChangeListener;
import org.infd.app.export.Exports;
import org.infd.app.models.ImportState;
import org.infd.app.models.ModelsModel;
import org.infd.app.runs.GenerateModel;
import org.infd.app.runs.RunQueue;
import org.infd.app.work.Notice;
import org.infd.app.work.Notices;

/**
 * The end of the program while work is under way: the user is asked once whether it is finished
 * before, kept for the next start, or stopped. Whoever ends the program without an answer keeps it.
 * All methods belong to the user interface's thread.
 */
public final class Ending {
  /**
   * What is under way.
   *
   * @param words what it is, in a sentence
   * @param canBeKept whether all of it can go on at the next start
   */
  public record Work(String words, boolean canBeKept) {}

  private final GenerateModel generation;
  private final Exports exports;
  private final ModelsModel catalog;
  private final Notices notices;
  private final Executor ui;
  private final ReadOnlyObjectWrapper<Optional<Work>> question =
      new ReadOnlyObjectWrapper<>(this, "question", Optional.empty());
  private final ObjectProperty<Optional<Notice>> finishing =
      new SimpleObjectProperty<>(this, "finishing", Optional.empty());
  private Runnable close = () -> {};
  private boolean isStopped;
  private boolean isAnswered;

  /**
   * @param notices holds what went wrong, which must not close unseen
   * @param ui where it is looked whether all is done
   */
  public Ending(
      GenerateModel generation,
      Exports exports,
      ModelsModel catalog,
      Notices notices,
      Executor ui) {
    this.generation = generation;
    this.exports = exports;
    this.catalog = catalog;
    this.notices = notices;
    this.ui = ui;
    generation.stateProperty().subscribe(this::lookLater);
    exports.queue().revisionProperty().subscribe(this::lookLater);
    catalog.importProperty().subscribe(this::lookLater);
    generation
        .queue()
        .waiting()
        .addListener((ListChangeListener<RunQueue.Order>) change -> lookLater());
  }

  /** Says how the window is closed. */
  public void onClose(Runnable action) {
    close = action;
  }

  /** The question that is open; empty while there is none. */
  public ReadOnlyObjectProperty<Optional<Work>> questionProperty() {
    return question.getReadOnlyProperty();
  }

  /** That the window closes when all is done, as long as that is so. */
  public ObjectProperty<Optional<Notice>> finishingProperty() {
    return finishing;
  }

  /** What is under way; empty while nothing is. */
  public Optional<Work> work() {
    var parts = new ArrayList<String>();
    int waiting = generation.queue().waiting().size();
    if (generation.isRunning()) {
      parts.add("a picture is being made");
    }
    if (waiting > 0) {
      var more = parts.isEmpty() ? "" : " more";
      parts.add(waiting == 1 ? "one" + more + " waits" : waiting + more + " wait");
    }
    int files = exports.queue().count();
    if (files > 0) {
      parts.add(
          files == 1
              ? "a picture file is being written"
              : files + " picture files are being written");
    }
    boolean importing = catalog.importProperty().get() instanceof ImportState.Running;
    if (importing) {
      parts.add("a model is being imported");
    }
    return parts.isEmpty() ? Optional.empty() : Optional.of(new Work(sentence(parts), !importing));
  }

  private static String sentence(List<String> parts) {
    var last = parts.getLast();
    var all =
        parts.size() == 1
            ? last
            : String.join(", ", parts.subList(0, parts.size() - 1)) + " and " + last;
    return all.substring(0, 1).toUpperCase(java.util.Locale.ROOT) + all.substring(1) + ".";
  }

  /**
   * The window is to close: asks the user where work is under way.
   *
   * @return whether it may close now
   */
  public boolean mayClose() {
    if (!isAnswered) {
      question.set(work());
    }
    return question.get().isEmpty();
  }

  /** Goes on as before. */
  public void stay() {
    question.set(Optional.empty());
    finishing.set(Optional.empty());
  }

  /** Closes when all is done; stays where something goes wrong, so that it is read. */
  public void finish() {
    question.set(Optional.empty());
    finishing.set(
        Optional.of(
            new Notice(
                Notice.Kind.NOTE,
                "The studio closes when this is done.",
                Optional.of(new Notice.Action("Stay open", this::stay)))));
    lookLater();
  }

  /** Closes, and goes on at the next start. */
  public void keep() {
    answer(false);
  }

  /** Closes; what is under way is not wanted any more. */
  public void stop() {
    answer(true);
  }

  private void answer(boolean stopped) {
    isStopped = stopped;
    isAnswered = true;
    question.set(Optional.empty());
    finishing.set(Optional.empty());
    close.run();
  }

  /** The program ends: stops what the user does not want any more. */
  public void drop() {
    if (isStopped) {
      generation.queue().clear();
      generation.cancel();
      exports.stop();
    }
  }

  /** Whether anything goes on at the next start: what is under way, and exports that are paused. */
  public boolean isKept() {
    return (!isStopped && work().isPresent()) || !exports.unfinished().isEmpty();
  }

  /** Between two pictures, nothing is made for a moment. */
  private void lookLater() {
    if (finishing.get().isPresent() || question.get().isPresent()) {
      ui.execute(this::look);
    }
  }

  private void look() {
    if (question.get().isPresent()) {
      // nobody is asked about what is done
      question.set(work());
    } else if (finishing.get().isPresent() && work().isEmpty()) {
      finishing.set(Optional.empty());
      boolean hasFailed =
          notices.noticeProperty().get().filter(of -> of.kind() == Notice.Kind.ERROR).isPresent();
      if (!hasFailed) {
        close.run();
      }
    }
  }
}
