package org.infd.inference.export;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** An output stream that inserts bytes at one position. */
final class InsertingStream extends FilterOutputStream {
  private final byte[] inserted;
  private long left;

  /**
   * @param out takes all bytes; not closed by this stream
   * @param at how many bytes come before the inserted ones
   */
  InsertingStream(OutputStream out, long at, byte[] inserted) {
    super(out);
    left = at;
    this.inserted = inserted;
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    if (left < 0) {
      out.write(bytes, offset, length);
      return;
    }
    int before = (int) Math.min(left, length);
    out.write(bytes, offset, before);
    left -= before;
    if (left == 0) {
      left = -1;
      out.write(inserted);
    }
    out.write(bytes, offset + before, length - before);
  }

  @Override
  public void close() throws IOException {
    flush();
  }
}
