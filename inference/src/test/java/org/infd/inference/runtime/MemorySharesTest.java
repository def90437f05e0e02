package org.infd.inference.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemorySharesTest {
  private static final long MIB = 1L << 20;

  @Test
  void theSumNeverExceedsTheLimit() {
    var shares = new MemoryShares();
    var random = new Random(5);
    long limit = 4096 * MIB;
    var held = new ArrayList<MemoryShares.Share>();
    for (int i = 0; i < 500; i++) {
      if (!held.isEmpty() && random.nextInt(3) == 0) {
        held.remove(random.nextInt(held.size())).close();
      } else {
        try {
          held.add(shares.take(limit, random.nextLong(2000 * MIB)));
        } catch (OutOfDeviceMemory e) {
          held.removeFirst().close();
        }
      }
      assertTrue(held.stream().mapToLong(MemoryShares.Share::bytes).sum() <= limit);
    }
    held.forEach(MemoryShares.Share::close);
    assertEquals(limit / 2, shares.take(limit, limit).bytes(), "all was given back");
  }

  @Test
  void aShareIsGivenBackOnce() {
    var shares = new MemoryShares();
    var first = shares.take(1024 * MIB, 1024 * MIB);
    first.close();
    first.close();
    assertEquals(first.bytes(), shares.take(1024 * MIB, 1024 * MIB).bytes());
  }

  @Test
  void smallNetworksLeaveTheRestToLargeOnes() {
    var shares = new MemoryShares();
    assertEquals(542 * MIB, shares.take(8192 * MIB, 10 * MIB).bytes());
  }

  @Test
  void withoutALimitThereIsNone() {
    assertEquals(0, new MemoryShares().take(0, 1 << 30).bytes());
  }

  @Test
  void whatIsLeftIsTooLittleAtSomeTimeAndThatIsSaid() {
    var shares = new MemoryShares();
    var refused =
        assertThrows(
            OutOfDeviceMemory.class,
            () -> {
              for (int i = 0; i < 100; i++) {
                shares.take(256 * MIB, 100 * MIB);
              }
            });
    assertTrue(refused.getMessage().contains("--gpu-memory"), refused.getMessage());
  }

  @Test
  void theWeightsBesideAGraphCount(@TempDir Path folder) throws Exception {
    var external = new Protobuf().text(1, "location").text(2, "w.bin");
    var tensor = new Protobuf().message(13, external);
    var graph = new Protobuf().message(5, tensor).message(5, tensor);
    Files.write(folder.resolve("g.onnx"), new Protobuf().message(7, graph).toBytes());
    Files.write(folder.resolve("w.bin"), new byte[(int) (10 * MIB)]);
    var share = new MemoryShares().take(1L << 40, folder.resolve("g.onnx"));
    assertTrue(share.bytes() >= 542 * MIB && share.bytes() < 543 * MIB, () -> "" + share.bytes());
    Files.writeString(folder.resolve("none.onnx"), "no graph");
    assertTrue(new MemoryShares().take(1L << 40, folder.resolve("none.onnx")).bytes() > 0);
  }
}
