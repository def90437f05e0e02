package org.infd.inference.generation;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.infd.inference.Problem;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.field.FixedPicture;
import org.infd.inference.field.NeuralField;
import org.infd.inference.field.OfficialRendering;
import org.infd.inference.field.OpenField;
import org.infd.inference.field.StatisticsMode;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.infd.inference.runtime.DeviceQueue;
import org.infd.inference.runtime.Network;
import org.infd.inference.runtime.Urgency;
import org.infd.inference.tensor.Tensor;

/**
 * Turns the latents of an image into its feature map φ and that into what renders it. The layers of
 * inpainted boxes are blended over the base in φ. Every call to the device goes through its queue.
 */
final class FieldOpener {
  private final ModelBundle bundle;
  private final Device device;
  private final DeviceQueue queue;
  private final LoadedGraphs graphs;

  FieldOpener(ModelBundle bundle, Device device, DeviceQueue queue, LoadedGraphs graphs) {
    this.bundle = bundle;
    this.device = device;
    this.queue = queue;
    this.graphs = graphs;
  }

  /**
   * Decodes an image's latent into its feature map φ (1, F, H, W).
   *
   * @throws Problem if the image is not of this model or φ overflows
   * @throws CancellationException at once when it was asked for
   */
  Tensor decode(FieldImage image, RunListener listener, Cancellation cancellation) {
    return decodeLayers(image, listener, cancellation).phi();
  }

  /**
   * A decoded image.
   *
   * @param phi the feature map with all layers
   * @param parent that of the whole image alone
   */
  private record Decoded(Tensor phi, Tensor parent) {}

  private Decoded decodeLayers(FieldImage image, RunListener listener, Cancellation cancellation) {
    requireLatents(image, listener);
    listener.stage(RunListener.Stage.LOADING);
    graph(cancellation);
    listener.stage(RunListener.Stage.DECODING);
    var parent = decode(image.base().z(), cancellation);
    if (image.layers().size() == 1) {
      return new Decoded(parent, parent);
    }
    var phi = Tensor.of(parent.toArray(), parent.shape());
    var latent = bundle.manifest().latent();
    for (var layer : image.layers()) {
      if (layer.mask() != null) {
        var above = decode(layer.z(), cancellation);
        FieldLayers.lay(phi, above, layer.mask(), latent.height(), latent.width());
      }
    }
    return new Decoded(phi, parent);
  }

  private Tensor decode(Tensor z, Cancellation cancellation) {
    var decoder = graph(cancellation);
    var phi =
        queue.call(
            Urgency.present(), cancellation, () -> decoder.run(Map.of("z", z), cancellation));
    if (!phi.isFinite()) {
      throw new Problem(
          "The feature map of the picture overflowed, so it cannot be shown. Its latent does not"
              + " fit the model '"
              + bundle.manifest().name()
              + "', or the model is damaged: import it again without --fp16.");
    }
    return phi;
  }

  /**
   * Decodes an image once, into what gives its pixels at every scale: its field, or of a model
   * whose renderer has one resolution the picture.
   *
   * @param mode where the statistics of frozen norms come from
   * @return the field, to be closed by the caller
   * @throws Problem if the image is not of this model, or φ overflows
   * @throws CancellationException at once when it was asked for
   */
  OpenField open(
      FieldImage image, StatisticsMode mode, RunListener listener, Cancellation cancellation) {
    var decoded = decodeLayers(image, listener, cancellation);
    if (FixedPicture.isOf(bundle.manifest())) {
      return fixed(decoded.phi(), cancellation);
    }
    return NeuralField.open(bundle, device, decoded.phi(), decoded.parent(), mode, queue);
  }

  private FixedPicture fixed(Tensor phi, Cancellation cancellation) {
    var renderer = queue.call(Urgency.present(), cancellation, () -> graphs.get("render_fixed"));
    return new FixedPicture(
        queue.call(
            Urgency.present(), cancellation, () -> renderer.run(Map.of("phi", phi), cancellation)));
  }

  /**
   * Decodes a latent of its own into a field. Those of a model without norms share one renderer.
   *
   * @param z (1, C, H, W)
   * @return the field, to be closed by the caller
   * @throws Problem if φ overflows or the model has no field
   * @throws CancellationException at once when it was asked for
   */
  NeuralField openChild(Tensor z, Cancellation cancellation) {
    return NeuralField.open(
        bundle,
        device,
        decode(z, cancellation),
        StatisticsMode.INTERPOLATED,
        queue,
        graphs::renderer);
  }

  /**
   * Decodes an image into what renders it as published: norms live over each patch.
   *
   * @return to be closed by the caller
   * @throws Problem if the image is not of this model, φ overflows, or the model has no field
   * @throws CancellationException at once when it was asked for
   */
  OfficialRendering openOfficial(FieldImage image, Cancellation cancellation) {
    return OfficialRendering.open(bundle, device, decode(image, RunListener.none(), cancellation));
  }

  void requireLatents(FieldImage image, RunListener listener) {
    for (var layer : image.layers()) {
      requireLatent(layer);
    }
    if (!image.base().recipe().modelHash().equals(bundle.hash())) {
      listener.note(
          "The picture was made with another version of the model '"
              + bundle.manifest().id()
              + "', so it may look different.");
    }
  }

  private void requireLatent(FieldImage.Layer layer) {
    var manifest = bundle.manifest();
    var recipe = layer.recipe();
    var z = layer.z();
    var mask = layer.mask();
    if (!recipe.model().equals(manifest.id())) {
      throw new Problem(
          "The picture was made with the model '"
              + recipe.model()
              + "' and means nothing to '"
              + manifest.id()
              + "'. Choose that model.");
    }
    if (!Arrays.equals(z.shape(), manifest.latent().shape(1))) {
      throw new Problem(
          "The picture's latent is "
              + Arrays.toString(z.shape())
              + ", and this version of the model '"
              + manifest.id()
              + "' takes "
              + Arrays.toString(manifest.latent().shape(1))
              + ". Import the version that it was made with.");
    }
    if (mask != null
        && !FieldLayers.fits(mask, manifest.latent().height(), manifest.latent().width())) {
      throw new Problem(
          "A redone region of the picture lies outside of it. The file is damaged; use a copy.");
    }
  }

  private Network graph(Cancellation cancellation) {
    return queue.call(Urgency.present(), cancellation, () -> graphs.get("decode"));
  }
}
