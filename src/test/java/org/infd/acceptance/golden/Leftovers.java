package org.infd.acceptance.golden;

import java.util.ArrayList;
import java.util.Arrays;
import org.infd.inference.tensor.Npz;

/** Recognises arrays by their values whose names say nothing. */
final class Leftovers {
  private static final int FEWEST_VALUES = 8;

  private Leftovers() {}

  /** Compares every array that nobody knew with everything that was computed. */
  static void recognise(InfdSubject subject) {
    var arrays = subject.arrays();
    var ledger = subject.ledger();
    for (var array : new ArrayList<>(arrays.names())) {
      var numbers = arrays.get(array);
      if (ledger.isSettled(array)
          || numbers.integer()
          || numbers.rank() < 2
          || numbers.values().length < FEWEST_VALUES) {
        continue;
      }
      var floats = numbers.floats();
      double allowed = ledger.tolerance(numbers, InfdSubject.CALL);
      subject
          .computed()
          .forEach(
              (what, tensor) -> {
                for (var fit : Fits.of(tensor, numbers.shape(), ArrayName.of(array))) {
                  double error = Npz.relativeError(fit.tensor(), floats);
                  if (error <= allowed && !ledger.isSettled(array)) {
                    ledger.note(array, error, allowed, "recognised by its values: " + what);
                  }
                }
              });
      for (var other : arrays.names()) {
        if (!other.equals(array)
            && !ledger.isSettled(array)
            && Arrays.equals(numbers.values(), arrays.get(other).values())) {
          ledger.input(array, "the same numbers as " + other);
        }
      }
    }
  }
}
