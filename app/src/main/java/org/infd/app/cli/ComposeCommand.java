package org.infd.app.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import org.infd.inference.Problem;
import org.infd.inference.runtime.Cancellation;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code infd compose}: a Stable Diffusion network with an INFD autoencoder trained on its latent.
 */
@Command(
    name = "compose",
    description = {
      "Makes a model of a Stable Diffusion network and an INFD autoencoder that was trained on its"
          + " latents: prompts of the one, pictures of any size of the other."
    },
    footer = {
      "",
      "The encoders of both must be the same; it is checked. 'infd export --training-start' writes",
      "what the training of such an autoencoder begins with.",
      "",
      "Example: infd compose --network sd15.safetensors --field ae.pth --vocab merges.txt --out big"
    })
final class ComposeCommand extends InfdCommand {
  private final Services services;

  @Option(
      names = "--network",
      required = true,
      paramLabel = "FILE|DIR",
      description = "The Stable Diffusion model: a .safetensors or .ckpt file, or a folder.")
  private Path network = Path.of("");

  @Option(
      names = "--field",
      required = true,
      paramLabel = "FILE.pth",
      description = "The INFD checkpoint whose decoder and renderer are taken.")
  private Path field = Path.of("");

  @Option(
      names = "--vocab",
      paramLabel = "FILE",
      description = "The merges of the network's text tower, plain text or gzip.")
  private @Nullable Path vocabulary;

  @Mixin private BundleOptions bundle = new BundleOptions();

  @Mixin private LatentDiffusionOptions latentDiffusion = new LatentDiffusionOptions();

  ComposeCommand(Services services, Terminal terminal) {
    super(terminal);
    this.services = services;
  }

  @Override
  void run(Cancellation cancellation) {
    for (var file : new Path[] {network, field}) {
      if (!Files.exists(file)) {
        throw new Problem("There is no file " + file + ".");
      }
    }
    var request = bundle.request(network, latentDiffusion.choices(vocabulary));
    String report;
    try (var bars = new StageBars(terminal())) {
      report = services.compose(request, field, bars, cancellation);
    }
    terminal().results(report.stripTrailing());
  }
}
