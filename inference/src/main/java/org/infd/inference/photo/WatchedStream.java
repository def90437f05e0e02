package org.infd.inference.photo;

import javax.imageio.stream.ImageInputStreamImpl;

/** A file in memory for readers of pictures, which asks the watch before each piece. */
final class WatchedStream extends ImageInputStreamImpl {
  /** How often single bytes ask. */
  private static final int INTERVAL = 4096;

  private final byte[] bytes;
  private final int piece;
  private final Watch watch;
  private long observedFrom;
  private long observedTo;
  private long farthest;

  /**
   * @param piece the most bytes that are handed out at once: few for a reader in native code, which
   *     asks nothing else
   */
  WatchedStream(byte[] bytes, int piece, Watch watch) {
    this.bytes = bytes;
    this.piece = piece;
    this.watch = watch;
  }

  /** From now on, remembers how far a part of the file is read. */
  void observe(long from, long to) {
    observedFrom = from;
    observedTo = to;
    farthest = from;
  }

  /** How many bytes at the end of the observed part were never read. */
  long left() {
    return observedTo - farthest;
  }

  private void took(long from, long to) {
    if (from >= observedFrom && from < observedTo) {
      farthest = Math.max(farthest, Math.min(to, observedTo));
    }
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
    took(streamPos, streamPos + 1);
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
    took(streamPos, streamPos + count);
    streamPos += count;
    return count;
  }

  @Override
  public long length() {
    return bytes.length;
  }
}
