package org.infd.inference.export;

import java.awt.Image;
import java.awt.Point;
import java.awt.Rectangle;
import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.PixelInterleavedSampleModel;
import java.awt.image.Raster;
import java.awt.image.RenderedImage;
import java.awt.image.SampleModel;
import java.awt.image.WritableRaster;
import java.util.Vector;
import org.jspecify.annotations.Nullable;

/**
 * An 8-bit RGB picture of which only one band of rows exists at a time: a writer that goes through
 * the rows once, downwards, sees an ordinary image. For one thread.
 */
class BandedImage implements RenderedImage {
  /** Gives the bands, each once, from the top. */
  @FunctionalInterface
  interface Bands {
    /** The pixels of the next band: rows × width × RGB. */
    byte[] next();
  }

  private static final int CHANNELS = 3;

  private final int height;
  private final int width;
  private final int bandRows;
  private final Bands bands;
  private final ColorModel colours =
      new ComponentColorModel(
          ColorSpace.getInstance(ColorSpace.CS_sRGB),
          false,
          false,
          Transparency.OPAQUE,
          DataBuffer.TYPE_BYTE);
  private int bandIndex = -1;
  private @Nullable Raster band;

  BandedImage(int height, int width, int bandRows, Bands bands) {
    this.height = height;
    this.width = width;
    this.bandRows = bandRows;
    this.bands = bands;
  }

  /** A view of the band that holds the rectangle; it must not cross bands. */
  @Override
  public Raster getData(Rectangle rectangle) {
    int wanted = rectangle.y / bandRows;
    while (band == null || bandIndex < wanted) {
      bandIndex++;
      band = raster(bands.next(), bandIndex * bandRows);
    }
    if (bandIndex != wanted || rectangle.y + rectangle.height > rowEnd(wanted)) {
      throw new IllegalStateException("rows out of order: " + rectangle + ", band " + bandIndex);
    }
    return band.createChild(
        rectangle.x,
        rectangle.y,
        rectangle.width,
        rectangle.height,
        rectangle.x,
        rectangle.y,
        null);
  }

  /** The same picture for writers that know only of pictures of one tile. */
  RenderedImage asOneTile() {
    return new BandedImage(height, width, height, bands) {
      @Override
      public Raster getTile(int column, int row) {
        return new OneTile(BandedImage.this, model(1));
      }
    };
  }

  private int rowEnd(int index) {
    return (int) Math.min(height, (index + 1L) * bandRows);
  }

  private Raster raster(byte[] pixels, int firstRow) {
    return Raster.createRaster(
        model(pixels.length / (width * CHANNELS)),
        new DataBufferByte(pixels, pixels.length),
        new Point(0, firstRow));
  }

  private SampleModel model(int rows) {
    return new PixelInterleavedSampleModel(
        DataBuffer.TYPE_BYTE, width, rows, CHANNELS, width * CHANNELS, new int[] {0, 1, 2});
  }

  @Override
  public ColorModel getColorModel() {
    return colours;
  }

  @Override
  public SampleModel getSampleModel() {
    return model(bandRows);
  }

  @Override
  public int getWidth() {
    return width;
  }

  @Override
  public int getHeight() {
    return height;
  }

  @Override
  public int getMinX() {
    return 0;
  }

  @Override
  public int getMinY() {
    return 0;
  }

  @Override
  public int getNumXTiles() {
    return 1;
  }

  @Override
  public int getNumYTiles() {
    return Math.ceilDiv(height, bandRows);
  }

  @Override
  public int getMinTileX() {
    return 0;
  }

  @Override
  public int getMinTileY() {
    return 0;
  }

  @Override
  public int getTileWidth() {
    return width;
  }

  @Override
  public int getTileHeight() {
    return bandRows;
  }

  @Override
  public int getTileGridXOffset() {
    return 0;
  }

  @Override
  public int getTileGridYOffset() {
    return 0;
  }

  @Override
  public Raster getTile(int column, int row) {
    int first = row * bandRows;
    return getData(new Rectangle(0, first, width, rowEnd(row) - first));
  }

  @Override
  public Raster getData() {
    throw new UnsupportedOperationException("the whole picture never exists");
  }

  @Override
  public WritableRaster copyData(@Nullable WritableRaster raster) {
    throw new UnsupportedOperationException("the whole picture never exists");
  }

  @Override
  @SuppressWarnings("JdkObsolete") // the interface is older than lists
  public @Nullable Vector<RenderedImage> getSources() {
    return null;
  }

  @Override
  public Object getProperty(String name) {
    return Image.UndefinedProperty;
  }

  @Override
  public String @Nullable [] getPropertyNames() {
    return null;
  }
}
