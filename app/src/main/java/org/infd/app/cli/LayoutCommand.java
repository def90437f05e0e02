package org.infd.app.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.infd.app.cli.Services.OpenPicture;
import org.infd.inference.ShownText;
import org.infd.inference.bundle.Manifest.ConditioningKind;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.generation.Recipe;
import org.infd.inference.generation.RecipeDefaults;
import org.infd.inference.generation.RecipeRules;
import org.infd.inference.generation.RunListener;
import org.infd.inference.guidance.Guidance;
import org.infd.inference.guidance.GuidanceSettings;
import org.infd.inference.guidance.GuidanceSettings.Depth;
import org.infd.inference.guidance.GuidanceSettings.StepRule;
import org.infd.inference.guidance.Layout;
import org.infd.inference.guidance.LayoutBox;
import org.infd.inference.runtime.Cancellation;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code infd layout}: a picture that follows boxes with prompts, and whether it worked. */
@Command(
    name = "layout",
    description =
        "Makes a picture that follows a layout: boxes with prompts, at any place and scale. Prints"
            + " per box what CLIP says of the picture with and without the layout, from the same"
            + " seed.",
    footer = {
      "",
      "A layout is a JSON file:",
      "  {\"version\": 1, \"prompt\": \"sunset\", \"boxes\": [",
      "    {\"row\": 0.1, \"column\": 0.5, \"height\": 0.3, \"width\": 0.3, \"prompt\": \"snowy"
          + " peak\"}]}",
      "Places are fractions of the picture's side. A box may also have negativePrompt, weight,"
          + " start and end.",
      "",
      "Example: infd layout lake.json --seed 3 --size 2048 --out lake.png"
    })
final class LayoutCommand extends InfdCommand {
  private static final int SHOWN_PROMPT = 40;

  private final Services services;

  @Parameters(paramLabel = "LAYOUT.json", description = "The layout.")
  private Path file;

  @Option(
      names = "--field",
      paramLabel = "FILE.infd",
      description = "Write the image without a resolution too.")
  private @Nullable Path field;

  @Option(
      names = "--eta",
      paramLabel = "E",
      defaultValue = "" + RecipeDefaults.LAYOUT_ETA,
      description = "How much fresh noise each step adds, 0 to 1 (default: ${DEFAULT-VALUE}).")
  private double eta;

  @Option(
      names = "--guidance",
      paramLabel = "W",
      description =
          "How strictly the prompt of the whole is followed, 0 to 100 (default: 3 with one, else"
              + " 1).")
  private @Nullable Double guidance;

  @Option(
      names = "--strength",
      paramLabel = "0..1",
      description = "How strongly boxes are followed (default: that of the usual settings).")
  private @Nullable Double strength;

  @Option(
      names = "--rule",
      paramLabel = "dsg|dps",
      description =
          "How a gradient becomes a step: dsg turns the noise (default), dps shifts the picture and"
              + " needs --depth full.")
  private @Nullable StepRule rule;

  @Option(
      names = "--depth",
      paramLabel = "fast|full",
      description =
          "How far back a gradient goes: fast to the clean latent (default), full through the"
              + " network.")
  private @Nullable Depth depth;

  @Option(
      names = "--every",
      paramLabel = "K",
      description =
          "Look at the boxes at each K-th step; the steps between follow the last look (default:"
              + " that of the usual settings).")
  private @Nullable Integer every;

  @Option(
      names = "--copies",
      paramLabel = "K",
      description = "Jittered copies that CLIP sees beside each crop.")
  private @Nullable Integer copies;

  @Option(
      names = "--repeats",
      paramLabel = "K",
      description = "Make each guided step K times (default: 1).")
  private @Nullable Integer repeats;

  @Option(
      names = "--exact",
      paramLabel = "K",
      description =
          "Each K-th look goes through decoder and renderer, 1 for all (default: that of the usual"
              + " settings). Those between see a linear map of the latent, fitted to the picture"
              + " without the layout, as long as it leads where the true look does.")
  private @Nullable Integer exact;

  @Mixin private SamplingOptions sampling;

  @Mixin private DeviceOptions deviceOptions;

  LayoutCommand(Services services, Terminal terminal) {
    super(terminal);
    this.services = services;
  }

