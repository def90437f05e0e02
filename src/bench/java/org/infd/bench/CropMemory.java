package org.infd.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.infd.inference.bundle.BundleCatalog;
import org.infd.inference.field.FieldCrop;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.infd.inference.runtime.Graph;
import org.infd.inference.tensor.AnyTensor;
import org.infd.inference.tensor.Tensor;

/**
 * The memory that a look at a box takes in the renderer, with its VJP: as guidance renders it, at
 * the side of CLIP's input, and as it stands in the picture. Each case runs in a process of its
 * own, whose largest resident size is read after loading and after the look: everything counts,
 * heap and native. Linux only. Run by {@code src/bench/memory}.
 */
public final class CropMemory {
  private static final int PICTURE = 2048;
  private static final int BOX = 1000;
  private static final String CHILD = "--case";

  /**
   * A case.
   *
   * @param box the side of the box in pixels of the picture
   * @param side the side of the crop that is made of it; 0 for that of the model's own CLIP
   */
  private record Case(int box, int side) {}

  private static final List<Case> CASES =
      List.of(
          new Case(100, 0),
          new Case(BOX, 0),
          new Case(100, 224),
          new Case(BOX, 224),
          new Case(BOX, BOX));

  private CropMemory() {}

  /** See the class; the argument is the id or the folder of another model than the first. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    if (arguments.length > 0 && arguments[0].equals(CHILD)) {
      look(arguments[3], Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2]));
      return;
    }
    var model = arguments.length > 0 ? arguments[0] : "";
    System.out.println(
        "box in " + PICTURE + "²    crop    rendered     loaded MB    a look adds MB");
    for (var one : CASES) {
      int code = child(one, model);
      if (code != 0) {
        System.out.println(one.box() + "² at " + one.side() + "²: ended with " + code);
      }
    }
  }

  private static int child(Case one, String model) throws IOException, InterruptedException {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var command =
        List.of(
            java,
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:+UseSerialGC",
            "-Dinfd.home=" + System.getProperty("infd.home", "."),
            "-cp",
            System.getProperty("java.class.path"),
            CropMemory.class.getName(),
            CHILD,
            "" + one.box(),
            "" + one.side(),
            model);
    return new ProcessBuilder(command).inheritIO().start().waitFor();
  }

  private static void look(String model, int box, int wantedSide) throws IOException {
    var catalog = BundleCatalog.ofSystem();
    var bundle = model.isEmpty() ? catalog.first() : catalog.find(model);
    int side = wantedSide == 0 ? bundle.requireClip().side() : wantedSide;
    var map = bundle.manifest().featureMap();
    var phi = waves(1, map.channels(), map.height(), map.width());
    double size = (double) box / PICTURE;
    int rendered = FieldCrop.renderedSide(size, side, bundle.manifest().smallestSide());
    try (var forward = bundle.load("render_live", Device.cpu());
        var back = bundle.load("render_live_vjp", Device.cpu())) {
      // what is loaded by the first run of all is no part of a look
      for (int warm : new int[] {8, rendered}) {
        long before = largest();
        var crop = FieldCrop.of(0.25, 0.25, size, warm, 1, phi);
        var query = crop.query(phi);
        run(forward, "rgb", Map.of("query", query));
        var features =
            run(back, "d_query", Map.of("query", query, "d_rgb", waves(1, 3, warm, warm)));
        var sum = new float[phi.elements()];
        crop.scatter(features, sum, map.height(), map.width());
        if (warm == rendered) {
          System.out.printf(
              Locale.ROOT,
              "%4d²  %11d²  %9d² %12d %17d%n",
              box,
              side,
              rendered,
              before >> 10,
              (largest() - before) >> 10);
        }
      }
    }
  }

  private static Tensor run(Graph graph, String output, Map<String, ? extends AnyTensor> inputs) {
    return switch (graph.run(inputs, Set.of(output), Cancellation.never()).get(output)) {
      case Tensor tensor -> tensor;
      case null, default -> throw new IllegalStateException("no " + output);
    };
  }

  private static Tensor waves(long... shape) {
    var tensor = Tensor.zeros(shape);
    for (int i = 0; i < tensor.elements(); i++) {
      tensor.set(i, (float) Math.sin(i * 0.7));
    }
    return tensor;
  }

  /** The largest resident size so far in KB, as Linux counts it. */
  private static long largest() throws IOException {
    var found =
        Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(line -> line.startsWith("VmHWM:"))
            .map(line -> line.replaceAll("\\D", ""))
            .findFirst();
    return Long.parseLong(
        found.orElseThrow(() -> new IOException("this system does not tell VmHWM")));
  }
}
