package org.infd.inference.export;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CancellationException;
import org.infd.inference.NumberText;
import org.infd.inference.Problem;
import org.infd.inference.field.FieldRenderer;
import org.infd.inference.runtime.Cancellation;

/**
 * Writes pictures to files: rendered band by band, never whole in memory, with metadata, and under
 * the final name only when complete ({@link AtomicFile}).
 */
public final class PictureExport {
  /** A good eye does not see what this leaves out. */
  public static final float USUAL_QUALITY = 0.92f;

  private PictureExport() {}

  /**
   * How pixels become bytes.
   *
   * @param quality 0 (smallest) to 1 (best), for formats with loss
   */
  public record Encoding(PictureFormat format, float quality) {
    /** Checks the quality. */
    public Encoding {
      if (!(quality >= 0 && quality <= 1)) {
        throw new IllegalArgumentException("quality " + quality);
      }
    }

    /** A format with its usual quality. */
    public static Encoding of(PictureFormat format) {
      return new Encoding(format, USUAL_QUALITY);
    }
  }

  /**
   * Renders and writes a picture. Blocks until it is on the disk. A PNG of ours that is replaced
   * leaves the chunks that others added to it.
   *
   * @param target the file to make or to replace
   * @param renderer gives the colours, tile by tile
   * @param frame which pixels of which image
   * @param text what the file says of itself, as far as the format can hold it
   * @param cancellation stops between tiles and, as far as the renderer heeds it, within one
   * @throws Problem if the format cannot hold the picture, or the file cannot be written; nothing
   *     is left of it
   * @throws CancellationException if it was asked for; nothing is left of it
   */
  public static void write(
      Path target,
      Encoding encoding,
      FieldRenderer renderer,
      Frame frame,
      PngText text,
      PngExport.Progress progress,
      Cancellation cancellation) {
    write(target, encoding, renderer, frame, text, progress, cancellation, AtomicFile.Disk.REAL);
  }

  static void write(
      Path target,
      Encoding encoding,
      FieldRenderer renderer,
      Frame frame,
      PngText text,
      PngExport.Progress progress,
      Cancellation cancellation,
      AtomicFile.Disk disk) {
    requireFits(encoding.format(), frame, text);
    var kept =
        encoding.format() == PictureFormat.PNG ? PngChunks.toKeep(target, text) : new byte[0];
    try (var file = AtomicFile.open(target, disk)) {
      write(file, layout(encoding, frame, text, kept), renderer, progress, cancellation);
      cancellation.throwIfCancelled();
      file.commit();
    } catch (IOException e) {
      throw AtomicFile.explain(target, e);
    }
  }

  private static void write(
      AtomicFile file,
      PictureLayout.OfFile layout,
      FieldRenderer renderer,
      PngExport.Progress progress,
      Cancellation cancellation)
      throws IOException {
    var written = new PieceTable(layout.plan().count());
    var head = layout.head();
    file.stream().write(head);
    new PiecePipeline(layout, renderer, null, progress)
        .run(
            0,
            (tile, piece) -> {
              file.stream().write(piece.bytes());
              written.add(piece.bytes().length, piece.sum());
            },
            cancellation);
    file.stream().write(layout.tail(written, head.length + written.bytes()));
  }

  /**
   * Makes sure that a format can hold a picture.
   *
   * @throws Problem if it cannot
   */
  public static void requireFits(PictureFormat format, Frame frame, PngText text) {
    var size = frame.rectangle();
    if (Math.max(size.height(), size.width()) > format.largestSide()) {
      throw new Problem(
          NumberText.format(
              "%s holds at most %d pixels a side, and this picture has %d. Choose PNG.",
              format.title(), format.largestSide(), Math.max(size.height(), size.width())));
    }
    if (format == PictureFormat.TIFF) {
      TiffFile.requireFits(size.height(), size.width(), text);
    }
  }

  private static PictureLayout.OfFile layout(
      Encoding encoding, Frame frame, PngText text, byte[] kept) throws IOException {
    return switch (encoding.format()) {
      case PNG -> new PngLayout(frame, text, kept);
      case JPEG -> new JpegLayout(frame, encoding.quality(), text);
      case TIFF -> new StripTiffLayout(frame, text);
    };
  }
}
