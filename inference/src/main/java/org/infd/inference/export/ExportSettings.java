package org.infd.inference.export;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.infd.inference.NumberText;
import org.infd.inference.Problem;
import org.jspecify.annotations.Nullable;

/**
 * How a picture becomes a file or a folder.
 *
 * @param quality of everything that is JPEG, 0 (smallest) to 1 (best)
 * @param tiles JPEG or PNG for the tiles of a folder; JPEG or, as PNG, without loss for those of a
 *     BigTIFF
 * @param children whether the smaller sizes of a BigTIFF are children of its first directory
 * @param page the page that shows a folder of tiles, or null for none
 * @param address where an IIIF folder will be found on the web
 */
public record ExportSettings(
    ExportFormat format,
    float quality,
    PictureFormat tiles,
    boolean children,
    @Nullable ViewerPage page,
    String address) {
  /** The largest TIFF with offsets of four bytes, less what stands before the pixels. */
  private static final long SMALL_TIFF = 0xFFFF_FFFFL - (1 << 24);

  /** File systems of desktops grow slow beyond some hundred thousand files in a folder. */
  private static final int MANY_FILES = 200_000;

  /** Checks the quality and what tiles can be. */
  public ExportSettings {
    if (!(quality >= 0 && quality <= 1) || tiles == PictureFormat.TIFF) {
      throw new IllegalArgumentException(quality + ", " + tiles);
    }
  }

  /**
   * The format with everything as usual: pages of JPEG, TIFF without loss, quality {@link
   * PictureExport#USUAL_QUALITY}.
   */
  public static ExportSettings of(ExportFormat format) {
    return new ExportSettings(
        format,
        PictureExport.USUAL_QUALITY,
        format == ExportFormat.BIGTIFF ? PictureFormat.PNG : PictureFormat.JPEG,
        false,
        null,
        "");
  }

  /** The same where a file of TIFF would be too large for its small kind. */
  private ExportFormat formatFor(Frame frame) {
    return format == ExportFormat.TIFF && frame.pixels() * 3 > SMALL_TIFF
        ? ExportFormat.BIGTIFF
        : format;
  }

  /**
   * The picture's pieces and bytes.
   *
   * @param target the file or folder, which names the description of a Deep Zoom picture
   * @param text what the picture says of itself
   * @throws Problem if the format cannot hold the picture
   */
  public PictureLayout layout(Frame frame, Path target, PngText text) {
    try {
      var kept = format == ExportFormat.PNG ? PngChunks.toKeep(target, text) : new byte[0];
      return layout(frame, name(target), text, kept);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The pieces that a picture is cut into.
   *
   * @throws Problem if the format cannot hold the picture
   */
  public PyramidPlan plan(Frame frame) {
    try {
      return layout(frame, "picture", PngText.NONE, new byte[0]).plan();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private PictureLayout layout(Frame frame, String name, PngText text, byte[] kept)
      throws IOException {
    requireFits(frame);
    var coding = new TileCoding(tiles, quality);
    return switch (formatFor(frame)) {
      case PNG -> new PngLayout(frame, text, kept);
      case JPEG -> new JpegLayout(frame, quality, text);
      case TIFF -> new StripTiffLayout(frame, text);
      case BIGTIFF ->
          new BigTiffLayout(
              frame,
              tiles == PictureFormat.JPEG && format == ExportFormat.BIGTIFF
                  ? BigTiffLayout.Compression.JPEG
                  : BigTiffLayout.Compression.DEFLATE,
              quality,
              children,
              text);
      case DZI -> new DeepZoomLayout(frame, name, coding, text, page);
      case IIIF -> new IiifLayout(frame, coding, address, text, page);
    };
  }

  private static String name(Path target) {
    var file = target.toAbsolutePath().normalize().getFileName();
    return file == null ? "picture" : file.toString();
  }

  /**
   * Makes sure that the format can hold a picture.
   *
   * @throws Problem if it cannot
   */
  public void requireFits(Frame frame) {
    var size = frame.rectangle();
    int largest = Math.max(size.height(), size.width());
    if (format == ExportFormat.JPEG && largest > PictureFormat.JPEG.largestSide()) {
      throw new Problem(
          NumberText.format(
              "JPEG holds at most %d pixels a side, and this picture has %d. Choose PNG,"
                  + " BigTIFF or Deep Zoom.",
              PictureFormat.JPEG.largestSide(), largest));
    }
  }

  /**
   * What is good to know before such an export is begun.
   *
   * @return sentences, none if there is nothing
   */
  public List<String> advice(Frame frame, PyramidPlan plan) {
    var advice = new ArrayList<String>();
    if (format.isFolder() && plan.count() > MANY_FILES) {
      advice.add(
          NumberText.format(
              "These are %d files; many disks are slow with so many. BigTIFF makes one file of the"
                  + " same tiles.",
              plan.count()));
    }
    var size = frame.rectangle();
    if (format == ExportFormat.JPEG
        && Math.max(size.height(), size.width()) > JpegCoder.LARGEST_SIDE) {
      advice.add(
          NumberText.format(
              "Most programs open JPEG files of at most %d pixels a side.",
              JpegCoder.LARGEST_SIDE));
    }
    if (format == ExportFormat.TIFF && formatFor(frame) == ExportFormat.BIGTIFF) {
      advice.add("Beyond 4 GB a TIFF is written as BigTIFF, in tiles, with its smaller sizes.");
    }
    return advice;
  }

  /** All that decides about the bytes beside the pixels, in words. */
  public String inWords() {
    var words = new StringBuilder(format.title());
    switch (format) {
      case PNG, TIFF -> {}
      case JPEG -> words.append(" quality ").append(quality);
      case BIGTIFF, DZI, IIIF -> {
        words.append(" tiles ").append(tiles.title());
        if (tiles == PictureFormat.JPEG) {
          words.append(" quality ").append(quality);
        }
        words.append(children ? " children" : "").append(address.isEmpty() ? "" : " " + address);
        if (page != null && page.spot() != null) {
          words.append(" deeper at ").append(page.spot());
        }
      }
    }
    return words.toString();
  }
}
