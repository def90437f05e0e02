package org.infd.exporter.torch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.infd.inference.Problem;
import org.jspecify.annotations.Nullable;

/** The value stack of a pickle with its marks; nothing below the last mark can be taken. */
final class PickleStack {
  private final SourceLocation origin;
  private final PickleCursor in;
  private final int mostValues;
  private final int deepest;
  private final List<@Nullable Object> values = new ArrayList<>();
  private int[] marks = new int[16];
  private int markCount;
  private int pushed;

  PickleStack(SourceLocation origin, PickleCursor in, int mostValues, int deepest) {
    this.origin = origin;
    this.in = in;
    this.mostValues = mostValues;
    this.deepest = deepest;
  }

  boolean isEmpty() {
    return values.isEmpty() && markCount == 0;
  }

  void push(@Nullable Object value) {
    if (++pushed > mostValues) {
      throw origin.damaged(in.opcodePlace(), "more than " + mostValues + " values are made");
    }
    if (value instanceof Pickled pickled) {
      checkDepth(pickled);
    }
    values.add(value);
  }

  void checkDepth(Pickled value) {
    if (value.depth() > deepest) {
      throw tooDeep();
    }
  }

  void mark() {
    if (markCount == deepest) {
      throw tooDeep();
    }
    if (markCount == marks.length) {
      marks = Arrays.copyOf(marks, 2 * markCount);
    }
    marks[markCount++] = values.size();
  }

  @Nullable Object pop() {
    need(1);
    return values.removeLast();
  }

  @Nullable Object peek() {
    need(1);
    return values.getLast();
  }

  /** The last {@code count} values, oldest first. */
  List<@Nullable Object> pop(int count) {
    need(count);
    return cut(values.size() - count);
  }

  /** The values since the last mark, oldest first; the mark goes too. */
  List<@Nullable Object> popToMark() {
    if (markCount == 0) {
      throw origin.damaged(in.opcodePlace(), "a mark is missing");
    }
    return cut(marks[--markCount]);
  }

  /** Drops the last value, or the mark if nothing is above it. */
  void discard() {
    if (markCount > 0 && marks[markCount - 1] == values.size()) {
      markCount--;
    } else {
      pop();
    }
  }

  private List<@Nullable Object> cut(int from) {
    var tail = values.subList(from, values.size());
    List<@Nullable Object> taken = new ArrayList<>(tail);
    tail.clear();
    return taken;
  }

  private void need(int count) {
    int floor = markCount == 0 ? 0 : marks[markCount - 1];
    if (values.size() - floor < count) {
      throw origin.damaged(in.opcodePlace(), "a value is missing");
    }
  }

  private Problem tooDeep() {
    return origin.damaged(in.opcodePlace(), "values are nested deeper than " + deepest);
  }
}
