package org.infd.inference.dive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.infd.inference.Problem;
import org.junit.jupiter.api.Test;

class DiveLatticeTest {
  private final DiveLattice lattice = new DiveLattice(256, 32, 512);

  @Test
  void squaresAreWholeLatentCellsInsideThePictureAndCoverIt() {
    for (int level : new int[] {1, 2, 5}) {
      long side = lattice.baseSide(level);
      long reached = 0;
      for (long cell = 0; cell < lattice.cells(level); cell++) {
        var square = lattice.square(new DiveKey(level, cell, 0));
        assertEquals(0, square.row() % 8, "whole cells");
        assertTrue(square.row() >= 0 && square.rowEnd() <= side);
        assertTrue(square.row() <= reached, "no gap");
        reached = square.rowEnd();
      }
      assertEquals(side, reached);
    }
  }

  @Test
  void neighboursOverlapByAQuarterAwayFromTheBorder() {
    var one = lattice.square(new DiveKey(3, 2, 2));
    var next = lattice.square(new DiveKey(3, 2, 3));
    assertEquals(2 * 192 - 32, one.row());
    assertEquals(192, next.column() - one.column());
    assertEquals(64, one.columnEnd() - next.column());
  }

  @Test
  void weightsOfAllThatMeetAddUpToOneOrMore() {
    int level = 3;
    for (long pixel = 0; pixel < lattice.baseSide(level); pixel++) {
      double sum = 0;
      int meeting = 0;
      for (var key : lattice.meeting(level, new DiveRectangle(pixel, 0, 1, 1))) {
        if (key.column() == 0) {
          long first = lattice.first(level, key.row());
          assertTrue(pixel >= first && pixel < first + 256);
          sum += lattice.weight(level, key.row(), pixel - first + 0.5);
          meeting++;
        }
      }
      assertTrue(sum > 0.99, "at " + pixel + " from " + meeting + ": " + sum);
      assertTrue(meeting <= 3);
    }
  }

  @Test
  void everyChildThatMeetsARectangleIsFoundAndNoOther() {
    int level = 2;
    var rectangle = new DiveRectangle(370, 20, 60, 400);
    var expected = new java.util.ArrayList<DiveKey>();
    for (long row = 0; row < lattice.cells(level); row++) {
      for (long column = 0; column < lattice.cells(level); column++) {
        var square = lattice.square(new DiveKey(level, row, column));
        if (square.row() < rectangle.rowEnd()
            && rectangle.row() < square.rowEnd()
            && square.column() < rectangle.columnEnd()
            && rectangle.column() < square.columnEnd()) {
          expected.add(new DiveKey(level, row, column));
        }
      }
    }
    assertEquals(expected, lattice.meeting(level, rectangle));
  }

  @Test
  void aPictureGoesFortyLevelsDownAndMore() {
    assertTrue(lattice.deepest() >= 40, "deepest " + lattice.deepest());
    assertEquals(512L << 40, lattice.baseSide(41));
    assertEquals(
        List.of(0, 0, 1, 1, 2),
        List.of(1L, 512L, 513L, 1024L, 1025L).stream().map(lattice::levelOf).toList());
    var paper = new DiveLattice(256, 64, 1024);
    assertEquals(4, paper.gain());
    assertEquals(4096, paper.baseSide(2));
    assertEquals(1, paper.levelOf(2048));
  }

  @Test
  void sidesThatDoNotFitAreRefused() {
    assertThrows(Problem.class, () -> new DiveLattice(256, 12, 512));
    assertThrows(Problem.class, () -> new DiveLattice(256, 32, 600));
    assertThrows(Problem.class, () -> new DiveLattice(256, 32, 256));
    assertThrows(IllegalArgumentException.class, () -> lattice.baseSide(0));
  }
}
