package org.infd.app.work;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.infd.inference.Problem;
import org.junit.jupiter.api.Test;

class DiskRoomTest {
  private static final Path FILE = Path.of("x.png");

  @Test
  void whatSurelyDoesNotFitIsRefused() {
    var refused = assertThrows(Problem.class, () -> DiskRoom.require(FILE, 3L << 30, 1L << 30));
    assertEquals(
        "There is not enough room for x.png: it takes about 3 GB, and 1 GB are free. Make room,"
            + " choose another place, or a format that is smaller.",
        refused.getMessage());
    assertDoesNotThrow(() -> DiskRoom.require(FILE, 11L << 30, 10L << 30));
  }

  @Test
  void whatMayNotFitIsSaid() {
    assertTrue(DiskRoom.doubt(9L << 30, 10L << 30).orElseThrow().startsWith("Only 10 GB are free"));
    assertTrue(DiskRoom.doubt(8L << 30, 10L << 30).isEmpty());
    assertTrue(DiskRoom.doubt(8L << 30, Long.MAX_VALUE).isEmpty());
  }
}
