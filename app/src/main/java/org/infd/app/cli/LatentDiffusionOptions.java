package org.infd.app.cli;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.infd.exporter.ImportOptions.LatentDiffusion;
import org.infd.exporter.ldm.LdmFiles;
import org.infd.exporter.ldm.LdmModel;
import org.infd.inference.Problem;
import org.infd.inference.bundle.Manifest.Prediction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What can be decided about a model of Stable Diffusion or latent diffusion. */
final class LatentDiffusionOptions {
  private static final double MOST_STRENGTH = 10;

  @Option(
      names = "--weights",
      paramLabel = "ema|raw",
      description =
          "Of a Stable Diffusion file that holds two copies of its network: the averaged one or the"
              + " raw one (default: ema).")
  private @Nullable String weights;

  @Option(
      names = "--prediction",
      paramLabel = "NAME",
      description =
          "What its network predicts: epsilon, v or x0 (default: as the configuration beside it"
              + " says, or found out).")
  private @Nullable String prediction;

  @Option(
      names = "--side",
      paramLabel = "N",
      description =
          "The side in pixels of the pictures that it is to make (default: 512, and 768 for one"
              + " that predicts v).")
  private int side;

  @Option(
      names = "--vae",
      paramLabel = "FILE",
      description = "An autoencoder (VAE) to take in place of its own.")
  private @Nullable Path vae;

  @Option(
      names = "--lora",
      paramLabel = "FILE[:STRENGTH]",
      description =
          "Lay the changes of a LoRA over its network and text tower, with a strength of 1 or the"
              + " one given; may be repeated.")
  private List<String> loras = List.of();

  /** Whether anything was said. */
  boolean areGiven() {
    return weights != null || prediction != null || side != 0 || vae != null || !loras.isEmpty();
  }

  /** What was decided. */
  LatentDiffusion choices(@Nullable Path vocabulary) {
    return new LatentDiffusion(copy(), prediction(), side, vae, loras(), vocabulary, Map.of());
  }

  private LdmModel.Copy copy() {
    return switch (weights) {
      case null -> LdmModel.Copy.EMA;
      case String text when text.equalsIgnoreCase("ema") -> LdmModel.Copy.EMA;
      case String text when text.equalsIgnoreCase("raw") -> LdmModel.Copy.RAW;
      default -> throw new Problem("--weights is ema or raw, and not '" + weights + "'.");
    };
  }

  private @Nullable Prediction prediction() {
    if (prediction == null) {
      return null;
    }
    return switch (prediction.toLowerCase(Locale.ROOT)) {
      case "epsilon", "eps" -> Prediction.EPSILON;
      case "v", "velocity", "v_prediction" -> Prediction.VELOCITY;
      case "x0", "sample" -> Prediction.X0;
      default ->
          throw new Problem("--prediction is epsilon, v or x0, and not '" + prediction + "'.");
    };
  }

  private List<LdmFiles.LoraChoice> loras() {
    var choices = new ArrayList<LdmFiles.LoraChoice>();
    for (var text : loras) {
      choices.add(lora(text));
    }
    return choices;
  }

  /** A name may hold colons, as drives do. */
  private static LdmFiles.LoraChoice lora(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 0 || isFile(text)) {
      return choice(text, 1);
    }
    double strength;
    try {
      strength = Double.parseDouble(text.substring(colon + 1));
    } catch (NumberFormatException e) {
      return choice(text, 1);
    }
    if (!(Math.abs(strength) <= MOST_STRENGTH)) {
      throw new Problem("The strength of a LoRA is from -10 to 10, and " + strength + " is not.");
    }
    return choice(text.substring(0, colon), strength);
  }

  /** A name with a colon may be none at all. */
  private static boolean isFile(String text) {
    try {
      return Files.isRegularFile(Path.of(text));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  private static LdmFiles.LoraChoice choice(String file, double strength) {
    if (!isFile(file)) {
      throw new Problem("There is no file " + file + ".");
    }
    return new LdmFiles.LoraChoice(Path.of(file), strength);
  }
}
