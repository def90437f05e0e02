package org.infd.app.cli;

import java.util.List;
import org.infd.inference.Problem;
import org.infd.inference.bundle.BundleCatalog.Entry;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.runtime.Cancellation;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code infd verify}: whether models are as they were imported. */
@Command(
    name = "verify",
    description = "Checks every file of models against the hashes made at their import.")
final class VerifyCommand extends InfdCommand {
  private final Services services;

  @Parameters(
      paramLabel = "ID|DIR",
      arity = "0..*",
      description = "The models to check (default: all of 'infd models').")
  private List<String> models = List.of();

  VerifyCommand(Services services, Terminal terminal) {
    super(terminal);
    this.services = services;
  }

  @Override
  void run(Cancellation cancellation) {
    int broken = 0;
    if (models.isEmpty()) {
      for (var entry : services.models().list()) {
        cancellation.throwIfCancelled();
        broken += isWhole(entry) ? 0 : 1;
      }
    }
    for (var model : models) {
      cancellation.throwIfCancelled();
      broken += isWhole(services.models().find(model)) ? 0 : 1;
    }
    if (broken > 0) {
      throw new Problem(broken == 1 ? "One model is damaged." : broken + " models are damaged.");
    }
  }

  private boolean isWhole(Entry entry) {
    if (entry.bundle() == null) {
      terminal().result(entry.id() + ": " + entry.problem());
      return false;
    }
    return isWhole(entry.bundle());
  }

  private boolean isWhole(ModelBundle bundle) {
    var id = bundle.manifest().id();
    try {
      bundle.verifyAll();
      terminal().result(id + ": all files are as they were imported");
      return true;
    } catch (Problem e) {
      terminal().result(id + ": " + e.getMessage());
      return false;
    }
  }
}
