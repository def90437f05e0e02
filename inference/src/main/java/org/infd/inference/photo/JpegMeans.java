package org.infd.inference.photo;

import java.awt.image.BufferedImage;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
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
  private static final int LONGEST_CODE = 16;

  private final ByteBuffer bytes;
  private final JpegFrame frame;
  private final Watch watch;
  private final List<Plane> planes = new ArrayList<>();
  private final int[] quantisation = {1, 1, 1, 1};
  private final @Nullable Code[] dcCodes = new Code[4];
  private final @Nullable Code[] acCodes = new Code[4];
  private int restartInterval;
  private int bitBuffer;
  private int bitCount;

  private JpegMeans(byte[] file, JpegFrame frame, Watch watch) {
    bytes = ByteBuffer.wrap(file);
    this.frame = frame;
    this.watch = watch;
    int mcusAcross = Math.ceilDiv(frame.width(), SIDE * frame.mostAcross());
    int mcusDown = Math.ceilDiv(frame.height(), SIDE * frame.mostDown());
    for (var component : frame.components()) {
      planes.add(new Plane(component, mcusAcross, mcusDown, frame));
    }
  }

  /**
   * Reads the means. Where the file ends or is damaged, what is there counts; the watch knows how
   * much that is.
   *
   * @return ⌈width / 8⌉ × ⌈height / 8⌉ pixels, in the colours of the file: grey or RGB
   */
  static BufferedImage read(byte[] file, JpegFrame frame, Watch watch) {
    var means = new JpegMeans(file, frame, watch);
    try {
      means.readScans();
      watch.at(100);
    } catch (EndOfScan
        | BufferUnderflowException
        | IllegalArgumentException
        | IndexOutOfBoundsException e) {
      watch.endOfFile();
    }
    return means.picture();
  }

  /** The data of a scan end before its blocks do. */
  private static final class EndOfScan extends RuntimeException {
    EndOfScan() {
      super("the scan ends early");
    }
  }

  /** The DC coefficients of a component, before quantisation is undone. */
  private static final class Plane {
    final JpegFrame.Component component;

    /** Blocks in a row of whole MCUs. */
    final int stride;

    /** Blocks that a scan of this component alone has. */
    final int columns;

    final int rows;
    final short[] values;
    int previous;
    int quantisation = 1;

    Plane(JpegFrame.Component component, int mcusAcross, int mcusDown, JpegFrame frame) {
      this.component = component;
      stride = mcusAcross * component.across();
      columns =
          Math.ceilDiv(Math.ceilDiv(frame.width() * component.across(), frame.mostAcross()), SIDE);
      rows = Math.ceilDiv(Math.ceilDiv(frame.height() * component.down(), frame.mostDown()), SIDE);
      values = new short[stride * mcusDown * component.down()];
    }

    int sample(int row, int column) {
      return Math.clamp(
          Math.round((float) values[row * stride + column] * quantisation / SIDE) + MIDDLE, 0, 255);
    }
  }

  /** A Huffman code, by the first and last code of each length (F.2.2.3). */
  @SuppressWarnings("ArrayRecordComponent") // made and used here alone
  private record Code(int[] last, int[] offset, int[] symbols) {
    static Code read(ByteBuffer bytes) {
      var counts = new int[LONGEST_CODE + 1];
      int total = 0;
      for (int length = 1; length <= LONGEST_CODE; length++) {
        counts[length] = bytes.get() & 0xFF;
        total += counts[length];
      }
      var symbols = new int[total];
      for (int i = 0; i < total; i++) {
        symbols[i] = bytes.get() & 0xFF;
      }
      var last = new int[LONGEST_CODE + 1];
      var offset = new int[LONGEST_CODE + 1];
      int code = 0;
      int index = 0;
      for (int length = 1; length <= LONGEST_CODE; length++) {
        offset[length] = index - code;
        code += counts[length];
        index += counts[length];
        last[length] = counts[length] == 0 ? -1 : code - 1;
        code <<= 1;
      }
      return new Code(last, offset, symbols);
    }
  }

  private void readScans() {
    while (true) {
      int marker = JpegFrame.nextMarker(bytes);
      if (marker == JpegFrame.END_OF_IMAGE) {
        return;
      }
      if (marker < 0) {
        throw new EndOfScan();
      }
      if (marker == JpegFrame.START_OF_IMAGE) {
        continue;
      }
      int end = bytes.position() + Short.toUnsignedInt(bytes.getShort(bytes.position()));
      bytes.getShort();
      switch (marker) {
        case 0xC4 -> readCodes(end);
        case 0xDB -> readQuantisation(end);
        case 0xDD -> restartInterval = Short.toUnsignedInt(bytes.getShort());
        case JpegFrame.START_OF_SCAN -> {
          readScan(end);
          continue;
        }
        default -> {}
      }
      bytes.position(end);
    }
  }

  private void readCodes(int end) {
    while (bytes.position() < end) {
      int head = bytes.get() & 0xFF;
      var codes = head >> 4 == 0 ? dcCodes : acCodes;
      codes[head & 3] = Code.read(bytes);
    }
  }

  private void readQuantisation(int end) {
    while (bytes.position() < end) {
      int head = bytes.get() & 0xFF;
      boolean wide = head >> 4 != 0;
      int start = bytes.position();
      quantisation[head & 3] =
          wide ? Short.toUnsignedInt(bytes.getShort(start)) : bytes.get(start) & 0xFF;
      bytes.position(start + (wide ? 2 : 1) * BLOCK);
    }
  }

  /** A component in a scan, with its codes. */
  private record Part(Plane plane, @Nullable Code dc, @Nullable Code ac) {}

  private void readScan(int end) {
    int count = bytes.get() & 0xFF;
    var parts = new ArrayList<Part>();
    for (int i = 0; i < count; i++) {
      int id = bytes.get() & 0xFF;
      int tables = bytes.get() & 0xFF;
      for (var plane : planes) {
        if (plane.component.id() == id) {
          plane.quantisation = quantisation[plane.component.table() & 3];
          parts.add(new Part(plane, dcCodes[tables >> 4 & 3], acCodes[tables & 3]));
        }
      }
    }
    int first = bytes.get() & 0xFF;
    bytes.get();
    int approximation = bytes.get() & 0xFF;
    bytes.position(end);
    bitCount = 0;
    if (first == 0 && !parts.isEmpty()) {
      readBlocks(parts, approximation >> 4, approximation & 0xF);
    }
  }

  private void readBlocks(List<Part> parts, int high, int low) {
    restart();
    var only = parts.size() == 1 ? parts.getFirst().plane() : null;
    int across = only != null ? only.columns : planes.getFirst().stride / across(planes.getFirst());
    int down = only != null ? only.rows : Math.ceilDiv(frame.height(), SIDE * frame.mostDown());
    int sinceRestart = 0;
    for (int row = 0; row < down; row++) {
      watch.check();
      for (int column = 0; column < across; column++) {
        if (restartInterval > 0 && sinceRestart == restartInterval) {
          passRestart();
          sinceRestart = 0;
        }
        sinceRestart++;
        for (var part : parts) {
          int wide = only != null ? 1 : part.plane().component.across();
          int tall = only != null ? 1 : part.plane().component.down();
          for (int i = 0; i < wide * tall; i++) {
            int at = (row * tall + i / wide) * part.plane().stride + column * wide + i % wide;
            readBlock(part, at, high, low);
          }
        }
      }
      // the first scan of the DC coefficients decides how much is there
      watch.at(high == 0 ? 100.0 * (row + 1) / down : 0);
    }
  }

  private static int across(Plane plane) {
    return plane.component.across();
  }

  private void readBlock(Part part, int at, int high, int low) {
    var plane = part.plane();
    if (high > 0) {
      plane.values[at] |= (short) (bit() << low);
      return;
    }
    plane.previous += difference(symbol(part.dc()));
    plane.values[at] = (short) (plane.previous << low);
    if (frame.process() < 2) {
      passDetail(part.ac());
    }
  }

  /** Reads over the other 63 coefficients of a block of a sequential JPEG. */
  private void passDetail(@Nullable Code code) {
    for (int k = 1; k < BLOCK; k++) {
      int symbol = symbol(code);
      int size = symbol & 0xF;
      int zeros = symbol >> 4;
      if (size == 0 && zeros < 15) {
        return;
      }
      k += zeros;
      bits(size);
    }
  }

  private int difference(int size) {
    if (size == 0) {
      return 0;
    }
    int value = bits(Math.min(size, LONGEST_CODE));
    return value < (1 << (size - 1)) ? value - (1 << size) + 1 : value;
  }

  private int symbol(@Nullable Code code) {
    if (code == null) {
      throw new EndOfScan();
    }
    int value = 0;
    for (int length = 1; length <= LONGEST_CODE; length++) {
      value = value << 1 | bit();
      if (value <= code.last[length]) {
        return code.symbols[code.offset[length] + value];
      }
    }
    throw new EndOfScan();
  }

  private int bits(int count) {
    int value = 0;
    for (int i = 0; i < count; i++) {
      value = value << 1 | bit();
    }
    return value;
  }

  private int bit() {
    if (bitCount == 0) {
      if (!bytes.hasRemaining()) {
        throw new EndOfScan();
      }
      bitBuffer = bytes.get() & 0xFF;
      if (bitBuffer == 0xFF) {
        if (!bytes.hasRemaining() || bytes.get(bytes.position()) != 0) {
          throw new EndOfScan();
        }
        bytes.get();
      }
      bitCount = 8;
    }
    bitCount--;
    return bitBuffer >> bitCount & 1;
  }

  private void restart() {
    bitCount = 0;
    planes.forEach(plane -> plane.previous = 0);
  }

  private void passRestart() {
    restart();
    int at = bytes.position();
    while (at + 1 < bytes.limit() && bytes.get(at) == (byte) 0xFF && bytes.get(at + 1) == -1) {
      at++;
    }
    if (at + 1 >= bytes.limit()
        || bytes.get(at) != (byte) 0xFF
        || (bytes.get(at + 1) & 0xF8) != 0xD0) {
      throw new EndOfScan();
    }
    bytes.position(at + 2);
  }

  private BufferedImage picture() {
    int width = Math.ceilDiv(frame.width(), SIDE);
    int height = Math.ceilDiv(frame.height(), SIDE);
    int mostAcross = frame.mostAcross();
    int mostDown = frame.mostDown();
    boolean grey = planes.size() == 1;
    var picture =
        new BufferedImage(
            width, height, grey ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_3BYTE_BGR);
    var samples = new int[planes.size()];
    for (int row = 0; row < height; row++) {
      watch.check();
      for (int column = 0; column < width; column++) {
        for (int i = 0; i < samples.length; i++) {
          var component = planes.get(i).component;
          samples[i] =
              planes
                  .get(i)
                  .sample(
                      row * component.down() / mostDown, column * component.across() / mostAcross);
        }
        if (!grey && !frame.isRgb()) {
          toRgb(samples);
        }
        picture.getRaster().setPixel(column, row, samples);
      }
    }
    return picture;
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
