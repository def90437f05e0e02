package org.infd.inference.diffusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.infd.inference.Problem;
import org.junit.jupiter.api.Test;

class TimestepRespacingTest {
  /** The counts of docs/spec/infd-model.md 6 for 1000 steps. */
  private static final List<Integer> VALID =
      IntStream.concat(
              IntStream.rangeClosed(2, 36),
              IntStream.of(
                  38, 39, 40, 42, 44, 46, 48, 50, 53, 56, 59, 63, 67, 72, 77, 84, 91, 100, 112, 125,
                  143, 167, 200, 250, 334, 500, 1000))
          .boxed()
          .toList();

  private static int[] parse(String text) {
    return TimestepRespacing.parse(text, 1000).timesteps();
  }

  @Test
  void ddim200StartsAtZeroAndEndsAt995() {
    int[] kept = parse("ddim200");
    assertEquals(200, kept.length);
    assertArrayEquals(new int[] {0, 5, 10}, Arrays.copyOf(kept, 3));
    assertEquals(995, kept[199]);
  }

  @Test
  void ddimExistsForExactlyThePublishedCounts() {
    assertEquals(VALID, TimestepRespacing.ddimCounts(1000));
    for (int n = 1; n <= 1000; n++) {
      int count = n;
      if (VALID.contains(n)) {
        assertEquals(n, TimestepRespacing.ddim(n, 1000).count());
      } else {
        var problem = assertThrows(Problem.class, () -> TimestepRespacing.ddim(count, 1000));
        int next = VALID.stream().filter(v -> v > count).findFirst().orElseThrow();
        assertTrue(problem.getMessage().contains(" " + next), problem.getMessage());
      }
    }
  }

  @Test
  void anotherCountTakesTheNextAndSaysSo() {
    var taken = TimestepRespacing.nearest(60, "ddim200", 1000);
    assertEquals(63, taken.count());
    assertEquals(
        Optional.of("DDIM has no schedule of 60 steps for a model of 1000; it takes 63."),
        taken.word(60, 1000));
    assertEquals(2, TimestepRespacing.nearest(1, "ddim200", 1000).count());
    var exact = TimestepRespacing.nearest(200, "ddim200", 1000);
    assertEquals(Optional.empty(), exact.word(200, 1000));
  }

  @Test
  void theModelsOwnRespacingIsTakenForItsOwnCount() {
    assertEquals(20, TimestepRespacing.nearest(50, "50", 1000).timesteps()[1]);
    assertEquals(999, TimestepRespacing.nearest(50, "50", 1000).timesteps()[49]);
    assertEquals(980, TimestepRespacing.nearest(50, "ddim200", 1000).timesteps()[49]);
    assertEquals(999, TimestepRespacing.nearest(37, "37", 1000).timesteps()[36]);
  }

  @Test
  void leadingExistsForEveryCount() {
    assertArrayEquals(
        new int[] {1, 101, 201, 301, 401, 501, 601, 701, 801, 901}, parse("leading10+1"));
    int[] thirty = TimestepRespacing.nearest(30, "leading50+1", 1000).timesteps();
    assertEquals(30, thirty.length);
    assertArrayEquals(new int[] {1, 34, 67}, Arrays.copyOf(thirty, 3));
    assertEquals(1 + 29 * 33, thirty[29]);
    assertArrayEquals(new int[] {0, 500}, parse("leading2"));
    // all steps leave no room for an offset
    assertArrayEquals(
        IntStream.range(0, 1000).toArray(),
        TimestepRespacing.nearest(1000, "leading50+1", 1000).timesteps());
  }

  @Test
  void sectionsRoundHalfToEven() {
    int[] fifty = parse("50");
    assertEquals(50, fifty.length);
    assertArrayEquals(new int[] {0, 20, 41, 61}, Arrays.copyOf(fifty, 4));
    assertArrayEquals(new int[] {958, 979, 999}, Arrays.copyOfRange(fifty, 47, 50));
    // the ties 1.5 and 2.5 both go to 2
    assertArrayEquals(new int[] {0, 2, 3}, TimestepRespacing.parse("3", 4).timesteps());
    assertArrayEquals(new int[] {0, 2, 5}, TimestepRespacing.parse("3", 6).timesteps());
  }

  @Test
  void sectionsShareTheRemainder() {
    // 10 steps in 3 sections: 4, 3, 3
    assertArrayEquals(
        new int[] {0, 3, 4, 7, 8, 9}, TimestepRespacing.parse("2, 1,3", 10).timesteps());
  }

  @Test
  void emptyKeepsAll() {
    assertArrayEquals(IntStream.range(0, 1000).toArray(), parse(""));
    assertArrayEquals(IntStream.range(0, 1000).toArray(), parse(" "));
    assertArrayEquals(parse(""), parse("ddim1000"));
  }

  @Test
  void nonsenseIsRefused() {
    for (var text :
        List.of(
            "ddim",
            "ddim0",
            "ddim-3",
            "ddim37",
            "ddim1001",
            "0",
            "-1",
            "1001",
            "a",
            "3,,4",
            "500,501",
            "ddim99999999999")) {
      assertThrows(Problem.class, () -> parse(text), text);
    }
    for (int asked : new int[] {0, -1, 1001, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
      var problem =
          assertThrows(Problem.class, () -> TimestepRespacing.nearest(asked, "ddim200", 1000));
      assertTrue(problem.getMessage().contains("between 1 and 1000"));
    }
  }
}
