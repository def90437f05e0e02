package org.infd.exporter.torch;

import static org.infd.exporter.torch.Refusals.assertFileRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileZipTest {
  private static final byte[] NOTHING = new byte[0];

  @TempDir Path folder = Path.of("");

  @Test
  void soundArchivesAreRead() throws IOException {
    assertReads(TestZip.checkpoint());
    // as an ordinary packer would write it
    var deflated = TestZip.checkpoint().without("m/data.pkl");
    deflated.deflated("m/data.pkl", TestZip.soundPickle());
    assertReads(deflated);
    var newer = TestZip.checkpoint();
    newer.stored("m/byteorder", "little".getBytes(StandardCharsets.US_ASCII));
    newer.stored("m/.data/serialization_id", new byte[40]);
    assertReads(newer);
    var foreignName = TestZip.checkpoint();
    foreignName.stored("m/größe-模型", NOTHING);
    assertReads(foreignName);
  }

  @Test
  void refusesTwoPickles() throws IOException {
    var other = TestZip.checkpoint();
    other.stored("n/data.pkl", TestZip.soundPickle());
    assertFileRefused(folder, other.bytes(), "more than one data.pkl");
    var deeper = TestZip.checkpoint();
    deeper.stored("m/data/data.pkl", TestZip.soundPickle());
    assertFileRefused(folder, deeper.bytes(), "more than one data.pkl");
    var same = TestZip.checkpoint();
    same.stored("m/data.pkl", TestZip.soundPickle());
    assertFileRefused(folder, same.bytes(), "two entries named 'm/data.pkl'");
  }

  @Test
  void refusesArchivesWithoutPickle() throws IOException {
    assertFileRefused(folder, TestZip.checkpoint().without("m/data.pkl").bytes(), "no data.pkl");
    assertFileRefused(folder, new TestZip().bytes(), "no data.pkl");
    var similar = TestZip.checkpoint().without("m/data.pkl");
    similar.stored("m/mydata.pkl", TestZip.soundPickle());
    assertFileRefused(folder, similar.bytes(), "no data.pkl");
  }

  @Test
  void refusesNamesThatPointOutside() throws IOException {
    for (var name :
        List.of(
            "../evil",
            "m/../../evil",
            "/etc/passwd",
            "..",
            "m/..",
            "C:/evil",
            "..\\evil",
            "a\0b")) {
      var zip = TestZip.checkpoint();
      zip.stored(name, NOTHING);
      assertFileRefused(folder, zip.bytes(), "points outside");
    }
  }

  @Test
  void refusesHeadersThatContradictTheDirectory() throws IOException {
    disagrees(TestZip.checkpoint(), "m/data.pkl", item -> item.localName("m/other.pkl"));
    disagrees(TestZip.checkpoint(), "m/data.pkl", item -> item.localName("m/data.pk"));
    disagrees(TestZip.checkpoint(), "m/data.pkl", item -> item.localMethod(8));
    disagrees(TestZip.checkpoint(), "m/data.pkl", item -> item.localFlags(1));
    disagrees(TestZip.checkpoint(), "m/data.pkl", item -> item.localCrc(1));
    disagrees(TestZip.checkpoint(), "m/data.pkl", item -> item.localSize(7));
    disagrees(TestZip.checkpoint(), "m/data.pkl", item -> item.headerShift(1));
    disagrees(TestZip.checkpoint(), "m/data/0", item -> item.localName("m/data/1"));
    disagrees(TestZip.checkpoint(), "m/data/0", item -> item.sizes(12, 12));
    var outside = TestZip.checkpoint();
    outside.item("m/data/0").headerShift(1 << 20);
    assertFileRefused(folder, outside.bytes(), "outside the file");
    var long1 = TestZip.checkpoint();
    long1.item("m/data/0").sizes(1 << 30, 1 << 30);
    assertFileRefused(folder, long1.bytes(), "outside the file");
    var twoSizes = TestZip.checkpoint();
    twoSizes.item("m/data/0").sizes(16, 1 << 20);
    assertFileRefused(folder, twoSizes.bytes(), "two sizes");
    var overlapping = TestZip.checkpoint();
    overlapping.item("m/data/0").sizes(60, 60).localSize(60);
    assertFileRefused(folder, overlapping.bytes(), "damaged");
  }

  @Test
  void refusesBombs() throws IOException {
    var zeros = TestZip.checkpoint().without("m/data.pkl");
    zeros.deflated("m/data.pkl", new byte[50 << 20]);
    assertFileRefused(folder, zeros.bytes(), "expands more than 100 times");
    var large = TestZip.checkpoint().without("m/data.pkl");
    large.deflated("m/data.pkl", new byte[70 << 20]);
    assertFileRefused(folder, large.bytes(), "at most");
    var lying = TestZip.checkpoint().without("m/data.pkl");
    lying.deflated("m/data.pkl", new byte[50 << 20]).size(1000);
    assertFileRefused(folder, lying.bytes(), "the size of 'm/data.pkl' is wrong");
    var early = TestZip.checkpoint().without("m/data.pkl");
    early.deflated("m/data.pkl", TestZip.soundPickle()).size(3000);
    assertFileRefused(folder, early.bytes(), "the size of 'm/data.pkl' is wrong");
    var garbage = TestZip.checkpoint();
    garbage.item("m/data.pkl").method(8);
    assertFileRefused(folder, garbage.bytes(), "damaged");
    var tensor = TestZip.checkpoint().without("m/data/0");
    tensor.deflated("m/data/0", new byte[16]);
    assertFileRefused(folder, tensor.bytes(), "'m/data/0'", "compressed");
    var unknown = TestZip.checkpoint();
    unknown.item("m/data.pkl").method(14);
    assertFileRefused(folder, unknown.bytes(), "not supported");
  }

  @Test
  void refusesEncryption() throws IOException {
    for (int flag : new int[] {1, 1 << 6, 1 << 13}) {
      var zip = TestZip.checkpoint();
      zip.item("m/data.pkl").flags(flag);
      assertFileRefused(folder, zip.bytes(), "encrypted");
    }
  }

  @Test
  void refusesWrongChecksums() throws IOException {
    var pickle = TestZip.checkpoint();
    pickle.item("m/data.pkl").crc(1);
    assertFileRefused(folder, pickle.bytes(), "checksum of 'm/data.pkl'");
    var tensor = TestZip.checkpoint();
    tensor.item("m/data/0").crc(1);
    assertFileRefused(folder, tensor.bytes(), "'w'", "checksum of 'm/data/0'");
    var deflated = TestZip.checkpoint().without("m/data.pkl");
    deflated.deflated("m/data.pkl", TestZip.soundPickle()).crc(1);
    assertFileRefused(folder, deflated.bytes(), "checksum of 'm/data.pkl'");
  }

  @Test
  void refusesAMillionEntriesAtOnce() throws IOException {
    int million = 1_000_000;
    var entry = ByteBuffer.allocate(50).order(ByteOrder.LITTLE_ENDIAN);
    entry.putInt(0x02014b50).position(28).putShort((short) 4);
    entry.position(46).put("abcd".getBytes(StandardCharsets.US_ASCII));
    var out = new ByteArrayOutputStream();
    out.writeBytes("PK\3\4".getBytes(StandardCharsets.US_ASCII));
    for (int i = 0; i < million; i++) {
      out.writeBytes(entry.array());
    }
    int length = million * 50;
    var end = ByteBuffer.allocate(98).order(ByteOrder.LITTLE_ENDIAN);
    end.putInt(0x06064b50).putLong(44).putInt(0).putLong(0);
    end.putLong(million).putLong(million).putLong(length).putLong(4);
    end.putInt(0x07064b50).putInt(0).putLong(4L + length).putInt(1);
    end.putInt(0x06054b50).putInt(0).putShort((short) -1).putShort((short) -1);
    end.putInt(length).putInt(4);
    out.writeBytes(end.array());
    assertFileRefused(folder, out.toByteArray(), "1000000 entries");
    // the same with counts that hide it
    var hidden = out.toByteArray();
    var view = ByteBuffer.wrap(hidden).order(ByteOrder.LITTLE_ENDIAN);
    view.putLong(hidden.length - 98 + 24, 65535).putLong(hidden.length - 98 + 32, 65535);
    assertFileRefused(folder, hidden, "not a whole zip");
    view.putLong(hidden.length - 98 + 24, -1).putLong(hidden.length - 98 + 32, -1);
    assertFileRefused(folder, hidden, "18446744073709551615 entries");
  }

  @Test
  void refusesDirectoriesThatLie() throws IOException {
    assertFileRefused(folder, TestZip.checkpoint().claimEntries(2).bytes(), "longer");
    assertFileRefused(folder, TestZip.checkpoint().claimEntries(4).bytes(), "whole zip");
    assertFileRefused(folder, TestZip.checkpoint().claimEntries(0).bytes(), "longer");
    assertFileRefused(folder, TestZip.checkpoint().shiftDirectory(1).bytes(), "directory");
    assertFileRefused(folder, TestZip.checkpoint().shiftDirectory(-1).bytes(), "directory");
    assertFileRefused(folder, TestZip.checkpoint().shiftDirectory(-1000).bytes(), "directory");
  }

  @Test
  void refusesTheOtherByteOrder() throws IOException {
    var zip = TestZip.checkpoint();
    zip.stored("m/byteorder", "big".getBytes(StandardCharsets.US_ASCII));
    assertFileRefused(folder, zip.bytes(), "byte order 'big'");
  }

  @Test
  void everyTruncationIsRefused() throws IOException {
    var sound = realisticFile();
    for (int length = 0; length < sound.length; length += 97) {
      assertFileRefused(folder, Arrays.copyOf(sound, length));
    }
  }

  @Test
  void everyBitFlipIsReadOrRefused() throws IOException {
    var sound = realisticFile();
    var random = new SplittableRandom(3);
    var file = folder.resolve("flipped.pth");
    int refused = 0;
    for (int i = 0; i < 600; i++) {
      var flipped = sound.clone();
      flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
      Files.write(file, flipped);
      if (Refusals.outcome(() -> Refusals.readAll(Checkpoint::open, file)).isPresent()) {
        refused++;
      }
    }
    // the rest hit padding and fields without meaning here
    assertTrue(refused > 300, refused + " refused");
  }

  private byte[] realisticFile() throws IOException {
    var file = folder.resolve("sound.pth");
    TorchFileWriter.write(
        file,
        TorchFileWriter.infd(
            Map.of("z_shape", List.of(3, 64, 64)),
            Map.of("a", TensorSource.random(1, 1, 50, 20), "b", TensorSource.filled(1, 3))));
    return Files.readAllBytes(file);
  }

  private void disagrees(TestZip zip, String name, Consumer<TestZip.Item> lie) throws IOException {
    lie.accept(zip.item(name));
    assertFileRefused(folder, zip.bytes(), "disagrees with the directory", name);
  }

  private void assertReads(TestZip zip) throws IOException {
    var file = folder.resolve("good.pth");
    Files.write(file, zip.bytes());
    try (var checkpoint = Checkpoint.open(file)) {
      var tensor = checkpoint.stateDict().values().iterator().next();
      tensor.verify();
      assertEquals("w", tensor.name());
      assertArrayEquals(new float[] {1, 2, 3, 4}, tensor.toFloats());
    }
  }
}