  @Override
  void run(Cancellation cancellation) {
    sampling.requireSide();
    var out = sampling.out();
    PictureWriter.requirePlaces(out, field, file);
    SamplingOptions.requireEta(eta);
    sampling.requireSteps();
    var layout = Layout.read(file);
    var bundle = sampling.bundle(services.models());
    var frame = sampling.frame(bundle);
    var recipe = recipe(bundle, layout);
    var device = deviceOptions.choose(services);
    terminal().note(bundle.manifest().name() + " on " + device.name() + ": " + device.reason());
    try (var workshop = services.open(bundle, device);
        var picture = sample(workshop, recipe, cancellation)) {
      var image = picture.image();
      terminal().results(table(bundle, image.base().recipe()));
      if (field != null) {
        services.write(image, field);
        terminal().result(field + ": every size, seed " + recipe.seedText());
      }
      if (out != null) {
        new PictureWriter(terminal(), bundle, device, false)
            .write(picture, frame, out, cancellation);
      }
    }
  }

  private OpenPicture sample(
      Services.LoadedModel workshop, Recipe recipe, Cancellation cancellation) {
    try (var bars = new StageBars(terminal())) {
      return workshop.generate(recipe, false, new Bars(bars, terminal()), cancellation);
    }
  }

  /** A bar for the run without the layout, and one for that with it. */
  private static final class Bars implements RunListener {
    private final StageBars bars;
    private final Terminal terminal;
    private String run = "Sampling";

    Bars(StageBars bars, Terminal terminal) {
      this.bars = bars;
      this.terminal = terminal;
    }

    @Override
    public void stage(Stage stage) {
      switch (stage) {
        case COMPARING -> run = "Without the layout";
        case SAMPLING -> run = "Sampling";
        case LOADING, DECODING -> {}
      }
    }

    @Override
    public void step(int done, int total) {
      bars.at(run, (double) done / total);
    }

    @Override
    public void note(String sentence) {
      bars.close();
      terminal.note(sentence);
    }
  }

  private Recipe recipe(ModelBundle bundle, Layout layout) {
    long chosenSeed = sampling.seed();
    var usual = RecipeRules.defaultRecipe(bundle, chosenSeed);
    boolean takesText = bundle.manifest().conditioning().kind() == ConditioningKind.TEXT;
    var prompt = takesText ? layout.prompt() : null;
    var negative = takesText ? layout.negativePrompt() : null;
    var recipe =
        Recipe.builder(usual.model(), usual.modelHash())
            .seed(chosenSeed)
            .steps(sampling.steps(RecipeDefaults.LAYOUT_STEPS))
            .sampler(RecipeDefaults.LAYOUT_SAMPLER)
            .eta(eta)
            .classLabel(usual.classLabel())
            .prompt(prompt)
            .negativePrompt(negative)
            .guidanceScale(
                guidance == null ? RecipeRules.usualGuidance(bundle, prompt, negative) : guidance)
            .guidance(new Guidance(layout, steering()))
            .build();
    // what the model cannot do is said before anything is loaded
    RecipeRules.check(bundle, recipe);
    return recipe;
  }

  private GuidanceSettings steering() {
    var usual = GuidanceSettings.usual();
    return new GuidanceSettings(
        rule == null ? usual.rule() : rule,
        depth == null ? usual.depth() : depth,
        strength == null ? usual.strength() : strength,
        every == null ? usual.every() : every,
        copies == null ? usual.copies() : copies,
        repeats == null ? usual.repeats() : repeats,
        exact == null ? usual.exact() : exact);
  }

  /** Per box: prompt, score without the layout, with it, and the change. */
  private static String table(ModelBundle bundle, Recipe recipe) {
    var followed = recipe.guidance();
    if (followed == null || followed.scores() == null) {
      return "The boxes were not scored.";
    }
    boolean takesText = bundle.manifest().conditioning().kind() == ConditioningKind.TEXT;
    List<LayoutBox> boxes = followed.layout().scored(takesText);
    var text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%3s  %-" + SHOWN_PROMPT + "s %9s %9s %9s%n",
            "box",
            "prompt",
            "unguided",
            "guided",
            "change"));
    for (int i = 0; i < followed.scores().size(); i++) {
      var score = followed.scores().get(i);
      text.append(
          String.format(
              Locale.ROOT,
              "%3d  %-" + SHOWN_PROMPT + "s %9.3f %9.3f %+9.3f%n",
              i + 1,
              ShownText.shortened(boxes.get(i).prompt(), SHOWN_PROMPT),
              score.unguided(),
              score.guided(),
              score.guided() - score.unguided()));
    }
    return text.toString().stripTrailing();
  }
}
