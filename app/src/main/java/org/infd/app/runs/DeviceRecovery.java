package org.infd.app.runs;

import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.infd.app.engine.Engine;
import org.infd.app.tab.TabRemaking;
import org.infd.app.work.Job;
import org.infd.app.work.Notice;
import org.infd.app.work.Notices;
import org.infd.inference.runtime.Device;

/**
 * Recovery from a lost device: no new work is begun, and the user is offered to go on with the CPU.
 * Then pictures, runs and the queue go on where they were. Belongs to the user interface's thread.
 */
public final class DeviceRecovery {
  /**
   * What else works on the device.
   *
   * @param hold begins nothing more
   * @param goOn goes on afterwards
   */
  public record Others(Runnable hold, Runnable goOn) {}

  private final Engine engine;
  private final TabRemaking tabs;
  private final PictureRuns runs;
  private final Others others;
  private final Consumer<Device> changed;
  private final Notices notices;
  private final Job going;

  /**
   * @param changed takes the device that is gone on with
   * @param notices offers the user to go on
   */
  public DeviceRecovery(
      Engine engine,
      Executor background,
      Executor ui,
      TabRemaking tabs,
      PictureRuns runs,
      Others others,
      Consumer<Device> changed,
      Notices notices) {
    this.engine = engine;
    this.tabs = tabs;
    this.runs = runs;
    this.others = others;
    this.changed = changed;
    this.notices = notices;
    going = new Job(background, ui);
  }

  /** The device stopped. */
  public void lost(String sentence) {
    if (going.runningProperty().get()) {
      return;
    }
    runs.hold();
    others.hold().run();
    notices.lose(sentence, new Notice.Action("Go on with the CPU", this::goOn));
  }

  private void goOn() {
    notices.lossProperty().set(Optional.empty());
    going.start(
        (_, _) -> engine.goOnWithCpu(),
        device -> {
          changed.accept(device);
          tabs.renewAll(runs::keepAgain);
          runs.goOn();
          others.goOn().run();
        },
        notices::fail);
  }

  public void close() {
    going.cancel();
  }
}
