package org.infd.app.cli;

import java.nio.file.Path;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.generation.FieldImage;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** An image that was made before, and the model that shows it. */
final class ImageSource {
  @Parameters(paramLabel = "FILE.infd", description = "The image without a resolution.")
  private Path file;

  @Option(
      names = "--model",
      paramLabel = "ID|DIR",
      description = "The model (default: the one that the image was made with).")
  private @Nullable String model;

  /** Where the image lies. */
  Path file() {
    return file;
  }

  /** Reads the image. */
  FieldImage read(Services services) {
    return services.read(file);
  }

  /** The model that was asked for, else the one that the image was made with. */
  ModelBundle model(Services services, FieldImage image) {
    var models = services.models();
    var recipe = image.base().recipe();
    return model == null ? models.find(recipe.model(), recipe.modelHash()) : models.find(model);
  }
}
