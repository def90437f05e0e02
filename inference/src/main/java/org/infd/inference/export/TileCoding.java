package org.infd.inference.export;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.infd.inference.field.Rectangle;

/**
 * How a tile becomes a file of its own.
 *
 * @param format JPEG for pages, PNG for truth
 * @param quality of JPEG, 0 (smallest) to 1 (best)
 */
record TileCoding(PictureFormat format, float quality) {
  /** The ending of its files, without a dot. */
  String ending() {
    return format == PictureFormat.JPEG ? "jpg" : "png";
  }

  /**
   * A whole file.
   *
   * @param rgb rows × columns × RGB
   */
  byte[] encode(byte[] rgb, int height, int width) throws IOException {
    if (format == PictureFormat.JPEG) {
      return JpegCoder.encode(rgb, height, width, quality);
    }
    var frame = Frame.alone(height, width);
    var layout = new PngLayout(frame, PngText.NONE, new byte[0]);
    var table = new PieceTable(layout.plan().count());
    var bytes = new ByteArrayOutputStream();
    bytes.writeBytes(layout.head());
    for (int i = 0; i < layout.plan().count(); i++) {
      var tile = layout.plan().tile(i);
      var piece = layout.encode(tile, rows(rgb, tile.area()));
      table.add(piece.bytes().length, piece.sum());
      bytes.writeBytes(piece.bytes());
    }
    bytes.writeBytes(layout.tail(table, bytes.size()));
    return bytes.toByteArray();
  }

  private static byte[] rows(byte[] rgb, Rectangle area) {
    int stride = area.width() * 3;
    return java.util.Arrays.copyOfRange(rgb, area.row() * stride, area.rowEnd() * stride);
  }
}
