package org.infd.app.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import org.infd.inference.NumberText;
import org.infd.inference.export.Frame;
import org.infd.inference.export.Frame.Region;
import org.infd.inference.export.ResumableExport;
import org.infd.inference.field.FixedPicture;
import org.infd.inference.generation.DiveRules;
import org.infd.inference.generation.PictureMetadata.Invented;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.DeviceQueue.Priority;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

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
      "An export that was interrupted, by Ctrl-C, a crash or a full disk, leaves what is done"
          + " beside its target (.part and .journal); the same command goes on from there, and the"
          + " result is the same, byte by byte.",
      "",
      "Example: infd render mountains.infd --size 1920x1080 --region 0.5,0.25,0.25,0.5 --out"
          + " ridge.png",
      "         infd render mountains.infd --size 65536 --format dzi --page --out mountains"
    })
final class RenderCommand extends InfdCommand {
  private final Services services;

  @Mixin private ImageSource source;

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
      paramLabel = "FILE|DIR",
      required = true,
      description =
          "The picture to write: .png, .jpg or .tif, by its ending, replaced if it exists; or the"
              + " folder for tiles, new or empty.")
  private Path out;

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

  @Mixin private ExportOptions exportOptions;

  @Mixin private DeviceOptions deviceOptions;

  RenderCommand(Services services, Terminal terminal) {
    super(terminal);
    this.services = services;
  }

  @Override
  void run(Cancellation cancellation) {
    var frame = Frame.of(size.height(), size.width(), region == null ? Region.WHOLE : region);
    exportOptions.requireSense(out);
    PictureWriter.requireKept(out, source.file());
    var image = source.read(services);
    var recipe = image.base().recipe();
    var settings = exportOptions.settings(out, frame, recipe);
    settings.requireFits(frame);
    ResumableExport.requirePlace(out, settings.format().isFolder());
    var bundle = source.model(services, image);
    FixedPicture.requireSide(bundle.manifest(), frame.imageSide());
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
      var export =
          new LargeExport(terminal(), bundle, device, exact, settings, exportOptions.isRestart());
      if (!dives) {
        export.write(image, picture.renderer(), frame, null, out, cancellation);
        return;
      }
      var options = DiveRules.of(bundle, image);
      var lattice = DiveRules.lattice(bundle);
      var page = settings.page();
      var spot = page == null ? null : page.spot();
      var finest = spot == null ? frame : spot.largest(frame);
      var corner = finest.rectangle();
      var invented =
          Invented.of(lattice, options, finest.imageSide(), corner.row(), corner.column());
      try (var dive = picture.dive(options)) {
        export.write(
            image,
            dive.renderer(Priority.EXPORT),
            frame,
            invented.depth() == 0 ? null : invented,
            out,
            cancellation);
      }
    }
  }

  @Override
  String cancelled() {
    return Files.exists(ResumableExport.journal(out))
        ? "Cancelled. What is done was kept beside "
            + out
            + ": the same command goes on from there."
        : super.cancelled();
  }
}
