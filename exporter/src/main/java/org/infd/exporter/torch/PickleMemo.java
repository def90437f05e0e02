package org.infd.exporter.torch;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The numbered values of a pickle; indices may be any, so that a lie costs no memory. */
final class PickleMemo {
  private final SourceLocation origin;
  private final PickleCursor in;
  private final int largest;
  private final Map<Long, @Nullable Object> values = new HashMap<>();

  PickleMemo(SourceLocation origin, PickleCursor in, int largest) {
    this.origin = origin;
    this.in = in;
    this.largest = largest;
  }

  int size() {
    return values.size();
  }

  void put(long index, @Nullable Object value) {
    if (index > largest) {
      throw origin.damaged(in.opcodePlace(), "the memo index " + index + " is absurd");
    }
    values.put(index, value);
  }

  @Nullable Object get(long index) {
    if (!values.containsKey(index)) {
      throw origin.damaged(in.opcodePlace(), "the memo has no value " + index);
    }
    return values.get(index);
  }
}
