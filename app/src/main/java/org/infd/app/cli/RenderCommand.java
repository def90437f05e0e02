package org.infd.app.cli;

import java.nio.file.Path;
import org.infd.inference.NumberText;
import org.infd.inference.export.Frame;
import org.infd.inference.export.Frame.Region;
import org.infd.inference.generation.DiveRules;
import org.infd.inference.generation.DiveSettings;
import org.infd.inference.generation.PictureMetadata.Invented;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.DeviceQueue.Priority;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code infd render}: any size and region of an image that was made before. */
@Command(
    name = "render",
    description = "Renders any size and region of an image that was made with --field.",
    footer = {
      "",
      "Nothing is stretched: the whole image gets the smallest integer side N at which the region"
          + " covers the picture, and what the region has too much in one direction is cut off"
          + " evenly on both sides. The picture equals the same pixels of the whole image at N.",
      "",
      "Example: infd render mountains.infd --size 1920x1080 --region 0.5,0.25,0.25,0.5 --out"
          + " ridge.png"
    })
final class RenderCommand extends InfdCommand {
  private final Services services;

  @Parameters(paramLabel = "FILE.infd", description = "The image without a resolution.")
  private Path file;

  @Option(
      names = "--size",
      paramLabel = "WxH",
      required = true,
      converter = PixelSize.Converter.class,
      description = "Width and height of the picture in pixels; one number for a square.")
  private PixelSize size;

  @Option(
      names = "--region",
      paramLabel = "T,L,H,W",
      converter = RegionConverter.class,
      description =
          "What to show: top,left,height,width as fractions of the image (default: the whole).")
  private @Nullable Region region;

  @Option(
      names = {"-o", "--out"},
      paramLabel = "FILE.png",
      required = true,
      description =
          "The picture to write: .png, .jpg or .tif, by its ending; replaced if it exists.")
  private Path out;

  @Option(
      names = "--model",
      paramLabel = "ID|DIR",
      description = "The model (default: the one that the image was made with).")
  private @Nullable String model;

  @Option(
      names = "--exact-statistics",
      description =
          "Normalise with the true statistics of the whole picture instead of interpolated ones.")
  private boolean exact;

  @Option(
      names = "--dive",
      description =
          "Go on below the image's own scale: what is finer is invented, instead of enlarged.")
  private boolean dives;

  @Mixin private DeviceOptions deviceOptions;

  RenderCommand(Services services, Terminal terminal) {
    super(terminal);
    this.services = services;
  }

  @Override
  void run(Cancellation cancellation) {
    var frame = Frame.of(size.height(), size.width(), region == null ? Region.WHOLE : region);
    PictureWriter.requireTargets(out, null, file);
    var image = services.read(file);
    var recipe = image.base().recipe();
    var models = services.models();
    var bundle =
        model == null ? models.find(recipe.model(), recipe.modelHash()) : models.find(model);
    var device = deviceOptions.choose(services);
    var place = frame.rectangle();
    terminal()
        .note(
            NumberText.format(
                "Row %d, column %d of the whole image at %d×%d pixels, on %s",
                place.row(), place.column(), frame.imageSide(), frame.imageSide(), device.name()));
    try (var bar = new ProgressBar(terminal(), "Opening");
        var workshop = services.open(bundle, device);
        var picture = workshop.open(image, exact, new BarListener(bar, terminal()), cancellation)) {
      var writer = new PictureWriter(terminal(), bundle, device, exact);
      if (!dives) {
        writer.write(picture, frame, out, cancellation);
        return;
      }
      var options = DiveRules.of(bundle, image);
      var lattice = DiveRules.lattice(bundle);
      int depth = lattice.levelOf(frame.imageSide());
      var invented =
          new Invented(
              depth,
              frame.imageSide(),
              place.row(),
              place.column(),
              DiveSettings.of(options, lattice.sharpSide()));
      try (var dive = picture.dive(options)) {
        writer.write(
            recipe,
            dive.renderer(Priority.EXPORT),
            frame,
            depth == 0 ? null : invented,
            out,
            cancellation);
      }
    }
  }
}
