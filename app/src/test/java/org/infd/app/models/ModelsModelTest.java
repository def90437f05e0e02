package org.infd.app.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.infd.app.ToldFailures;
import org.infd.app.UiQueue;
import org.infd.app.models.ModelsModel.Check;
import org.infd.app.work.Background;
import org.infd.inference.Problem;
import org.infd.inference.bundle.BundleName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ModelsModelTest {
  private static final Path CHECKPOINT = Path.of("My Model.pth");

  private final UiQueue ui = new UiQueue();
  private final ExecutorService background =
      Executors.newCachedThreadPool(Thread.ofPlatform().daemon().factory());
  private final FakeStore store = new FakeStore();
  private final List<String> failures = new ArrayList<>();
  private final ModelsModel model =
      new ModelsModel(store, new Background(background), ui, ToldFailures.into(failures));
  private int changes;

  @AfterEach
  void stop() {
    background.shutdownNow();
  }

  private void load() {
    model.onChange(() -> changes++);
    model.load();
    ui.runUntil(() -> model.loadedProperty().get());
  }

  private List<String> ids() {
    return model.models().stream().map(ModelCard::id).toList();
  }

  @Test
  void whatIsThereIsShown() {
    assertFalse(model.loadedProperty().get());
    load();
    assertEquals(List.of("hills", "classes"), ids());
  }

  @Test
  void aCheckSaysWhatItFound() {
    load();
    var card = model.models().getFirst();
    model.verify(card);
    assertInstanceOf(Check.Running.class, model.checks().get(card.folder()));
    ui.runUntil(() -> new Check.Whole(12).equals(model.checks().get(card.folder())));
    store.failure = new Problem("unet.bin was changed after the import.");
    model.verify(card);
    ui.runUntil(() -> model.checks().get(card.folder()) instanceof Check.Damaged);
    assertEquals(
        new Check.Damaged("unet.bin was changed after the import."),
        model.checks().get(card.folder()));
  }

  @Test
  void onlyAnInstalledModelGoesAndOnlyAfterAYes() {
    load();
    model.askToRemove(model.models().get(0));
    assertTrue(model.leavingProperty().get().isEmpty(), "embedded");
    model.remove();
    model.askToRemove(model.models().get(1));
    model.keep();
    model.remove();
    assertEquals(2, store.cards.size());
    model.askToRemove(model.models().get(1));
    model.remove();
    ui.runUntil(() -> changes == 1);
    assertEquals(List.of("hills"), ids());
    assertEquals(1, store.cards.size());
  }

  @Test
  void aModelThatCannotBeRemovedIsStillThere() {
    load();
    store.failure = new Problem("It is in use.");
    model.askToRemove(model.models().get(1));
    model.remove();
    ui.runUntil(() -> changes == 1 && ids().size() == 2);
    assertEquals(List.of("It is in use."), failures);
  }

  @Test
  void anImportTellsHowFarItIsAndEndsWithTheReport() {
    load();
    assertTrue(model.choose(CHECKPOINT));
    assertEquals("My Model", model.nameProperty().get());
    model.licenceProperty().set("CC BY 4.0");
    model.begin();
    assertTrue(model.isImporting());
    assertFalse(model.choose(Path.of("other.pth")), "one at a time");
    store.gate.release(1);
    ui.runUntil(
        () ->
            new ImportState.Running(CHECKPOINT, "Writing", 0.5)
                .equals(model.importProperty().get()));
    store.gate.release(1);
    ui.runUntil(() -> model.importProperty().get() instanceof ImportState.Done);
    assertEquals(
        new ModelStore.Imported("my-model", "My Model", "Taken\n  everything"),
        ((ImportState.Done) model.importProperty().get()).model());
    assertEquals(List.of(new ModelStore.Wishes("My Model", "CC BY 4.0", false, "")), store.wishes);
    ui.runUntil(() -> ids().contains("my-model"));
    assertEquals(1, changes);
    model.dismiss();
    assertInstanceOf(ImportState.Idle.class, model.importProperty().get());
  }

  @Test
  void aFailedImportSaysWhyAndCanBeTriedAgain() {
    load();
    store.gate.release(10);
    store.failure = new Problem("My Model.pth is not a PyTorch checkpoint.");
    model.choose(CHECKPOINT);
    model.begin();
    ui.runUntil(() -> model.importProperty().get() instanceof ImportState.Failed);
    assertEquals(
        new ImportState.Failed(CHECKPOINT, "My Model.pth is not a PyTorch checkpoint."),
        model.importProperty().get());
    model.nameProperty().set("Second try");
    model.begin();
    ui.runUntil(() -> model.importProperty().get() instanceof ImportState.Done);
    assertEquals("Second try", store.wishes.getLast().name());
  }

  @Test
  void aCancelledImportIsNotHeardOfAgain() throws InterruptedException {
    load();
    model.choose(CHECKPOINT);
    model.begin();
    model.dismiss();
    assertInstanceOf(ImportState.Idle.class, model.importProperty().get());
    assertFalse(model.isImporting());
    background.shutdown();
    assertTrue(background.awaitTermination(60, java.util.concurrent.TimeUnit.SECONDS));
    ui.drain();
    assertInstanceOf(ImportState.Idle.class, model.importProperty().get());
    assertEquals(2, store.cards.size());
  }

  @Test
  void namesBecomeIds() {
    assertEquals("my-model", BundleName.id("My Model"));
    assertEquals("a-b", BundleName.id("--A__B--"));
    assertEquals("model", BundleName.id("山"));
    assertEquals(60, BundleName.id("x".repeat(300)).length());
    assertEquals("last-model v2.1", BundleName.of(Path.of("/a/last-model v2.1.pth")));
    assertTrue(ModelsModel.isCheckpoint(Path.of("/a/X.PTH")));
    assertFalse(ModelsModel.isCheckpoint(Path.of("/a/pth")));
  }

  @Test
  void aCheckThatMemoryIsTooSmallForEnds() {
    load();
    var card = model.models().getFirst();
    store.error = new OutOfMemoryError("on purpose");
    model.verify(card);
    ui.runUntil(() -> model.checks().get(card.folder()) instanceof ModelsModel.Check.Damaged);
  }
}
