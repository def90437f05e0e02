package org.infd.inference.generation;

import java.util.List;
import org.infd.inference.field.Rectangle;
import org.infd.inference.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * An image as a field: latents and their recipes, from which a model renders every size.
 *
 * @param layers the first is the whole image, later ones lie over it
 * @param dive how what lies below its scale is made, or null where nobody chose
 */
public record FieldImage(List<Layer> layers, @Nullable DiveSettings dive) {
  /** Checks that there is a base. */
  public FieldImage {
    layers = List.copyOf(layers);
    if (layers.isEmpty() || layers.getFirst().mask() != null) {
      throw new IllegalArgumentException("the first layer must be the whole image");
    }
  }

  /** An image of which nobody chose what lies below its scale. */
  public FieldImage(List<Layer> layers) {
    this(layers, null);
  }

  /** The same image with other settings of what lies below its scale. */
  public FieldImage withDive(@Nullable DiveSettings other) {
    return new FieldImage(layers, other);
  }

  /** An image of one latent. */
  public static FieldImage of(Tensor z, Recipe recipe) {
    return new FieldImage(List.of(new Layer(z, recipe, null)));
  }

  /** The layer that is the whole image. */
  public Layer base() {
    return layers.getFirst();
  }

  /**
   * One latent of an image.
   *
   * @param z the latent, (1, C, H, W)
   * @param recipe how it was made
   * @param mask the cells of the latent grid that the layer covers, or null for the whole
   */
  public record Layer(Tensor z, Recipe recipe, @Nullable Rectangle mask) {}
}
