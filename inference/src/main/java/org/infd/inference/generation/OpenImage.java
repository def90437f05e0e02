package org.infd.inference.generation;

import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.field.FieldRenderer;

/**
 * An image that is decoded, with what renders it.
 *
 * @param image the latents and how they were made
 * @param bundle the model that decoded them
 * @param renderer the colours of every rectangle at every scale; touches the device on the calling
 *     thread, see {@link ImageEngine#queued}
 * @param resource frees the renderer
 */
public record OpenImage(
    FieldImage image, ModelBundle bundle, FieldRenderer renderer, Runnable resource)
    implements AutoCloseable {
  /** Frees what renders the image. It cannot be rendered any more. */
  @Override
  public void close() {
    resource.run();
  }
}
