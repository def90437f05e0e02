package org.infd.app.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.infd.inference.Problem;
import org.infd.inference.ShownText;
import org.infd.inference.generation.ForeignRecipe;
import org.infd.inference.generation.PictureMetadata;
import org.infd.inference.generation.Seed;
import org.infd.inference.runtime.Cancellation;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code infd info}: what pictures say of how they were made. */
@Command(
    name = "info",
    description =
        "Prints the recipes in pictures: our own, and those of Stable Diffusion web UI, ComfyUI and"
            + " InvokeAI in PNG, JPEG and WebP, with what means nothing here.")
final class InfoCommand extends InfdCommand {
  @Parameters(paramLabel = "PICTURE", arity = "1..*", description = "The files.")
  private List<Path> files = List.of();

  InfoCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  void run(Cancellation cancellation) {
    int silent = 0;
    for (var file : files) {
      cancellation.throwIfCancelled();
      silent += tell(file) ? 0 : 1;
    }
    if (silent > 0) {
      throw new Problem(
          silent == 1
              ? "One file holds no recipe that is known here."
              : silent + " files hold no recipe that is known here.");
    }
  }

  private boolean tell(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new Problem("There is no file " + file + ".");
    }
    try {
      var ours = PictureMetadata.read(file);
      if (ours.isPresent()) {
        terminal().result(file + ": made by INFD Studio");
        terminal().results(indented(ours.get().parameters()));
        return true;
      }
      var foreign = ForeignRecipe.read(file);
      foreign.ifPresent(recipe -> tell(file, recipe));
      if (foreign.isEmpty()) {
        terminal().result(file + ": no recipe");
      }
      return foreign.isPresent();
    } catch (IOException e) {
      throw new Problem("'" + file + "' cannot be read.", e);
    }
  }

  private void tell(Path file, ForeignRecipe recipe) {
    terminal().result(file + ": made by another program");
    terminal().result("  Prompt: " + ShownText.line(recipe.prompt()));
    if (!recipe.negativePrompt().isEmpty()) {
      terminal().result("  Not wanted: " + ShownText.line(recipe.negativePrompt()));
    }
    recipe.seed().ifPresent(seed -> terminal().result("  Seed: " + Seed.text(seed)));
    recipe.steps().ifPresent(steps -> terminal().result("  Steps: " + steps));
    recipe.guidance().ifPresent(scale -> terminal().result("  Guidance: " + scale));
    recipe.sampler().ifPresent(kind -> terminal().result("  Sampler: " + kind));
    if (!recipe.others().isEmpty()) {
      terminal().result("  Means nothing here: " + String.join(", ", recipe.others()));
    }
  }

  private static String indented(String lines) {
    return lines.indent(2).stripTrailing();
  }
}
