package org.infd.app.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.util.List;
import org.infd.app.engine.Choices;
import org.infd.app.engine.LayoutSupport;
import org.infd.app.engine.ModelChoice.Prompts;
import org.infd.app.tab.Tab;
import org.infd.inference.export.Frame;
import org.infd.inference.generation.Photo;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is chosen beside the picture belongs to the picture that is looked at. */
class RecipeOfTabTest extends StudioOnFolder {
  private StudioModel model;

  @BeforeEach
  void useModelWithWords() {
    engine.models =
        List.of(
            Choices.of(
                "hills", "Hills", "00", 0, 1, Prompts.GUIDED, LayoutSupport.none("Not this one.")));
    model = beginWithPicture();
  }

  private String seed() {
    return model.recipe().seedProperty().get();
  }

  private String prompt() {
    return model.recipe().promptProperty().get();
  }

  private String seedInSight() {
    return Long.toString(model.pictureProperty().get().orElseThrow().recipe().seed());
  }

  private void make(String prompt, boolean inNewTab) {
    model.recipe().promptProperty().set(prompt);
    model.requests().generate(inNewTab);
    engine.gate.release(8);
    waitForRuns(model);
  }

  private List<Tab> tabs() {
    return model.tabs().tabs();
  }

  @Test
  void eachTabShowsWhatItsPictureIsMadeBy() {
    make("a lake", false);
    var lake = seed();
    assertEquals(seedInSight(), seed());
    make("a peak", true);
    var peak = seed();
    assertEquals(seedInSight(), seed());
    model.recipe().stepsProperty().set(31);
    model.tabs().select(tabs().getFirst());
    assertEquals("a lake", prompt());
    assertEquals(lake, seed());
    assertEquals(25, model.recipe().stepsProperty().get());
    model.tabs().select(tabs().getLast());
    assertEquals("a peak", prompt());
    assertEquals(peak, seed());
    assertEquals(31, model.recipe().stepsProperty().get());
  }

  @Test
  void whatIsTypedWaitsInItsTab() {
    make("a lake", false);
    make("a peak", true);
    model.recipe().promptProperty().set("half a sent");
    model.recipe().seedProperty().set("12");
    model.tabs().select(tabs().getFirst());
    assertEquals("a lake", prompt());
    model.tabs().select(tabs().getLast());
    assertEquals("half a sent", prompt());
    assertEquals("12", seed());
    engine.gate.release(8);
    model.requests().generate(false);
    waitForRuns(model);
    // what was typed is what the picture was made by
    model.tabs().select(tabs().getFirst());
    model.tabs().select(tabs().getLast());
    assertEquals("half a sent", prompt());
    assertEquals("12", seed());
    assertEquals(12, engine.recipes.getLast().seed());
  }

  @Test
  void theSeedStaysThatOfThePictureInSightWhileMoreIsQueuedAndWhenItIsStopped() {
    make("a lake", false);
    var shown = seedInSight();
    model.requests().generate(true);
    model.tabs().select(tabs().getFirst());
    model.requests().generate(false);
    model.requests().generate(false);
    assertEquals(shown, seed());
    var asked = model.generation().queue().waiting().size();
    assertEquals(2, asked);
    model.generation().queue().clear();
    model.generation().cancel();
    ui.drain();
    assertEquals(shown, seed());
    // a run for the tab itself shows its own, until it is stopped
    model.requests().generate(false);
    ui.runUntil(() -> engine.recipes.getLast().seedText().equals(seed()));
    model.generation().cancel();
    assertEquals(shown, seed());
  }

  @Test
  void aBoxThatIsMadeAnewLeavesSeedAndWords() {
    make("a lake", false);
    var shown = seedInSight();
    model
        .requests()
        .redo(new Frame.Region(0.25, 0.25, 0.5, 0.5), model.recipe().beginAside().orElseThrow());
    engine.gate.release(8);
    waitForRuns(model);
    assertEquals(2, model.pictureProperty().get().orElseThrow().image().layers().size());
    assertEquals(shown, seed());
    assertEquals("a lake", prompt());
  }

  @Test
  void aPhotoShowsNoWordsOfAnotherPicture() {
    make("a lake", false);
    model.tabs().open();
    model.opener().choosePhoto(Photo.of("p.png", "ab", new BufferedImage(40, 30, 1)));
    model.opener().encodePhoto();
    engine.gate.release(8);
    waitForRuns(model);
    assertEquals("", prompt());
    model.tabs().select(tabs().getFirst());
    assertEquals("a lake", prompt());
  }

  @Test
  void aTabFromTheGalleryShowsItsRecipeWhenItIsLookedAt() {
    make("a lake", false);
    make("a peak", false);
    ui.runUntil(() -> model.gallery().pictures().size() == 3);
    var lake =
        model.gallery().pictures().stream()
            .filter(kept -> "a lake".equals(kept.recipe().prompt()))
            .findFirst()
            .orElseThrow();
    model.opener().openInNewTab(lake.file());
    ui.runUntil(() -> tabs().getLast().pictureProperty().get().isPresent());
    assertEquals("a peak", prompt());
    model.tabs().select(tabs().getLast());
    assertEquals("a lake", prompt());
    assertEquals(Long.toString(lake.recipe().seed()), seed());
  }

  @Test
  void escapeStopsOnlyWhatIsMadeForTheTabInSight() {
    model.requests().generate(true);
    model.tabs().select(tabs().getFirst());
    model.cancelHere();
    assertTrue(model.generation().isRunning());
    model.tabs().select(tabs().getLast());
    model.cancelHere();
    assertFalse(model.generation().isRunning());
  }
}
