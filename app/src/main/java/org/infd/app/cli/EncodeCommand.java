package org.infd.app.cli;

import java.nio.file.Path;
import org.infd.inference.NumberText;
import org.infd.inference.Problem;
import org.infd.inference.generation.Photo;
import org.infd.inference.generation.PhotoFile;
import org.infd.inference.generation.Recipe;
import org.infd.inference.runtime.Cancellation;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** {@code infd encode}: a square of a photo as an image without a resolution. */
@Command(
    name = "encode",
    description =
        "Encodes a square of a photo (PNG, JPEG, TIFF, BMP, GIF, WebP) as an image without a"
            + " resolution.",
    footer = {
      "",
      "A photo that is cut short is encoded as far as it is there, and said to be cut.",
      "Example: infd encode photo.jpg --square 0,200,1024 --field photo.infd"
    })
final class EncodeCommand extends InfdCommand {
  private final Services services;

  @Parameters(paramLabel = "PHOTO", description = "The photo.")
  private Path file;

  @Option(
      names = "--square",
      paramLabel = "TOP,LEFT,SIDE",
      converter = Square.Converter.class,
      description =
          "Which square, in pixels of the upright photo (default: the largest in the middle).")
  private @Nullable Square square;

  @Option(
      names = "--field",
      paramLabel = "FILE.infd",
      description = "Write the image without a resolution. Without --out only this is written.")
  private @Nullable Path field;

  @Mixin private PictureOptions pictureOptions;

  @Option(
      names = "--model",
      paramLabel = "ID|DIR",
      description = "The model (default: the first that can make pictures).")
  private @Nullable String model;

  @Mixin private DeviceOptions deviceOptions;

  EncodeCommand(Services services, Terminal terminal) {
    super(terminal);
    this.services = services;
  }

  /** A square in pixels of a photo. */
  record Square(int top, int left, int side) {
    /** Reads "top,left,side". */
    static final class Converter implements ITypeConverter<Square> {
      @Override
      public Square convert(String text) {
        var parts = text.split(",", -1);
        try {
          if (parts.length == 3) {
            return new Square(
                Integer.parseInt(parts[0].strip()),
                Integer.parseInt(parts[1].strip()),
                Integer.parseInt(parts[2].strip()));
          }
        } catch (NumberFormatException e) {
          throw malformed(text);
        }
        throw malformed(text);
      }

      private static TypeConversionException malformed(String text) {
        return new TypeConversionException(
            "'" + text + "' is no square. Write top,left,side in pixels, for example 0,200,1024.");
      }
    }
  }

  @Override
  void run(Cancellation cancellation) {
    pictureOptions.requireSide();
    var target = field;
    var picture = pictureOptions.out();
    PictureWriter.requireTargets(picture, target, file);
    var wanted = model;
    var bundle = wanted == null ? services.models().first() : services.models().find(wanted);
    var frame = pictureOptions.frame(bundle);
    var photo = PhotoFile.read(file, cancellation);
    photo.note().ifPresent(terminal()::note);
    var chosen = chosen(photo);
    var device = deviceOptions.choose(services);
    try (var bar = new ProgressBar(terminal(), "Encoding");
        var workshop = services.open(bundle, device);
        var encoded =
            workshop.encode(photo, chosen, new BarListener(bar, terminal()), cancellation)) {
      if (target != null) {
        services.write(encoded.image(), target);
        terminal().result(target + ": every size, of " + photo.name());
      }
      if (picture != null) {
        new PictureWriter(terminal(), bundle, device, false)
            .write(encoded, frame, picture, cancellation);
      }
    }
  }

  /** The square in the pixels that were read: of a very large photo these are fewer. */
  private Recipe.Photo chosen(Photo photo) {
    int step = photo.reduction();
    var asked = square;
    if (asked == null) {
      int side = Math.min(photo.width(), photo.height());
      return photo.square((photo.height() - side) / 2, (photo.width() - side) / 2, side);
    }
    int top = asked.top() / step;
    int left = asked.left() / step;
    int side = asked.side() / step;
    if (asked.top() < 0
        || asked.left() < 0
        || side < 1
        || side > photo.height() - top
        || side > photo.width() - left) {
      throw new Problem(
          NumberText.format(
              "The square %d,%d,%d does not lie in the photo, which has %d rows and %d columns.",
              asked.top(),
              asked.left(),
              asked.side(),
              photo.height() * step,
              photo.width() * step));
    }
    return photo.square(top, left, side);
  }
}
