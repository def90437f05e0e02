package org.infd.app.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.nio.IntBuffer;
import java.util.List;
import java.util.concurrent.TimeoutException;
import javafx.scene.control.Label;
import javafx.scene.control.TextField;
import javafx.scene.input.KeyCode;
import javafx.scene.input.MouseButton;
import javax.imageio.ImageIO;
import org.infd.app.FakeEngine;
import org.infd.app.runs.RunState;
import org.infd.app.viewer.Landscape;
import org.infd.app.viewer.PixelImage;
import org.infd.inference.export.Frame;
import org.infd.inference.export.PngExport;
import org.infd.inference.field.DisplayColours;
import org.infd.inference.field.Rectangle;
import org.infd.inference.generation.PictureMetadata;
import org.infd.inference.generation.Recipe;
import org.infd.inference.generation.Recipe.SamplerKind;
import org.infd.inference.runtime.Cancellation;
import org.junit.jupiter.api.Test;
import org.testfx.util.NodeQueryUtils;

/** Files are opened, dropped and saved. */
class FilesInWindowTest extends StudioWindowTest {
  FilesInWindowTest() {
    super(900, 700);
  }

  @Test
  void theViewIsCopiedPixelForPixel() throws TimeoutException {
    startWithPicture();
    zoomTo(3000);
    waitForRest();
    var frame = onFx(() -> model.viewer().shownPart().orElseThrow());
    var copied = new java.util.concurrent.CompletableFuture<PixelImage>();
    run(
        () -> {
          model.exports().copyView(copied::complete);
        });
    waitFor(copied::isDone);
    var pixels = IntBuffer.allocate(frame.height() * frame.width());
    DisplayColours.toArgb(
        new Landscape(18)
            .render(
                3000,
                new Rectangle(
                    (int) frame.row(), (int) frame.column(), frame.height(), frame.width()),
                Cancellation.never()),
        pixels);
    assertEquals(pixels, copied.join().pixels().duplicate().clear());
    assertTrue(noticeText().startsWith("Copied this view, "));
  }

  @Test
  void savesAndOpens() throws TimeoutException {
    startWithPicture();
    robot.clickOn("#save");
    waitFor(() -> noticeText().equals("Saved picture.infd."));
    robot.clickOn("#generate");
    waitFor(() -> !"Hills · seed 18".equals(node("#title", Label.class).getText()));
    waitForRest();
    robot.clickOn("#open");
    waitFor(() -> "Hills · seed 18".equals(node("#title", Label.class).getText()));
    assertEquals("18", node("#seed", TextField.class).getText());
    waitFor(() -> engine.released.size() == 2);
  }

  @Test
  void aDroppedFieldOpensAndOtherFilesAreRefused() throws TimeoutException {
    startWithPicture();
    var file = folder.resolve("dropped.INFD");
    FakeEngine.write(
        file,
        Recipe.builder("hills", "00").seed(77).steps(25).sampler(SamplerKind.DPMPP).eta(1).build());
    drop(folder.resolve("notes.txt"));
    assertTrue(noticeText().startsWith("'notes.txt' is neither a field file"), noticeText());
    var second = folder.resolve("second.infd");
    FakeEngine.write(
        second,
        Recipe.builder("hills", "00").seed(78).steps(25).sampler(SamplerKind.DPMPP).eta(1).build());
    drop(file, second);
    waitFor(() -> "Hills · seed 77".equals(node("#title", Label.class).getText()));
    waitFor(
        () ->
            List.of("Seed 77", "Seed 78")
                .equals(
                    model.tabs().tabs().stream().map(tab -> tab.titleProperty().get()).toList()));
  }

