package org.infd.app.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import javafx.scene.control.TextField;
import org.infd.app.engine.Choices;
import org.infd.app.engine.ModelChoice.Prompts;
import org.infd.app.viewer.Landscape;
import org.infd.inference.export.Frame;
import org.infd.inference.export.PngExport;
import org.infd.inference.export.PngText;
import org.infd.inference.runtime.Cancellation;
import org.junit.jupiter.api.Test;
import org.testfx.util.NodeQueryUtils;

/** A picture of another program offers its words. */
class ForeignPictureTest extends StudioWindowTest {
  private static final String WORDS =
      "a lake\nNegative prompt: people\nSteps: 30, Sampler: DDIM, CFG scale: 5, Seed: 4711, Size: 64x64";

  ForeignPictureTest() {
    super(900, 700);
  }

  private Path picture(String name) {
    var file = folder.resolve(name);
    PngExport.write(
        file,
        new Landscape(77),
        Frame.square(64),
        new PngText(Map.of("parameters", WORDS)),
        PngExport.Progress.NONE,
        Cancellation.never());
    return file;
  }

  @Test
  void itsWordsAreTakenOverWhenTheUserSaysSo() throws TimeoutException {
    engine.models = List.of(Choices.of("hills", "Hills", "00", 0, 1, Prompts.GUIDED));
    startWithPicture();
    drop(picture("theirs.png"));
    waitFor(
        () -> noticeText().equals("'theirs.png' holds the prompt of another program: “a lake”."));
    assertEquals("18", node("#seed", TextField.class).getText());
    // the words are known before the message is laid out
    waitFor(
        () ->
            robot
                .lookup("#notice-action")
                .match(NodeQueryUtils.isVisible())
                .tryQuery()
                .isPresent());
    robot.clickOn("#notice-action");
    waitFor(() -> "4711".equals(node("#seed", TextField.class).getText()));
    assertEquals(
        "Taken over: the prompt, what is not wanted, guidance 5.0, 30 steps, the sampler, seed 4711."
            + " Another model makes another picture of them: press Generate.",
        noticeText());
    assertEquals(1, engine.recipes.size(), "nothing is made unasked");
    robot.clickOn("#generate");
    waitFor(() -> engine.recipes.size() == 2);
    assertEquals("a lake", engine.recipes.getLast().prompt());
    assertEquals(4711, engine.recipes.getLast().seed());
  }

  @Test
  void itOpensAsAPhotoWhereNobodyFollowsWords() throws TimeoutException {
    startWithPicture();
    drop(picture("theirs.png"));
    waitFor(() -> model.opener().photoProperty().get().isPresent());
    assertTrue(noticeText().isEmpty(), noticeText());
  }
}
