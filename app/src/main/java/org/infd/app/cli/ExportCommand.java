package org.infd.app.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import org.infd.inference.Problem;
import org.infd.inference.runtime.Cancellation;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code infd export}: files for other programs. */
@Command(
    name = "export",
    description = {
      "Writes what the official training of an INFD autoencoder on the latents of Stable Diffusion"
          + " begins with: that model's encoder and decoder, a fresh renderer, and a configuration."
    },
    footer = {"", "Example: infd export --training-start sd15.safetensors --out start.pth"})
final class ExportCommand extends InfdCommand {
  private final Services services;

  @Option(
      names = "--training-start",
      required = true,
      paramLabel = "FILE|DIR",
      description = "The Stable Diffusion model: a .safetensors or .ckpt file, or a folder.")
  private Path network = Path.of("");

  @Option(
      names = {"-o", "--out"},
      required = true,
      paramLabel = "FILE.pth",
      description = "The checkpoint to write; a .yaml of the same name is written beside it.")
  private Path out = Path.of("");

  @Option(
      names = "--side",
      paramLabel = "N",
      description =
          "The side in pixels of the pictures that are encoded (default: that of the model).")
  private int side;

  @Option(
      names = "--vae",
      paramLabel = "FILE",
      description = "An autoencoder (VAE) to take in place of the model's own.")
  private @Nullable Path vae;

  ExportCommand(Services services, Terminal terminal) {
    super(terminal);
    this.services = services;
  }

  @Override
  void run(Cancellation cancellation) {
    if (!Files.exists(network)) {
      throw new Problem("There is no file " + network + ".");
    }
    services.trainingStart(network, vae, side, out).forEach(terminal()::result);
  }
}
