package org.infd.inference.photo;

import com.twelvemonkeys.imageio.metadata.tiff.TIFF;
import com.twelvemonkeys.imageio.plugins.tiff.TIFFImageMetadata;
import java.awt.Point;
import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;

/**
 * Reads a damaged TIFF strip by strip or tile by tile (TIFF 6.0, sections 3 and 15): those that are
 * sound are there, whatever became of others.
 */
final class TiffPieces {
  private final ImageReader reader;
  private final ImageTypeSpecifier type;
  private final Watch watch;
  private final List<Rectangle> missing = new ArrayList<>();

  TiffPieces(ImageReader reader, ImageTypeSpecifier type, Watch watch) {
    this.reader = reader;
    this.type = type;
    this.watch = watch;
  }

  /**
   * Reads what can be read.
   *
   * @param into the whole picture
   * @throws IOException if nothing can be read
   */
  void read(BufferedImage into) throws IOException {
    int width = into.getWidth();
    int height = into.getHeight();
    var metadata = (TIFFImageMetadata) reader.getImageMetadata(0);
    int across =
        Math.clamp(TiffFields.number(metadata, TIFF.TAG_TILE_WIDTH).orElse(width), 1, width);
    int strip = TiffFields.number(metadata, TIFF.TAG_ROWS_PER_STRIP).orElse(height);
    int rows = TiffFields.number(metadata, TIFF.TAG_TILE_HEIGTH).orElse(strip);
    int down = Math.clamp(rows, 1, height);
    for (int y = 0; y < height; y += down) {
      for (int x = 0; x < width; x += across) {
        watch.check();
        read(new Rectangle(x, y, Math.min(across, width - x), Math.min(down, height - y)), into);
      }
    }
    if (part(width, height) <= 0) {
      throw new IOException("no piece of it can be read");
    }
  }

  private void read(Rectangle piece, BufferedImage into) {
    var found = type.createBufferedImage(piece.width, piece.height);
    if (readInto(piece, found)) {
      copy(piece, found, piece.height, into);
      return;
    }
    // rows that are the same over two grounds were written
    var again = type.createBufferedImage(piece.width, piece.height);
    fill(again.getRaster().getDataBuffer());
    readInto(piece, again);
    int there = 0;
    while (there < piece.height && isSame(there, found, again)) {
      there++;
    }
    copy(piece, found, there, into);
    missing.add(new Rectangle(piece.x, piece.y + there, piece.width, piece.height - there));
  }

  private boolean readInto(Rectangle piece, BufferedImage target) {
    var settings = reader.getDefaultReadParam();
    settings.setSourceRegion(piece);
    settings.setDestination(target);
    settings.setDestinationOffset(new Point(0, 0));
    try {
      reader.read(0, settings);
      return true;
    } catch (CancellationException | Watch.TimeOver e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      watch.check();
      return false;
    }
  }

  private static void fill(DataBuffer buffer) {
    for (int bank = 0; bank < buffer.getNumBanks(); bank++) {
      for (int i = 0; i < buffer.getSize(); i++) {
        buffer.setElem(bank, i, -1);
      }
    }
  }

  private static boolean isSame(int row, BufferedImage one, BufferedImage other) {
    int width = one.getWidth();
    return Arrays.equals(
        one.getRaster().getPixels(0, row, width, 1, (double[]) null),
        other.getRaster().getPixels(0, row, width, 1, (double[]) null));
  }

  private static void copy(Rectangle piece, BufferedImage from, int rows, BufferedImage into) {
    if (rows > 0) {
      into.getRaster()
          .setRect(
              piece.x, piece.y, from.getRaster().createChild(0, 0, piece.width, rows, 0, 0, null));
    }
  }

  /** The part of the picture that is there, 0 to 1. */
  double part(int width, int height) {
    long gone = missing.stream().mapToLong(piece -> (long) piece.width * piece.height).sum();
    return 1 - (double) gone / ((double) width * height);
  }

  /** Gives the pixels that are missing one colour. */
  void leave(int[] rgb, int width, int colour) {
    for (var piece : missing) {
      for (int y = piece.y; y < piece.y + piece.height; y++) {
        Arrays.fill(rgb, y * width + piece.x, y * width + piece.x + piece.width, colour);
      }
    }
  }
}
