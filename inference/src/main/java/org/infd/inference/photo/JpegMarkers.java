package org.infd.inference.photo;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Takes markers out of the scans of a JPEG that damage has put there (ITU-T T.81, B.1.1): readers
 * give the whole picture up at such a one.
 */
final class JpegMarkers {
  private static final int TABLES = 0xC4;
  private static final int QUANTISATION = 0xDB;
  private static final int RESTART_INTERVAL = 0xDD;
  private static final int COMMENT = 0xFE;

  /** No table of codes is longer: four with 256 symbols each. */
  private static final int LONGEST_TABLES = 2 + 8 * (17 + 256);

  private final byte[] file;
  private final JpegFrame frame;

  private JpegMarkers(byte[] file, JpegFrame frame) {
    this.file = file;
    this.frame = frame;
  }

  /** The file without stray markers; empty if it has none. */
  static Optional<byte[]> withoutStray(byte[] file, JpegFrame frame) {
    return new JpegMarkers(file, frame).mended();
  }

  private Optional<byte[]> mended() {
    var mended = file.clone();
    boolean isChanged = false;
    int last = lastEnd();
    for (int at = firstScan(); at + 1 < last; at++) {
      if (file[at] != -1) {
        continue;
      }
      int marker = file[at + 1] & 0xFF;
      boolean isData = marker == 0 || marker == 0xFF || (marker >= 0xD0 && marker <= 0xD7);
      if (isData) {
        continue;
      }
      int length = lengthOf(marker, at + 2);
      if (length > 0) {
        at += 1 + length;
      } else {
        mended[at + 1] = 0;
        isChanged = true;
      }
    }
    return isChanged ? Optional.of(mended) : Optional.empty();
  }

  private int firstScan() {
    var bytes = ByteBuffer.wrap(file);
    for (int marker = 0; marker >= 0; ) {
      marker = JpegFrame.nextMarker(bytes);
      if (marker == JpegFrame.START_OF_SCAN) {
        return bytes.position();
      }
    }
    return file.length;
  }

  private int lastEnd() {
    for (int at = file.length - 2; at > 0; at--) {
      if (file[at] == -1 && (file[at + 1] & 0xFF) == JpegFrame.END_OF_IMAGE) {
        return at;
      }
    }
    return file.length;
  }

  /** The length of what a marker begins; 0 if it makes no sense here. */
  private int lengthOf(int marker, int at) {
    if (at + 3 > file.length || (frame.scans() <= 1 && frame.process() < JpegFrame.PROGRESSIVE)) {
      return 0;
    }
    int length = Short.toUnsignedInt(ByteBuffer.wrap(file).getShort(at));
    int first = file[at + 2] & 0xFF;
    boolean isSensible =
        switch (marker) {
          case JpegFrame.START_OF_SCAN -> first >= 1 && first <= 4 && length == 6 + 2 * first;
          case TABLES -> (first & 0xEC) == 0 && length >= 19 && length <= LONGEST_TABLES;
          case QUANTISATION -> (first & 0xEC) == 0 && length >= 67;
          case RESTART_INTERVAL -> length == 4;
          case COMMENT -> length >= 2;
          default -> false;
        };
    return isSensible && at + length <= file.length ? length : 0;
  }
}
