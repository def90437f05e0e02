package org.infd.app.viewer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LargestCanvasTest {
  @ParameterizedTest
  @CsvSource({
    "1, 1600, 1000, 1",
    "2, 3840, 2160, 2",
    "1.25, 6144, 3000, 1.25",
    "2, 5120, 1440, 1.6",
    "1, 10240, 2880, 0.8",
    "1.5, 1000, 8192, 1",
    "1, 0, 0, 1"
  })
  void aCanvasFitsIntoEveryTexture(double scale, double width, double height, double expected) {
    assertEquals(expected, ViewerCanvas.bounded(scale, width, height), 1e-12);
  }
}
