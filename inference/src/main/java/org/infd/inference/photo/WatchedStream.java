package org.infd.inference.photo;

import javax.imageio.stream.ImageInputStreamImpl;

/** A file in memory for readers of pictures, which asks the watch before each piece. */
final class WatchedStream extends ImageInputStreamImpl {
  /** How often single bytes ask. */
  private static final int INTERVAL = 4096;

  private final byte[] bytes;
  private final int piece;
  private final Watch watch;

  /**
   * @param piece the most bytes that are handed out at once: few for a reader in native code, which
   *     asks nothing else
   */
  WatchedStream(byte[] bytes, int piece, Watch watch) {
    this.bytes = bytes;
    this.piece = piece;
    this.watch = watch;
  }

  @Override
  public int read() {
    bitOffset = 0;
    if (streamPos >= bytes.length) {
      watch.check();
      watch.endOfFile();
      return -1;
    }
    if (streamPos % INTERVAL == 0) {
      watch.check();
    }
    return bytes[(int) streamPos++] & 0xFF;
  }

  @Override
  public int read(byte[] target, int offset, int length) {
    bitOffset = 0;
    watch.check();
    if (length == 0) {
      return 0;
    }
    if (streamPos >= bytes.length) {
      watch.endOfFile();
      return -1;
    }
    int count = (int) Math.min(Math.min(length, piece), bytes.length - streamPos);
    System.arraycopy(bytes, (int) streamPos, target, offset, count);
    streamPos += count;
    return count;
  }

  @Override
  public long length() {
    return bytes.length;
  }
}
