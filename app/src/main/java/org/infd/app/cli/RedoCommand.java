package org.infd.app.cli;

import java.nio.file.Path;
import org.infd.app.cli.Services.LoadedModel;
import org.infd.app.cli.Services.OpenPicture;
import org.infd.inference.export.Frame.Region;
import org.infd.inference.generation.FieldImage;
import org.infd.inference.generation.Recipe;
import org.infd.inference.generation.RecipeDefaults;
import org.infd.inference.generation.RecipeRules;
import org.infd.inference.generation.Seed;
import org.infd.inference.runtime.Cancellation;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code infd redo}: one box of a kept image anew, the rest as it was. */
@Command(
    name = "redo",
    description =
        "Makes one box of an image anew, so that it fits the rest. Outside the box and a margin"
            + " around it, every pixel stays as it was.",
    footer = {
      "",
      "Example: infd redo lake.infd --box 0.6,0.1,0.3,0.4 --prompt \"pine forest\" --field"
          + " forest.infd"
    })
final class RedoCommand extends InfdCommand {
  private final Services services;

  @Parameters(paramLabel = "FILE.infd", description = "The image without a resolution.")
  private Path file;

  @Option(
      names = "--box",
      paramLabel = "T,L,H,W",
      required = true,
      converter = RegionConverter.class,
      description = "What to make anew: top,left,height,width as fractions of the image.")
  private Region box;

  @Option(
      names = "--field",
      paramLabel = "FILE.infd",
      required = true,
      description = "The changed image; may be the same file.")
  private Path field;

  @Option(
      names = "--prompt",
      paramLabel = "TEXT",
      description = "What the box should show, for models that take text (default: anything).")
  private @Nullable String prompt;

  @Mixin private SamplingOptions sampling;

  @Mixin private DeviceOptions deviceOptions;

  RedoCommand(Services services, Terminal terminal) {
    super(terminal);
    this.services = services;
  }

  @Override
  void run(Cancellation cancellation) {
    sampling.requireSide();
    var out = sampling.out();
    // the field alone may take the place of what it is made from
    PictureWriter.requirePlaces(null, field);
    PictureWriter.requirePlaces(out, null, file);
    PictureWriter.requireDistinct(out, field);
    sampling.requireSteps();
    var image = services.read(file);
    var base = image.base().recipe();
    var bundle = sampling.bundle(services.models(), base);
    var frame = sampling.frame(bundle);
    long chosenSeed = sampling.seed();
    var usual = RecipeRules.defaultRecipe(bundle, chosenSeed);
    var words = SamplingOptions.words(prompt);
    var recipe =
        Recipe.builder(usual.model(), usual.modelHash())
            .seed(chosenSeed)
            .steps(sampling.steps(RecipeDefaults.LAYOUT_STEPS))
            .sampler(RecipeDefaults.LAYOUT_SAMPLER)
            .eta(usual.eta())
            .classLabel(base.classLabel())
            .prompt(words)
            .guidanceScale(RecipeRules.usualGuidance(bundle, words, null))
            .build();
    RecipeRules.check(bundle, recipe);
    var device = deviceOptions.choose(services);
    try (var workshop = services.open(bundle, device);
        var picture = redo(workshop, image, recipe, cancellation)) {
      services.write(picture.image(), field);
      terminal().result(field + ": every size, the box with seed " + Seed.text(chosenSeed));
      if (out != null) {
        new PictureWriter(terminal(), bundle, device, false)
            .write(picture, frame, out, cancellation);
      }
    }
  }

  private OpenPicture redo(
      LoadedModel workshop, FieldImage image, Recipe recipe, Cancellation cancellation) {
    try (var bar = new ProgressBar(terminal(), "Sampling seed " + recipe.seedText())) {
      return workshop.redo(image, box, recipe, new BarListener(bar, terminal()), cancellation);
    }
  }
}
