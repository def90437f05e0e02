package org.infd.exporter.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A zip64 archive beyond 4 GiB, as a file with a hole, so that it takes no room. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "files have no holes by default there")
class LargeFileTest {
  private static final long HUGE = 5L << 30;

  @TempDir Path folder = Path.of("");

  private final ByteArrayOutputStream directory = new ByteArrayOutputStream();

  @Test
  void readsTensorsBeyondFourGibibytes() throws IOException {
    var pickle =
        PickleBytes.checkpointUpToTensor()
            .tensor("FloatStorage", "0", HUGE / 4, 0, new long[] {HUGE / 4}, new long[] {1})
            .text("v")
            .tensor("FloatStorage", "1", 2, 0, new long[] {2}, new long[] {1})
            .endOfTensor();
    var file = folder.resolve("large.pth");
    try (var out =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      add(out, "m/data/0", little(4).putFloat(7).array(), HUGE);
      add(out, "m/data/1", little(8).putFloat(1).putFloat(2).array(), 8);
      add(out, "m/data.pkl", pickle, pickle.length);
      end(out);
    }
    try (var checkpoint = Checkpoint.open(file)) {
      var tensors = checkpoint.stateDict().values().iterator();
      var large = tensors.next();
      assertEquals(HUGE / 4, large.elements());
      assertEquals(HUGE, large.segment().byteSize());
      var last = new float[2];
      large.copyTo(HUGE / 4 - 2, last, 0, 2);
      assertArrayEquals(new float[] {0, 7}, last);
      assertArrayEquals(new float[] {1, 2}, tensors.next().toFloats());
    }
  }

  /** Writes an entry whose data ends with {@code tail}, after a hole. */
  private void add(FileChannel out, String name, byte[] tail, long size) throws IOException {
    var nameBytes = name.getBytes(StandardCharsets.UTF_8);
    long header = out.position();
    var crc = new CRC32();
    crc.update(tail);
    out.write(
        little(30 + nameBytes.length)
            .putInt(0x04034b50)
            .putShort((short) 0)
            .putShort((short) 0x0808)
            .position(26)
            .putShort((short) nameBytes.length)
            .putShort((short) 0)
            .put(nameBytes)
            .flip());
    out.position(out.position() + size - tail.length);
    out.write(ByteBuffer.wrap(tail));
    directory.writeBytes(
        little(46)
            .putInt(0x02014b50)
            .putInt(0)
            .putShort((short) 0x0808)
            .position(16)
            .putInt((int) crc.getValue())
            .putInt(-1)
            .putInt(-1)
            .putShort((short) nameBytes.length)
            .putShort((short) 28)
            .position(42)
            .putInt(-1)
            .array());
    directory.writeBytes(nameBytes);
    directory.writeBytes(
        little(28)
            .putShort((short) 1)
            .putShort((short) 24)
            .putLong(size)
            .putLong(size)
            .putLong(header)
            .array());
  }

  private void end(FileChannel out) throws IOException {
    long start = out.position();
    assertTrue(start > 1L << 32);
    out.write(ByteBuffer.wrap(directory.toByteArray()));
    long end = out.position();
    out.write(
        little(98)
            .putInt(0x06064b50)
            .putLong(44)
            .putInt(0)
            .putLong(0)
            .putLong(3)
            .putLong(3)
            .putLong(directory.size())
            .putLong(start)
            .putInt(0x07064b50)
            .putInt(0)
            .putLong(end)
            .putInt(1)
            .putInt(0x06054b50)
            .putInt(0)
            .putShort((short) 3)
            .putShort((short) 3)
            .putInt(directory.size())
            .putInt(-1)
            .putShort((short) 0)
            .flip());
  }

  private static ByteBuffer little(int length) {
    return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
  }
}
