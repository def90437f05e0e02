package org.infd.app.work;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class UndoStackTest {
  private final List<String> undone = new ArrayList<>();
  private final UndoStack stack = new UndoStack();

  @Test
  void theLastIsTakenBackFirstAndEachOnce() {
    stack.push(() -> undone.add("first"));
    var second = stack.push(() -> undone.add("second"));
    stack.push(() -> undone.add("third"));
    second.undo();
    second.undo();
    stack.undo();
    stack.undo();
    stack.undo();
    assertEquals(List.of("second", "third", "first"), undone);
  }

  @Test
  void whatMeansNothingAnyMoreIsPassedOver() {
    var possible = new AtomicBoolean(true);
    stack.push(() -> undone.add("first"));
    var second = stack.push(possible::get, () -> undone.add("second"));
    possible.set(false);
    second.undo();
    stack.undo();
    assertEquals(List.of("first"), undone);
  }
}
