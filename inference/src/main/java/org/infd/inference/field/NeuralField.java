package org.infd.inference.field;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.infd.inference.NumberText;
import org.infd.inference.Problem;
import org.infd.inference.bundle.Manifest;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.infd.inference.runtime.DeviceQueue;
import org.infd.inference.runtime.Graph;
import org.infd.inference.runtime.Network;
import org.infd.inference.runtime.OutOfDeviceMemory;
import org.infd.inference.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A feature map φ seen as a function: the colour of any pixel at any scale. Rectangles are rendered
 * tile by tile with norms frozen at the statistics of the scale, so that the result does not depend
 * on the rectangles asked for, nor on their order, nor on the threads that ask: tiles equal the
 * whole bit for bit on x86 CPUs ({@link #exactness} finds out). Memory is bounded by a few tiles,
 * whatever the image's side. Thread-safe.
 *
 * <p>Below the scale the renderer was trained on it would alias: there the image is rendered at N ·
 * 2^k inside the trained range and averaged. Where that range is unknown it is taken to begin at
 * the side of φ.
 */
public final class NeuralField implements OpenField {
  /** The side of the tiles that rectangles are cut into, without their halo. */
  public static final int TILE_SIDE = 256;

  private static final int OPEN_SCALES = 4;
  private static final int SPARE_BUFFERS = 2;

  /**
   * How a field works, for tests and for devices.
   *
   * @param tileSide the side of a full tile without its halo, a power of two from 32
   * @param scales how many sessions stay open
   * @param gather whether the graph picks the cells itself from a window of φ
   * @param oneShape whether small rectangles are rendered with full tiles too
   */
  record Settings(int tileSide, int scales, boolean gather, boolean oneShape) {
    static Settings of(ModelBundle bundle, Device device) {
      boolean gpu = device.isGpu();
      return new Settings(TILE_SIDE, OPEN_SCALES, gpu && bundle.has("render_gather"), gpu);
    }
  }

  private record Buffers(Tensor query, Tensor colours) {}

  /**
   * Where and how tiles are rendered.
   *
   * @param device what renders them
   * @param scales its sessions
   * @param settings the tiles; only their side and form change with the place
   */
  private record RenderTarget(Device device, FieldScales scales, Settings settings) {
    RenderTarget withTiles(int side) {
      return new RenderTarget(
          device, scales, new Settings(side, settings.scales, settings.gather, settings.oneShape));
    }
  }

  /** Loads the render graph onto a device; a seam for tests. */
  interface Loader {
    Network load(Device device, String graph, Map<String, Tensor> frozen);
  }

  /** Below this the halo costs more than the tile. */
  private static final int SMALLEST_TILE = 64;

  private final Manifest manifest;
  private final RenderInputs inputs;
  private final FieldStatistics statistics;
  private final Loader loader;
  private final Consumer<String> told;
  private final Cancellation.Registration idle;
  private RenderTarget target;
  private final Deque<Buffers> spare = new ArrayDeque<>();
  private @Nullable Exactness exactness;

  private NeuralField(
      ModelBundle bundle,
      Device device,
      Tensor phi,
      Tensor parent,
      StatisticsMode mode,
      Settings settings,
      Loader loader,
      @Nullable DeviceQueue queue) {
    this.manifest = bundle.manifest();
    this.inputs = new RenderInputs(phi);
    this.loader = loader;
    this.statistics =
        new FieldStatistics(
            bundle,
            device,
            parent == phi ? inputs : new RenderInputs(parent),
            inputs,
            mode,
            settings.tileSide);
    target = target(device, settings);
    told = queue == null ? _ -> {} : queue::tell;
    idle = queue == null ? () -> {} : queue.whenIdle(() -> target().scales.trim());
  }

  private RenderTarget target(Device device, Settings settings) {
    var graph = settings.gather ? "render_gather" : "render";
    return new RenderTarget(
        device,
        new FieldScales(
            manifest.renderer(),
            frozen -> loader.load(device, graph, frozen),
            statistics,
            settings.scales),
        settings);
  }

  private synchronized RenderTarget target() {
    return target;
  }

  private static Loader loader(ModelBundle bundle, @Nullable DeviceQueue queue) {
    Consumer<String> told = queue == null ? _ -> {} : queue::tell;
    return (device, graph, frozen) -> bundle.loadOnDevice(graph, device, frozen, told);
  }

  /**
   * Opens the field of a feature map. Loads nothing yet.
   *
   * @param phi φ (1, F, H, W) with the extents of the bundle's manifest; kept, not copied
   * @param mode where the statistics of frozen norms come from; without effect on models without
   *     norms
   * @throws Problem if the model renders only at its own size
   * @throws IllegalArgumentException if φ has other extents than the manifest says
   */
  public static NeuralField open(
      ModelBundle bundle, Device device, Tensor phi, StatisticsMode mode) {
    return open(bundle, device, phi, mode, Settings.of(bundle, device));
  }

  /**
   * Opens a field that was changed in a part and is normalised as before, so that the other part
   * stays as it was.
   *
   * @param phi φ (1, F, H, W); kept, not copied
   * @param parent the feature map before the change, from which the statistics come; kept
   * @param queue the device's owner, which hears what was decided and says when to rest
   * @throws Problem if the model renders only at its own size
   */
  public static NeuralField open(
      ModelBundle bundle,
      Device device,
      Tensor phi,
      Tensor parent,
      StatisticsMode mode,
      DeviceQueue queue) {
    requireField(bundle, phi);
    requireField(bundle, parent);
    return new NeuralField(
        bundle,
        device,
        phi,
        parent,
        mode,
        Settings.of(bundle, device),
        loader(bundle, queue),
        queue);
  }

  /**
   * Opens a field that shares the renderer of a model without norms with others.
   *
   * @param phi φ (1, F, H, W); kept, not copied
   * @param queue the device's owner, which hears what was decided and says when to rest
   * @param shared loads a render graph by its name for {@code device}, once; its owner closes it
   * @throws Problem if the model renders only at its own size
   */
  public static NeuralField open(
      ModelBundle bundle,
      Device device,
      Tensor phi,
      StatisticsMode mode,
      DeviceQueue queue,
      Function<String, Network> shared) {
    var own = loader(bundle, queue);
    return open(
        bundle,
        device,
        phi,
        mode,
        Settings.of(bundle, device),
        (on, graph, frozen) ->
            frozen.isEmpty() && on.equals(device)
                ? new BorrowedNetwork(shared.apply(graph))
                : own.load(on, graph, frozen),
        queue);
  }

  /**
   * Opens a field whose renderer is computed in one form and has no second choice, for
   * measurements.
   *
   * @param phi φ (1, F, H, W); kept, not copied
   * @throws Problem if the model renders only at its own size
   */
  public static NeuralField open(
      ModelBundle bundle, Device device, Tensor phi, StatisticsMode mode, Graph.Options how) {
    return open(
        bundle,
        device,
        phi,
        mode,
        Settings.of(bundle, device),
        (on, graph, frozen) -> bundle.load(graph, on, frozen, how),
        null);
  }

  static NeuralField open(
      ModelBundle bundle, Device device, Tensor phi, StatisticsMode mode, Settings settings) {
    return open(bundle, device, phi, mode, settings, loader(bundle, null), null);
  }

  static NeuralField open(
      ModelBundle bundle,
      Device device,
      Tensor phi,
      StatisticsMode mode,
      Settings settings,
      Loader loader,
      @Nullable DeviceQueue queue) {
    requireField(bundle, phi);
    return new NeuralField(bundle, device, phi, phi, mode, settings, loader, queue);
  }

  static void requireField(ModelBundle bundle, Tensor phi) {
    var manifest = bundle.manifest();
    if (manifest.renderer().kind() == Manifest.RendererKind.FIXED) {
      throw new Problem(
          "The model '"
              + manifest.name()
              + "' has a fixed-resolution renderer: it draws "
              + manifest.featureMap().height()
              + "×"
              + manifest.featureMap().width()
              + " pixels and nothing else. Use a model with a neural field to choose a size or a"
              + " region.");
    }
    var map = manifest.featureMap();
    if (!Arrays.equals(phi.shape(), new long[] {1, map.channels(), map.height(), map.width()})) {
      throw new IllegalArgumentException(phi + " is not the feature map of " + manifest.id());
    }
  }

  /** {@inheritDoc} */
  @Override
  public Tensor render(int imageSide, Rectangle rectangle, Cancellation cancellation) {
    if (imageSide < 1 || imageSide > LARGEST_SIDE || !rectangle.fits(imageSide)) {
      throw new IllegalArgumentException(rectangle + " in an image of side " + imageSide);
    }
    cancellation.throwIfCancelled();
    int factor = reduction(imageSide);
    return factor == 1
        ? renderDirectly(imageSide, rectangle, cancellation)
        : BoxAverage.render(this::renderDirectly, imageSide, rectangle, factor, cancellation);
  }

  /** How many pixels across are averaged into one: the least power of two that aliases not. */
  private int reduction(int imageSide) {
    var trained = manifest.trainedScale();
    int smallest =
        trained == null ? Math.max(inputs.cellRows(), inputs.cellColumns()) : trained.min();
    int factor = 1;
    while ((long) imageSide * factor < smallest && imageSide * 2L * factor <= LARGEST_SIDE) {
      factor *= 2;
    }
    return factor;
  }

  private Tensor renderDirectly(int imageSide, Rectangle rectangle, Cancellation cancellation) {
    while (true) {
      var here = target();
      try {
        return renderAt(here, imageSide, rectangle, cancellation);
      } catch (OutOfDeviceMemory e) {
        if (!leave(here)) {
          throw e;
        }
      }
    }
  }

  /**
   * Goes on with smaller tiles, or on the CPU when they are small already.
   *
   * @param failed where the memory did not suffice
   * @return whether there is somewhere to go, or another thread has gone there before
   */
  private synchronized boolean leave(RenderTarget failed) {
    if (!target.equals(failed)) {
      return true;
    }
    int side = failed.settings.tileSide / 2;
    if (side >= SMALLEST_TILE) {
      target = failed.withTiles(side);
      told.accept(
          NumberText.format(
              "The memory of %s does not suffice for tiles of %d pixels; they are rendered at %d.",
              failed.device.name(), 2 * side, side));
      return true;
    }
    if (!failed.device.isGpu()) {
      return false;
    }
    target = target(Device.cpu(), new Settings(TILE_SIDE, OPEN_SCALES, false, false));
    failed.scales.close();
    told.accept(
        "The memory of "
            + failed.device.name()
            + " does not suffice for rendering, which goes on on the CPU, more slowly. Close other"
            + " programs that use the GPU, or give it more memory, and open the picture again.");
    return true;
  }

  private Tensor renderAt(
      RenderTarget here, int imageSide, Rectangle rectangle, Cancellation cancellation) {
    var settings = here.settings;
    var colours = Tensor.zeros(1, 3, rectangle.height(), rectangle.width());
    if (!here.device.isGpu() && !settings.gather && statistics.givesPictures(imageSide)) {
      var whole = new TilePlan.Part(Rectangle.whole(imageSide), rectangle);
      copy(statistics.picture(imageSide, cancellation), whole, rectangle, colours);
      return colours;
    }
    var parts =
        TilePlan.of(
            imageSide,
            rectangle,
            manifest.renderer().receptiveRadius(),
            settings.tileSide,
            settings.oneShape);
    try (var scale = here.scales.acquire(imageSide, cancellation)) {
      for (var part : parts) {
        cancellation.throwIfCancelled();
        renderPart(
            scale.graph(), settings.gather, imageSide, part, rectangle, colours, cancellation);
      }
    }
    return colours;
  }

  private void renderPart(
      Network graph,
      boolean gather,
      int imageSide,
      TilePlan.Part part,
      Rectangle wanted,
      Tensor colours,
      Cancellation cancellation) {
    var in = part.input();
    var rows = PixelAxis.of(imageSide, in.row(), in.height(), inputs.cellRows());
    var columns = PixelAxis.of(imageSide, in.column(), in.width(), inputs.cellColumns());
    var buffers = takeBuffers(in.height(), in.width(), gather);
    if (gather) {
      graph.runInto(inputs.gather(rows, columns), Map.of("rgb", buffers.colours), cancellation);
    } else {
      inputs.fill(buffers.query, rows, columns);
      graph.runInto(Map.of("query", buffers.query), Map.of("rgb", buffers.colours), cancellation);
    }
    copy(buffers.colours, part, wanted, colours);
    giveBack(buffers);
  }

  static void copy(Tensor tile, TilePlan.Part part, Rectangle wanted, Tensor colours) {
    var from = tile.data();
    var to = colours.data();
    var in = part.input();
    var out = part.output();
    for (int channel = 0; channel < 3; channel++) {
      for (int r = 0; r < out.height(); r++) {
        int source =
            (channel * in.height() + out.row() - in.row() + r) * in.width()
                + (out.column() - in.column());
        int target =
            (channel * wanted.height() + out.row() - wanted.row() + r) * wanted.width()
                + (out.column() - wanted.column());
        to.put(target, from, source, out.width());
      }
    }
  }

  private Buffers takeBuffers(int height, int width, boolean gather) {
    long[] query = gather ? new long[] {0} : inputs.queryShape(height, width);
    synchronized (spare) {
      for (var iterator = spare.iterator(); iterator.hasNext(); ) {
        var buffers = iterator.next();
        if (buffers.colours.extent(2) == height
            && buffers.colours.extent(3) == width
            && Arrays.equals(buffers.query.shape(), query)) {
          iterator.remove();
          return buffers;
        }
      }
    }
    return new Buffers(Tensor.zeros(query), Tensor.zeros(1, 3, height, width));
  }

  /** Not called after a failure: a run that was given up may still write. */
  private void giveBack(Buffers buffers) {
    synchronized (spare) {
      spare.addFirst(buffers);
      if (spare.size() > SPARE_BUFFERS) {
        spare.removeLast();
      }
    }
  }

  /**
   * The frozen statistics at image side N, made if they are not known yet.
   *
   * @return empty for a model without norms
   * @throws CancellationException if it was asked for
   */
  public NormStatistics statistics(int imageSide, Cancellation cancellation) {
    if (!manifest.renderer().hasNorms()) {
      return NormStatistics.of(List.of());
    }
    return statistics.at(imageSide, cancellation);
  }

  /**
   * Whether tiles agree bit for bit on this device, found at the first call by rendering the same
   * pixels at several places of a tile and, where the device allows, in tiles of several sizes.
   * Costs a few small tiles on a CPU.
   *
   * @throws CancellationException if it was asked for
   */
  public synchronized Exactness exactness(Cancellation cancellation) {
    if (exactness == null) {
      exactness = selfTest(cancellation);
    }
    return exactness;
  }

  private Exactness selfTest(Cancellation cancellation) {
    int halo = manifest.renderer().receptiveRadius();
    // large enough to be cut into tiles, and a knot, so that its statistics cost one small pass
    int imageSide = Math.max(inputs.cellRows(), inputs.cellColumns());
    while (imageSide < 1024 || imageSide < 2 * (target().settings.tileSide + 2 * halo)) {
      imageSide *= 2;
    }
    int middle = imageSide / 2;
    var probe = new Rectangle(middle, middle, 20, 20);
    var expected = renderDirectly(imageSide, probe, cancellation).toArray();
    for (var other :
        new Rectangle[] {
          new Rectangle(middle - 7, middle - 11, 31, 31),
          new Rectangle(middle - 40, middle - 3, 64, 60)
        }) {
      var wider = renderDirectly(imageSide, other, cancellation);
      if (!Arrays.equals(expected, cut(wider, other, probe))) {
        return Exactness.NEAR;
      }
    }
    return Exactness.EXACT;
  }

  private static float[] cut(Tensor colours, Rectangle has, Rectangle wanted) {
    var result = Tensor.zeros(1, 3, wanted.height(), wanted.width());
    copy(colours, new TilePlan.Part(has, wanted), wanted, result);
    return result.toArray();
  }

  /** How many sessions and spare buffers are held. */
  synchronized int held() {
    synchronized (spare) {
      return target.scales.size() + spare.size();
    }
  }

  /** Frees the sessions; tiles in flight finish first. */
  @Override
  public void close() {
    idle.close();
    target().scales.close();
    synchronized (spare) {
      spare.clear();
    }
  }
}
