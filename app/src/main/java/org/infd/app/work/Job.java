package org.infd.app.work;

import java.util.concurrent.CancellationException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import org.infd.inference.Problem;
import org.infd.inference.runtime.Cancellation;
import org.jspecify.annotations.Nullable;

/**
 * One piece of background work at a time, of which the user interface sees nothing any more from
 * the moment it is cancelled: the work itself may take longer to end. All methods belong to the
 * user interface's thread.
 */
public final class Job {
  /** The work: runs in the background, watches {@code cancellation}, talks through {@code ui}. */
  @FunctionalInterface
  public interface Work<T> {
    /**
     * Does it.
     *
     * @param ui runs something on the user interface's thread unless the job was cancelled by then
     */
    T run(Cancellation cancellation, Executor ui);
  }

  private static final System.Logger LOG = System.getLogger(Job.class.getName());

  private final Executor background;
  private final Executor ui;
  private final ReadOnlyBooleanWrapper running = new ReadOnlyBooleanWrapper(this, "running");
  private @Nullable Cancellation current;

  /**
   * @param background where work runs
   * @param ui where everything else happens
   */
  public Job(Executor background, Executor ui) {
    this.background = background;
    this.ui = ui;
  }

  /** Whether work is under way that was not cancelled. */
  public ReadOnlyBooleanProperty runningProperty() {
    return running.getReadOnlyProperty();
  }

  /**
   * Starts work whose result needs no care, cancelling what is under way.
   *
   * @param done takes the result
   * @param failed takes what went wrong, as a sentence for the user
   */
  public <T> void start(Work<T> work, Consumer<T> done, Consumer<String> failed) {
    start(work, done, failed, _ -> {});
  }

  /**
   * Starts work, cancelling what is under way. A consumer that throws ends the work like any other:
   * a defect in {@code done} is told through {@code failed}, all others go to the log.
   *
   * @param done takes the result
   * @param failed takes what went wrong, as a sentence for the user
   * @param discarded frees, in the background, a result that came after the work was cancelled
   */
  public <T> void start(
      Work<T> work, Consumer<T> done, Consumer<String> failed, Consumer<T> discarded) {
    cancel();
    var cancellation = new Cancellation();
    current = cancellation;
    running.set(true);
    inBackground(
        cancellation,
        () -> {
          try {
            T result = work.run(cancellation, step -> ui.execute(() -> tell(cancellation, step)));
            ui.execute(() -> deliver(cancellation, result, done, failed, discarded));
          } catch (CancellationException e) {
            ui.execute(() -> end(cancellation, () -> {}));
          } catch (Throwable e) {
            // whatever it is, the user is told a sentence and the program goes on
            var sentence = sentence(e);
            ui.execute(() -> end(cancellation, () -> failed.accept(sentence)));
          }
        });
  }

  private void inBackground(Cancellation of, Runnable work) {
    try {
      background.execute(work);
    } catch (RejectedExecutionException e) {
      // the program ends
      LOG.log(System.Logger.Level.DEBUG, "not begun", e);
      end(of, () -> {});
    }
  }

  private void tell(Cancellation of, Runnable step) {
    if (current == of) {
      guarded(step);
    }
  }

  private <T> void deliver(
      Cancellation of, T result, Consumer<T> done, Consumer<String> failed, Consumer<T> discarded) {
    if (current != of) {
      inBackground(of, () -> guarded(() -> discarded.accept(result)));
      return;
    }
    end(
        of,
        () -> {
          try {
            done.accept(result);
          } catch (Throwable e) {
            failed.accept(sentence(e));
          }
        });
  }

  private void end(Cancellation of, Runnable last) {
    if (current == of) {
      current = null;
      guarded(last);
      // unless the end of one was the beginning of the next
      running.set(current != null);
    }
  }

  /** A consumer's defect is its own: the jobs go on. */
  private static void guarded(Runnable consumer) {
    try {
      consumer.run();
    } catch (Throwable e) {
      LOG.log(System.Logger.Level.ERROR, "unexpected failure", e);
    }
  }

  /** Forgets the work under way and asks it to stop. Returns at once. */
  public void cancel() {
    var cancelled = current;
    if (cancelled != null) {
      current = null;
      running.set(false);
      cancelled.cancel();
    }
  }

  /** What went wrong, for the user: never a stack trace; defects go to the log as well. */
  public static String sentence(Throwable failure) {
    if (failure instanceof Problem problem) {
      return String.valueOf(problem.getMessage());
    }
    LOG.log(System.Logger.Level.ERROR, "unexpected failure", failure);
    if (failure instanceof OutOfMemoryError) {
      return "There was not enough memory for this. Choose a smaller size or close other programs.";
    }
    return "Something unexpected went wrong ("
        + failure.getClass().getSimpleName()
        + "). Nothing is lost; try again.";
  }
}
