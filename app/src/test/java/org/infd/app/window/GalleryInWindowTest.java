package org.infd.app.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.IntBuffer;
import java.nio.file.Files;
import java.util.concurrent.TimeoutException;
import javafx.scene.Node;
import javafx.scene.control.Label;
import javafx.scene.input.KeyCode;
import javafx.scene.input.MouseButton;
import org.infd.app.gallery.GalleryModel;
import org.infd.app.gallery.KeptPicture;
import org.infd.app.viewer.Landscape;
import org.infd.inference.field.DisplayColours;
import org.infd.inference.field.Rectangle;
import org.infd.inference.runtime.Cancellation;
import org.junit.jupiter.api.Test;

/** Pictures are found again, starred, deleted, brought back and compared. */
class GalleryInWindowTest extends StudioWindowTest {
  GalleryInWindowTest() {
    super(900, 700);
  }

  private static KeptPicture newest(GalleryModel gallery) {
    return onFx(() -> gallery.pictures().getFirst());
  }

  @Test
  void everyPictureIsInTheGalleryAndOpensWithoutSampling() throws TimeoutException {
    startWithPicture();
    waitFor(() -> model.gallery().pictures().size() == 1);
    // longer than any number of a date
    run(() -> model.recipe().seedProperty().set("9021004"));
    robot.clickOn("#generate");
    waitFor(() -> model.gallery().pictures().size() == 2);
    robot.clickOn("#generate");
    waitFor(() -> model.gallery().pictures().size() == 3);
    robot.clickOn("#page-gallery");
    waitFor(() -> cards() == 3);
    assertTrue(node("#gallery-use", Label.class).getText().startsWith("3 pictures, "));
    robot.clickOn("#gallery-search").write("seed 9021004");
    waitFor(() -> cards() == 1);
    clickUntil(
        ".card-button", () -> "Hills · seed 9021004".equals(node("#title", Label.class).getText()));
    assertEquals(Page.PICTURE, onFx(() -> model.pages().pageProperty().get()));
    assertEquals(3, engine.recipes.size(), "nothing was sampled");
  }

  @Test
  void aGalleryThatNobodyLooksAtShowsNothing() throws TimeoutException {
    startWithPicture();
    waitFor(() -> model.gallery().pictures().size() == 1);
    waitForRest();
    assertEquals(0, cards(), "its small picture would be read and kept");
    robot.clickOn("#page-gallery");
    waitFor(() -> cards() == 1);
    robot.clickOn("#page-picture");
    robot.clickOn("#generate");
    waitFor(() -> model.gallery().pictures().size() == 2);
    waitForRest();
    assertEquals(0, cards());
    robot.clickOn("#page-gallery");
    waitFor(() -> cards() == 2);
  }

  @Test
  void deletingCanBeUndone() throws TimeoutException {
    startWithPicture();
    waitFor(() -> model.gallery().pictures().size() == 1);
    var kept = newest(model.gallery());
    robot.clickOn("#page-gallery");
    waitFor(() -> cards() == 1);
    robot.interact(() -> seen(".card-button").getFirst().requestFocus());
    robot.type(KeyCode.S);
    waitFor(() -> model.gallery().isFavourite(kept));
    robot.type(KeyCode.DELETE);
    waitFor(() -> !Files.exists(kept.file()));
    assertEquals("Deleted 'Seed 18'.", noticeText());
    robot.clickOn("#notice-action");
    waitFor(() -> model.gallery().pictures().size() == 1);
    assertTrue(Files.exists(kept.file()));
    assertTrue(onFx(() -> model.gallery().isFavourite(kept)));
  }

  @Test
  void twoPicturesAreSeenAtOnePlace() throws TimeoutException {
    startWithPicture();
    robot.clickOn("#generate");
    waitFor(() -> model.gallery().pictures().size() == 2);
    waitForRest();
    long seed = engine.recipes.getLast().seed();
    var older = onFx(() -> model.gallery().pictures().getLast());
    assertEquals(18, older.recipe().seed());
    robot.clickOn("#page-gallery");
    waitFor(() -> cards() == 2);
    run(
        () -> {
          new PictureCommands(model).compareWith(older);
        });
    waitFor(() -> robot.lookup("#compare").tryQuery().isPresent());
    assertEquals(Page.PICTURE, onFx(() -> model.pages().pageProperty().get()));
    zoomTo(3000);
    waitFor(() -> showsAtTheRight(18));
    robot.drag(canvas(), MouseButton.PRIMARY).moveBy(-50, -27).moveBy(-31, -8).drop();
    waitForRest();
    waitFor(() -> showsAtTheRight(18));
    assertFalse(onFx(() -> showsAtTheRight((int) seed)), "the two differ");
    int released = engine.released.size();
    robot.type(KeyCode.ESCAPE);
    waitFor(() -> robot.lookup("#compare").tryQuery().isEmpty());
    waitFor(() -> engine.released.size() == released + 1);
    assertEquals(18, engine.released.getLast().recipe().seed());
  }

  /** Whether the second picture is that of a seed, at exactly the place of the first. */
  private boolean showsAtTheRight(int seed) {
    var view = model.viewer().cameraProperty().get().atRest();
    var image = node("#compare", Node.class).snapshot(null, null);
    int left = (int) (image.getWidth() * 0.7);
    var pixels = IntBuffer.allocate(40 * 30);
    DisplayColours.toArgb(
        new Landscape(seed)
            .render(
                (int) view.imageSide(),
                new Rectangle((int) view.row() + 150, (int) view.column() + left, 40, 30),
                Cancellation.never()),
        pixels);
    for (int i = 0; i < 1200; i++) {
      if (image.getPixelReader().getArgb(left + i % 30, 150 + i / 30) != pixels.get(i)) {
        return false;
      }
    }
    return true;
  }

  @Test
  void whatCannotBeComparedSaysWhy() throws TimeoutException {
    startWithPicture();
    assertEquals("this picture was none", onFx(() -> model.comparison().whyNoPhoto()));
    assertEquals(
        "this model renders without seams anyway",
        onFx(() -> model.comparison().whyNotPublished()));
    robot.clickOn("#compare-button");
    waitFor(() -> robot.lookup("#compare-gallery").tryQuery().isPresent());
    robot.clickOn("#compare-gallery");
    waitFor(() -> model.pages().pageProperty().get() == Page.GALLERY);
  }
}
