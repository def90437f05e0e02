package org.infd.app.tab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.infd.app.FakeEngine;
import org.infd.app.ToldFailures;
import org.infd.app.UiQueue;
import org.infd.app.engine.Invention;
import org.infd.app.engine.Picture;
import org.infd.app.engine.PictureHolds;
import org.infd.app.viewer.ViewerModel;
import org.infd.inference.dive.DiveKey;
import org.infd.inference.dive.DiveLattice;
import org.infd.inference.dive.DiveOptions;
import org.infd.inference.generation.Recipe;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Choices of what lies below a picture's own scale. */
class InventionModelTest {
  private static final long FRAME = 16_666_667;
  private static final DiveLattice LATTICE = new DiveLattice(256, 32, 512);
  private static final Invention USUAL =
      new Invention(DiveOptions.usual(7, LATTICE, false), LATTICE, true, true);

  @TempDir private Path folder;
  private final UiQueue ui = new UiQueue();
  private final ExecutorService background =
      Executors.newCachedThreadPool(Thread.ofPlatform().daemon().factory());
  private final FakeEngine engine = new FakeEngine().open();
  private final ViewerModel viewer = new ViewerModel(ui);
  private final List<String> failures = new ArrayList<>();
  private final List<Picture> released = new ArrayList<>();
  private final TabsModel tabs =
      new TabsModel(
          viewer,
          engine,
          new PictureHolds(released::add),
          ToldFailures.into(failures),
          background,
          ui);
  private InventionModel model;
  private Picture shown;
  private long now = 1_000_000_000;

  @BeforeEach
  void show() {
    engine.invented = Optional.of(USUAL);
    viewer.resize(1000, 800, 0);
    viewer.setReducedMotion(true);
    viewer.attach(() -> {}, failures::add);
    var remaking = new TabRemaking(tabs, engine, viewer);
    model =
        new InventionModel(
            tabs,
            remaking,
            engine,
            viewer,
            file -> file.startsWith(folder),
            () -> 99L,
            background,
            ui);
    var recipe = Recipe.builder("hills", "00").seed(7).build();
    shown = FakeEngine.deep(recipe, USUAL);
    tabs.show(tabs.current(), shown, Optional.empty());
    rest();
  }

  @AfterEach
  void end() {
    tabs.close();
    viewer.close();
    background.shutdownNow();
  }

  private void rest() {
    ui.runUntil(
        () -> {
          now += FRAME;
          return !viewer.tick(now)
              && viewer.pendingProperty().get() == 0
              && !tabs.current().openingProperty().get();
        });
  }

  private void goDeep() {
    viewer.zoomTo(3000, now);
    rest();
    viewer.centre(0.3, 0.7);
    rest();
    assertEquals(3, model.depth());
  }

  @Test
  void aChoiceMakesThePictureAnewWhereTheUserIs() {
    goDeep();
    var view = viewer.cameraProperty().get();
    model.pull(0.25);
    rest();
    assertEquals(0.25, engine.inventions.getLast().options().pull());
    assertEquals(0.25, model.inventionProperty().get().orElseThrow().options().pull());
    assertEquals(view, viewer.cameraProperty().get());
    assertEquals(List.of(shown), released, "the one before is let go");
    assertEquals(3, model.depth());
    model.pull(0.25);
    rest();
    assertEquals(1, engine.inventions.size(), "nothing new, nothing made");
  }

  @Test
  void wordsAreSuggestedForWhatIsInSightAndForgottenWithThePicture() {
    goDeep();
    engine.seen = List.of("pine trees", "rocks");
    model.suggest();
    assertEquals("Looking …", model.suggestionProperty().get().note());
    ui.runUntil(() -> !model.suggestionProperty().get().words().isEmpty());
    assertEquals(engine.seen, model.suggestionProperty().get().words());
    var region = engine.looked.getLast();
    assertEquals(0.7, region.top() + region.height() / 2, 0.01);
    assertEquals(0.3, region.left() + region.width() / 2, 0.01);
    assertEquals(800.0 / viewer.cameraProperty().get().side(), region.height(), 0.01);
    model.anew();
    rest();
    assertEquals(InventionModel.Suggestion.NONE, model.suggestionProperty().get());
    engine.seen = List.of();
    model.suggest();
    ui.runUntil(() -> model.suggestionProperty().get().note().startsWith("The model has no word"));
  }

  @Test
  void choicesAddUpAlsoWhileThePictureIsBeingMade() {
    goDeep();
    model.pull(1);
    model.prompt("  close view of rock ");
    model.anew();
    rest();
    var chosen = engine.inventions.getLast().options();
    assertEquals(1, chosen.pull());
    assertEquals(Map.of(3, "close view of rock"), chosen.prompts());
    var key = LATTICE.at(3, 0.7, 0.3);
    assertEquals(Map.of(key, 99L), chosen.seeds());
    assertEquals(new DiveKey(3, key.row(), key.column()), key);
    model.prompt(" ");
    rest();
    assertTrue(engine.inventions.getLast().options().prompts().isEmpty());
    model.usual();
    rest();
    assertEquals(USUAL, engine.inventions.getLast());
  }

  /** A menu that is opened and closed says again what it showed. */
  @Test
  void whatADepthAboveWasToldAlreadyIsNoChoice() {
    viewer.zoomTo(900, now);
    rest();
    assertEquals(1, model.depth());
    model.prompt("rock");
    rest();
    goDeep();
    assertEquals(Optional.of("rock"), model.inventionProperty().get().orElseThrow().promptAt(3));
    model.prompt("rock");
    rest();
    assertEquals(1, engine.inventions.size());
    assertEquals(Map.of(1, "rock"), engine.inventions.getLast().options().prompts());
  }

  @Test
  void whereNothingIsInventedThereIsNothingToChoose() {
    viewer.zoomTo(400, now);
    rest();
    model.pull(0);
    model.anew();
    model.usual();
    rest();
    assertTrue(engine.inventions.isEmpty());
  }

  @Test
  void filesOfTheGalleryKeepTheChoiceAndOthersStayAsTheyAre() throws Exception {
    var elsewhere = Files.createDirectory(folder.resolveSibling(folder.getFileName() + "-x"));
    for (var where : List.of(folder, elsewhere)) {
      var file = where.resolve("a.infd");
      Files.writeString(file, "before");
      tabs.show(tabs.current(), FakeEngine.deep(shown.recipe(), USUAL), Optional.of(file));
      rest();
      goDeep();
      model.pull(where.equals(folder) ? 0.1 : 0.9);
      rest();
      boolean kept = where.equals(folder);
      assertEquals(!kept, Files.size(file) == "before".length());
      assertEquals(Optional.of(file), tabs.current().file());
    }
    assertEquals(List.of(), failures);
  }
}
