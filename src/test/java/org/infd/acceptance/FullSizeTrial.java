package org.infd.acceptance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.infd.exporter.BundleExporter;
import org.infd.exporter.ImportOptions;
import org.infd.exporter.RandomCheckpoint;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.field.NeuralField;
import org.infd.inference.field.Rectangle;
import org.infd.inference.field.StatisticsMode;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.infd.inference.tensor.LongTensor;
import org.infd.inference.tensor.Tensor;

/**
 * Tries a model of the published size: writes a checkpoint of 4.7 GB with random weights, imports
 * it, takes a UNet step, decodes, renders a tile, and prints times and peak memory. Not part of the
 * tests: it takes minutes and 8 GB of disk.
 *
 * <p>Arguments: an empty folder to work in, and optionally {@code fp16}.
 */
final class FullSizeTrial {
  private FullSizeTrial() {}

  public static void main(String[] arguments) throws IOException {
    var folder = Files.createDirectories(Path.of(arguments[0]));
    boolean half = arguments.length > 1 && arguments[1].equals("fp16");
    var checkpoint = folder.resolve("last-model.pth");
    if (!Files.exists(checkpoint)) {
      long start = System.nanoTime();
      RandomCheckpoint.writeOfficialLayout(checkpoint, RandomCheckpoint.defaultArgs(), 7);
      TrialReport.print("wrote " + Files.size(checkpoint) / 1_000_000 + " MB", start);
    }
    long start = System.nanoTime();
    var options = ImportOptions.defaults().withFp16(half).withOverwrite(true);
    var result =
        BundleExporter.export(
            checkpoint, folder.resolve("bundle"), options, (stage, part) -> {}, new Cancellation());
    TrialReport.print("imported", start);
    System.out.println(result.toText());
    run(ModelBundle.open(folder.resolve("bundle")));
  }

  private static void run(ModelBundle bundle) {
    var device = Device.cpu();
    var never = Cancellation.never();
    var latent = bundle.manifest().latent();
    var z = Tensor.zeros(latent.shape(1));
    for (int i = 0; i < z.elements(); i++) {
      z.set(i, (float) Math.sin(i * 0.7));
    }
    long start = System.nanoTime();
    try (var unet = bundle.load("unet", device)) {
      TrialReport.print("loaded the UNet", start);
      for (int round = 0; round < 2; round++) {
        start = System.nanoTime();
        var prediction = unet.run(Map.of("z", z, "t", LongTensor.of(new long[] {500}, 1)), never);
        TrialReport.print("UNet step, finite " + prediction.isFinite(), start);
      }
    }
    Tensor phi;
    start = System.nanoTime();
    try (var decode = bundle.load("decode", device)) {
      phi = decode.run(Map.of("z", z), never);
      TrialReport.print("decoded, loading included, finite " + phi.isFinite(), start);
    }
    try (var field = NeuralField.open(bundle, device, phi, StatisticsMode.INTERPOLATED)) {
      for (int round = 0; round < 2; round++) {
        start = System.nanoTime();
        var tile = field.render(2048, new Rectangle(512, 768, 256, 256), never);
        TrialReport.print("tile of 2048², finite " + tile.isFinite(), start);
      }
    }
  }
}
