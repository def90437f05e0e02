package org.infd.app.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.infd.app.cli.Services.LoadedModel;
import org.infd.app.cli.Services.OpenPicture;
import org.infd.inference.Problem;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.export.AtomicFile;
import org.infd.inference.export.Frame;
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

/** {@code infd generate}: pictures from seeds. */
@Command(
    name = "generate",
    description = "Makes pictures: one for each seed.",
    footer = {
      "",
      "The same seed, model, settings and machine give the same picture, pixel by pixel.",
      "With --count K the seeds are S to S+K-1, after 2^64-1 from 0 again, and stand in the names"
          + " of the files: x-7.png, x-8.png and so on for --out x.png.",
      "",
      "Example: infd generate --seed 7 --size 2048 --out mountains.png",
      "         infd generate --prompt \"sunset over a lake, pine forest\" --guidance 3 --out"
          + " lake.png"
    })
final class GenerateCommand extends InfdCommand {
  private static final int MOST_PICTURES = 10_000;

  private final Services services;

  @Option(
      names = "--field",
      paramLabel = "FILE.infd",
      description =
          "Write the image without a resolution too, from which 'infd render' makes every size and"
              + " region. Without --out only this is written.")
  private @Nullable Path field;

  @Option(
      names = "--sampler",
      paramLabel = "dpmpp|ddim|euler|euler_a",
      description =
          "dpmpp is DPM-Solver++(2M), good in few steps; euler and euler_a are Euler's method and"
              + " its ancestral form, which adds fresh noise at each step (default: the model's"
              + " own, else dpmpp).")
  private @Nullable SamplerKind sampler;

  @Option(
      names = "--eta",
      paramLabel = "E",
      description =
          "How much fresh noise DDIM adds at each step, 0 to 1 (default: the model's own).")
  private @Nullable Double eta;

  @Option(
      names = "--class",
      paramLabel = "K",
      description =
          "What to show, for models with classes: a number from 0 (default: none, or 0 where the"
              + " model needs one).")
  private @Nullable Integer label;

  @Option(
      names = "--prompt",
      paramLabel = "TEXT",
      description =
          "What to show, for models that take text (default: anything). (WORDS:1.3) weighs, {A|B}"
              + " is drawn by the seed.")
  private @Nullable String prompt;

  @Option(
      names = "--negative",
      paramLabel = "TEXT",
      description = "What not to show, for models that take text; works through --guidance.")
  private @Nullable String negative;

  @Option(
      names = "--guidance",
      paramLabel = "W",
      description =
          "How strictly prompt or class are followed, 0 to 100: 1 for no guidance, 2 to 5 are"
              + " usual (default: 3 with a prompt, else 1).")
  private @Nullable Double guidance;

  @Option(
      names = "--count",
      paramLabel = "K",
      defaultValue = "1",
      description = "How many pictures, each with the next seed (default: ${DEFAULT-VALUE}).")
  private int count;

  @Option(
      names = "--exact-statistics",
      description =
          "Normalise with the true statistics of the whole picture instead of interpolated ones:"
              + " slower, a little closer to one whole render.")
  private boolean exact;

  @Mixin private SamplingOptions sampling;

  @Mixin private DeviceOptions deviceOptions;

  GenerateCommand(Services services, Terminal terminal) {
    super(terminal);
    this.services = services;
  }

  @Override
  void run(Cancellation cancellation) {
    sampling.requireSide();
    requireSense();
    long first = sampling.seed();
    var jobs = jobs(first);
    var bundle = sampling.bundle(services.models());
    var frame = sampling.frame(bundle);
    var recipe = recipe(bundle, first);
    var device = deviceOptions.choose(services);
    terminal().note(bundle.manifest().name() + " on " + device.name() + ": " + device.reason());
    var writer = new PictureWriter(terminal(), bundle, device, exact);
    try (var workshop = services.open(bundle, device)) {
      for (var job : jobs) {
        try (var picture = sample(workshop, recipe.withSeed(job.seed()), cancellation)) {
          finish(job, picture, frame, writer, cancellation);
        }
      }
    }
  }

  private record Job(long seed, @Nullable Path out, @Nullable Path field) {}

  private void requireSense() {
    var out = sampling.out();
    if (out == null && field == null) {
      throw new Problem("Say where to put the picture: --out FILE.png, or --field FILE.infd.");
    }
    if (out != null && !out.toString().isEmpty()) {
      PictureWriter.format(out);
    }
    PictureWriter.requireDistinct(out, field);
    if (count < 1 || count > MOST_PICTURES) {
      throw new Problem("--count is between 1 and " + MOST_PICTURES + ", not " + count + ".");
    }
    sampling.requireSteps();
    if (eta != null) {
      SamplingOptions.requireEta(eta);
    }
  }

  /** What to write, checked before any work: a bad folder should not cost minutes. */
  private List<Job> jobs(long first) {
    var jobs = new ArrayList<Job>();
    for (int i = 0; i < count; i++) {
      long jobSeed = first + i;
      jobs.add(new Job(jobSeed, numbered(sampling.out(), jobSeed), numbered(field, jobSeed)));
    }
    return jobs;
  }

  private @Nullable Path numbered(@Nullable Path file, long jobSeed) {
    if (file == null) {
      return null;
    }
    var target = file;
    if (count > 1) {
      var name = String.valueOf(file.getFileName());
      int dot = name.lastIndexOf('.');
      int end = dot < 1 ? name.length() : dot;
      target =
          file.resolveSibling(
              name.substring(0, end) + "-" + Seed.text(jobSeed) + name.substring(end));
    }
    AtomicFile.requireWritable(target);
    return target;
  }

  private Recipe recipe(ModelBundle bundle, long first) {
    var usual = RecipeRules.defaultRecipe(bundle, first);
    var kind = sampler == null ? RecipeRules.usualSampler(bundle) : sampler;
    var wanted = SamplingOptions.words(prompt);
    var unwanted = SamplingOptions.words(negative);
    var chosen =
        Recipe.builder(usual.model(), usual.modelHash())
            .seed(first)
            .steps(sampling.steps(RecipeDefaults.steps(kind, usual.steps())))
            .sampler(kind)
            .eta(eta == null ? usual.eta() : eta)
            .classLabel(label == null ? usual.classLabel() : label)
            .prompt(wanted)
            .negativePrompt(unwanted)
            .guidanceScale(
                guidance == null ? RecipeRules.usualGuidance(bundle, wanted, unwanted) : guidance)
            .build();
    // what the model cannot do is said before anything is loaded
    RecipeRules.check(bundle, chosen);
    return chosen;
  }

  private OpenPicture sample(LoadedModel workshop, Recipe recipe, Cancellation cancellation) {
    try (var bar = new ProgressBar(terminal(), "Sampling seed " + recipe.seedText())) {
      return workshop.generate(recipe, exact, new BarListener(bar, terminal()), cancellation);
    }
  }

  private void finish(
      Job job, OpenPicture picture, Frame frame, PictureWriter writer, Cancellation cancellation) {
    if (job.field() != null) {
      services.write(picture.image(), job.field());
      terminal().result(job.field() + ": every size, seed " + Seed.text(job.seed()));
    }
    if (job.out() != null) {
      writer.write(picture, frame, job.out(), cancellation);
    }
  }
}
