package org.infd.inference.runtime;

import java.util.function.Supplier;
import org.infd.inference.runtime.DeviceQueue.Priority;

/** How urgent that is for which the present thread needs the device. */
public final class Urgency {
  private static final ScopedValue<Priority> PRESENT = ScopedValue.newInstance();

  private Urgency() {}

  /** The priority of the present thread's work: sampling, where nobody said another. */
  public static Priority present() {
    return PRESENT.orElse(Priority.GENERATION);
  }

  /** Does something with a priority of its own. */
  public static <T> T at(Priority priority, Supplier<T> work) {
    return ScopedValue.where(PRESENT, priority).call(work::get);
  }
}
