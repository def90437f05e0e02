package org.infd.app.runs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.infd.inference.generation.Recipe;
import org.infd.inference.generation.Recipe.SamplerKind;
import org.junit.jupiter.api.Test;

class RunQueueTest {
  private final RunQueue queue = new RunQueue();

  private static Recipe recipe(long seed, String prompt) {
    return new Recipe("hills", "00", seed, 4, SamplerKind.DPMPP, 1, null, prompt, null, 1);
  }

  private List<Long> seeds() {
    return queue.waiting().stream().map(order -> order.recipe().seed()).toList();
  }

  @Test
  void ordersChangePlacesAndAreTakenBack() {
    for (long seed = 1; seed <= 4; seed++) {
      assertTrue(queue.add(recipe(seed, null), 1).isPresent());
    }
    var third = queue.waiting().get(2);
    queue.moveUp(third);
    assertEquals(List.of(1L, 3L, 2L, 4L), seeds());
    queue.moveUp(third);
    queue.moveUp(third);
    assertEquals(List.of(3L, 1L, 2L, 4L), seeds());
    queue.moveDown(third);
    assertEquals(List.of(1L, 3L, 2L, 4L), seeds());
    queue.moveDown(queue.waiting().getLast());
    assertEquals(List.of(1L, 3L, 2L, 4L), seeds());
    queue.remove(third);
    queue.moveUp(third);
    assertEquals(List.of(1L, 2L, 4L), seeds());
    assertEquals(1L, queue.take().orElseThrow().recipe().seed());
    queue.clear();
    assertEquals(Optional.empty(), queue.take());
  }

  @Test
  void twoOrdersForTheSameAreTwo() {
    queue.add(recipe(1, null), 1);
    queue.add(recipe(1, null), 1);
    queue.remove(queue.waiting().getLast());
    assertEquals(1, queue.waiting().size());
  }

  @Test
  void aKeyThatIsHeldDownDoesNotFillTheMemory() {
    for (int i = 0; i < RunQueue.LONGEST; i++) {
      assertTrue(queue.add(recipe(i, null), 1).isPresent());
    }
    assertTrue(queue.add(recipe(0, null), 1).isEmpty());
  }

  @Test
  void titlesSayWhatIsAskedFor() {
    queue.add(recipe(7, null), 1);
    queue.add(recipe(7, " a lake "), 4);
    assertEquals("Seed 7", queue.waiting().getFirst().title());
    assertEquals("4 × a lake", queue.waiting().getLast().title());
  }
}
