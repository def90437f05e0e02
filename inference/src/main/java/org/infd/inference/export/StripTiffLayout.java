package org.infd.inference.export;

/**
 * Baseline TIFF, not compressed, up to 4 GB: every place in the file is known before the pixels.
 */
final class StripTiffLayout implements PictureLayout.OfFile {
  private final PyramidPlan plan;
  private final byte[] head;

  StripTiffLayout(Frame frame, PngText text) {
    var size = frame.rectangle();
    TiffFile.requireFits(size.height(), size.width(), text);
    plan = PyramidPlan.bands(frame, PngLayout.bandRows(size.width()));
    head = TiffFile.head(size.height(), size.width(), text);
  }

  @Override
  public PyramidPlan plan() {
    return plan;
  }

  @Override
  public byte[] head() {
    return head;
  }

  @Override
  public Encoded encode(PyramidPlan.Tile tile, byte[] rgb) {
    return new Encoded(rgb, 0);
  }

  @Override
  public byte[] tail(Written written, long at) {
    return new byte[0];
  }
}