  @Test
  void aDroppedPhotoBecomesAField() throws Exception {
    startWithPicture();
    waitFor(() -> model.gallery().pictures().size() == 1);
    var image = new BufferedImage(80, 40, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 3200; i++) {
      image.setRGB(i % 80, i / 80, i % 80 < 40 ? 0xFF0000 : 0x0000FF);
    }
    var file = folder.resolve("holiday.png");
    ImageIO.write(image, "png", file.toFile());
    drop(file);
    waitFor(() -> model.opener().photoProperty().get().isPresent());
    assertEquals(
        "holiday.png: 40 × 40 of 80 × 40 pixels", node("#photo-size", Label.class).getText());
    robot.drag("#photo-handle-bottom_right", MouseButton.PRIMARY).moveBy(-30, -20).moveBy(-60, -50);
    robot.drop();
    int side =
        onFx(
            () -> model.opener().photoProperty().get().orElseThrow().squareProperty().get().side());
    assertTrue(side > 16 && side < 40, "pulled to " + side);
    robot.clickOn("#photo-stage").type(KeyCode.HOME);
    robot.type(KeyCode.LEFT, 30);
    robot.clickOn("#photo-open");
    waitFor(() -> "Hills · holiday.png".equals(node("#title", Label.class).getText()));
    waitForRest();
    assertEquals(
        "Encoded from 256 px; finer detail is invented", node("#warning", Label.class).getText());
    assertTrue(node("#warning", Label.class).isVisible());
    assertEquals("18", node("#seed", TextField.class).getText(), "the recipe is untouched");
    var shown = onFx(() -> canvas().snapshot(null, null));
    int middle = (int) shown.getWidth() / 2;
    assertEquals(0xFFFF0000, shown.getPixelReader().getArgb(middle, 300), "the left half");
    waitFor(() -> model.gallery().pictures().size() == 2);
    robot.clickOn("#generate");
    waitFor(() -> !node("#warning", Label.class).isVisible());
  }

  @Test
  void aPictureOfOursOffersItsRecipeAndWaitsForAnAnswer() throws TimeoutException {
    startWithPicture();
    var file = folder.resolve("ours.png");
    var recipe =
        Recipe.builder("hills", "00").seed(77).steps(12).sampler(SamplerKind.DPMPP).eta(1).build();
    var frame = Frame.square(32);
    PngExport.write(
        file,
        new Landscape(77),
        frame,
        PictureMetadata.of(recipe, frame, false, engine.device(), false).toPngText(),
        PngExport.Progress.NONE,
        Cancellation.never());
    drop(file);
    waitFor(() -> noticeText().equals("'ours.png' holds its recipe: seed 77."));
    assertEquals("18", node("#seed", TextField.class).getText());
    assertEquals(1, engine.recipes.size());
    robot.clickOn("#notice-action");
    waitFor(() -> "Hills · seed 77".equals(node("#title", Label.class).getText()));
    assertEquals(recipe, engine.recipes.getLast());
    drop(file);
    waitFor(() -> noticeText().contains("holds its recipe"));
    // the words are known before the message is laid out
    waitFor(
        () ->
            robot.lookup("#notice-other").match(NodeQueryUtils.isVisible()).tryQuery().isPresent());
    robot.clickOn("#notice-other");
    waitFor(() -> model.opener().photoProperty().get().isPresent());
    robot.type(KeyCode.ESCAPE);
    waitFor(() -> model.opener().photoProperty().get().isEmpty());
  }

  @Test
  void aDropDoesNotStopARun() throws TimeoutException {
    start();
    waitFor(() -> model.generation().stateProperty().get() instanceof RunState.Sampling);
    var file = folder.resolve("some.infd");
    FakeEngine.write(
        file,
        Recipe.builder("hills", "00").seed(77).steps(25).sampler(SamplerKind.DPMPP).eta(1).build());
    drop(file);
    waitFor(() -> "Hills · seed 77".equals(node("#title", Label.class).getText()));
    assertTrue(onFx(() -> model.generation().isRunning()));
    assertEquals(2, onFx(() -> model.tabs().tabs().size()));
    engine.open();
    waitFor(() -> model.tabs().tabs().getFirst().pictureProperty().get().isPresent());
    assertTrue(onFx(() -> model.tabs().tabs().getFirst().unseenProperty().get()));
    assertEquals("Hills · seed 77", node("#title", Label.class).getText());
  }
}
