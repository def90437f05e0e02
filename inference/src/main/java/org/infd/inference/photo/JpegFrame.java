package org.infd.inference.photo;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a JPEG says of its picture before its pixels (ITU-T T.81, B.2.2), and how many scans follow.
 *
 * @param process the low bits of its SOF marker: 0 and 1 sequential, 2 progressive; another marker
 *     as it is
 * @param precision the bits of a sample
 * @param components in their order
 * @param scans how often the picture is gone through
 * @param adobeTransform what an Adobe marker says of the colours: 0 none, 1 YCbCr, 2 YCCK; −1
 *     without one
 * @param isEnded whether the end of the picture is there
 */
record JpegFrame(
    int process,
    int precision,
    int width,
    int height,
    List<Component> components,
    int scans,
    int adobeTransform,
    boolean isJfif,
    boolean isEnded) {
  static final int START_OF_IMAGE = 0xD8;
  static final int END_OF_IMAGE = 0xD9;
  static final int START_OF_SCAN = 0xDA;
  static final int SIDE = 8;

  /** The process of a JPEG that becomes finer from scan to scan. */
  static final int PROGRESSIVE = 2;

  /** Begins a picture of several resolutions, and one of JPEG-LS (ITU-T T.87, C.2.1). */
  private static final int HIERARCHY = 0xDE;

  private static final int LS_FRAME = 0xF7;

  /** So many bits have those samples that are not of 8 (T.81, table B.2). */
  private static final int WIDE = 12;

  /** Each coefficient of a picture that comes in several scans is kept until the last. */
  private static final long BYTES_OF_BLOCK = 2L * SIDE * SIDE;

  /** What a reader of a JPEG may keep until the last scan, in bytes. */
  private static final long MOST_KEPT = 256L << 20;

  /**
   * How many blocks of a JPEG may be gone through, in all scans together: a second or so. A photo
   * of more has some megabytes, and may take longer.
   */
  private static final long MOST_WORK = 5_000_000;

  private static final long WORK_OF_BYTE = 4;

  private static final int JFIF_MARK = 0x4A464946;
  private static final int ADOBE_MARK = 0x41646F62;

  /**
   * A channel.
   *
   * @param across how many blocks of it an MCU has beside each other
   * @param down how many it has above each other
   * @param table which quantisation it has
   */
  record Component(int id, int across, int down, int table) {}

  /** What a file says; empty where it is damaged before its first scan. */
  static Optional<JpegFrame> of(byte[] file) {
    var bytes = ByteBuffer.wrap(file);
    try {
      return Optional.ofNullable(parse(bytes));
    } catch (BufferUnderflowException | IllegalArgumentException | IndexOutOfBoundsException e) {
      return Optional.empty();
    }
  }

  private static @org.jspecify.annotations.Nullable JpegFrame parse(ByteBuffer bytes) {
    JpegFrame frame = null;
    int adobe = -1;
    boolean jfif = false;
    boolean ended = false;
    int scans = 0;
    while (true) {
      int marker = nextMarker(bytes);
      if (marker == END_OF_IMAGE || marker < 0) {
        ended = marker == END_OF_IMAGE;
        break;
      }
      if (marker == START_OF_IMAGE) {
        continue;
      }
      int start = bytes.position();
      if (bytes.remaining() < 2) {
        break;
      }
      int end = start + Short.toUnsignedInt(bytes.getShort(start));
      bytes.position(start + 2);
      if (marker == START_OF_SCAN) {
        scans++;
      } else if (marker == 0xE0 && end - start >= 16) {
        jfif |= bytes.getInt(start + 2) == JFIF_MARK;
      } else if (marker == 0xEE && end - start >= 14 && bytes.getInt(start + 2) == ADOBE_MARK) {
        adobe = bytes.get(start + 13) & 0xFF;
      } else if (frame == null && (isFrame(marker) || marker == HIERARCHY || marker == LS_FRAME)) {
        frame = frame(marker < HIERARCHY ? marker & 0xF : marker, bytes);
      }
      if (end > bytes.limit()) {
        break;
      }
      bytes.position(end);
    }
    return frame == null
        ? null
        : new JpegFrame(
            frame.process,
            frame.precision,
            frame.width,
            frame.height,
            frame.components,
            scans,
            adobe,
            jfif,
            ended);
  }

  private static boolean isFrame(int marker) {
    return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
  }

  private static JpegFrame frame(int process, ByteBuffer bytes) {
    int precision = bytes.get() & 0xFF;
    int height = Short.toUnsignedInt(bytes.getShort());
    int width = Short.toUnsignedInt(bytes.getShort());
    int count = bytes.get() & 0xFF;
    var components = new ArrayList<Component>();
    for (int i = 0; i < count; i++) {
      int id = bytes.get() & 0xFF;
      int sampling = bytes.get() & 0xFF;
      components.add(new Component(id, sampling >> 4, sampling & 0xF, bytes.get() & 0xFF));
    }
    return new JpegFrame(
        process, precision, width, height, List.copyOf(components), 0, -1, false, false);
  }

  /**
   * Goes on behind the next marker that is followed by something other than entropy-coded data.
   *
   * @return the low byte of the marker, or −1 where there is no other
   */
  static int nextMarker(ByteBuffer bytes) {
    while (bytes.hasRemaining()) {
      if (bytes.get() != (byte) 0xFF) {
        continue;
      }
      while (bytes.hasRemaining() && bytes.get(bytes.position()) == (byte) 0xFF) {
        bytes.get();
      }
      if (!bytes.hasRemaining()) {
        return -1;
      }
      int marker = bytes.get() & 0xFF;
      // a stuffed byte, restarts
      if (marker != 0 && !(marker >= 0xD0 && marker <= 0xD7) && marker != 1) {
        return marker;
      }
    }
    return -1;
  }

  /** How it is coded, where that is a way that is not read (B.2.2, table B.1). */
  Optional<String> foreignCoding() {
    return switch (process) {
      case 0, 1, PROGRESSIVE ->
          precision == WIDE ? Optional.of("samples of 12 bits") : Optional.empty();
      case 3 -> Optional.of("lossless coding");
      case 9, 10 -> Optional.of("arithmetic coding");
      case 11 -> Optional.of("lossless arithmetic coding");
      case LS_FRAME -> Optional.of("lossless coding (JPEG-LS)");
      default -> Optional.of("hierarchical coding");
    };
  }

  /** The largest number of blocks that a component has across in an MCU. */
  int mostAcross() {
    return components.stream().mapToInt(Component::across).max().orElse(1);
  }

  /** The largest number of blocks that a component has down in an MCU. */
  int mostDown() {
    return components.stream().mapToInt(Component::down).max().orElse(1);
  }

  /** All blocks of all components. */
  long blocks() {
    long mcus =
        (long) Math.ceilDiv(width, SIDE * Math.max(1, mostAcross()))
            * Math.ceilDiv(height, SIDE * Math.max(1, mostDown()));
    return mcus * components.stream().mapToInt(c -> c.across() * c.down()).sum();
  }

  /** The bytes that a reader of the whole picture keeps until the last scan. */
  long keptBytes() {
    return process == PROGRESSIVE || scans > 1 ? blocks() * BYTES_OF_BLOCK : 0;
  }

  /** How many blocks a reader of the whole picture goes through. */
  long work() {
    return blocks() * Math.max(1, scans);
  }

  /**
   * Whether it would take too much to go through the whole picture.
   *
   * @param length bytes of the file
   */
  boolean isTooMuch(int length) {
    return keptBytes() > MOST_KEPT || work() > MOST_WORK + WORK_OF_BYTE * length;
  }

  /** Whether it is said rightly how its blocks lie. */
  boolean hasBlocks() {
    return width > 0
        && height > 0
        && !components.isEmpty()
        && components.stream()
            .allMatch(c -> c.across() >= 1 && c.across() <= 4 && c.down() >= 1 && c.down() <= 4);
  }

  /** Whether the means of the blocks can be read alone. */
  boolean hasMeans() {
    return hasBlocks()
        && process <= PROGRESSIVE
        && (components.size() == 1 || components.size() == 3 || components.size() == 4);
  }

  /** Whether three components are red, green and blue instead of YCbCr, as libjpeg decides it. */
  boolean isRgb() {
    if (components.size() != 3 || isJfif || adobeTransform == 1) {
      return false;
    }
    return adobeTransform == 0
        || (components.get(0).id() == 'R'
            && components.get(1).id() == 'G'
            && components.get(2).id() == 'B');
  }
}
