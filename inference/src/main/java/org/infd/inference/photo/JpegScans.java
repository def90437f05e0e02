package org.infd.inference.photo;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Goes through the scans of a JPEG with the tables that hold for each (ITU-T T.81, B.2). */
final class JpegScans {
  private static final int SIDE = JpegFrame.SIDE;
  private static final int BLOCK = SIDE * SIDE;
  private static final int TABLES = 4;

  /**
   * A component in a scan, with its codes.
   *
   * @param index which one of the frame it is
   * @param steps of its coefficients, in the order of the file; 1 where none are given
   */
  @SuppressWarnings("ArrayRecordComponent") // nobody changes them
  record Part(
      int index,
      JpegFrame.Component component,
      @Nullable JpegCode dc,
      @Nullable JpegCode ac,
      int[] steps) {}

  /**
   * What stands before the data of a scan.
   *
   * @param first coefficient
   * @param last coefficient
   * @param high the bit of coefficients that was read before; 0 for none
   * @param low the lowest bit that is read now
   * @param restartInterval so many MCUs stand for themselves; 0 for all
   */
  record Scan(List<Part> parts, int first, int last, int high, int low, int restartInterval) {}

  /** Takes the scans. */
  interface Reader {
    /** The data of a scan begin; it need not read them. */
    void scan(Scan scan, JpegBits bits);
  }

  /** Takes the blocks of a scan, in the order of the data. */
  interface Blocks {
    /**
     * A block comes.
     *
     * @param row of it among the blocks of its component
     * @param column of it
     */
    void block(Part part, int row, int column);

    /** What comes next stands for itself: after so many restarts, or at the beginning (0). */
    void restarted(int restarts);

    /** A row of MCUs is over, of so many. */
    void rowDone(int row, int rows);
  }

  private final ByteBuffer bytes;
  private final JpegFrame frame;
  private final int[][] steps = new int[TABLES][BLOCK];
  private final @Nullable JpegCode[] dcCodes = new JpegCode[TABLES];
  private final @Nullable JpegCode[] acCodes = new JpegCode[TABLES];
  private int restartInterval;

  private JpegScans(byte[] file, JpegFrame frame) {
    bytes = ByteBuffer.wrap(file);
    this.frame = frame;
    for (var table : steps) {
      java.util.Arrays.fill(table, 1);
    }
  }

  /**
   * Goes through all scans.
   *
   * @throws JpegBits.EndOfScan if the file ends before, or makes no sense
   */
  static void read(byte[] file, JpegFrame frame, Reader reader) {
    var scans = new JpegScans(file, frame);
    try {
      scans.read(reader);
    } catch (BufferUnderflowException | IllegalArgumentException | IndexOutOfBoundsException e) {
      var end = new JpegBits.EndOfScan(scans.bytes.hasRemaining());
      end.addSuppressed(e);
      throw end;
    }
  }

  private void read(Reader reader) {
    while (true) {
      int marker = JpegFrame.nextMarker(bytes);
      if (marker == JpegFrame.END_OF_IMAGE) {
        return;
      }
      if (marker < 0) {
        throw new JpegBits.EndOfScan(false);
      }
      if (marker == JpegFrame.START_OF_IMAGE) {
        continue;
      }
      int end = bytes.position() + Short.toUnsignedInt(bytes.getShort(bytes.position()));
      bytes.getShort();
      switch (marker) {
        case 0xC4 -> readCodes(end);
        case 0xDB -> readSteps(end);
        case 0xDD -> restartInterval = Short.toUnsignedInt(bytes.getShort());
        case JpegFrame.START_OF_SCAN -> {
          var scan = scan();
          var bits = new JpegBits(bytes.array(), end);
          reader.scan(scan, bits);
          end = bits.position();
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
      codes[head & 3] = JpegCode.read(bytes);
    }
  }

  private void readSteps(int end) {
    while (bytes.position() < end) {
      int head = bytes.get() & 0xFF;
      var table = new int[BLOCK];
      for (int i = 0; i < BLOCK; i++) {
        table[i] = head >> 4 != 0 ? Short.toUnsignedInt(bytes.getShort()) : bytes.get() & 0xFF;
      }
      steps[head & 3] = table;
    }
  }

  private Scan scan() {
    int count = bytes.get() & 0xFF;
    var parts = new ArrayList<Part>();
    for (int i = 0; i < count; i++) {
      int id = bytes.get() & 0xFF;
      int tables = bytes.get() & 0xFF;
      for (int index = 0; index < frame.components().size(); index++) {
        var component = frame.components().get(index);
        if (component.id() == id) {
          parts.add(
              new Part(
                  index,
                  component,
                  dcCodes[tables >> 4 & 3],
                  acCodes[tables & 3],
                  steps[component.table() & 3]));
        }
      }
    }
    int first = bytes.get() & 0xFF;
    int last = bytes.get() & 0xFF;
    int approximation = bytes.get() & 0xFF;
    return new Scan(
        List.copyOf(parts), first, last, approximation >> 4, approximation & 0xF, restartInterval);
  }

  /** Blocks across that a scan of a component alone has. */
  static int columns(JpegFrame frame, JpegFrame.Component component) {
    return Math.ceilDiv(Math.ceilDiv(frame.width() * component.across(), frame.mostAcross()), SIDE);
  }

  /** Blocks down that a scan of a component alone has. */
  static int rows(JpegFrame frame, JpegFrame.Component component) {
    return Math.ceilDiv(Math.ceilDiv(frame.height() * component.down(), frame.mostDown()), SIDE);
  }

  /** Goes through the blocks of a scan, and over its restarts (A.2). */
  static void forEach(JpegFrame frame, Scan scan, JpegBits bits, Blocks blocks) {
    var only = scan.parts().size() == 1 ? scan.parts().getFirst().component() : null;
    int across =
        only != null
            ? columns(frame, only)
            : Math.ceilDiv(frame.width(), SIDE * frame.mostAcross());
    int down =
        only != null ? rows(frame, only) : Math.ceilDiv(frame.height(), SIDE * frame.mostDown());
    int sinceRestart = 0;
    int restarts = 0;
    blocks.restarted(0);
    for (int row = 0; row < down; row++) {
      for (int column = 0; column < across; column++) {
        if (scan.restartInterval() > 0 && sinceRestart == scan.restartInterval()) {
          sinceRestart = 0;
          restarts++;
          blocks.restarted(restarts);
        }
        sinceRestart++;
        for (var part : scan.parts()) {
          int wide = only != null ? 1 : part.component().across();
          int tall = only != null ? 1 : part.component().down();
          for (int i = 0; i < wide * tall; i++) {
            blocks.block(part, row * tall + i / wide, column * wide + i % wide);
          }
        }
      }
      blocks.rowDone(row, down);
    }
  }
}
