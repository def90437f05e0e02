package org.infd.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.infd.exporter.BundleExporter;
import org.infd.exporter.ImportOptions;
import org.infd.exporter.RandomCheckpoint;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.tensor.Tensor;

/** Models of random weights and feature maps of random values: time does not depend on them. */
final class RandomModel {
  private static final long SEED = 7;

  private RandomModel() {}

  /**
   * Makes a bundle.
   *
   * @param folder takes it and its checkpoint
   * @param arguments of the checkpoint's model
   */
  static ModelBundle in(Path folder, Map<String, Object> arguments) throws IOException {
    var checkpoint = folder.resolve("model.pth");
    RandomCheckpoint.write(checkpoint, arguments, SEED);
    BundleExporter.export(
        checkpoint,
        folder.resolve("bundle"),
        ImportOptions.defaults(),
        (stage, part) -> {},
        new Cancellation());
    return ModelBundle.open(folder.resolve("bundle"));
  }

  /** A feature map of a model, (1, F, H, W). */
  static Tensor featureMap(ModelBundle bundle) {
    var map = bundle.manifest().featureMap();
    var phi = Tensor.zeros(1, map.channels(), map.height(), map.width());
    var random = new Random(SEED);
    for (int i = 0; i < phi.elements(); i++) {
      phi.set(i, (float) random.nextGaussian());
    }
    return phi;
  }
}
