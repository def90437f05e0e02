package org.infd.inference.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.infd.inference.Problem;
import org.infd.inference.export.Frame.Region;
import org.infd.inference.field.Rectangle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FrameTest {
  @ParameterizedTest
  @CsvSource({
    // height, width, top, left, height, width -> N, row, column
    "2048, 2048, 0, 0, 1, 1,             2048, 0, 0",
    "1080, 1920, 0, 0, 1, 1,             1920, 420, 0",
    "1920, 1080, 0, 0, 1, 1,             1920, 0, 420",
    "512, 512, 0.25, 0.5, 0.25, 0.25,    2048, 512, 1024",
    "512, 512, 0.9, 0.9, 0.1, 0.1,       5120, 4608, 4608",
    "512, 512, 0.7, 0.7, 0.3, 0.3,       1707, 1195, 1195",
    "100, 200, 0.5, 0.5, 0.5, 0.5,       400, 250, 200",
    "1, 1, 0, 0, 1, 1,                   1, 0, 0",
    "7, 5, 0.9999, 0.9999, 0.0001, 0.0001, 70000, 69993, 69994"
  })
  void aRegionBecomesIntegers(
      long height,
      long width,
      double top,
      double left,
      double regionHeight,
      double regionWidth,
      int side,
      int row,
      int column) {
    var frame = Frame.of(height, width, new Region(top, left, regionHeight, regionWidth));
    assertEquals(new Frame(side, new Rectangle(row, column, (int) height, (int) width)), frame);
    assertEquals(height * width, frame.pixels());
  }

  @ParameterizedTest
  @CsvSource({
    "0, 5",
    "5, 0",
    "-1, 5",
    "1048577, 5",
    "5, 9223372036854775807",
    "-9223372036854775808, 1"
  })
  void absurdSizesAreASentence(long height, long width) {
    var problem = assertThrows(Problem.class, () -> Frame.of(height, width, Region.WHOLE));
    assertTrue(problem.getMessage().contains(width + "×" + height), problem.getMessage());
  }

  @Test
  void theLimitItselfIsAllowed() {
    assertEquals(1 << 20, Frame.square(1 << 20).imageSide());
    assertThrows(Problem.class, () -> Frame.square((1 << 20) + 1));
  }

  @Test
  void aRegionTooSmallForItsSizeIsASentence() {
    var region = new Region(0, 0, 1e-4, 1e-4);
    var problem = assertThrows(Problem.class, () -> Frame.of(2048, 2048, region));
    assertTrue(problem.getMessage().contains("1048576"), problem.getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "-0.1, 0, 0.5, 0.5",
    "0, 0.6, 0.5, 0.5",
    "0, 0, 0, 1",
    "0, 0, 1, -1",
    "NaN, 0, 1, 1",
    "0, 0, Infinity, 1"
  })
  void aRegionOutsideTheImageIsASentence(double top, double left, double height, double width) {
    var problem = assertThrows(Problem.class, () -> new Region(top, left, height, width));
    assertTrue(problem.getMessage().contains("top,left,height,width"), problem.getMessage());
  }

  @Test
  void writtenFractionsThatAddUpToOneAreInside() {
    assertEquals(1024, Frame.of(716, 716, new Region(0.3, 0.3, 0.7, 0.7)).imageSide(), 2);
  }
}
