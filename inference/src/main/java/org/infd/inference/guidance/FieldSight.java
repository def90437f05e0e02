package org.infd.inference.guidance;

import org.infd.inference.field.FieldCrop;
import org.infd.inference.guidance.BoxCrops.Square;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.tensor.Tensor;

/**
 * The latent decoded, each crop rendered at CLIP's own side whatever the size of its box: a box
 * costs the same at every scale, and the rest of the image is never rendered.
 */
final class FieldSight implements Sight {
  private final GuidanceNetworks networks;
  private final Tensor z;
  private final Tensor phi;
  private final int side;
  private final int smallestSide;

  /**
   * Decodes.
   *
   * @param z (1, C, h, w)
   * @param smallestSide the least side of an image at which the renderer does not alias
   */
  FieldSight(
      GuidanceNetworks networks, Tensor z, int side, int smallestSide, Cancellation cancellation) {
    this.networks = networks;
    this.z = z;
    this.phi = networks.decode(z, cancellation);
    this.side = side;
    this.smallestSide = smallestSide;
  }

  private FieldCrop crop(Square square) {
    return FieldCrop.of(square.row(), square.column(), square.size(), side, smallestSide, phi);
  }

  @Override
  public int elements() {
    return phi.elements();
  }

  @Override
  public void show(Square square, Tensor crops, int item, Cancellation cancellation) {
    var crop = crop(square);
    crop.average(networks.render(crop.query(phi), cancellation), crops, item);
  }

  @Override
  public void back(Square square, Tensor crops, int item, float[] sum, Cancellation cancellation) {
    var crop = crop(square);
    var features = networks.renderVjp(crop.query(phi), crop.spread(crops, item), cancellation);
    crop.scatter(features, sum, phi.extent(2), phi.extent(3));
  }

  @Override
  public Tensor toLatent(float[] sum, Cancellation cancellation) {
    return networks.decodeVjp(z, Tensor.of(sum, phi.shape()), cancellation);
  }
}
