package org.infd.inference.dive;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.junit.jupiter.api.Test;

class DiveOptionsTest {
  private static final DiveOptions USUAL =
      DiveOptions.usual(5, new DiveLattice(256, 32, 512), false);

  @Test
  void childrenStayTheSameAboveWhatWasChosenOtherwise() {
    assertEquals(Integer.MAX_VALUE - 1, USUAL.sameDownTo(USUAL));
    assertEquals(0, USUAL.sameDownTo(USUAL.withPull(0.1)));
    assertEquals(0, USUAL.sameDownTo(USUAL.withStrength(0.1)));
    var rock = USUAL.withPrompts(Map.of(3, "rock"));
    assertEquals(2, USUAL.sameDownTo(rock));
    assertEquals(2, rock.sameDownTo(USUAL));
    assertEquals(4, rock.sameDownTo(USUAL.withPrompts(Map.of(3, "rock", 5, "moss"))));
    assertEquals(
        Integer.MAX_VALUE - 1, rock.sameDownTo(USUAL.withPrompts(Map.of(3, "rock", 5, "rock"))));
    var other = USUAL.withSeed(new DiveKey(4, 1, 2), 9);
    assertEquals(3, USUAL.sameDownTo(other));
    assertEquals(3, other.sameDownTo(USUAL.withSeed(new DiveKey(4, 1, 2), 8)));
    assertEquals(0, USUAL.sameDownTo(USUAL.withSeed(new DiveKey(1, 0, 0), 9)));
  }
}
