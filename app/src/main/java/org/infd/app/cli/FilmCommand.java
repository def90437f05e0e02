package org.infd.app.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CancellationException;
import org.infd.inference.NumberText;
import org.infd.inference.Problem;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.export.Film;
import org.infd.inference.export.FilmPath;
import org.infd.inference.export.Frame;
import org.infd.inference.generation.DiveRules;
import org.infd.inference.generation.DiveSettings;
import org.infd.inference.generation.FieldImage;
import org.infd.inference.generation.PictureMetadata;
import org.infd.inference.generation.PictureMetadata.Invented;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.infd.inference.runtime.DeviceQueue.Priority;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code infd film}: a zoom into an image and below its own scale. */
@Command(
    name = "film",
    description = "Makes a film that zooms from the whole image to a place below its scale.",
    footer = {
      "",
      "Every frame is rendered at its own scale. Frames are kept beside the film until it is"
          + " complete: the same command goes on with a film that was stopped.",
      "",
      "Example: infd film mountains.infd --to 0.42,0.61 --depth 8 --seconds 20 --out zoom.mp4"
    })
final class FilmCommand extends InfdCommand {
  private static final int LONGEST = 3600;

  private final Services services;

  @Mixin private ImageSource source;

  @Option(
      names = "--to",
      paramLabel = "R,C",
      required = true,
      converter = PlaceConverter.class,
      description = "Where to: row,column as fractions of the image from its upper left corner.")
  private PlaceConverter.Place place;

  @Option(
      names = "--depth",
      paramLabel = "N",
      required = true,
      description = "How deep it ends, from 0 (the image's own scale) to 40 and more.")
  private int depth;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      defaultValue = "20",
      description = "How long it is (default: ${DEFAULT-VALUE}).")
  private double seconds;

  @Option(
      names = "--fps",
      paramLabel = "N",
      defaultValue = "30",
      description = "Frames a second (default: ${DEFAULT-VALUE}).")
  private int framesPerSecond;

  @Option(
      names = "--size",
      paramLabel = "WxH",
      defaultValue = "640x360",
      converter = PixelSize.Converter.class,
      description = "Width and height of the frames in pixels (default: ${DEFAULT-VALUE}).")
  private PixelSize size;

  @Option(
      names = {"-o", "--out"},
      paramLabel = "FILE.mp4",
      required = true,
      description =
          "The film to write: .mp4 by ffmpeg where it is installed, .avi (motion JPEG), .gif, or a"
              + " new folder for a PNG of each frame.")
  private Path out;

  @Mixin private DiveWishes wishes;

  @Mixin private DeviceOptions deviceOptions;

  FilmCommand(Services services, Terminal terminal) {
    super(terminal);
    this.services = services;
  }

  @Override
  void run(Cancellation cancellation) {
    if (!(seconds > 0 && seconds <= LONGEST)) {
      throw new Problem("A film lasts up to " + LONGEST + " seconds, and not " + seconds + ".");
    }
    Film.requireTarget(out);
    var image = source.read(services);
    var bundle = source.model(services, image);
    var frames = Math.round(seconds * framesPerSecond);
    var path =
        FilmPath.to(
            DiveRules.lattice(bundle),
            place.row(),
            place.column(),
            depth,
            Math.toIntExact(frames),
            Math.toIntExact(Math.min(size.height(), Integer.MAX_VALUE)),
            Math.toIntExact(Math.min(size.width(), Integer.MAX_VALUE)));
    var device = deviceOptions.choose(services);
    terminal().note(NumberText.format("%d frames, on %s", path.frames(), device.name()));
    try {
      write(image, bundle, path, device, cancellation);
    } catch (CancellationException e) {
      if (Files.isDirectory(Film.framesOf(out))) {
        terminal()
            .note(
                "The frames that are ready stay in "
                    + Film.framesOf(out)
                    + "; the same command goes on with them.");
      }
      throw e;
    }
  }

  private void write(
      FieldImage image,
      ModelBundle bundle,
      FilmPath path,
      Device device,
      Cancellation cancellation) {
    var recipe = image.base().recipe();
    var options = wishes.options(bundle, image);
    var lattice = DiveRules.lattice(bundle);
    var settings = DiveSettings.of(options, lattice.sharpSide());
    var last = path.view(path.frames() - 1);
    var metadata =
        PictureMetadata.of(
                recipe, Frame.alone(path.height(), path.width()), false, device, bundle.manifest())
            .with(Invented.of(lattice, options, last));
    try (var opening = new ProgressBar(terminal(), "Opening");
        var workshop = services.open(bundle, device);
        var picture =
            workshop.open(image, false, new BarListener(opening, terminal()), cancellation);
        var dive = picture.dive(options);
        var bar = new ProgressBar(terminal(), "Filming")) {
      var film =
          new Film(
              (side, view) -> dive.cutOut(Priority.EXPORT, side, view),
              path,
              framesPerSecond,
              DiveRules.identity(image, bundle, settings),
              metadata.toPngText());
      film.write(
          out,
          (done, all) -> bar.update(done, all, NumberText.format("frame %d of %d", done, all)),
          cancellation);
    }
    terminal().result(NumberText.format("%s: %d frames", out, path.frames()));
  }
}
