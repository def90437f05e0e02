package org.infd.app.cli;

import org.infd.inference.NumberText;
import org.infd.inference.bundle.BundleCatalog;
import org.infd.inference.bundle.BundleCatalog.Entry;
import org.infd.inference.bundle.Manifest;
import org.infd.inference.runtime.Cancellation;
import picocli.CommandLine.Command;

/** {@code infd models}: what can be named with {@code --model}. */
@Command(name = "models", description = "Lists the models of this machine.")
final class ModelsCommand extends InfdCommand {
  private final Services services;

  ModelsCommand(Services services, Terminal terminal) {
    super(terminal);
    this.services = services;
  }

  @Override
  void run(Cancellation cancellation) {
    var catalog = services.models();
    var entries = catalog.list();
    for (var entry : entries) {
      tell(entry);
    }
    if (entries.isEmpty()) {
      terminal().result("There are no models. Make one with 'infd import'.");
    }
    terminal().note("Your own models lie in " + catalog.modelsFolder());
  }

  private void tell(Entry entry) {
    var origin = entry.origin() == BundleCatalog.Origin.EMBEDDED ? "embedded" : "installed";
    terminal().result(NumberText.format("%-20s %s (%s)", entry.id(), entry.name(), origin));
    if (entry.bundle() == null) {
      line("cannot be used: " + entry.problem());
    } else {
      tell(entry.bundle().manifest());
    }
    line("in " + entry.folder());
  }

  private void tell(Manifest manifest) {
    if (!manifest.description().isBlank()) {
      line(manifest.description());
    }
    var makes = new StringBuilder();
    makes.append(
        switch (manifest.conditioning().kind()) {
          case NONE ->
              manifest.diffusion() == null ? "makes no pictures by itself" : "makes pictures";
          case CLASS ->
              "makes pictures of " + manifest.conditioning().classes() + " classes (--class)";
          case TEXT -> "makes pictures from text (--prompt)";
        });
    var scale = manifest.trainedScale();
    makes.append(
        scale == null
            ? ", trained scales unknown"
            : NumberText.format(", trained at %d to %d pixels", scale.min(), scale.max()));
    if (manifest.renderer().kind() == Manifest.RendererKind.FIXED) {
      makes.append(
          NumberText.format(
              ", at %d×%d pixels only",
              manifest.featureMap().width(), manifest.featureMap().height()));
    }
    line(makes.toString());
    line("licence: " + manifest.licence());
  }

  private void line(String text) {
    terminal().result(" ".repeat(21) + text);
  }
}
