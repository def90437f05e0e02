package org.infd.inference.field;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import org.infd.inference.NumberText;
import org.infd.inference.Problem;
import org.infd.inference.bundle.Manifest;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.infd.inference.runtime.DeviceQueue;
import org.infd.inference.runtime.Graph;
import org.infd.inference.runtime.GraphPart;
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

  /**
   * Where and how tiles are rendered.
   *
   * @param device what renders them
   * @param form in which form the renderer is given its pixels
   * @param scales its sessions
   * @param settings the tiles; only their side and form change with the place
   */
  private record RenderTarget(
      Device device, RenderForm form, FieldScales scales, Settings settings) {
    RenderTarget withTiles(int side) {
      return new RenderTarget(
          device,
          form,
          scales,
          new Settings(side, settings.scales, settings.gather, settings.oneShape));
    }
  }

  /** Loads a render graph, or a part of it, onto a device; a seam for tests. */
  interface Loader {
    Network load(Device device, String graph, Optional<GraphPart> part, Map<String, Tensor> frozen);
  }

  /** A renderer without norms that several fields use. */
  public interface SharedRenderer {
    /**
     * Loads a render graph or a part of it, once; its owner closes it.
     *
     * @param graph its name
     * @param part the part that is wanted, empty for all of it; parts are wanted on CPUs alone
     */
    Network get(String graph, Optional<GraphPart> part);
  }

  /** Below this the halo costs more than the tile. */
  private static final int SMALLEST_TILE = 64;

  private final ModelBundle bundle;
  private final Manifest manifest;
  private final RenderInputs inputs;
  private final FieldStatistics statistics;
  private final Loader loader;
  private final Consumer<String> told;
  private final Cancellation.Registration idle;
  private RenderTarget target;
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
    this.bundle = bundle;
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
    var form = new RenderForm(bundle, inputs, settings.gather, !settings.gather && !device.isGpu());
    return new RenderTarget(
        device,
        form,
        new FieldScales(
            manifest.renderer(),
            form,
            (part, frozen) -> loader.load(device, form.graph(), part, frozen),
            statistics,
            settings.scales),
        settings);
  }

  private synchronized RenderTarget target() {
    return target;
  }

  private static Loader loader(ModelBundle bundle, @Nullable DeviceQueue queue) {
    Consumer<String> told = queue == null ? _ -> {} : queue::tell;
    return (device, graph, part, frozen) ->
        part.isPresent()
            ? bundle.loadPart(graph, device, frozen, part.get())
            : bundle.loadOnDevice(graph, device, frozen, told);
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
   * @param shared loads render graphs for {@code device}
   * @throws Problem if the model renders only at its own size
   */
  public static NeuralField open(
      ModelBundle bundle,
      Device device,
      Tensor phi,
      StatisticsMode mode,
      DeviceQueue queue,
      SharedRenderer shared) {
    var own = loader(bundle, queue);
    return open(
        bundle,
        device,
        phi,
        mode,
        Settings.of(bundle, device),
        (on, graph, part, frozen) ->
            bundle.manifest().renderer().norms().isEmpty() && on.equals(device)
                ? new BorrowedNetwork(shared.get(graph, part))
                : own.load(on, graph, part, frozen),
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
        (on, graph, part, frozen) ->
            part.isPresent()
                ? bundle.loadPart(graph, on, frozen, part.get())
                : bundle.load(graph, on, frozen, how),
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
        var buffers = here.form.render(scale, imageSide, part.input(), cancellation);
        copy(buffers.colours(), part, rectangle, colours);
        here.form.giveBack(buffers);
      }
    }
    return colours;
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
    var here = target();
    // large enough to be cut into tiles, and a knot, so that its statistics cost one small pass
    int imageSide = Math.max(inputs.cellRows(), inputs.cellColumns());
    while (imageSide < 1024 || imageSide < 2 * (here.settings.tileSide + 2 * halo)) {
      imageSide *= 2;
    }
    if (!isExact(imageSide, cancellation)) {
      return Exactness.NEAR;
    }
    int larger = imageSide;
    while (larger < LARGEST_SIDE / 2 && here.form.byCells(larger).isEmpty()) {
      larger *= 2;
    }
    boolean another = larger > imageSide && here.form.byCells(larger).isPresent();
    return another && !isExact(larger, cancellation) ? Exactness.NEAR : Exactness.EXACT;
  }

  private boolean isExact(int imageSide, Cancellation cancellation) {
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
        return false;
      }
    }
    return true;
  }

  private static float[] cut(Tensor colours, Rectangle has, Rectangle wanted) {
    var result = Tensor.zeros(1, 3, wanted.height(), wanted.width());
    copy(colours, new TilePlan.Part(has, wanted), wanted, result);
    return result.toArray();
  }

  /** How many sessions and spare buffers are held. */
  synchronized int held() {
    return target.scales.size() + target.form.held();
  }

  /** Frees the sessions; tiles in flight finish first. */
  @Override
  public void close() {
    idle.close();
    target().scales.close();
    target().form.clear();
  }
}
