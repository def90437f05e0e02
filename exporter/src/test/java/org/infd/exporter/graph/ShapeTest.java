package org.infd.exporter.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.infd.exporter.graph.Contraction.Padding;
import org.junit.jupiter.api.Test;

/** Extents, known and free, through the operations. */
class ShapeTest {
  private static final Dim H = Dim.free("h");
  private static final Dim W = Dim.free("w");

  private static Value value(Shape shape) {
    return new Value("x", new ValueType(ElementType.FLOAT32, shape));
  }

  private static Shape infer(Operation operation, Shape... shapes) {
    var inputs = java.util.Arrays.stream(shapes).map(ShapeTest::value).toList();
    return operation.infer(inputs).getFirst().shape();
  }

  @Test
  void extentsMultiplyAndDivideExactly() {
    assertEquals("6*h*w", H.times(2).times(W.times(3)).toString());
    assertEquals(W.times(3), H.times(2).times(W.times(3)).over(H.times(2)));
    assertThrows(IllegalArgumentException.class, () -> H.times(3).over(Dim.of(2)));
    assertThrows(IllegalArgumentException.class, () -> H.over(W));
    assertThrows(IllegalStateException.class, H::value);
  }

  @Test
  void broadcastsFromTheLastAxis() {
    var image = Shape.of(Dim.free("n"), Dim.of(8), H, W);
    assertEquals(image, Shape.broadcast(image, Shape.known(8, 1, 1)));
    assertEquals(image, Shape.broadcast(Shape.of(), image));
    assertThrows(
        IllegalArgumentException.class, () -> Shape.broadcast(image, Shape.known(4, 1, 1)));
    assertThrows(IllegalArgumentException.class, () -> Shape.broadcast(Shape.of(H), Shape.of(W)));
  }

  @Test
  void reshapesInTheTermsOfOnnx() {
    var image = Shape.of(Dim.ONE, Dim.of(64), H, W);
    var groups = new Rearrangement.Reshape(Shape.of(Dim.ONE, Dim.of(32), H.times(2), W));
    assertEquals(List.of(1L, 32L, -1L, 0L), groups.encode(image));
    assertEquals(groups.target(), infer(groups, image));
    var other = new Rearrangement.Reshape(Shape.of(Dim.ONE, Dim.of(32), H, W));
    assertThrows(IllegalArgumentException.class, () -> infer(other, image));
    var twoOpen = new Rearrangement.Reshape(Shape.of(W, H, Dim.of(64)));
    assertThrows(IllegalArgumentException.class, () -> infer(twoOpen, image));
  }

  @Test
  void convolvesKnownAndFreeExtents() {
    var kernel = Shape.known(7, 4, 3, 3);
    var same = new Contraction.Convolution(1, Padding.all(1));
    assertEquals(
        Shape.of(Dim.ONE, Dim.of(7), H, W),
        infer(same, Shape.of(Dim.ONE, Dim.of(4), H, W), kernel));
    var down = new Contraction.Convolution(2, new Padding(0, 0, 1, 1));
    assertEquals(Shape.known(1, 7, 4, 4), infer(down, Shape.known(1, 4, 8, 8), kernel));
    assertThrows(
        IllegalArgumentException.class,
        () -> infer(down, Shape.of(Dim.ONE, Dim.of(4), H, W), kernel));
    assertThrows(
        IllegalArgumentException.class, () -> infer(same, Shape.known(1, 5, 8, 8), kernel));
  }
}
