package org.infd.app.cli;

import java.nio.file.Path;
import org.infd.app.cli.Services.LoadedModel;
import org.infd.app.cli.Services.OpenPicture;
import org.infd.inference.Problem;
import org.infd.inference.generation.FieldImage;
import org.infd.inference.generation.Recipe;
import org.infd.inference.generation.Recipe.SamplerKind;
import org.infd.inference.generation.RecipeDefaults;
import org.infd.inference.generation.RecipeRules;
import org.infd.inference.generation.Seed;
import org.infd.inference.runtime.Cancellation;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code infd vary}: a kept image, sampled on from a noisy copy of it (img2img). */
@Command(
    name = "vary",
    description = "Makes a variation of an image: covers it with noise and samples on from there.",
    footer = {"", "Example: infd vary lake.infd --strength 0.4 --seed 3 --out like-it.png"})
final class VaryCommand extends InfdCommand {
  private final Services services;

  @Parameters(paramLabel = "FILE.infd", description = "The image without a resolution.")
  private Path file;

  @Option(
      names = "--strength",
      paramLabel = "0..1",
      required = true,
      description = "The part of the steps that is done again: 0 changes nothing, 1 everything.")
  private double strength;

  @Option(
      names = "--field",
      paramLabel = "FILE.infd",
      description = "Write the new image without a resolution. Without --out only this is written.")
  private @Nullable Path field;

  @Option(
      names = "--prompt",
      paramLabel = "TEXT",
      description = "What to show, for models that take text (default: the prompt of the image).")
  private @Nullable String prompt;

  @Mixin private SamplingOptions sampling;

  @Mixin private DeviceOptions deviceOptions;

  VaryCommand(Services services, Terminal terminal) {
    super(terminal);
    this.services = services;
  }

  @Override
  void run(Cancellation cancellation) {
    sampling.requireSide();
    var out = sampling.out();
    var target = field;
    PictureWriter.requireTargets(out, target, file);
    sampling.requireSteps();
    if (!(strength >= 0 && strength <= 1)) {
      throw new Problem("--strength is between 0 and 1, not " + strength + ".");
    }
    var image = services.read(file);
    var base = image.base().recipe();
    var bundle = sampling.bundle(services.models(), base);
    var frame = sampling.frame(bundle);
    long chosenSeed = sampling.seed();
    var usual = RecipeRules.defaultRecipe(bundle, chosenSeed);
    var words = prompt == null ? base.prompt() : SamplingOptions.words(prompt);
    var unwanted = base.negativePrompt();
    var recipe =
        Recipe.builder(usual.model(), usual.modelHash())
            .seed(chosenSeed)
            .steps(sampling.steps(RecipeDefaults.steps(SamplerKind.DPMPP, usual.steps())))
            .sampler(SamplerKind.DPMPP)
            .eta(usual.eta())
            .classLabel(base.classLabel())
            .prompt(words)
            .negativePrompt(unwanted)
            .guidanceScale(RecipeRules.usualGuidance(bundle, words, unwanted))
            .build();
    RecipeRules.check(bundle, recipe);
    var device = deviceOptions.choose(services);
    try (var workshop = services.open(bundle, device);
        var picture = vary(workshop, image, recipe, cancellation)) {
      if (target != null) {
        services.write(picture.image(), target);
        terminal().result(target + ": every size, seed " + Seed.text(chosenSeed));
      }
      if (out != null) {
        new PictureWriter(terminal(), bundle, device, false)
            .write(picture, frame, out, cancellation);
      }
    }
  }

  private OpenPicture vary(
      LoadedModel workshop, FieldImage image, Recipe recipe, Cancellation cancellation) {
    try (var bar = new ProgressBar(terminal(), "Sampling seed " + recipe.seedText())) {
      return workshop.vary(image, recipe, strength, new BarListener(bar, terminal()), cancellation);
    }
  }
}
