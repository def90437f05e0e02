package org.infd.app.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Estimates as ranges. */
class ReckoningTest {
  @Test
  void whatCameTrueNarrowsAndMovesTheRange() {
    var reckoning = new Reckoning();
    var first = reckoning.range(60);
    assertTrue(first.least() < 60 && first.most() > 60);
    IntStream.range(0, 8).forEach(i -> reckoning.learn(60, 150));
    var learnt = reckoning.range(60);
    assertTrue(learnt.least() < 150 && learnt.most() > 150 * 0.95, learnt.toString());
    assertTrue(learnt.most() / learnt.least() < first.most() / first.least() * 1.2);
    assertTrue(learnt.least() > 60, learnt.toString());
  }

  @Test
  void whatIsNotKnownOrHasSleptTeachesNothing() {
    var reckoning = new Reckoning();
    var before = reckoning.range(10);
    reckoning.learn(-1, 5);
    reckoning.learn(10, 0);
    reckoning.learn(10, 100_000);
    assertEquals(before, reckoning.range(10));
  }

  @Test
  void unsteadyTimesMakeAWideRange() {
    var steady = new Reckoning();
    var unsteady = new Reckoning();
    for (int i = 0; i < 8; i++) {
      steady.learn(10, 10);
      unsteady.learn(10, i % 2 == 0 ? 5 : 20);
    }
    var narrow = steady.range(100);
    var wide = unsteady.range(100);
    assertTrue(wide.most() / wide.least() > 2 * narrow.most() / narrow.least());
  }

  @Test
  void rangesAreSaidAsPeopleSayThem() {
    assertEquals("under a second", new SecondsRange(0.1, 0.4).text());
    assertEquals("1 to 3 s", new SecondsRange(0.8, 3.2).text());
    assertEquals("about 5 s", new SecondsRange(4.8, 5.3).text());
    assertEquals("25 to 40 s", new SecondsRange(26, 41).text());
    assertEquals("1 to 2 min", new SecondsRange(48, 108).text());
    assertEquals("about 3 min", new SecondsRange(165, 190).text());
    assertEquals("1 to 1.5 h", new SecondsRange(3600, 5500).text());
  }
}
