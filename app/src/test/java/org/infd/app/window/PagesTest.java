package org.infd.app.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.TimeoutException;
import javafx.scene.Node;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Label;
import javafx.scene.control.TextArea;
import javafx.scene.input.KeyCode;
import org.infd.app.FakeEngine;
import org.infd.app.engine.Choices;
import org.infd.app.engine.ModelChoice;
import org.infd.app.models.FakeStore;
import org.infd.app.models.ImportState;
import org.infd.app.models.ModelStore;
import org.infd.app.settings.NumberStyle;
import org.infd.app.settings.Theme;
import org.infd.app.settings.ThemeMode;
import org.infd.inference.Problem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Uses the pages around the picture as a hand does, over fakes. */
class PagesTest extends StudioWindowTest {
  private final FakeStore store = new FakeStore();

  PagesTest() {
    super(940, 760);
  }

  @Override
  protected ModelStore store() {
    return store;
  }

  @BeforeEach
  void startStudio() throws TimeoutException {
    engine.open();
    start();
    waitFor(
        () -> model.pictureProperty().get().isPresent() && model.choices().models().size() == 2);
  }

  private boolean isThere(String query) {
    return onFx(() -> robot.lookup(query).tryQuery().filter(Node::isVisible).isPresent());
  }

  private Page page() {
    return onFx(() -> model.pages().pageProperty().get());
  }

  private javafx.geometry.Bounds bounds(String query) {
    return onFx(
        () -> {
          var node = node(query, Node.class);
          return node.localToScene(node.getLayoutBounds());
        });
  }

  /** A message takes its place: it covers neither what a page shows nor the panes beside it. */
  @Test
  void messagesLieOnNothing() throws TimeoutException {
    run(() -> model.notices().fail("Something long went wrong. ".repeat(6).strip()));
    waitFor(() -> bounds("#notice").getHeight() > 30);
    for (var page : List.of(Page.GALLERY, Page.MODELS, Page.SETTINGS, Page.ABOUT)) {
      run(() -> model.pages().pageProperty().set(page));
      waitFor(
          () ->
              bounds("#notice").getMaxY()
                  <= onFx(
                      () -> {
                        var shown = node("#page-host", Node.class);
                        return shown.localToScene(shown.getLayoutBounds()).getMinY();
                      }));
    }
    run(() -> model.pages().pageProperty().set(Page.PICTURE));
    run(() -> model.layouts().model().openProperty().set(true));
    waitFor(() -> bounds(".side-pane").getWidth() > 100);
    waitFor(() -> bounds("#notice").getMaxX() <= bounds(".side-pane").getMinX());
  }

  @Test
  void everyPageIsAClickAndAKeyAway() {
    for (var page : Page.values()) {
      robot.clickOn("#page-" + page.name().toLowerCase(java.util.Locale.ROOT));
      assertEquals(page, page());
      var button = node("#page-" + page.name().toLowerCase(java.util.Locale.ROOT), Node.class);
      assertEquals(page.title(), button.getAccessibleText());
    }
    for (var page : Page.values()) {
      robot.press(KeyCode.CONTROL).type(KeyCode.valueOf("DIGIT" + (page.ordinal() + 1)));
      robot.release(KeyCode.CONTROL);
      assertEquals(page, page());
    }
  }

  @Test
  void aModelIsCheckedAndUsed() throws TimeoutException {
    robot.clickOn("#page-models");
    robot.clickOn("#verify-classes");
    waitFor(() -> robot.lookup(".model-check.success").tryQuery().isPresent());
    assertEquals(
        "All 12 files are as they were imported.",
        node(".model-check.success", Label.class).getText());
    robot.clickOn("#use-classes");
    assertEquals(Page.PICTURE, page());
    assertEquals("classes", onFx(() -> model.recipe().modelProperty().get().get().id()));
  }

  @Test
  void aModelIsRemovedAfterAYesInPlace() throws TimeoutException {
    robot.clickOn("#page-models");
    assertFalse(isThere("#remove-hills"), "it came with the studio");
    robot.clickOn("#remove-classes");
    robot.clickOn("#keep-classes");
    engine.models = List.of(engine.models.getFirst());
    robot.clickOn("#remove-classes");
    robot.clickOn("#delete-classes");
    waitFor(() -> store.cards.size() == 1 && model.choices().models().size() == 1);
    waitFor(() -> robot.lookup("#model-card-classes").tryQuery().isEmpty());
  }

  @Test
  void aDroppedCheckpointIsImportedAndCanBeChosen() throws TimeoutException {
    run(
        () -> {
          model.opener().drop(List.of(folder.resolve("Lakes.pth")));
        });
    assertEquals(Page.MODELS, page());
    waitFor(() -> isThere("#import-start"));
    robot.clickOn("#import-start");
    waitFor(() -> isThere("#import-cancel"));
    engine.models =
        List.of(
            FakeEngine.MODELS.get(0),
            FakeEngine.MODELS.get(1),
            Choices.of("lakes", "Lakes", "02", 0, 1, ModelChoice.Prompts.NONE));
    store.gate.release(2);
    waitFor(() -> model.catalog().importProperty().get() instanceof ImportState.Done);
    assertEquals("Taken\n  everything", node("#import-report", TextArea.class).getText());
    waitFor(() -> model.choices().models().size() == 3);
    assertEquals("hills", onFx(() -> model.recipe().modelProperty().get().get().id()));
    robot.clickOn("#import-use");
    assertEquals("lakes", onFx(() -> model.recipe().modelProperty().get().get().id()));
    assertEquals(Page.PICTURE, page());
  }

