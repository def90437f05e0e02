package org.infd.inference.generation;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.dive.Dive;
import org.infd.inference.dive.DiveOptions;
import org.infd.inference.export.Frame;
import org.infd.inference.field.FieldRenderer;
import org.infd.inference.field.OfficialRendering;
import org.infd.inference.field.StatisticsMode;
import org.infd.inference.field.TileScheduler;
import org.infd.inference.guidance.GuidanceTimes;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.infd.inference.runtime.DeviceQueue;
import org.infd.inference.runtime.DeviceQueue.Priority;
import org.infd.inference.runtime.Urgency;
import org.infd.inference.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Makes, opens and renders images with any model on one device: the engine of the window and of the
 * command line. One queue owns the device, so that tiles on screen go before sampling and sampling
 * before exports. The networks of one model stay loaded. The device is chosen when it is first
 * needed, which may take as long as its test does; {@link #close} does not wait for that.
 * Thread-safe.
 *
 * <p>Methods that make or open an image throw {@link org.infd.inference.Problem} where the model
 * cannot do what is asked, and {@link CancellationException} soon after it was asked for. What they
 * return is to be closed by the caller.
 */
public final class ImageEngine implements AutoCloseable {
  /** How long a piece of work that was asked to stop may take to do so. */
  private static final Duration LONGEST_END = Duration.ofSeconds(5);

  /** What the feature maps of a dive may take. */
  private static final long FEATURE_BYTES = 512L << 20;

  private static final int FEWEST_OPEN = 4;
  private static final int MOST_OPEN = 32;

  private final Supplier<Device> chooser;
  private final Object choosing = new Object();
  private final LoadedModels models;
  private volatile Consumer<String> message = _ -> {};
  private volatile Consumer<String> lost = _ -> {};
  private volatile @Nullable Device device;
  private @Nullable DeviceQueue queue;
  private boolean closed;

  /**
   * An engine that has not touched a device yet.
   *
   * @param chooser chooses the device, once
   */
  public ImageEngine(Supplier<Device> chooser) {
    this.chooser = chooser;
    models = new LoadedModels(bundle -> new Generator(bundle, device(), queue()));
  }

  /** What graphs run on; chosen by the first call, which waits for it. */
  public Device device() {
    var chosen = device;
    if (chosen != null) {
      return chosen;
    }
    // not the monitor that close() takes: a driver may hang for as long as its test is given
    synchronized (choosing) {
      chosen = device;
      if (chosen == null) {
        chosen = chooser.get();
        device = chosen;
      }
      return chosen;
    }
  }

  /** Says who hears, on any thread, what the user should know of the device, as a sentence. */
  public void onMessage(Consumer<String> listener) {
    message = listener;
  }

  /**
   * Says who hears, on any thread, that the device stopped in the middle of its work, as a
   * sentence. The work fails with the same sentence afterwards.
   */
  public void onLost(Consumer<String> listener) {
    lost = listener;
  }

  /**
   * Computes on the CPU from now on. Images that are open are to be opened anew.
   *
   * @return the new device
   */
  public Device useCpu() {
    var cpu = Device.cpu().because("the GPU stopped working.");
    device = cpu;
    models.retire();
    return cpu;
  }

  private DeviceQueue queue() {
    var chosen = device();
    synchronized (this) {
      if (closed) {
        throw new CancellationException("the engine is closed");
      }
      if (queue == null) {
        queue = new DeviceQueue(chosen, sentence -> message.accept(sentence));
        queue.onLost(failure -> lost.accept(String.valueOf(failure.getMessage())));
      }
      return queue;
    }
  }

  /** Samples an image by a recipe and opens it. */
  public OpenImage generate(
      ModelBundle bundle,
      Recipe recipe,
      StatisticsMode mode,
      RunListener listener,
      Cancellation cancellation) {
    return make(
        bundle,
        mode,
        listener,
        cancellation,
        generator -> generator.generate(recipe, listener, cancellation));
  }

  /**
   * Goes out from an image (img2img): covers its latent with noise and samples on.
   *
   * @param strength the part of the steps that are done again, 0 to 1
   * @see Generator#vary
   */
  public OpenImage vary(
      ModelBundle bundle,
      FieldImage parent,
      Recipe recipe,
      double strength,
      RunListener listener,
      Cancellation cancellation) {
    return make(
        bundle,
        StatisticsMode.INTERPOLATED,
        listener,
        cancellation,
        generator -> generator.vary(parent, recipe, strength, listener, cancellation));
  }

  /**
   * Makes one box of an image anew (inpainting), so that it fits the rest.
   *
   * @param box which part
   * @param recipe how it is made; its prompt is the box's
   */
  public OpenImage redo(
      ModelBundle bundle,
      FieldImage image,
      Frame.Region box,
      Recipe recipe,
      RunListener listener,
      Cancellation cancellation) {
    return make(
        bundle,
        StatisticsMode.INTERPOLATED,
        listener,
        cancellation,
        generator ->
            generator.redo(
                image,
                box.top(),
                box.left(),
                box.height(),
                box.width(),
                recipe,
                listener,
                cancellation));
  }

  /** Encodes a square of a photo and opens it. */
  public OpenImage encode(
      ModelBundle bundle,
      Photo photo,
      Recipe.Photo square,
      RunListener listener,
      Cancellation cancellation) {
    var rgb = photo.resampled(square, bundle.manifest().encoderSide());
    return make(
        bundle,
        StatisticsMode.INTERPOLATED,
        listener,
        cancellation,
        generator -> generator.encode(rgb, square, listener, cancellation));
  }

  /** Opens an image that was made before. */
  public OpenImage open(
      ModelBundle bundle,
      FieldImage image,
      StatisticsMode mode,
      RunListener listener,
      Cancellation cancellation) {
    return make(bundle, mode, listener, cancellation, _ -> image);
  }

  private OpenImage make(
      ModelBundle bundle,
      StatisticsMode mode,
      RunListener listener,
      Cancellation cancellation,
      Function<Generator, FieldImage> making) {
    try (var loan = models.lend(bundle)) {
      var image = making.apply(loan.generator());
      var field = loan.generator().open(image, mode, listener, cancellation);
      return new OpenImage(image, bundle, field, field::close);
    }
  }

  /**
   * Opens an image as the published code renders it: patch by patch, each with statistics of its
   * own.
   */
  public OpenImage openPublished(ModelBundle bundle, FieldImage image, Cancellation cancellation) {
    try (var loan = models.lend(bundle)) {
      var rendering = loan.generator().openOfficial(image, cancellation);
      return new OpenImage(
          image,
          bundle,
          (side, rectangle, stop) ->
              rendering.patchwise(
                  side, rectangle, OfficialRendering.PATCH, OfficialRendering.PADDING, stop),
          rendering::close);
    }
  }

  /**
   * Goes on below the scale of an open image. Nothing is made yet.
   *
   * @param image stays open as long as this; {@link OpenDive#close} does not close it
   * @param options {@link DiveRules#usual} or others
   * @throws org.infd.inference.Problem if the model cannot, see {@link DiveRules#whyNoDive}
   */
  public OpenDive dive(OpenImage image, DiveOptions options) {
    var bundle = image.bundle();
    var lattice = DiveRules.lattice(bundle);
    var loan = models.lend(bundle);
    FieldRenderer root =
        (side, rectangle, cancellation) ->
            call(
                Urgency.present(),
                cancellation,
                () -> image.renderer().render(side, rectangle, cancellation));
    var networks = loan.generator().dive(image.image().base().recipe(), options);
    var map = bundle.manifest().featureMap();
    long bytes = 4L * map.channels() * map.height() * map.width();
    int mostOpen = Math.clamp(FEATURE_BYTES / bytes, FEWEST_OPEN, MOST_OPEN);
    return new OpenDive(new Dive(root, lattice, options, networks, mostOpen), loan::close);
  }

  /** Measures on this device what following a layout costs, by one step of each kind. */
  public GuidanceTimes measureGuidance(ModelBundle bundle, Cancellation cancellation) {
    try (var loan = models.lend(bundle)) {
      return loan.generator().measureGuidance(cancellation);
    }
  }

  /** Which of a model's words are seen in a picture, see {@link Generator#seenWords}. */
  public List<String> seenWords(
      ModelBundle bundle, Tensor rgb, int most, Cancellation cancellation) {
    try (var loan = models.lend(bundle)) {
      return loan.generator().seenWords(rgb, most, cancellation);
    }
  }

  /** What renders tiles of open images when their turn comes. */
  public TileScheduler.Worker worker() {
    return TileScheduler.Worker.on(queue());
  }

  /**
   * A renderer whose pieces wait for their turn on the device.
   *
   * @param outer gives up waiting
   */
  public FieldRenderer queued(FieldRenderer renderer, Priority priority, Cancellation outer) {
    return (side, rectangle, cancellation) ->
        call(priority, outer, () -> renderer.render(side, rectangle, cancellation));
  }

  /** Runs a piece of work on the device when its turn comes, and waits for it. */
  public <T> T call(Priority priority, Cancellation cancellation, Callable<T> work) {
    return queue().call(priority, cancellation, work);
  }

  /**
   * Stops all work and frees the networks. Waits a few seconds at most for the piece that is on the
   * device, and not at all for a device that is still being chosen.
   */
  @Override
  public void close() {
    DeviceQueue ending;
    synchronized (this) {
      closed = true;
      ending = queue;
    }
    if (ending != null) {
      ending.close();
      // the runtime must not go while a graph runs
      if (!ending.awaitEnd(LONGEST_END)) {
        return;
      }
    }
    models.retire();
  }
}
