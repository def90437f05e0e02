package org.infd.app.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.infd.inference.FileReason;
import org.infd.inference.NumberText;
import org.infd.inference.Problem;
import org.infd.inference.ShownText;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.export.ResumableExport;
import org.infd.inference.generation.FieldImage;
import org.infd.inference.generation.ForeignRecipe;
import org.infd.inference.generation.PictureMetadata;
import org.infd.inference.generation.Recipe;
import org.infd.inference.generation.Seed;
import org.infd.inference.guidance.Layout;
import org.infd.inference.runtime.Cancellation;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code infd info}: what a file holds. */
@Command(
    name = "info",
    description =
        "Prints what a file or folder of this program holds: how a picture was made (PNG, JPEG,"
            + " TIFF, a folder of tiles or its page), the layers of an .infd file, the boxes of a"
            + " layout, a model, how far an interrupted export is; and the recipes in pictures of"
            + " Stable Diffusion web UI, ComfyUI and InvokeAI (PNG, JPEG, WebP).")
final class InfoCommand extends InfdCommand {
  private final Services services;

  @Parameters(paramLabel = "FILE|DIR", arity = "1..*", description = "What to look into.")
  private List<Path> files = List.of();

  InfoCommand(Services services, Terminal terminal) {
    super(terminal);
    this.services = services;
  }

  @Override
  void run(Cancellation cancellation) {
    var silent = new ArrayList<Path>();
    for (var file : files) {
      cancellation.throwIfCancelled();
      if (!Files.exists(file)) {
        throw new Problem("There is no file " + file + ".");
      }
      if (files.size() > 1) {
        terminal().result(file + ":");
      }
      try {
        if (!tell(file)) {
          silent.add(file);
        }
      } catch (IOException e) {
        throw new Problem("'" + file + "' could not be read: " + FileReason.of(e) + ".", e);
      }
    }
    if (!silent.isEmpty()) {
      throw new Problem(
          (silent.size() == 1
                  ? silent.getFirst() + " says"
                  : silent.size() + " files, the first of them " + silent.getFirst() + ", say")
              + " nothing that this program knows: there is no recipe in it, or what it said was"
              + " removed.");
    }
  }

  private boolean tell(Path file) throws IOException {
    var name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    if (Files.exists(file.resolve(ModelBundle.MANIFEST))) {
      tell(ModelBundle.open(file));
      return true;
    }
    if (name.endsWith(".infd")) {
      tell(services.read(file));
      return true;
    }
    if (name.endsWith(".journal")) {
      return ResumableExport.unfinished(file).map(this::tell).isPresent();
    }
    if (name.endsWith(".json") && !name.equals("info.json")) {
      tell(Layout.read(file));
      return true;
    }
    return PictureMetadata.read(file).map(this::tell).isPresent()
        || (Files.isRegularFile(file) && ForeignRecipe.read(file).map(this::tell).isPresent());
  }

  private void line(String name, @Nullable Object value) {
    if (value != null && !value.toString().isEmpty()) {
      terminal()
          .result(NumberText.format("%-18s %s", name + ":", ShownText.line(value.toString())));
    }
  }

  private PictureMetadata tell(PictureMetadata metadata) {
    var frame = metadata.frame();
    var place = frame.rectangle();
    line("kind", "a picture");
    line("size", place.width() + "×" + place.height());
    if (place.width() != frame.imageSide() || place.height() != frame.imageSide()) {
      line(
          "part",
          NumberText.format(
              "row %d, column %d of %d×%d",
              place.row(), place.column(), frame.imageSide(), frame.imageSide()));
    }
    tell(metadata.recipe());
    var dive = metadata.dive();
    line(
        "invented", dive == null ? null : "depth " + dive.depth() + " below the image's own scale");
    line("statistics", metadata.statistics());
    line("device", metadata.device());
    line("precision", metadata.precision());
    line("made by", metadata.software());
    return metadata;
  }

  private void tell(FieldImage image) {
    var latent = image.base().z();
    line("kind", "an image without a resolution");
    line(
        "latent",
        NumberText.format("%d×%d×%d", latent.extent(1), latent.extent(2), latent.extent(3)));
    tell(image.base().recipe());
    for (var layer : image.layers().subList(1, image.layers().size())) {
      var mask = layer.mask();
      line(
          "box made anew",
          (mask == null
                  ? ""
                  : NumberText.format(
                      "%d×%d cells at row %d, column %d, ",
                      mask.width(), mask.height(), mask.row(), mask.column()))
              + "seed "
              + layer.recipe().seedText()
              + (layer.recipe().prompt() == null ? "" : ", " + layer.recipe().prompt()));
    }
  }

  private void tell(Recipe recipe) {
    var photo = recipe.photo();
    line("photo", photo == null ? null : photo.file());
    line("prompt", recipe.prompt());
    line("negative prompt", recipe.negativePrompt());
    line("class", recipe.classLabel());
    if (photo == null) {
      line("seed", recipe.seedText());
      line("steps", recipe.steps());
      line("sampler", recipe.sampler().name().toLowerCase(Locale.ROOT));
      line("eta", recipe.eta());
      line("guidance", recipe.guidanceScale());
    }
    var variation = recipe.variation();
    line("variation", variation == null ? null : "strength " + variation.strength());
    var guidance = recipe.guidance();
    line("boxes", guidance == null ? null : guidance.layout().boxes().size());
    line("model", recipe.model());
    line("model hash", recipe.modelHash());
  }

  private void tell(Layout layout) {
    line("kind", "a layout");
    line("prompt", layout.prompt());
    layout
        .boxes()
        .forEach(
            box ->
                line(
                    "box",
                    NumberText.format(
                        "%s,%s,%s,%s %s",
                        box.row(), box.column(), box.height(), box.width(), box.prompt())));
  }

  private void tell(ModelBundle bundle) {
    var manifest = bundle.manifest();
    line("kind", "a model");
    line("id", manifest.id());
    line("name", manifest.name());
    line("description", manifest.description());
    line("licence", manifest.licence());
    line("hash", bundle.hash());
    var latent = manifest.latent();
    line(
        "latent",
        NumberText.format("%d×%d×%d", latent.channels(), latent.height(), latent.width()));
    var range = manifest.trainedScale();
    line("trained scale", range == null ? "not known" : range.min() + " to " + range.max());
    var sharp = manifest.sharpScale();
    line(
        "sharp up to",
        sharp == null
            ? "not measured"
            : NumberText.format(
                "%d pixels a side (%s; %.0f %% of the true gradient energy there)",
                sharp.side(), sharp.source(), 100 * sharp.kept()));
    line("graphs", String.join(", ", manifest.graphs().keySet()));
  }

  private ResumableExport.Unfinished tell(ResumableExport.Unfinished unfinished) {
    line("kind", "an export that is not finished");
    unfinished.identity().forEach(this::line);
    line("pieces done", unfinished.pieces());
    return unfinished;
  }

  private ForeignRecipe tell(ForeignRecipe recipe) {
    line("kind", "a picture of another program");
    line("prompt", recipe.prompt());
    line("negative prompt", recipe.negativePrompt());
    line("seed", recipe.seed().map(Seed::text).orElse(""));
    line("steps", recipe.steps().map(String::valueOf).orElse(""));
    line("guidance", recipe.guidance().map(String::valueOf).orElse(""));
    line("sampler", recipe.sampler().map(kind -> kind.name().toLowerCase(Locale.ROOT)).orElse(""));
    line("means nothing here", String.join(", ", recipe.others()));
    return recipe;
  }
}
