package org.infd.inference.generation;

import org.infd.inference.dive.Dive;
import org.infd.inference.dive.DiveRefiner;
import org.infd.inference.field.FieldRenderer;

/**
 * An open image that goes on below its scale. Everything of it is to be called from another thread
 * than the device's; how urgent that is says {@link org.infd.inference.runtime.Urgency}.
 *
 * @param dive its children: {@link Dive#picture} for exports, {@link Dive#sight} for screens
 * @param resource gives the model back
 */
public record OpenDive(Dive dive, Runnable resource) implements AutoCloseable {
  /** What makes the children that a view lacks; to be closed before this. */
  public DiveRefiner refiner(DiveRefiner.Listener listener) {
    return new DiveRefiner(dive, listener);
  }

  /** The whole picture with everything below it; children that it needs are made for it. */
  public FieldRenderer renderer() {
    return dive.picture();
  }

  /** Frees the children. The image stays open. */
  @Override
  public void close() {
    dive.close();
    resource.run();
  }
}
