package org.infd.app.cli;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.infd.app.models.SampleFile;
import org.infd.app.models.SampleThumbnail;
import org.infd.inference.Problem;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.export.AtomicFile;
import org.infd.inference.field.Rectangle;
import org.infd.inference.generation.RunListener;
import org.infd.inference.runtime.Cancellation;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code infd samples}: makes the thumbnails of sample recipes by running them. For those who
 * change the recipes or the model that comes with the program.
 */
@Command(
    name = "samples",
    hidden = true,
    description =
        "Runs the sample recipes of a model and writes their thumbnails beside the list; those of"
            + " other recipes or of an older model are deleted.")
final class SamplesCommand extends InfdCommand {
  private final Services services;

  @Parameters(
      paramLabel = "DIR",
      description = "The folder with " + SampleFile.NAME + ", such as assets/mountains/samples.")
  private Path folder;

  @Option(
      names = {"-m", "--model"},
      paramLabel = "ID|DIR",
      description = "The model (default: the first that can make pictures).")
  private String model = "";

  @Mixin private DeviceOptions deviceOptions;

  SamplesCommand(Services services, Terminal terminal) {
    super(terminal);
    this.services = services;
  }

  @Override
  void run(Cancellation cancellation) {
    var catalog = services.models();
    var bundle = model.isEmpty() ? catalog.first() : catalog.find(model);
    if (!Files.isRegularFile(folder.resolve(SampleFile.NAME))) {
      throw new Problem("There is no " + SampleFile.NAME + " in " + folder + ".");
    }
    var kept = make(bundle, cancellation);
    int gone = sweep(kept);
    terminal().note(kept.size() + " thumbnails, " + gone + " old ones deleted");
  }

  private Set<Path> make(ModelBundle bundle, Cancellation cancellation) {
    var kept = new HashSet<Path>();
    var listener = RunListener.none();
    try (var workshop = services.open(bundle, deviceOptions.choose(services))) {
      for (var sample : SampleFile.read(folder, bundle)) {
        var file = SampleFile.thumbnail(folder, sample.recipe());
        kept.add(file);
        if (sample.thumbnail().isPresent()) {
          continue;
        }
        try (var picture = workshop.generate(sample.recipe(), false, listener, cancellation)) {
          var rgb =
              picture
                  .renderer()
                  .render(
                      SampleThumbnail.SIDE, Rectangle.whole(SampleThumbnail.SIDE), cancellation);
          var jpeg = SampleThumbnail.jpeg(rgb);
          AtomicFile.write(file, stream -> stream.write(jpeg));
        }
        terminal().result(sample.name() + ": " + file);
      }
    }
    return kept;
  }

  private int sweep(Set<Path> kept) {
    int gone = 0;
    try (var files = Files.newDirectoryStream(folder, "*.jpg")) {
      for (var file : files) {
        if (!kept.contains(file)) {
          Files.delete(file);
          gone++;
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      throw new Problem("Old thumbnails in " + folder + " could not be deleted.", e);
    }
    return gone;
  }
}
