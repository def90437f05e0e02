package org.infd.app.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.infd.exporter.BundleExporter;
import org.infd.exporter.ClipImporter;
import org.infd.exporter.ImportOptions;
import org.infd.exporter.ImportOptions.LatentDiffusion;
import org.infd.exporter.TrainingStart;
import org.infd.exporter.network.ClipSettings;
import org.infd.inference.bundle.BundleCatalog;
import org.infd.inference.bundle.BundleName;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.dive.DiveOptions;
import org.infd.inference.export.AtomicFile;
import org.infd.inference.export.Frame.Region;
import org.infd.inference.field.FieldRenderer;
import org.infd.inference.field.StatisticsMode;
import org.infd.inference.generation.Benchmark;
import org.infd.inference.generation.FieldFile;
import org.infd.inference.generation.FieldImage;
import org.infd.inference.generation.ImageEngine;
import org.infd.inference.generation.OpenDive;
import org.infd.inference.generation.OpenImage;
import org.infd.inference.generation.Photo;
import org.infd.inference.generation.Recipe;
import org.infd.inference.generation.RunListener;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.infd.inference.runtime.DeviceQueue.Priority;
import org.infd.inference.runtime.Devices;
import org.infd.inference.runtime.OnnxRuntime;
import org.infd.inference.runtime.ProbeResult;
import org.jspecify.annotations.Nullable;

/** The real engine and exporter. */
public final class EngineServices implements Services {
  @Override
  public BundleCatalog models() {
    return BundleCatalog.ofSystem();
  }

  @Override
  public Device device(String wish, int threads) {
    if (threads > 0) {
      OnnxRuntime.setThreads(threads);
    }
    return Devices.ofSystem().choose(wish);
  }

  @Override
  public List<ProbeResult> survey() {
    return Devices.ofSystem().survey();
  }

  @Override
  public String runtime() {
    return "ONNX Runtime " + OnnxRuntime.version();
  }

  @Override
  public LoadedModel open(ModelBundle model, Device device) {
    return new EngineModel(model, device);
  }

  @Override
  public List<Benchmark.Row> bench(
      ModelBundle model,
      Device device,
      Duration patience,
      Consumer<String> progress,
      Cancellation cancellation) {
    return new Benchmark(model, device, Benchmark.EXPORT_SIDE, patience, progress)
        .run(cancellation);
  }

  @Override
  public FieldImage read(Path file) {
    return FieldFile.read(file);
  }

  @Override
  public void write(FieldImage image, Path file) {
    FieldFile.write(file, image, null);
  }

  @Override
  public String importCheckpoint(
      ImportRequest request, ImportProgress progress, Cancellation cancellation) {
    return BundleExporter.export(
            request.checkpoint(), folder(request), options(request), progress::at, cancellation)
        .toText();
  }

  @Override
  public String importClip(
      ClipRequest request, ImportProgress progress, Cancellation cancellation) {
    var activation = request.activation();
    return ClipImporter.addTo(
            request.clip(),
            request.vocabulary(),
            activation == null
                ? null
                : ClipSettings.Activation.valueOf(activation.toUpperCase(Locale.ROOT)),
            request.into(),
            request.overwrite(),
            Device.cpu(),
            progress::at,
            cancellation)
        .toText();
  }

  @Override
  public String compose(
      ImportRequest request, Path field, ImportProgress progress, Cancellation cancellation) {
    return BundleExporter.compose(
            request.checkpoint(),
            field,
            folder(request),
            options(request),
            progress::at,
            cancellation)
        .toText();
  }

  @Override
  public List<String> trainingStart(Path network, @Nullable Path vae, int side, Path out) {
    var usual = LatentDiffusion.usual();
    var wishes = new LatentDiffusion(usual.copy(), null, side, vae, List.of(), null, Map.of());
    return TrainingStart.write(network, out, ImportOptions.defaults().withLatentDiffusion(wishes));
  }

  private ImportOptions options(ImportRequest request) {
    var range = request.trainedScale();
    return new ImportOptions(
        request.id(),
        request.name(),
        null,
        request.licence(),
        request.half(),
        range == null ? null : new ImportOptions.Range(range.min(), range.max()),
        request.sharpSide(),
        request.latentDiffusion().withKnown(models().vocabularies()),
        request.overwrite(),
        Device.cpu());
  }

  private Path folder(ImportRequest request) {
    if (request.folder() != null) {
      return request.folder();
    }
    var models = models().modelsFolder();
    try {
      Files.createDirectories(models);
    } catch (IOException e) {
      throw AtomicFile.explain(models, e);
    }
    return models.resolve(
        request.id() == null ? BundleName.id(BundleName.of(request.checkpoint())) : request.id());
  }

  /** Pictures of one model on one device, by the engine that the window uses too. */
  private static final class EngineModel implements LoadedModel {
    private final ModelBundle bundle;
    private final ImageEngine images;

    EngineModel(ModelBundle bundle, Device device) {
      this.bundle = bundle;
      images = new ImageEngine(() -> device);
    }

    @Override
    public OpenPicture generate(
        Recipe recipe, boolean exact, RunListener listener, Cancellation cancellation) {
      return picture(
          listener, () -> images.generate(bundle, recipe, mode(exact), listener, cancellation));
    }

    @Override
    public OpenPicture redo(
        FieldImage image,
        Region box,
        Recipe recipe,
        RunListener listener,
        Cancellation cancellation) {
      return picture(
          listener, () -> images.redo(bundle, image, box, recipe, listener, cancellation));
    }

    @Override
    public OpenPicture vary(
        FieldImage parent,
        Recipe recipe,
        double strength,
        RunListener listener,
        Cancellation cancellation) {
      return picture(
          listener, () -> images.vary(bundle, parent, recipe, strength, listener, cancellation));
    }

    @Override
    public OpenPicture encode(
        Photo photo, Recipe.Photo square, RunListener listener, Cancellation cancellation) {
      return picture(listener, () -> images.encode(bundle, photo, square, listener, cancellation));
    }

    @Override
    public OpenPicture open(
        FieldImage image, boolean exact, RunListener listener, Cancellation cancellation) {
      return picture(
          listener, () -> images.open(bundle, image, mode(exact), listener, cancellation));
    }

    private OpenPicture picture(RunListener listener, Supplier<OpenImage> made) {
      images.onMessage(listener::note);
      return new EnginePicture(made.get(), images);
    }

    private static StatisticsMode mode(boolean exact) {
      return exact ? StatisticsMode.EXACT : StatisticsMode.INTERPOLATED;
    }

    @Override
    public void close() {
      images.close();
    }
  }

  private record EnginePicture(OpenImage opened, ImageEngine images) implements OpenPicture {
    @Override
    public FieldImage image() {
      return opened.image();
    }

    @Override
    public FieldRenderer renderer() {
      return (side, rectangle, cancellation) ->
          images
              .queued(opened.renderer(), Priority.EXPORT, cancellation)
              .render(side, rectangle, cancellation);
    }

    @Override
    public OpenDive dive(DiveOptions options) {
      return images.dive(opened, options);
    }

    @Override
    public void close() {
      opened.close();
    }
  }
}
