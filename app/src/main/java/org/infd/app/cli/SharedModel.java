package org.infd.app.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.infd.inference.bundle.BundleCatalog;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.export.Frame.Region;
import org.infd.inference.generation.Benchmark;
import org.infd.inference.generation.FieldImage;
import org.infd.inference.generation.Photo;
import org.infd.inference.generation.Recipe;
import org.infd.inference.generation.RunListener;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.infd.inference.runtime.ProbeResult;
import org.jspecify.annotations.Nullable;

/**
 * Services that keep the model loaded that was used last, for commands that run one after the
 * other. For one thread.
 */
final class SharedModel implements Services, AutoCloseable {
  private final Services services;
  private @Nullable LoadedModel loaded;
  private String key = "";

  SharedModel(Services services) {
    this.services = services;
  }

  @Override
  public LoadedModel open(ModelBundle model, Device device) {
    var wanted = model.folder() + "\n" + model.hash() + "\n" + device;
    var there = loaded;
    if (there == null || !wanted.equals(key)) {
      close();
      there = services.open(model, device);
      loaded = there;
      key = wanted;
    }
    return new Lent(there);
  }

  @Override
  public void close() {
    var there = loaded;
    loaded = null;
    if (there != null) {
      there.close();
    }
  }

  @Override
  public BundleCatalog models() {
    return services.models();
  }

  @Override
  public Device device(String wish, int threads) {
    return services.device(wish, threads);
  }

  @Override
  public List<ProbeResult> survey() {
    return services.survey();
  }

  @Override
  public String runtime() {
    return services.runtime();
  }

  @Override
  public List<Benchmark.Row> bench(
      ModelBundle model,
      Device device,
      Duration patience,
      Consumer<String> progress,
      Cancellation cancellation) {
    return services.bench(model, device, patience, progress, cancellation);
  }

  @Override
  public FieldImage read(Path file) {
    return services.read(file);
  }

  @Override
  public void write(FieldImage image, Path file) {
    services.write(image, file);
  }

  @Override
  public String importCheckpoint(
      ImportRequest request, ImportProgress progress, Cancellation cancellation) {
    return services.importCheckpoint(request, progress, cancellation);
  }

  @Override
  public String compose(
      ImportRequest request, Path field, ImportProgress progress, Cancellation cancellation) {
    return services.compose(request, field, progress, cancellation);
  }

  @Override
  public List<String> trainingStart(Path network, @Nullable Path vae, int side, Path out) {
    return services.trainingStart(network, vae, side, out);
  }

  @Override
  public String importClip(
      ClipRequest request, ImportProgress progress, Cancellation cancellation) {
    return services.importClip(request, progress, cancellation);
  }

  /** A model that stays loaded when a command is done with it. */
  private record Lent(LoadedModel model) implements LoadedModel {
    @Override
    public OpenPicture generate(
        Recipe recipe, boolean exact, RunListener listener, Cancellation cancellation) {
      return model.generate(recipe, exact, listener, cancellation);
    }

    @Override
    public OpenPicture open(
        FieldImage image, boolean exact, RunListener listener, Cancellation cancellation) {
      return model.open(image, exact, listener, cancellation);
    }

    @Override
    public OpenPicture redo(
        FieldImage image,
        Region box,
        Recipe recipe,
        RunListener listener,
        Cancellation cancellation) {
      return model.redo(image, box, recipe, listener, cancellation);
    }

    @Override
    public OpenPicture vary(
        FieldImage parent,
        Recipe recipe,
        double strength,
        RunListener listener,
        Cancellation cancellation) {
      return model.vary(parent, recipe, strength, listener, cancellation);
    }

    @Override
    public OpenPicture encode(
        Photo photo, Recipe.Photo square, RunListener listener, Cancellation cancellation) {
      return model.encode(photo, square, listener, cancellation);
    }

    @Override
    public void close() {
      // whoever lends it closes it
    }
  }
}
