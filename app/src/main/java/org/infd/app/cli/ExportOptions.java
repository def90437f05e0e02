package org.infd.app.cli;

import java.nio.file.Path;
import java.util.Locale;
import org.infd.inference.Problem;
import org.infd.inference.export.ExportFormat;
import org.infd.inference.export.ExportSettings;
import org.infd.inference.export.Frame;
import org.infd.inference.export.PictureExport;
import org.infd.inference.export.PictureFormat;
import org.infd.inference.export.Spot;
import org.infd.inference.export.ViewerPage;
import org.infd.inference.field.FieldRenderer;
import org.infd.inference.generation.Recipe;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** As what a picture of any size is written. */
final class ExportOptions {
  @Option(
      names = "--format",
      paramLabel = "png|jpeg|tiff|bigtiff|dzi|iiif",
      description =
          "What to write (default: by the ending of --out). dzi (Deep Zoom) and iiif are folders of"
              + " tiles, bigtiff is one file of tiles; these hold all smaller sizes too.")
  private @Nullable ExportFormat format;

  @Option(
      names = "--tiles",
      paramLabel = "jpeg|png",
      description =
          "How tiles are compressed; png means without loss (default: jpeg for folders, png for"
              + " bigtiff).")
  private @Nullable String tiles;

  @Option(
      names = "--quality",
      paramLabel = "Q",
      description = "Of everything that is JPEG, 1 to 100 (default: 92).")
  private @Nullable Integer quality;

  @Option(
      names = "--page",
      description =
          "Put an index.html into the folder that shows the picture in any browser, without a"
              + " server.")
  private boolean page;

  @Option(
      names = "--title",
      paramLabel = "TEXT",
      description = "What the page says of the picture (default: the name of the file).")
  private @Nullable String title;

  @Option(
      names = "--spot",
      paramLabel = "ROW,COLUMN",
      converter = PlaceConverter.class,
      description =
          "Let the page go deeper around this place, in fractions of the picture, with no more"
              + " tiles than a screen shows. For --format dzi with --page; with --dive what is"
              + " deeper is invented.")
  private PlaceConverter.@Nullable Place spot;

  @Option(
      names = "--spot-size",
      paramLabel = "N",
      description =
          "How deep: until the whole image would have up to N pixels a side (default: 64 times as"
              + " many as the picture's, up to 1048576).")
  private @Nullable Integer spotSize;

  @Option(
      names = "--base-url",
      paramLabel = "URL",
      description = "Where an iiif folder will be found on the web, which it must say itself.")
  private @Nullable String address;

  @Option(
      names = "--subifd",
      description =
          "Make the smaller sizes of a bigtiff children of its first directory, as OME programs"
              + " want them, instead of a chain.")
  private boolean children;

  @Option(
      names = "--restart",
      description = "Begin anew, whatever an interrupted export of this name has left.")
  private boolean restart;

  /** Whether what was interrupted is to be thrown away. */
  boolean isRestart() {
    return restart;
  }

  /**
   * What is asked for.
   *
   * @param out the file or folder
   * @param frame the picture
   * @param recipe how the picture was made
   * @throws Problem if it makes no sense
   */
  ExportSettings settings(Path out, Frame frame, Recipe recipe) {
    var chosen = format(out);
    requireSense(chosen);
    var usual = ExportSettings.of(chosen);
    var name = out.toAbsolutePath().normalize().getFileName();
    return new ExportSettings(
        chosen,
        quality == null ? PictureExport.USUAL_QUALITY : quality / 100f,
        tiles == null ? usual.tiles() : tiles(),
        children,
        page
            ? new ViewerPage(
                title == null ? String.valueOf(name) : title, recipe.prompt(), spot(frame))
            : null,
        address == null ? (chosen == ExportFormat.IIIF ? String.valueOf(name) : "") : address);
  }

  private @Nullable Spot spot(Frame frame) {
    if (spot == null) {
      return null;
    }
    long largest =
        spotSize != null ? spotSize : Math.min(64L * frame.imageSide(), FieldRenderer.LARGEST_SIDE);
    return Spot.upTo(frame, spot.row(), spot.column(), largest);
  }

  private ExportFormat format(Path out) {
    if (out.toString().isEmpty()) {
      throw new Problem("--out is empty. Name the picture: --out FILE.png.");
    }
    var named = ExportFormat.of(out);
    if (format == null) {
      return named.orElseThrow(
          () ->
              new Problem(
                  "'"
                      + out
                      + "' has no ending that names a picture format. Pictures are written as .png,"
                      + " .jpg and .tif; or say --format, for example --format dzi for a folder."));
    }
    var kind = format == ExportFormat.BIGTIFF ? ExportFormat.TIFF : format;
    if (named.isPresent() && named.get() != kind) {
      throw new Problem(
          "'"
              + out
              + "' is the name of a "
              + named.get().title()
              + ", and --format asks for "
              + format.title()
              + ". Name it otherwise, or leave out --format.");
    }
    return format;
  }

  /**
   * Says what is wrong with the options before any work.
   *
   * @throws Problem if something is
   */
  void requireSense(Path out) {
    requireSense(format(out));
    if (tiles != null) {
      tiles();
    }
  }

  private void requireSense(ExportFormat chosen) {
    if (quality != null && (quality < 1 || quality > 100)) {
      throw new Problem("--quality is between 1 and 100, not " + quality + ".");
    }
    if (!chosen.isFolder() && (page || title != null)) {
      throw new Problem(
          "A page belongs to a folder of tiles. Say --format dzi, or leave out --page and"
              + " --title.");
    }
    if (title != null && !page) {
      throw new Problem("--title is what the page says. Say --page too.");
    }
    if (spot != null && !(page && chosen == ExportFormat.DZI)) {
      throw new Problem("--spot is for a page of tiles. Say --format dzi and --page too.");
    }
    if (spotSize != null && spot == null) {
      throw new Problem("--spot-size says how deep a spot goes. Say --spot too.");
    }
    if (address != null && chosen != ExportFormat.IIIF) {
      throw new Problem("--base-url is for --format iiif.");
    }
    if (children && chosen != ExportFormat.BIGTIFF) {
      throw new Problem("--subifd is for --format bigtiff.");
    }
    if (tiles != null && !chosen.isFolder() && chosen != ExportFormat.BIGTIFF) {
      throw new Problem("--tiles is for --format dzi, iiif and bigtiff.");
    }
  }

  private PictureFormat tiles() {
    return switch (String.valueOf(tiles).toLowerCase(Locale.ROOT)) {
      case "jpeg", "jpg" -> PictureFormat.JPEG;
      case "png" -> PictureFormat.PNG;
      default -> throw new Problem("--tiles is jpeg or png, not " + tiles + ".");
    };
  }
}
