package org.infd.inference.export;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.zip.CRC32;

/** Bytes of files, whole or not at all, and their checksum. */
final class FileBytes {
  private FileBytes() {}

  /**
   * Reads a part of a file.
   *
   * @param at where it begins
   * @throws EOFException if the file ends before
   */
  static ByteBuffer read(FileChannel channel, long at, int length) throws IOException {
    var bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, at + bytes.position()) < 0) {
        throw new EOFException();
      }
    }
    return bytes.flip();
  }

  /** CRC-32. */
  static int sum(byte[] bytes) {
    var crc = new CRC32();
    crc.update(bytes);
    return (int) crc.getValue();
  }
}
