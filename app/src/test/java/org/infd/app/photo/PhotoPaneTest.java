package org.infd.app.photo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import javafx.scene.Node;
import javafx.scene.Scene;
import javafx.scene.image.Image;
import javafx.scene.image.ImageView;
import javafx.scene.layout.StackPane;
import org.infd.app.FxTest;
import org.infd.inference.generation.Photo;
import org.junit.jupiter.api.Test;

/** Tiny and narrow pictures look like what they are. */
class PhotoPaneTest extends FxTest {
  private StackPane root;

  @Override
  protected Scene scene() {
    root = new StackPane();
    return new Scene(root, 600, 500);
  }

  private void show(int width, int height, int... colours) {
    var picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < width * height; i++) {
      picture.setRGB(i % width, i / width, colours[i % colours.length]);
    }
    run(
        () -> {
          var pane =
              new PhotoPane(
                  new PhotoCrop(Photo.of("tiny.png", "ab", picture)),
                  "note",
                  new PhotoPane.Actions(() -> {}, () -> {}));
          root.getChildren().setAll(pane);
          root.applyCss();
          root.layout();
        });
  }

  private Image seenView() {
    return onFx(() -> ((ImageView) root.lookup("ImageView")).snapshot(null, null));
  }

  private static void assertColour(int wanted, Image image, double right, double down) {
    int x = (int) (right * (image.getWidth() - 1));
    int y = (int) (down * (image.getHeight() - 1));
    assertEquals(
        Integer.toHexString(0xFF000000 | wanted),
        Integer.toHexString(image.getPixelReader().getArgb(x, y)),
        "at " + right + ", " + down);
  }

  @Test
  void onePixelIsOneColourUpToItsEdges() {
    show(1, 1, 0xC81E5A);
    var seen = seenView();
    for (double right : new double[] {0.01, 0.5, 0.99}) {
      for (double down : new double[] {0.01, 0.5, 0.99}) {
        assertColour(0xC81E5A, seen, right, down);
      }
    }
    assertFalse(handlesAreSeen(), "there is one square only");
  }

  @Test
  void fourPixelsAreFourSquares() {
    show(2, 2, 0xFF0000, 0x00FF00, 0x0000FF, 0x808080);
    var seen = seenView();
    assertColour(0xFF0000, seen, 0.02, 0.48);
    assertColour(0x00FF00, seen, 0.98, 0.02);
    assertColour(0x0000FF, seen, 0.48, 0.98);
    assertColour(0x808080, seen, 0.52, 0.52);
  }

  @Test
  void theSquareOfALineIsNotHidden() {
    show(1, 500, 0xFF0000);
    assertFalse(handlesAreSeen());
    show(500, 1, 0xFF0000);
    assertFalse(handlesAreSeen());
    show(100, 80, 0xFF0000);
    assertTrue(handlesAreSeen());
  }

  private boolean handlesAreSeen() {
    return onFx(() -> root.lookupAll(".photo-handle").stream().anyMatch(Node::isVisible));
  }
}
