package org.infd.exporter.torch;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** A zip in memory whose every header field can lie. */
public final class TestZip {
  private final List<Item> items = new ArrayList<>();
  private long claimedEntries = -1;
  private long directoryShift;

  /** An entry; what is not changed is as it should be. */
  public static final class Item {
    private final byte[] packed;
    private String name;
    private String localName;
    private int flags;
    private int localFlags;
    private int method;
    private int localMethod;
    private int crc;
    private int localCrc;
    private int packedSize;
    private int size;
    private int localSize;
    private int headerShift;

    private Item(String name, byte[] packed) {
      this.name = name;
      this.packed = packed;
      localName = name;
      packedSize = packed.length;
    }

    public Item localName(String other) {
      localName = other;
      return this;
    }

    public Item flags(int both) {
      flags = both;
      localFlags = both;
      return this;
    }

    public Item localFlags(int other) {
      localFlags = other;
      return this;
    }

    public Item method(int both) {
      method = both;
      localMethod = both;
      return this;
    }

    public Item localMethod(int other) {
      localMethod = other;
      return this;
    }

    public Item crc(int both) {
      crc = both;
      localCrc = both;
      return this;
    }

    public Item localCrc(int other) {
      localCrc = other;
      return this;
    }

    public Item localSize(int other) {
      localSize = other;
      return this;
    }

    /** The sizes of the directory. */
    public Item sizes(int packed, int unpacked) {
      packedSize = packed;
      size = unpacked;
      return this;
    }

    /** The uncompressed size in both headers. */
    public Item size(int unpacked) {
      size = unpacked;
      localSize = unpacked;
      return this;
    }

    public Item headerShift(int bytes) {
      headerShift = bytes;
      return this;
    }
  }

  /** A sound checkpoint with this pickle and four float32 values 1, 2, 3, 4 as storage 0. */
  public static TestZip checkpoint(byte[] pickle) {
    var zip = new TestZip();
    zip.stored("m/data.pkl", pickle);
    var values = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    values.putFloat(1).putFloat(2).putFloat(3).putFloat(4);
    zip.stored("m/data/0", values.array());
    zip.stored("m/version", "3\n".getBytes(StandardCharsets.US_ASCII));
    return zip;
  }

  /** A sound checkpoint with one tensor w [2,2] of 1, 2, 3, 4. */
  public static TestZip checkpoint() {
    return checkpoint(soundPickle());
  }

  public static byte[] soundPickle() {
    return PickleBytes.checkpointUpToTensor()
        .tensor("FloatStorage", "0", 4, 0, new long[] {2, 2}, new long[] {2, 1})
        .endOfTensor();
  }

  public Item stored(String name, byte[] data) {
    var item = new Item(name, data);
    items.add(item);
    return item.size(data.length).crc(crc(data));
  }

  public Item deflated(String name, byte[] data) {
    try (var deflater = new Deflater(9, true)) {
      deflater.setInput(data);
      deflater.finish();
      var out = new ByteArrayOutputStream();
      var buffer = new byte[1 << 16];
      while (!deflater.finished()) {
        out.write(buffer, 0, deflater.deflate(buffer));
      }
      var item = new Item(name, out.toByteArray());
      items.add(item);
      return item.method(8).size(data.length).crc(crc(data));
    }
  }

  /** The item of this name. */
  public Item item(String name) {
    return items.stream().filter(item -> item.name.equals(name)).findFirst().orElseThrow();
  }

  /** The same without the item of this name. */
  public TestZip without(String name) {
    items.remove(item(name));
    return this;
  }

  public TestZip claimEntries(long count) {
    claimedEntries = count;
    return this;
  }

  public TestZip shiftDirectory(long bytes) {
    directoryShift = bytes;
    return this;
  }

  public byte[] bytes() {
    var out = new ByteArrayOutputStream();
    var directory = new ByteArrayOutputStream();
    for (var item : items) {
      int header = out.size() + item.headerShift;
      var localName = item.localName.getBytes(StandardCharsets.UTF_8);
      out.writeBytes(
          little(30)
              .putInt(0x04034b50)
              .putShort((short) 20)
              .putShort((short) item.localFlags)
              .putShort((short) item.localMethod)
              .putInt(0)
              .putInt(item.localCrc)
              .putInt(item.packed.length)
              .putInt(item.localSize)
              .putShort((short) localName.length)
              .array());
      out.writeBytes(localName);
      out.writeBytes(item.packed);
      var name = item.name.getBytes(StandardCharsets.UTF_8);
      directory.writeBytes(
          little(46)
              .putInt(0x02014b50)
              .putInt(0)
              .putShort((short) item.flags)
              .putShort((short) item.method)
              .putInt(0)
              .putInt(item.crc)
              .putInt(item.packedSize)
              .putInt(item.size)
              .putShort((short) name.length)
              .position(42)
              .putInt(header)
              .array());
      directory.writeBytes(name);
    }
    long start = out.size() + directoryShift;
    out.writeBytes(directory.toByteArray());
    short count = (short) (claimedEntries < 0 ? items.size() : claimedEntries);
    out.writeBytes(
        little(22)
            .putInt(0x06054b50)
            .putInt(0)
            .putShort(count)
            .putShort(count)
            .putInt(directory.size())
            .putInt((int) start)
            .array());
    return out.toByteArray();
  }

  private static ByteBuffer little(int length) {
    return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static int crc(byte[] data) {
    var crc = new CRC32();
    crc.update(data);
    return (int) crc.getValue();
  }
}
