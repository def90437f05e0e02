package org.infd.app.gallery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import javafx.scene.Node;
import javafx.scene.Scene;
import javafx.scene.control.Button;
import javafx.scene.control.ContextMenu;
import javafx.scene.control.ScrollBar;
import javafx.scene.input.ContextMenuEvent;
import javafx.scene.input.PickResult;
import javafx.stage.Stage;
import javafx.stage.Window;
import org.infd.app.FakeEngine;
import org.infd.app.work.Background;
import org.infd.app.work.Notices;
import org.infd.app.work.UndoStack;
import org.infd.inference.generation.Recipe;
import org.infd.inference.generation.Recipe.SamplerKind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testfx.api.FxToolkit;
import org.testfx.util.WaitForAsyncUtils;

/** The page of all pictures in a window of its own. */
class GalleryPaneTest {
  @TempDir private Path folder;
  private GalleryModel model;
  private GalleryPane pane;
  private Stage stage;

  private static final class Nothing implements GalleryPane.Actions {
    @Override
    public void open(KeptPicture picture) {}

    @Override
    public void openInNewTab(KeptPicture picture) {}

    @Override
    public void compare(KeptPicture picture) {}

    @Override
    public void useRecipe(KeptPicture picture) {}

    @Override
    public void showFile(KeptPicture picture) {}

    @Override
    public void delete(KeptPicture picture) {}
  }

  @BeforeEach
  void showWindow() throws TimeoutException {
    FxToolkit.registerPrimaryStage();
    FxToolkit.setupFixture(
        () -> {
          model =
              new GalleryModel(
                  folder,
                  new Background(Runnable::run),
                  Runnable::run,
                  Instant::now,
                  new Notices(),
                  new UndoStack());
          model.load();
          pane = new GalleryPane(model, new Background(Runnable::run), new Nothing());
          stage = new Stage();
          stage.setScene(new Scene(pane, 640, 560));
          stage.show();
        });
  }

  @AfterEach
  void closeWindow() throws TimeoutException {
    FxToolkit.setupFixture(() -> stage.close());
  }

  private void keep(long seed) {
    var recipe =
        Recipe.builder("hills", "00")
            .seed(seed)
            .steps(25)
            .sampler(SamplerKind.DPMPP)
            .eta(1)
            .build();
    WaitForAsyncUtils.waitForAsyncFx(
        60_000, () -> model.keep(recipe, file -> FakeEngine.write(file, recipe), () -> {}));
    WaitForAsyncUtils.waitForFxEvents();
  }

  private Set<Node> cards() {
    return WaitForAsyncUtils.waitForAsyncFx(
        60_000,
        () ->
            pane.lookupAll("*").stream()
                .filter(GalleryCard.class::isInstance)
                .collect(
                    Collectors.toCollection(
                        () -> Collections.newSetFromMap(new IdentityHashMap<>()))));
  }

  /** Making one is what takes long. */
  @Test
  void cardsAreUsedAgain() {
    for (int seed = 1; seed <= 12; seed++) {
      keep(seed);
    }
    var before = cards();
    assertEquals(9, before.size(), "three rows of three");
    search("seed 7");
    search("seed 1");
    search("");
    assertEquals(before, cards());
  }

  @Test
  void whatIsFoundStartsAtTheTop() {
    for (int seed = 1; seed <= 30; seed++) {
      keep(seed);
    }
    var bar =
        WaitForAsyncUtils.waitForAsyncFx(60_000, () -> (ScrollBar) pane.lookup(".scroll-bar"));
    WaitForAsyncUtils.waitForAsyncFx(60_000, () -> bar.setValue(400));
    search("hills");
    assertEquals(0, bar.getValue());
    WaitForAsyncUtils.waitForAsyncFx(60_000, () -> bar.setValue(400));
    WaitForAsyncUtils.waitForAsyncFx(
        60_000,
        () -> {
          model.pictures().forEach(model::switchFavourite);
          model.favouritesOnlyProperty().set(true);
        });
    assertEquals(0, bar.getValue());
  }

  private void search(String words) {
    WaitForAsyncUtils.waitForAsyncFx(60_000, () -> model.searchProperty().set(words));
    WaitForAsyncUtils.waitForFxEvents();
  }

  @Test
  void aFavouritesStarIsFilled() {
    keep(1);
    var star = (Button) pane.lookup(".card-star");
    assertFalse(star.getGraphic().getStyleClass().contains("star-filled"));
    WaitForAsyncUtils.waitForAsyncFx(
        60_000, () -> model.switchFavourite(model.pictures().getFirst()));
    assertTrue(star.getGraphic().getStyleClass().contains("star-filled"));
    WaitForAsyncUtils.waitForAsyncFx(
        60_000, () -> model.switchFavourite(model.pictures().getFirst()));
    assertFalse(star.getGraphic().getStyleClass().contains("star-filled"));
  }

  @Test
  void aRightClickOffersWhatCanBeDoneAlsoWhenTheGridChanges() {
    keep(1);
    var card = pane.lookup(".card-button");
    WaitForAsyncUtils.waitForAsyncFx(
        60_000,
        () ->
            card.fireEvent(
                new ContextMenuEvent(
                    ContextMenuEvent.CONTEXT_MENU_REQUESTED,
                    5,
                    5,
                    5,
                    5,
                    false,
                    new PickResult(card, 5, 5))));
    keep(2);
    var menu =
        WaitForAsyncUtils.waitForAsyncFx(
            60_000,
            () ->
                Window.getWindows().stream()
                    .filter(ContextMenu.class::isInstance)
                    .map(ContextMenu.class::cast)
                    .findFirst()
                    .orElseThrow());
    WaitForAsyncUtils.waitForAsyncFx(
        60_000,
        () -> {
          menu.getItems().stream()
              .filter(item -> "card-favourite".equals(item.getId()))
              .findFirst()
              .orElseThrow()
              .fire();
          menu.hide();
        });
    assertEquals(1, model.pictures().getLast().recipe().seed());
    assertTrue(model.isFavourite(model.pictures().getLast()));
  }
}
