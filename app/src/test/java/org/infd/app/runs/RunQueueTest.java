package org.infd.app.runs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.infd.inference.generation.Recipe;
import org.infd.inference.generation.Recipe.SamplerKind;
import org.junit.jupiter.api.Test;

class RunQueueTest {
  private final RunQueue queue = new RunQueue();

  private static Recipe recipe(long seed, String prompt) {
    return Recipe.builder("hills", "00")
        .seed(seed)
        .steps(4)
        .sampler(SamplerKind.DPMPP)
        .eta(1)
        .prompt(prompt)
        .build();
  }

  private void add(Run run) {
    queue.add(run, Optional.empty());
  }

  private static List<Run> samples(long... seeds) {
    return LongStream.of(seeds).mapToObj(RunQueueTest::sample).toList();
  }

  private static Run sample(long seed) {
    return new Run.Sample(recipe(seed, null));
  }

  private List<Run> waiting() {
    return queue.waiting().stream().map(RunQueue.Order::run).toList();
  }

  @Test
  void ordersChangePlacesAndAreTakenBack() {
    for (long seed = 1; seed <= 4; seed++) {
      add(sample(seed));
    }
    var third = queue.waiting().get(2);
    queue.moveUp(third);
    assertEquals(samples(1, 3, 2, 4), waiting());
    queue.moveUp(third);
    queue.moveUp(third);
    assertEquals(samples(3, 1, 2, 4), waiting());
    queue.moveDown(third);
    assertEquals(samples(1, 3, 2, 4), waiting());
    queue.moveDown(queue.waiting().getLast());
    assertEquals(samples(1, 3, 2, 4), waiting());
    queue.remove(third);
    queue.moveUp(third);
    assertEquals(samples(1, 2, 4), waiting());
    assertEquals(sample(1), queue.take().orElseThrow().run());
    queue.clear();
    assertEquals(Optional.empty(), queue.take());
  }

  @Test
  void twoOrdersForTheSameAreTwo() {
    add(sample(1));
    add(sample(1));
    queue.remove(queue.waiting().getLast());
    assertEquals(1, queue.waiting().size());
  }

  @Test
  void aKeyThatIsHeldDownDoesNotFillTheMemory() {
    for (int i = 0; i < RunQueue.LONGEST; i++) {
      assertTrue(queue.hasRoom());
      add(sample(i));
    }
    assertFalse(queue.hasRoom());
  }

  @Test
  void titlesSayWhatIsAskedFor() {
    add(sample(7));
    add(new Run.Batch(recipe(7, " a lake "), 4));
    assertEquals("Seed 7", queue.waiting().getFirst().title());
    assertEquals("4 × a lake", queue.waiting().getLast().title());
  }
}
