package org.infd.exporter.torch;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;

/**
 * Writes a zip as the torch serializer does: stored entries, data at multiples of 64 bytes by means
 * of an extra field, sizes behind the data, zip64 records at the end. One entry at a time, nothing
 * is held.
 */
final class StoredZipWriter implements AutoCloseable {
  private static final int ALIGNMENT = 64;
  private static final int FLAGS = 0x0808; // sizes follow the data; names are UTF-8
  private static final long SATURATED = 0xffff_ffffL;

  private final OutputStream out;
  private final List<Done> entries = new ArrayList<>();
  private long position;
  private ByteBuffer pending = ByteBuffer.allocate(0);

  StoredZipWriter(Path file) throws IOException {
    out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 20);
  }

  /** Writes the bytes of an entry. */
  @FunctionalInterface
  interface Body {
    void writeTo(OutputStream out) throws IOException;
  }

  void add(String name, byte[] content) throws IOException {
    add(name, (OutputStream body) -> body.write(content));
  }

  void add(String name, Body content) throws IOException {
    var nameBytes = name.getBytes(StandardCharsets.UTF_8);
    long header = position;
    int padding = Math.floorMod(-(header + 30 + nameBytes.length + 4), ALIGNMENT);
    record(30)
        .putInt(0x04034b50)
        .putShort((short) 0)
        .putShort((short) FLAGS)
        .position(26)
        .putShort((short) nameBytes.length)
        .putShort((short) (4 + padding));
    flush();
    write(nameBytes);
    var extra = new byte[4 + padding];
    Arrays.fill(extra, (byte) 'Z');
    extra[0] = 'F';
    extra[1] = 'B';
    extra[2] = (byte) padding;
    extra[3] = 0;
    write(extra);
    long start = position;
    var crc = new CRC32();
    content.writeTo(
        new OutputStream() {
          @Override
          public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
          }

          @Override
          public void write(byte[] bytes, int offset, int length) throws IOException {
            crc.update(bytes, offset, length);
            out.write(bytes, offset, length);
            position += length;
          }
        });
    var done = new Done(name, header, position - start, crc.getValue());
    entries.add(done);
    if (done.size >= SATURATED) {
      record(24).putInt(0x08074b50).putInt((int) done.crc).putLong(done.size).putLong(done.size);
    } else {
      record(16)
          .putInt(0x08074b50)
          .putInt((int) done.crc)
          .putInt((int) done.size)
          .putInt((int) done.size);
    }
    flush();
  }

  private ByteBuffer record(int length) {
    pending = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    return pending;
  }

  private void flush() throws IOException {
    write(pending.array());
  }

  private void write(byte[] bytes) throws IOException {
    out.write(bytes);
    position += bytes.length;
  }

  @Override
  public void close() throws IOException {
    try (out) {
      long start = position;
      for (var entry : entries) {
        directoryRecord(entry);
      }
      long length = position - start;
      long end = position;
      record(56)
          .putInt(0x06064b50)
          .putLong(44)
          .putShort((short) 0x031e)
          .putShort((short) 45)
          .putLong(0)
          .putLong(entries.size())
          .putLong(entries.size())
          .putLong(length)
          .putLong(start);
      flush();
      record(20).putInt(0x07064b50).putInt(0).putLong(end).putInt(1);
      flush();
      short count = (short) Math.min(0xffff, entries.size());
      record(22)
          .putInt(0x06054b50)
          .putInt(0)
          .putShort(count)
          .putShort(count)
          .putInt((int) Math.min(SATURATED, length))
          .putInt((int) Math.min(SATURATED, start));
      flush();
    }
  }

  private void directoryRecord(Done entry) throws IOException {
    var name = entry.name.getBytes(StandardCharsets.UTF_8);
    boolean largeSize = entry.size >= SATURATED;
    boolean farAway = entry.header >= SATURATED;
    int extra = (largeSize ? 16 : 0) + (farAway ? 8 : 0);
    record(46)
        .putInt(0x02014b50)
        .putInt(0)
        .putShort((short) FLAGS)
        .position(16)
        .putInt((int) entry.crc)
        .putInt((int) Math.min(SATURATED, entry.size))
        .putInt((int) Math.min(SATURATED, entry.size))
        .putShort((short) name.length)
        .putShort((short) (extra == 0 ? 0 : 4 + extra))
        .position(42)
        .putInt((int) Math.min(SATURATED, entry.header));
    flush();
    write(name);
    if (extra > 0) {
      var field = record(4 + extra).putShort((short) 1).putShort((short) extra);
      if (largeSize) {
        field.putLong(entry.size).putLong(entry.size);
      }
      if (farAway) {
        field.putLong(entry.header);
      }
      flush();
    }
  }

  private record Done(String name, long header, long size, long crc) {}
}
