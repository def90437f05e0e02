package org.infd.inference.export;

import java.nio.file.Path;
import java.util.concurrent.CancellationException;
import org.infd.inference.Problem;
import org.infd.inference.field.FieldRenderer;
import org.infd.inference.runtime.Cancellation;

/**
 * Writes pictures of any size as 8-bit RGB PNG. Only a few bands of rows exist at a time, one being
 * rendered while others are being compressed. The file appears when it is whole ({@link
 * AtomicFile}).
 */
public final class PngExport {
  private PngExport() {}

  /** Told from the rendering thread how far an export is. */
  @FunctionalInterface
  public interface Progress {
    /** Tells nobody. */
    Progress NONE = (done, total) -> {};

    /**
     * Called at the beginning and after each tile.
     *
     * @param done pixels rendered
     * @param total pixels of the picture
     */
    void pixels(long done, long total);
  }

  /**
   * Renders and writes a picture. Blocks until it is on the disk.
   *
   * @param target the file to make or to replace
   * @param renderer gives the colours, tile by tile
   * @param frame which pixels of which image
   * @param text what the file says of itself
   * @param cancellation stops between tiles and, as far as the renderer heeds it, within one
   * @throws Problem if the file cannot be written; nothing is left of it
   * @throws CancellationException if it was asked for; nothing is left of it
   */
  public static void write(
      Path target,
      FieldRenderer renderer,
      Frame frame,
      PngText text,
      Progress progress,
      Cancellation cancellation) {
    write(target, renderer, frame, text, progress, cancellation, AtomicFile.Disk.REAL);
  }

  static void write(
      Path target,
      FieldRenderer renderer,
      Frame frame,
      PngText text,
      Progress progress,
      Cancellation cancellation,
      AtomicFile.Disk disk) {
    PictureExport.write(
        target,
        PictureExport.Encoding.of(PictureFormat.PNG),
        renderer,
        frame,
        text,
        progress,
        cancellation,
        disk);
  }
}
