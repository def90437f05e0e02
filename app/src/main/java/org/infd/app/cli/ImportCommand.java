package org.infd.app.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import org.infd.inference.Problem;
import org.infd.inference.runtime.Cancellation;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

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
      "Example: infd import last-model.pth --out my-model --trained-scale 256..1024"
    })
final class ImportCommand extends InfdCommand {
  private final Services services;

  @Parameters(paramLabel = "CHECKPOINT", description = "The checkpoint, a .pth or .pt file.")
  private Path checkpoint;

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

  @Option(names = "--overwrite", description = "Replace a model that is there.")
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
    if (!Files.exists(checkpoint)) {
      throw new Problem("There is no file " + checkpoint + ".");
    }
    if (!Files.isRegularFile(checkpoint)) {
      throw new Problem(checkpoint + " is not a file. Name the checkpoint itself.");
    }
    if (out != null && !Files.isDirectory(parent(out))) {
      throw new Problem("There is no folder " + parent(out) + ". Make it first or choose another.");
    }
    var request =
        new Services.ImportRequest(
            checkpoint, out, id, name, half, trainedScale, overwrite, licence);
    String report;
    try (var bars = new StageBars(terminal())) {
      report = services.importCheckpoint(request, bars, cancellation);
    }
    terminal().result(report.stripTrailing());
  }

  private static Path parent(Path file) {
    var parent = file.toAbsolutePath().normalize().getParent();
    return parent == null ? file : parent;
  }
}
