package org.infd.app.runs;

import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.SimpleObjectProperty;
import org.infd.app.engine.Engine;
import org.infd.app.notice.Notice;
import org.infd.app.tab.TabsModel;
import org.infd.app.work.Job;
import org.infd.inference.runtime.Device;

/**
 * What happens when the device stops in the middle of its work: nothing is begun any more that
 * would fail as well, and the user is offered to go on with the CPU. Then pictures, runs and the
 * queue go on where they were. Belongs to the user interface's thread.
 */
public final class DeviceRecovery {
  private final Engine engine;
  private final TabsModel tabs;
  private final PictureRuns runs;
  private final Consumer<Device> changed;
  private final Consumer<String> fail;
  private final Job going;
  private final ObjectProperty<Optional<Notice>> offer =
      new SimpleObjectProperty<>(this, "offer", Optional.empty());

  /**
   * @param changed takes the device that is gone on with
   * @param fail takes what went wrong, as a sentence
   */
  public DeviceRecovery(
      Engine engine,
      Executor background,
      Executor ui,
      TabsModel tabs,
      PictureRuns runs,
      Consumer<Device> changed,
      Consumer<String> fail) {
    this.engine = engine;
    this.tabs = tabs;
    this.runs = runs;
    this.changed = changed;
    this.fail = fail;
    going = new Job(background, ui);
  }

  /** The way out, for as long as it is not taken. */
  public ObjectProperty<Optional<Notice>> offerProperty() {
    return offer;
  }

  /** Whether the user is told this already, with a way out. */
  public boolean tells(String sentence) {
    return offer.get().filter(told -> told.text().equals(sentence)).isPresent();
  }

  /** The device stopped. */
  public void lost(String sentence) {
    if (going.runningProperty().get()) {
      return;
    }
    runs.hold();
    if (!tells(sentence)) {
      offer.set(
          Optional.of(
              new Notice(
                  Notice.Kind.ERROR,
                  sentence,
                  Optional.of(new Notice.Action("Go on with the CPU", this::goOn)))));
    }
  }

  private void goOn() {
    offer.set(Optional.empty());
    going.start(
        (_, _) -> engine.goOnWithCpu(),
        device -> {
          changed.accept(device);
          tabs.renew(runs::keepAgain);
          runs.goOn();
        },
        fail);
  }

  public void close() {
    going.cancel();
  }
}
