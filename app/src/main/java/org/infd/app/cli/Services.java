package org.infd.app.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import org.infd.exporter.ImportOptions.LatentDiffusion;
import org.infd.inference.Problem;
import org.infd.inference.bundle.BundleCatalog;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.dive.DiveOptions;
import org.infd.inference.export.Frame.Region;
import org.infd.inference.field.FieldRenderer;
import org.infd.inference.generation.Benchmark;
import org.infd.inference.generation.FieldImage;
import org.infd.inference.generation.OpenDive;
import org.infd.inference.generation.Photo;
import org.infd.inference.generation.Recipe;
import org.infd.inference.generation.RunListener;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.infd.inference.runtime.ProbeResult;
import org.jspecify.annotations.Nullable;

/**
 * What the commands need of the engine and the exporter, so that they can be tested without a
 * model. Expected failures are {@link Problem}s.
 */
public interface Services {
  /** The models of this machine. */
  BundleCatalog models();

  /**
   * The device for a wish of the user.
   *
   * @param wish "auto", "cpu", "cuda", "tensorrt", "directml" or "coreml"
   * @param threads how many threads the CPU may use, 0 for all
   */
  Device device(String wish, int threads);

  /** What a test says of every kind of GPU that the runtime knows. */
  List<ProbeResult> survey();

  /** What runs the graphs, with its version. */
  String runtime();

  /** Loads what is needed to make pictures with a model. */
  LoadedModel open(ModelBundle model, Device device);

  /**
   * Measures a model on a device.
   *
   * @param patience how long each measurement may be repeated
   * @param progress told what is measured next
   */
  List<Benchmark.Row> bench(
      ModelBundle model,
      Device device,
      Duration patience,
      Consumer<String> progress,
      Cancellation cancellation);

  /** Reads a field file. */
  FieldImage read(Path file);

  /** Writes a field file. */
  void write(FieldImage image, Path file);

  /**
   * Makes a bundle from a checkpoint.
   *
   * @return the report, lines for people
   */
  String importCheckpoint(
      ImportRequest request, ImportProgress progress, Cancellation cancellation);

  /**
   * Adds a CLIP to a bundle.
   *
   * @return the report, lines for people
   */
  String importClip(ClipRequest request, ImportProgress progress, Cancellation cancellation);

  /**
   * Which CLIP goes where.
   *
   * @param clip its weights
   * @param vocabulary its merges, or null when the user named none
   * @param activation quick_gelu or gelu where the user says it, or null
   * @param into the bundle's folder
   * @param overwrite whether a CLIP that is there may be replaced
   */
  record ClipRequest(
      Path clip,
      @Nullable Path vocabulary,
      @Nullable String activation,
      Path into,
      boolean overwrite) {}

  /**
   * What to import and how.
   *
   * @param folder where the bundle is made, or null for the user's models under the bundle's id
   * @param id the bundle's id, or null for one made from the file's name
   * @param name what the user is shown, or null for one made from the file's name
   * @param half whether weights are stored as float16
   * @param trainedScale the image sides that the renderer was trained on, or null
   * @param sharpSide up to which side pictures are sharp, 0 to have it measured
   * @param latentDiffusion what is decided of a model of latent diffusion
   * @param overwrite whether a bundle that is there may be replaced
   * @param licence the terms of the weights, or null when unknown
   */
  record ImportRequest(
      Path checkpoint,
      @Nullable Path folder,
      @Nullable String id,
      @Nullable String name,
      boolean half,
      @Nullable ScaleRange trainedScale,
      int sharpSide,
      LatentDiffusion latentDiffusion,
      boolean overwrite,
      @Nullable String licence) {}

  /**
   * Makes a bundle of a Stable Diffusion network, which the request names, and an INFD autoencoder.
   *
   * @param field the checkpoint of the autoencoder
   * @return what was found and done
   * @throws org.infd.inference.Problem if they do not belong together, or anything else fails
   */
  String compose(
      ImportRequest request, Path field, ImportProgress progress, Cancellation cancellation);

  /**
   * Writes what the official training of an autoencoder on a model's latents begins with.
   *
   * @param network the Stable Diffusion model
   * @param vae an autoencoder to take in place of its own, or null
   * @param side of the pictures that are encoded; 0 for the usual one
   * @return sentences on what was written
   * @throws org.infd.inference.Problem if the model cannot be read or a file not be written
   */
  List<String> trainingStart(Path network, @Nullable Path vae, int side, Path out);

  /** Follows an import. */
  @FunctionalInterface
  interface ImportProgress {
    /**
     * Told when something begins, and while it goes on.
     *
     * @param stage what is being done, for people
     * @param done the part of this stage that is done, 0 to 1
     */
    void at(String stage, double done);
  }

  /** Makes pictures with one model on one device. */
  interface LoadedModel extends AutoCloseable {
    /**
     * Makes an image.
     *
     * @param exact whether the true statistics of each scale are used
     * @throws CancellationException soon after it was asked for
     */
    OpenPicture generate(
        Recipe recipe, boolean exact, RunListener listener, Cancellation cancellation);

    /**
     * Opens an image that was made before.
     *
     * @param exact whether the true statistics of each scale are used
     * @throws CancellationException soon after it was asked for
     */
    OpenPicture open(
        FieldImage image, boolean exact, RunListener listener, Cancellation cancellation);

    /**
     * Makes a box of an image anew.
     *
     * @param box what to make anew
     * @param recipe how the new part is made
     * @throws CancellationException soon after it was asked for
     */
    OpenPicture redo(
        FieldImage image,
        Region box,
        Recipe recipe,
        RunListener listener,
        Cancellation cancellation);

    /**
     * Makes a variation of an image.
     *
     * @param strength the part of the steps that are done again, 0 to 1
     * @throws CancellationException soon after it was asked for
     */
    OpenPicture vary(
        FieldImage parent,
        Recipe recipe,
        double strength,
        RunListener listener,
        Cancellation cancellation);

    /**
     * Encodes a square of a photo.
     *
     * @throws CancellationException soon after it was asked for
     */
    OpenPicture encode(
        Photo photo, Recipe.Photo square, RunListener listener, Cancellation cancellation);

    @Override
    void close();
  }

  /** An image with what renders it. */
  interface OpenPicture extends AutoCloseable {
    /** The latents and how they were made. */
    FieldImage image();

    /** The colours of every size and place. */
    FieldRenderer renderer();

    /**
     * Goes on below the image's scale. Nothing is made yet.
     *
     * @return to be closed before this
     * @throws Problem if the model cannot
     */
    OpenDive dive(DiveOptions options);

    @Override
    void close();
  }
}
