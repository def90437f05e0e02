package org.infd.inference.photo;

import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The mean colour of each block of 8 × 8 pixels of a JPEG, from its DC coefficients alone (ITU-T
 * T.81, F.2.2.1 and G.1.2.1): a picture of an eighth of the rows and columns, for files of which
 * the whole would take too much memory or time. Scans that hold nothing of it are passed over.
 */
final class JpegMeans {
  private static final int SIDE = JpegFrame.SIDE;
  private static final int BLOCK = SIDE * SIDE;
  private static final int MIDDLE = 128;

  private final JpegFrame frame;
  private final Watch watch;
  private final List<Plane> planes = new ArrayList<>();

  private JpegMeans(JpegFrame frame, Watch watch) {
    this.frame = frame;
    this.watch = watch;
    int mcusAcross = Math.ceilDiv(frame.width(), SIDE * frame.mostAcross());
    int mcusDown = Math.ceilDiv(frame.height(), SIDE * frame.mostDown());
    for (var component : frame.components()) {
      planes.add(new Plane(component, mcusAcross, mcusDown));
    }
  }

  /**
   * Reads the means. Where the file ends or is damaged, what is there counts; the watch knows how
   * much that is.
   *
   * @return ⌈width / 8⌉ × ⌈height / 8⌉ pixels, in the colours of the file: grey or RGB
   */
  static BufferedImage read(byte[] file, JpegFrame frame, Watch watch) {
    return of(file, frame, watch).picture();
  }

  /**
   * The same of a file of four inks.
   *
   * @return four samples for each of ⌈width / 8⌉ × ⌈height / 8⌉ pixels, as they are stored
   */
  static WritableRaster inks(byte[] file, JpegFrame frame, Watch watch) {
    var means = of(file, frame, watch);
    var raster =
        Raster.createInterleavedRaster(
            DataBuffer.TYPE_BYTE,
            Math.ceilDiv(frame.width(), SIDE),
            Math.ceilDiv(frame.height(), SIDE),
            frame.components().size(),
            null);
    means.fill(raster, samples -> {});
    return raster;
  }

  private static JpegMeans of(byte[] file, JpegFrame frame, Watch watch) {
    var means = new JpegMeans(frame, watch);
    try {
      JpegScans.read(file, frame, means::scan);
      watch.at(100);
    } catch (JpegBits.EndOfScan e) {
      watch.endOfFile();
    }
    return means;
  }

  /** The DC coefficients of a component, before quantisation is undone. */
  private static final class Plane {
    /** Blocks in a row of whole MCUs. */
    final int stride;

    final short[] values;
    int previous;
    int step = 1;

    Plane(JpegFrame.Component component, int mcusAcross, int mcusDown) {
      stride = mcusAcross * component.across();
      values = new short[stride * mcusDown * component.down()];
    }

    int sample(int row, int column) {
      return Math.clamp(
          Math.round((float) values[row * stride + column] * step / SIDE) + MIDDLE, 0, 255);
    }
  }

  private void scan(JpegScans.Scan scan, JpegBits bits) {
    if (scan.first() != 0 || scan.parts().isEmpty()) {
      return;
    }
    for (var part : scan.parts()) {
      planes.get(part.index()).step = part.steps()[0];
    }
    JpegScans.forEach(
        frame,
        scan,
        bits,
        new JpegScans.Blocks() {
          @Override
          public void block(JpegScans.Part part, int row, int column) {
            var plane = planes.get(part.index());
            readBlock(scan, part, plane, row * plane.stride + column, bits);
          }

          @Override
          public void restarted(int restarts) {
            planes.forEach(plane -> plane.previous = 0);
            if (restarts > 0) {
              bits.leave();
              bits.passRestart();
            }
          }

          @Override
          public void rowDone(int row, int rows) {
            watch.check();
            // the first scan of the DC coefficients decides how much is there
            watch.at(scan.high() == 0 ? 100.0 * (row + 1) / rows : 0);
          }
        });
  }

  private void readBlock(
      JpegScans.Scan scan, JpegScans.Part part, Plane plane, int at, JpegBits bits) {
    if (scan.high() > 0) {
      plane.values[at] |= (short) (bits.number(1) << scan.low());
      return;
    }
    plane.previous += bits.signed(Math.min(bits.symbol(part.dc()), JpegCode.LONGEST));
    plane.values[at] = (short) (plane.previous << scan.low());
    if (frame.process() < JpegFrame.PROGRESSIVE) {
      passDetail(part.ac(), bits);
    }
  }

  /** Reads over the other 63 coefficients of a block of a sequential JPEG. */
  private static void passDetail(@Nullable JpegCode code, JpegBits bits) {
    for (int k = 1; k < BLOCK; k++) {
      int symbol = bits.symbol(code);
      int size = symbol & 0xF;
      int zeros = symbol >> 4;
      if (size == 0 && zeros < 15) {
        return;
      }
      k += zeros;
      bits.number(size);
    }
  }

  private BufferedImage picture() {
    boolean grey = planes.size() == 1;
    var picture =
        new BufferedImage(
            Math.ceilDiv(frame.width(), SIDE),
            Math.ceilDiv(frame.height(), SIDE),
            grey ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_3BYTE_BGR);
    fill(picture.getRaster(), grey || frame.isRgb() ? samples -> {} : JpegMeans::toRgb);
    return picture;
  }

  private void fill(WritableRaster raster, Consumer<int[]> colours) {
    int mostAcross = frame.mostAcross();
    int mostDown = frame.mostDown();
    var samples = new int[planes.size()];
    for (int row = 0; row < raster.getHeight(); row++) {
      watch.check();
      for (int column = 0; column < raster.getWidth(); column++) {
        for (int i = 0; i < samples.length; i++) {
          var component = frame.components().get(i);
          samples[i] =
              planes
                  .get(i)
                  .sample(
                      row * component.down() / mostDown, column * component.across() / mostAcross);
        }
        colours.accept(samples);
        raster.setPixel(column, row, samples);
      }
    }
  }

  /** From YCbCr (ITU-T T.871, 7). */
  private static void toRgb(int[] samples) {
    double y = samples[0];
    double cb = samples[1] - MIDDLE;
    double cr = samples[2] - MIDDLE;
    samples[0] = shown(y + 1.402 * cr);
    samples[1] = shown(y - 0.344136 * cb - 0.714136 * cr);
    samples[2] = shown(y + 1.772 * cb);
  }

  private static int shown(double value) {
    return Math.clamp(Math.round(value), 0, 255);
  }
}
