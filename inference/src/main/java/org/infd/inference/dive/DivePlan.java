package org.infd.inference.dive;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a view lacks, in the order in which it is to be made: from the top down what the children in
 * view are made from, then the first answers of those in view, then the full ones, each from the
 * pointer outwards; and what might be wanted next, the full children around.
 *
 * @param wanted for the view
 * @param ahead for a view that rests
 */
record DivePlan(List<Step> wanted, List<Step> ahead) {
  /** One child to be made. */
  record Step(DiveKey key, DiveStage stage) {}

  /** How far children are made. */
  @FunctionalInterface
  interface Stages {
    @Nullable DiveStage of(DiveKey key);
  }

  DivePlan {
    wanted = List.copyOf(wanted);
    ahead = List.copyOf(ahead);
  }

  /** The plan for a view. */
  static DivePlan of(DiveLattice lattice, int anchor, DiveView view, Stages stages) {
    return new Planner(lattice, anchor, view, stages).plan();
  }

  private record Planner(DiveLattice lattice, int anchor, DiveView view, Stages stages) {
    DivePlan plan() {
      int level = lattice.levelOf(view.side());
      if (level == 0) {
        return new DivePlan(List.of(), List.of());
      }
      long whole = lattice.renderedSide(level, view.side());
      var shown = AreaMean.source(view.side(), view.shown(), whole);
      var seen = meeting(level, whole, shown);
      var wanted = new ArrayList<Step>();
      addAbove(level, whole, shown, seen, wanted);
      var missing = byDistance(unfinished(seen));
      for (var key : missing) {
        if (stages.of(key) == null) {
          wanted.add(new Step(key, DiveStage.FIRST));
        }
      }
      missing.forEach(key -> wanted.add(new Step(key, DiveStage.FULL)));
      return new DivePlan(wanted, around(level, seen));
    }

    private List<DiveKey> meeting(int level, long side, DiveRectangle rectangle) {
      return lattice.meeting(
          level, LevelArea.around(lattice, anchor, level, side, rectangle).onBase());
    }

    private List<DiveKey> unfinished(List<DiveKey> keys) {
      return keys.stream().filter(key -> stages.of(key) != DiveStage.FULL).toList();
    }

    /** The children on the levels above that are needed and not full, from the top down. */
    private void addAbove(
        int level, long whole, DiveRectangle shown, List<DiveKey> seen, List<Step> wanted) {
      var needed = unfinished(seen);
      var levels = new ArrayList<List<DiveKey>>();
      for (int at = level; at > 1; at--) {
        Set<DiveKey> above = new LinkedHashSet<>();
        for (var key : needed) {
          above.addAll(unfinished(meeting(at - 1, lattice.baseSide(at), lattice.square(key))));
        }
        if (at == level && whole == 2 * lattice.baseSide(level)) {
          // what is new comes in gradually, so the level above is seen as well
          above.addAll(unfinished(meeting(level - 1, whole, shown)));
        }
        needed = List.copyOf(above);
        levels.add(byDistance(needed));
      }
      levels
          .reversed()
          .forEach(keys -> keys.forEach(key -> wanted.add(new Step(key, DiveStage.FULL))));
    }

    private List<Step> around(int level, List<DiveKey> seen) {
      long last = lattice.cells(level) - 1;
      var all = new LinkedHashSet<DiveKey>();
      for (var key : seen) {
        for (long row = Math.max(0, key.row() - 1); row <= Math.min(last, key.row() + 1); row++) {
          for (long column = Math.max(0, key.column() - 1);
              column <= Math.min(last, key.column() + 1);
              column++) {
            all.add(new DiveKey(level, row, column));
          }
        }
      }
      seen.forEach(all::remove);
      return byDistance(unfinished(List.copyOf(all))).stream()
          .map(key -> new Step(key, DiveStage.FULL))
          .toList();
    }

    private List<DiveKey> byDistance(List<DiveKey> keys) {
      return keys.stream().sorted(Comparator.comparingDouble(this::distance)).toList();
    }

    /** How far the middle of a child's square lies from the pointer, in parts of the picture. */
    private double distance(DiveKey key) {
      var square = lattice.square(key);
      double side = lattice.baseSide(key.level());
      double half = lattice.encoderSide() / 2.0;
      double down = (square.row() + half) / side - (view.row() + 0.5) / view.side();
      double across = (square.column() + half) / side - (view.column() + 0.5) / view.side();
      return Math.hypot(down, across);
    }
  }
}
