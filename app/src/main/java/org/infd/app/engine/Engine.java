package org.infd.app.engine;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import java.util.function.DoubleConsumer;
import org.infd.app.viewer.PixelImage;
import org.infd.inference.Problem;
import org.infd.inference.export.ExportSettings;
import org.infd.inference.export.Frame;
import org.infd.inference.generation.Photo;
import org.infd.inference.generation.PromptMeter;
import org.infd.inference.generation.Recipe;
import org.infd.inference.generation.RunListener;
import org.infd.inference.guidance.GuidanceTimes;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;

/**
 * What the studio needs of the engine. Every method may take long and is called off the user
 * interface's thread; each throws a {@link Problem} whose message is shown as it is. Thread-safe.
 */
public interface Engine extends AutoCloseable {
  /** What graphs run on. */
  Device device();

  /** Hears what the user should know of the device from now on, sentences, on any thread. */
  default void listen(Consumer<String> told) {}

  /** The kinds of device that the runtime holds, whether they work here or not. */
  default Set<Device.Kind> offered() {
    return Set.of(Device.Kind.CPU);
  }

  /** The models that can make pictures, the best for a first picture first. */
  List<ModelChoice> models();

  /**
   * What measures prompts for a model; empty where it takes none.
   *
   * @throws Problem if the model is not here any more, or damaged
   */
  default Optional<PromptMeter> promptMeter(ModelChoice model) {
    return Optional.empty();
  }

  /**
   * Makes a picture.
   *
   * @param watcher told on the working thread how far it is
   * @throws CancellationException soon after {@code cancellation} was asked for
   */
  Picture generate(Recipe recipe, Watcher watcher, Cancellation cancellation);

  /**
   * Opens a field file.
   *
   * @param watcher told on the working thread how far it is
   * @throws CancellationException soon after {@code cancellation} was asked for
   */
  Picture open(Path file, Watcher watcher, Cancellation cancellation);

  /**
   * Goes out from a picture: covers its latent with noise and samples on.
   *
   * @param recipe what the new picture shall be
   * @param strength the part of the sampling that is done again, 0 to 1
   * @param watcher told on the working thread how far it is
   * @throws CancellationException soon after {@code cancellation} was asked for
   */
  Picture vary(
      Picture parent, Recipe recipe, double strength, Watcher watcher, Cancellation cancellation);

  /**
   * Makes one box of a picture anew, so that it fits the rest.
   *
   * @param box which part
   * @param recipe how it is made; its prompt is the box's
   * @param watcher told on the working thread how far it is
   * @throws CancellationException soon after {@code cancellation} was asked for
   */
  Picture redo(
      Picture picture, Frame.Region box, Recipe recipe, Watcher watcher, Cancellation cancellation);

  /**
   * The picture of the same seed without the layout that it followed: the one that was sampled on
   * the way, or else sampled now, which takes long and is told.
   *
   * @param told takes a sentence on the working thread
   * @throws CancellationException soon after {@code cancellation} was asked for
   */
  Picture unguided(Picture picture, Consumer<String> told, Cancellation cancellation);

  /**
   * Measures what following a layout costs with a model.
   *
   * @throws CancellationException soon after {@code cancellation} was asked for
   */
  GuidanceTimes measureGuidance(ModelChoice model, Cancellation cancellation);

  /**
   * Turns a square of a photo into a picture.
   *
   * @param model what encodes it
   * @param watcher told on the working thread how far it is
   * @throws CancellationException soon after {@code cancellation} was asked for
   */
  Picture encode(
      Photo photo,
      Recipe.Photo square,
      ModelChoice model,
      Watcher watcher,
      Cancellation cancellation);

  /** Writes a field file. */
  void save(Picture picture, Path file);

  /**
   * Writes a picture file or a folder of tiles. What is interrupted leaves a journal beside its
   * target, with which the same task goes on.
   *
   * @param anew whether what an interrupted export of this name left is thrown away
   * @param progress told the part done, 0 to 1
   * @throws org.infd.inference.export.OtherExport if what is there is of another export
   * @throws CancellationException soon after {@code cancellation} was asked for; what is done stays
   */
  void export(
      Picture picture,
      ExportTask task,
      boolean anew,
      DoubleConsumer progress,
      Cancellation cancellation);

  /**
   * What an export would cost, found by making a few pieces of it.
   *
   * @throws CancellationException soon after {@code cancellation} was asked for
   */
  ExportCost cost(
      Picture picture, ExportArea area, ExportSettings settings, Cancellation cancellation);

  /**
   * Pixels of a picture, as they are on the screen; what of them is invented is made first.
   *
   * @throws CancellationException soon after {@code cancellation} was asked for
   */
  PixelImage pixels(Picture picture, ExportArea area, Cancellation cancellation);

  /**
   * The same picture as the published code renders it: patch by patch, each with statistics of its
   * own.
   *
   * @throws CancellationException soon after {@code cancellation} was asked for
   */
  Picture published(Picture picture, Cancellation cancellation);

  /**
   * The same picture, to be rendered anew: by what the engine computes on now.
   *
   * @throws CancellationException soon after {@code cancellation} was asked for
   */
  Picture renew(Picture picture, Watcher watcher, Cancellation cancellation);

  /** How that is made which lies below a picture's own scale; empty where nothing does. */
  default Optional<Invention> invention(Picture picture) {
    return Optional.empty();
  }

  /**
   * What a region of a picture shows, in words that its model knows, the surest first; none where
   * the model cannot say.
   *
   * @throws CancellationException soon after {@code cancellation} was asked for
   */
  default List<String> seenWords(Picture picture, Frame.Region region, Cancellation cancellation) {
    return List.of();
  }

  /** How it is made where nobody chose; empty where nothing lies there. */
  default Optional<Invention> usualInvention(Picture picture) {
    return Optional.empty();
  }

  /**
   * The same picture with other choices of what lies below its own scale.
   *
   * @param invention of a picture of the same model
   * @throws CancellationException soon after {@code cancellation} was asked for
   */
  Picture invent(Picture picture, Invention invention, Watcher watcher, Cancellation cancellation);

  /**
   * Says who hears, on any thread, that the device stopped in the middle of its work, as a
   * sentence. The work fails with the same sentence afterwards.
   */
  default void onLost(Consumer<String> listener) {}

  /**
   * Computes on the CPU from now on. Pictures that are open are to be made anew by {@link #renew}.
   *
   * @return the new device
   */
  Device goOnWithCpu();

  /** Frees what renders a picture. It cannot be rendered any more. */
  void release(Picture picture);

  @Override
  void close();

  /** Follows a run, with small pictures of what it comes to. */
  interface Watcher extends RunListener {
    /** Follows nothing. */
    Watcher NOBODY = new Watcher() {};

    /**
     * Whether {@link #preview} is worth calling after a step.
     *
     * @param done steps done so far, from 1
     */
    default boolean wantsPreview(int done) {
      return false;
    }

    /** What the picture will look like, as far as it is known: small, opaque. */
    default void preview(PixelImage image) {}
  }
}