  @Test
  void aBadCheckpointIsSaidInPlaceAndAnImportCanBeCancelled() throws TimeoutException {
    store.failure = new Problem("Chosen.pth is not a PyTorch checkpoint.");
    robot.clickOn("#page-models").clickOn("#import").clickOn("#import-start");
    store.gate.release(1);
    waitFor(() -> isThere("#import-error"));
    assertEquals(
        "Chosen.pth is not a PyTorch checkpoint.", node("#import-error", Label.class).getText());
    robot.clickOn("#import-start");
    waitFor(() -> isThere("#import-cancel"));
    robot.clickOn("#import-cancel");
    assertTrue(onFx(() -> model.catalog().importProperty().get() instanceof ImportState.Idle));
    assertFalse(isThere("#import-pane"));
  }

  private <T> void choose(String box, T value) {
    run(
        () -> {
          @SuppressWarnings("unchecked")
          var combo = (ComboBox<T>) robot.lookup(box).queryComboBox();
          combo.setValue(value);
        });
  }

  @Test
  void settingsHoldAtOnce() {
    robot.clickOn("#page-settings");
    assertFalse(isThere("#settings-restart"));
    choose("#settings-look", ThemeMode.DARK);
    assertEquals(Theme.DARK.styleSheet(), javafx.application.Application.getUserAgentStylesheet());
    choose("#settings-look", ThemeMode.LIGHT);
    assertEquals(Theme.LIGHT.styleSheet(), javafx.application.Application.getUserAgentStylesheet());
    choose("#settings-numbers", NumberStyle.COMMA);
    assertTrue(isThere("#settings-restart"));
    choose("#settings-numbers", NumberStyle.SYSTEM);
    assertFalse(isThere("#settings-restart"));
    choose("#settings-cache", 64L << 20);
    assertEquals(
        64L << 20,
        onFx(() -> model.remembered().settings(1, 1, false, "").preferences().cacheBytes()));
  }

  @Test
  void aSmallerGalleryAsksBeforeItDeletes() throws TimeoutException {
    waitFor(() -> model.gallery().pictures().size() == 1);
    run(
        () -> {
          model.requests().generate(false);
        });
    waitFor(() -> model.gallery().pictures().size() == 2);
    robot.clickOn("#page-settings");
    choose("#settings-limit", 1L);
    assertTrue(isThere("#limit-warning"));
    assertTrue(
        node("#limit-warning-text", Label.class).getText().contains("the oldest picture ("),
        node("#limit-warning-text", Label.class).getText());
    run(
        () -> {
          robot.lookup("#limit-keep").queryButton().fire();
        });
    assertFalse(isThere("#limit-warning"));
    assertEquals(2, onFx(() -> model.gallery().pictures().size()));
    choose("#settings-limit", 1L);
    run(
        () -> {
          robot.lookup("#limit-delete").queryButton().fire();
        });
    waitFor(() -> model.gallery().pictures().size() == 1);
  }

  @Test
  void picturesCanBeKeptElsewhere() throws TimeoutException {
    waitFor(() -> model.gallery().pictures().size() == 1);
    robot.clickOn("#page-settings");
    var change = onFx(() -> robot.lookup("#settings-pictures-change").queryButton());
    run(
        () -> {
          change.fire();
        });
    assertEquals(
        folder.resolve("elsewhere").toString(), node("#settings-pictures", Label.class).getText());
    waitFor(() -> model.gallery().loadedProperty().get() && model.gallery().pictures().isEmpty());
    run(
        () -> {
          model.requests().generate(false);
        });
    waitFor(() -> model.gallery().pictures().size() == 1);
    assertEquals(
        folder.resolve("elsewhere"),
        onFx(() -> model.gallery().pictures().getFirst().file().getParent()));
  }

  @Test
  void diagnosticsAreShownAndSaved() throws Exception {
    run(
        () -> {
          model.notices().fail("The disk is full.");
        });
    robot.clickOn("#page-about");
    waitFor(() -> node("#diagnostics", TextArea.class).getText().contains("The disk is full."));
    var text = onFx(() -> node("#diagnostics", TextArea.class).getText());
    assertTrue(text.contains("CPU, 2 threads"), text);
    assertTrue(text.contains("  hills, 3 MB, 00"), text);
    assertTrue(onFx(() -> node("#licence-text", TextArea.class).getText()).contains("OpenJFX"));
    run(
        () -> {
          robot.lookup("#diagnostics-save").queryButton().fire();
        });
    var file = folder.resolve("infd-diagnostics.txt");
    waitFor(() -> Files.exists(file));
    assertEquals(text, Files.readString(file));
  }

  @Test
  void aViewIsKeptAndFoundAgain() throws TimeoutException {
    run(
        () -> {
          model.viewer().zoomTo(8000, System.nanoTime());
          model.viewer().centre(0.3, 0.6);
        });
    waitFor(() -> model.bookmarks().canAdd());
    robot.clickOn(".viewer-canvas").type(KeyCode.B);
    waitFor(() -> model.bookmarks().marks().size() == 1);
    run(
        () -> {
          model.viewer().fit(System.nanoTime());
        });
    robot.clickOn("#bookmarks").clickOn(".bookmark-line > .label");
    waitFor(() -> model.viewer().cameraProperty().get().side() == 8000);
    assertEquals(0.3, onFx(() -> model.viewer().cameraProperty().get().centreX()), 0.01);
    robot.clickOn("#bookmarks").clickOn(".bookmark-line > .button");
    waitFor(() -> model.bookmarks().marks().isEmpty());
  }
}
