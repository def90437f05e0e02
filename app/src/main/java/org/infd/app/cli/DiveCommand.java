package org.infd.app.cli;

import java.nio.file.Path;
import org.infd.inference.NumberText;
import org.infd.inference.Problem;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.dive.DiveLattice;
import org.infd.inference.dive.DiveOptions;
import org.infd.inference.dive.DiveView;
import org.infd.inference.export.Frame;
import org.infd.inference.generation.DiveRules;
import org.infd.inference.generation.DiveSettings;
import org.infd.inference.generation.FieldImage;
import org.infd.inference.generation.PictureMetadata.Invented;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.DeviceQueue.Priority;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code infd dive}: a picture from below an image's own scale. */
@Command(
    name = "dive",
    description = "Renders what lies below the scale of an image: invented, and always the same.",
    footer = {
      "",
      "Each depth is finer than the one above by the same factor (2 for the embedded model). Colours"
          + " and forms of what is above never change; what is new is made from it and written into"
          + " the picture's recipe.",
      "",
      "Example: infd dive mountains.infd --path 0.42,0.61 --depth 12 --size 2048 --out deep.png"
    })
final class DiveCommand extends InfdCommand {
  private final Services services;

  @Mixin private ImageSource source;

  @Option(
      names = "--path",
      paramLabel = "R,C",
      required = true,
      converter = PlaceConverter.class,
      description = "Where to: row,column as fractions of the image from its upper left corner.")
  private PlaceConverter.Place place;

  @Option(
      names = "--depth",
      paramLabel = "N",
      required = true,
      description = "How deep, from 0 (the image's own scale) to 40 and more.")
  private int depth;

  @Option(
      names = "--size",
      paramLabel = "WxH",
      required = true,
      converter = PixelSize.Converter.class,
      description = "Width and height of the picture in pixels; one number for a square.")
  private PixelSize size;

  @Option(
      names = {"-o", "--out"},
      paramLabel = "FILE.png",
      required = true,
      description =
          "The picture to write: .png, .jpg or .tif, by its ending; replaced if it exists.")
  private Path out;

  @Option(
      names = "--reroll",
      paramLabel = "SEED",
      converter = SeedConverter.class,
      description =
          "Make the part in the middle, and what lies below it, again with a seed of its own.")
  private @Nullable Long reroll;

  @Option(
      names = "--field",
      paramLabel = "FILE.infd",
      description = "Keep the image with these choices, so that every dive into it follows them.")
  private @Nullable Path field;

  @Mixin private DiveWishes wishes;

  @Mixin private DeviceOptions deviceOptions;

  DiveCommand(Services services, Terminal terminal) {
    super(terminal);
    this.services = services;
  }

  private DiveOptions options(ModelBundle bundle, FieldImage image, DiveLattice lattice) {
    var options = wishes.options(bundle, image);
    if (reroll == null) {
      return options;
    }
    if (depth < 1) {
      throw new Problem("Only what lies below the image can be made again: --depth 1 and more.");
    }
    return options.withSeed(lattice.at(depth, place.row(), place.column()), reroll);
  }

  @Override
  void run(Cancellation cancellation) {
    PictureWriter.requireTargets(out, field);
    var frame = Frame.alone(size.height(), size.width());
    var image = source.read(services);
    var recipe = image.base().recipe();
    var bundle = source.model(services, image);
    var lattice = DiveRules.lattice(bundle);
    var options = options(bundle, image, lattice);
    var view =
        DiveView.around(
            lattice,
            place.row(),
            place.column(),
            depth,
            frame.rectangle().height(),
            frame.rectangle().width());
    var device = deviceOptions.choose(services);
    terminal()
        .note(
            NumberText.format(
                "%s, on %s", DiveRules.words(lattice.levelOf(view.side()), view), device.name()));
    try (var bar = new ProgressBar(terminal(), "Opening");
        var workshop = services.open(bundle, device);
        var picture = workshop.open(image, false, new BarListener(bar, terminal()), cancellation);
        var dive = picture.dive(options)) {
      new PictureWriter(terminal(), bundle, device, false)
          .write(
              recipe,
              dive.cutOut(Priority.EXPORT, view.side(), view.shown()),
              frame,
              Invented.of(lattice, options, view),
              out,
              cancellation);
    }
    if (field != null) {
      services.write(image.withDive(DiveSettings.of(options, lattice.sharpSide())), field);
      terminal().result(field + ": the image with what lies below it");
    }
  }
}
