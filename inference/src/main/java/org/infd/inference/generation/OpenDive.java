package org.infd.inference.generation;

import java.util.HashMap;
import org.infd.inference.dive.Dive;
import org.infd.inference.dive.DiveComposite;
import org.infd.inference.dive.DiveRectangle;
import org.infd.inference.dive.DiveRefiner;
import org.infd.inference.field.FieldRenderer;
import org.infd.inference.runtime.DeviceQueue.Priority;
import org.infd.inference.runtime.Urgency;

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
  public FieldRenderer renderer(Priority priority) {
    return at(priority, dive.picture());
  }

  /** A view of it as a picture of its own, see {@link DiveComposite#cutOut}. */
  public FieldRenderer cutOut(Priority priority, long side, DiveRectangle view) {
    return at(priority, dive.picture().cutOut(side, view));
  }

  private static FieldRenderer at(Priority priority, FieldRenderer renderer) {
    return (side, rectangle, cancellation) ->
        Urgency.at(priority, () -> renderer.render(side, rectangle, cancellation));
  }

  /** Takes over the children of another dive into the same image that would come out the same. */
  public void keepOf(OpenDive other) {
    int deepest = dive.options().sameDownTo(other.dive.options());
    var kept = new HashMap<>(other.dive.latents());
    kept.keySet().removeIf(key -> key.level() > deepest);
    dive.restore(kept);
  }

  /** Frees the children. The image stays open. */
  @Override
  public void close() {
    dive.close();
    resource.run();
  }
}
