package org.infd.app.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.infd.exporter.ldm.LdmFiles;
import org.infd.inference.Problem;
import org.infd.inference.runtime.Cancellation;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code infd import}: a PyTorch checkpoint becomes a model of this program. */
@Command(
    name = "import",
    description =
        "Makes a model from a PyTorch checkpoint. The checkpoint is read as data; no code in it is"
            + " run.",
    footer = {
      "",
      "Without --out the model is installed for you and appears in 'infd models'.",
      "",
      "With --clip a CLIP is added to a model that is there, for layouts: ViT-B/32, B/16 or L/14,"
          + " an official .pt file or a model.safetensors with its config.json. Its merges are not"
          + " in it; name them with --vocab (bpe_simple_vocab_16e6.txt.gz or merges.txt).",
      "",
      "Example: infd import last-model.pth --out my-model --trained-scale 256..1024",
      "         infd import --clip ViT-B-32.pt --vocab merges.txt --into my-model"
    })
final class ImportCommand extends InfdCommand {
  private static final List<String> ACTIVATIONS = List.of("quick_gelu", "gelu");

  private final Services services;

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "CHECKPOINT",
      arity = "0..1",
      description =
          "The checkpoint: a .pth, .pt or .ckpt file of INFD, or a .safetensors file with the"
              + " training's configuration in its metadata or beside it (.yaml, .json); a file of"
              + " Stable Diffusion 1.x or 2.x or of latent diffusion; a folder of diffusers.")
  private @Nullable Path checkpoint;

  @Option(
      names = "--clip",
      paramLabel = "FILE",
      description = "Add this CLIP to the model that --into names, in place of a checkpoint.")
  private @Nullable Path clip;

  @Option(
      names = "--vocab",
      paramLabel = "FILE",
      description =
          "The merges of the CLIP, or of a Stable Diffusion file's text tower, plain text or gzip.")
  private @Nullable Path vocabulary;

  @Option(
      names = "--activation",
      paramLabel = "NAME",
      description =
          "What stands in the CLIP's perceptrons where its file does not say it: quick_gelu"
              + " (OpenAI's) or gelu (most of OpenCLIP's).")
  private @Nullable String activation;

  @Option(
      names = "--into",
      paramLabel = "ID|DIR",
      description = "The model that gets the CLIP: of 'infd models', or the folder of a bundle.")
  private @Nullable String into;

  @Mixin private BundleOptions bundle = new BundleOptions();

  @Mixin private LatentDiffusionOptions latentDiffusion = new LatentDiffusionOptions();

  ImportCommand(Services services, Terminal terminal) {
    super(terminal);
    this.services = services;
  }

  @Override
  void run(Cancellation cancellation) {
    if (clip != null && checkpoint != null) {
      throw misused(
          "A checkpoint and a CLIP are two imports: first the checkpoint, then --clip with"
              + " --into.");
    }
    if (clip != null) {
      addClip(clip, cancellation);
    } else if (into != null || activation != null) {
      throw misused("--activation and --into belong to --clip FILE, which is missing.");
    } else if (checkpoint == null) {
      throw misused("Name the checkpoint to import, or a CLIP with --clip and --into.");
    } else {
      importCheckpoint(checkpoint, cancellation);
    }
  }

  private ParameterException misused(String sentence) {
    return new ParameterException(spec.commandLine(), sentence);
  }

  private void addClip(Path file, Cancellation cancellation) {
    if (into == null) {
      throw misused("Say with --into which model gets the CLIP; 'infd models' lists them.");
    }
    if (!Files.isRegularFile(file)) {
      throw new Problem("There is no file " + file + ".");
    }
    if (latentDiffusion.areGiven()) {
      throw misused("--weights, --prediction, --side, --vae and --lora are of no use to a CLIP.");
    }
    if (bundle.areGiven()) {
      throw misused(
          "--out, --id, --name, --fp16, --trained-scale and --sharp-side are of no use to a CLIP.");
    }
    if (activation != null && !ACTIVATIONS.contains(activation)) {
      throw misused("--activation is " + String.join(" or ", ACTIVATIONS) + ".");
    }
    var model = services.models().find(into);
    var request =
        new Services.ClipRequest(file, vocabulary, activation, model.folder(), bundle.overwrites());
    String report;
    try (var bars = new StageBars(terminal())) {
      report = services.importClip(request, bars, cancellation);
    }
    terminal().results(report.stripTrailing());
  }

  private void importCheckpoint(Path file, Cancellation cancellation) {
    if (!Files.exists(file)) {
      throw new Problem("There is no file " + file + ".");
    }
    if (!Files.isRegularFile(file) && !LdmFiles.isFolder(file)) {
      throw new Problem(
          file
              + " is not a file, and no folder of a model of diffusers. Name the checkpoint"
              + " itself.");
    }
    var request = bundle.request(file, latentDiffusion.choices(vocabulary));
    String report;
    try (var bars = new StageBars(terminal())) {
      report = services.importCheckpoint(request, bars, cancellation);
    }
    terminal().results(report.stripTrailing());
  }
}
