package org.infd.app.viewer;

import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.infd.inference.dive.DiveLattice;
import org.infd.inference.field.TileKey;
import org.infd.inference.field.TileScheduler;
import org.infd.inference.field.TileSource;
import org.infd.inference.field.Viewport;
import org.infd.inference.tensor.Tensor;

/** One grey at every depth, on a lattice; nothing is ever missing. */
public record FakeDepths(DiveLattice lattice, TileScheduler.Worker worker) implements Depths {
  @Override
  public long largestSide() {
    return lattice.largestSide();
  }

  @Override
  public int depthAt(double side) {
    return lattice.levelOf((long) Math.ceil(side));
  }

  @Override
  public long sideOf(int depth) {
    return lattice.finestSide(depth);
  }

  @Override
  public TileSource source() {
    return (key, _) -> {
      var values = new float[3 * key.height() * key.width()];
      Arrays.fill(values, 0.25f);
      return Tensor.of(values, 1, 3, key.height(), key.width());
    };
  }

  @Override
  public Refining refine(Consumer<Predicate<TileKey>> changed, Consumer<RuntimeException> failed) {
    return new Refining() {
      @Override
      public void look(Viewport view, double pointerRow, double pointerColumn) {}

      @Override
      public int pending() {
        return 0;
      }

      @Override
      public void pause() {}

      @Override
      public void close() {}
    };
  }
}
