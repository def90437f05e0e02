package org.infd.app.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.infd.inference.FileName;
import org.infd.inference.Problem;
import org.infd.inference.runtime.Cancellation;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
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
          "The checkpoint: a .pth, .pt or .ckpt file, or a .safetensors file with the training's"
              + " configuration in its metadata or beside it (.yaml, .json).")
  private @Nullable Path checkpoint;

  @Option(
      names = "--clip",
      paramLabel = "FILE",
      description = "Add this CLIP to the model that --into names, in place of a checkpoint.")
  private @Nullable Path clip;

  @Option(
      names = "--vocab",
      paramLabel = "FILE",
      description = "The merges of the CLIP, plain text or gzip.")
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

  @Option(
      names = {"-o", "--out"},
      paramLabel = "BUNDLE_DIR",
      description = "The folder to make (default: among your models, under the id).")
  private @Nullable Path out;

  @Option(
      names = "--id",
      description = "A short name: lower-case letters, digits, '-' (default: from the file name).")
  private @Nullable String id;

  @Option(names = "--name", description = "What people are shown (default: from the file name).")
  private @Nullable String name;

  @Option(
      names = "--fp16",
      description = "Store weights as 16-bit floats: half the size, computed in 32 bits.")
  private boolean half;

  @Option(
      names = "--trained-scale",
      paramLabel = "MIN..MAX",
      converter = ScaleRange.Converter.class,
      description =
          "The image sides in pixels that the renderer was trained on (default: what the"
              + " checkpoint says).")
  private @Nullable ScaleRange trainedScale;

  @Option(
      names = "--sharp-side",
      paramLabel = "N",
      description =
          "The side of the whole image in pixels down to which its own detail is sharp, and from"
              + " which on a dive invents: the encoder's side times 2, 4, 8 (default: measured).")
  private int sharpSide;

  @Option(
      names = "--overwrite",
      description = "Replace a model, or the CLIP of one, that is there.")
  private boolean overwrite;

  @Option(
      names = {"--licence", "--license"},
      paramLabel = "TEXT",
      description = "The terms under which the weights may be used (default: unknown).")
  private @Nullable String licence;

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
    } else if (vocabulary != null || into != null || activation != null) {
      throw misused("--vocab, --activation and --into belong to --clip FILE, which is missing.");
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
    if (out != null
        || id != null
        || name != null
        || half
        || trainedScale != null
        || sharpSide != 0) {
      throw misused(
          "--out, --id, --name, --fp16, --trained-scale and --sharp-side are of no use to a CLIP.");
    }
    if (activation != null && !ACTIVATIONS.contains(activation)) {
      throw misused("--activation is " + String.join(" or ", ACTIVATIONS) + ".");
    }
    var model = services.models().find(into);
    var request = new Services.ClipRequest(file, vocabulary, activation, model.folder(), overwrite);
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
    if (!Files.isRegularFile(file)) {
      throw new Problem(file + " is not a file. Name the checkpoint itself.");
    }
    if (out != null) {
      FileName.requirePossible(out);
    }
    if (out != null && !Files.isDirectory(parent(out))) {
      throw new Problem("There is no folder " + parent(out) + ". Make it first or choose another.");
    }
    var request =
        new Services.ImportRequest(
            file, out, id, name, half, trainedScale, sharpSide, overwrite, licence);
    String report;
    try (var bars = new StageBars(terminal())) {
      report = services.importCheckpoint(request, bars, cancellation);
    }
    terminal().results(report.stripTrailing());
  }

  private static Path parent(Path file) {
    var parent = file.toAbsolutePath().normalize().getParent();
    return parent == null ? file : parent;
  }
}
