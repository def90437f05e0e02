package org.infd.app.tab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.IntBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.infd.app.FakeEngine;
import org.infd.app.ToldFailures;
import org.infd.app.UiQueue;
import org.infd.app.engine.Picture;
import org.infd.app.engine.PictureHolds;
import org.infd.app.viewer.Landscape;
import org.infd.app.viewer.PixelImage;
import org.infd.app.viewer.SavedView;
import org.infd.app.viewer.ViewerModel;
import org.infd.inference.generation.Recipe;
import org.infd.inference.generation.Recipe.SamplerKind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TabsModelTest {
  private static final long FRAME = 16_666_667;

  @TempDir private Path folder;
  private final UiQueue ui = new UiQueue();
  private final ExecutorService background =
      Executors.newCachedThreadPool(Thread.ofPlatform().daemon().factory());
  private final FakeEngine engine = new FakeEngine().open();
  private final ViewerModel viewer = new ViewerModel(ui);
  private final List<Picture> released = new ArrayList<>();
  private final List<String> failures = new ArrayList<>();
  private final List<Tab> closing = new ArrayList<>();
  private final TabsModel tabs =
      new TabsModel(
          viewer,
          engine,
          new PictureHolds(released::add),
          ToldFailures.into(failures),
          background,
          ui);
  private long now = 1_000_000_000;

  @BeforeEach
  void attach() {
    viewer.resize(1000, 800, 0);
    viewer.setReducedMotion(true);
    viewer.attach(() -> {}, failures::add);
    tabs.attach(left -> {}, closing::add);
  }

  @AfterEach
  void end() {
    tabs.close();
    viewer.close();
    background.shutdownNow();
  }

  private static Recipe recipe(long seed) {
    return Recipe.builder("hills", "00")
        .seed(seed)
        .steps(25)
        .sampler(SamplerKind.DPMPP)
        .eta(1)
        .build();
  }

  private static Picture picture(long seed) {
    return FakeEngine.picture(recipe(seed), new Landscape(seed));
  }

  private Path file(long seed) {
    var file = folder.resolve(seed + ".infd");
    FakeEngine.write(file, recipe(seed));
    return file;
  }

  /** Lets the viewer come to rest, with every tile of its view. */
  private void rest() {
    ui.runUntil(
        () -> {
          now += FRAME;
          return !viewer.tick(now) && viewer.pendingProperty().get() == 0;
        });
  }

  private List<String> titles() {
    return tabs.tabs().stream().map(tab -> tab.titleProperty().get()).toList();
  }

  @Test
  void aTabComesBackWithItsViewItsHistoryAndItsTiles() {
    var first = tabs.current();
    tabs.show(first, picture(1), Optional.empty());
    viewer.zoomTo(9000, now);
    rest();
    viewer.centre(0.3, 0.7);
    rest();
    var view = viewer.cameraProperty().get();
    var frame = viewer.frame();
    var second = tabs.open();
    assertTrue(viewer.isEmpty());
    assertEquals(Optional.empty(), tabs.pictureProperty().get());
    tabs.show(second, picture(2), Optional.empty());
    rest();
    assertEquals(List.of("Seed 1", "Seed 2"), titles());
    tabs.step(-1);
    assertSame(first, tabs.current());
    assertEquals(view, viewer.cameraProperty().get());
    assertEquals(frame, viewer.frame(), "nothing has to be rendered again");
    viewer.back(now);
    assertEquals(0.5, viewer.cameraProperty().get().centreX(), "the views before are its own");
    tabs.step(1);
    assertEquals(800, viewer.cameraProperty().get().side());
    assertTrue(released.isEmpty());
  }

  @Test
  void whatIsNotLookedAtRendersNothing() {
    var asked = new java.util.concurrent.atomic.AtomicInteger();
    var landscape = new Landscape(1);
    tabs.show(
        tabs.current(),
        FakeEngine.picture(
            recipe(1),
            (side, area, cancellation) -> {
              asked.incrementAndGet();
              return landscape.render(side, area, cancellation);
            }),
        Optional.empty());
    rest();
    tabs.open();
    ui.drain();
    int before = asked.get();
    for (int i = 0; i < 30; i++) {
      viewer.tick(now += FRAME);
      ui.drain();
    }
    assertTrue(asked.get() <= before + 1, "at most the tile that was in progress");
    assertEquals(0, viewer.pendingProperty().get());
  }

  @Test
  void memoryIsBoundedAndSleepersWakeWhereTheyWere() {
    for (int seed = 1; seed <= 20; seed++) {
      var tab = seed == 1 ? tabs.current() : tabs.open();
      tabs.show(tab, picture(seed), Optional.of(file(seed)));
      viewer.zoomTo(5000 + seed, now);
      rest();
      assertTrue(tabs.asideBytes() <= TabMemory.ASIDE_BYTES);
    }
    long awake =
        tabs.tabs().stream().filter(tab -> tab.pictureProperty().get().isPresent()).count();
    assertEquals(TabMemory.MOST_AWAKE, awake);
    assertEquals(20 - awake, released.size());
    assertEquals("Seed 1", tabs.tabs().getFirst().titleProperty().get());
    tabs.select(tabs.tabs().getFirst());
    assertTrue(tabs.current().openingProperty().get());
    ui.runUntil(() -> tabs.pictureProperty().get().isPresent());
    assertEquals(1, tabs.pictureProperty().get().orElseThrow().recipe().seed());
    assertEquals(5001, viewer.cameraProperty().get().side());
  }

  @Test
  void whatCouldNotComeBackStaysAwake() throws Exception {
    var file = file(1);
    tabs.show(tabs.current(), picture(1), Optional.of(file));
    Files.delete(file);
    for (int seed = 2; seed <= 12; seed++) {
      tabs.show(tabs.open(), picture(seed), Optional.of(file(seed)));
    }
    assertTrue(tabs.tabs().getFirst().pictureProperty().get().isPresent());
    assertEquals(12 - TabMemory.MOST_AWAKE - 1, released.size());
  }

  @Test
  void hiddenTilesAreTrimmedFromTheLongestUnseen() {
    viewer.resize(4000, 2400, 0);
    for (int seed = 1; seed <= 4; seed++) {
      var tab = seed == 1 ? tabs.current() : tabs.open();
      tabs.show(tab, picture(seed), Optional.empty());
      viewer.zoomTo(8000, now);
      rest();
    }
    assertTrue(tabs.asideBytes() <= TabMemory.ASIDE_BYTES + 3 * 256 * 256 * 4);
    tabs.select(tabs.tabs().get(2));
    int whole = viewer.frame().size();
    tabs.select(tabs.tabs().getFirst());
    assertEquals(1, viewer.frame().size(), "the root stands in");
    assertTrue(whole > 100);
  }

  /**
   * What looks as the studio does: a preview in the tab that it is for, whenever one looks there.
   */
  private void previewIn(Tab of) {
    var image = new PixelImage(4, 4, IntBuffer.allocate(16));
    tabs.currentProperty()
        .subscribe(
            tab -> viewer.preview(tab == of ? Optional.of(image) : Optional.<PixelImage>empty()));
  }

  @Test
  void goingBackToATabInWhichAPictureIsBeingMadeShowsItsPreview() {
    var first = tabs.current();
    tabs.show(first, picture(1), Optional.empty());
    viewer.zoomTo(9000, now);
    rest();
    var view = viewer.cameraProperty().get();
    previewIn(first);
    var second = tabs.open();
    tabs.show(second, picture(2), Optional.empty());
    rest();
    assertFalse(viewer.isPreviewing());
    tabs.select(first);
    assertTrue(viewer.isPreviewing());
    assertEquals(1, viewer.frame().size());
    tabs.keptAs(first.pictureProperty().get().orElseThrow(), file(1));
    assertEquals(
        SavedView.of(view),
        tabs.history().saved().getFirst().view(),
        "a crash would come back to it");
    viewer.preview(Optional.empty());
    assertEquals(view, viewer.cameraProperty().get(), "the picture under it is where it was");
  }

  @Test
  void goingBackToAnEmptyTabShowsThePreviewOfItsFirstPicture() {
    var first = tabs.current();
    previewIn(first);
    tabs.open();
    assertFalse(viewer.isPreviewing());
    tabs.select(first);
    assertTrue(viewer.isPreviewing());
    assertEquals(1, viewer.frame().size());
    tabs.close(tabs.tabs().getLast());
    assertTrue(viewer.isPreviewing());
  }

  @Test
  void aPictureThatWakesInATabDoesNotHideThePreviewOfTheNextOne() {
    var first = tabs.current();
    tabs.show(first, picture(1), Optional.of(file(1)));
    viewer.zoomTo(5000, now);
    rest();
    for (int seed = 2; seed <= 8; seed++) {
      tabs.show(tabs.open(), picture(seed), Optional.of(file(seed)));
    }
    previewIn(first);
    tabs.select(first);
    assertTrue(tabs.current().openingProperty().get());
    assertTrue(viewer.isPreviewing());
    ui.runUntil(() -> tabs.pictureProperty().get().isPresent());
    assertTrue(viewer.isPreviewing());
    viewer.preview(Optional.empty());
    assertEquals(5000, viewer.cameraProperty().get().side());
  }

  @Test
  void closingGoesToTheNeighbourAndComesBack() {
    var first = tabs.current();
    tabs.show(first, picture(1), Optional.of(file(1)));
    viewer.zoomTo(4000, now);
    rest();
    var second = tabs.open();
    tabs.show(second, picture(2), Optional.of(file(2)));
    tabs.select(first);
    tabs.close(first);
    assertSame(second, tabs.current());
    assertEquals(List.of(first), closing);
    assertEquals(1, released.size());
    tabs.history().reopen();
    ui.runUntil(() -> tabs.tabs().size() == 2 && tabs.pictureProperty().get().isPresent());
    assertEquals("Seed 1", tabs.current().titleProperty().get());
    assertEquals(4000, viewer.cameraProperty().get().side());
    tabs.close(tabs.current());
    tabs.close(tabs.current());
    assertEquals(List.of("New tab"), titles());
    assertTrue(viewer.isEmpty());
    assertEquals(3, released.size());
  }

  @Test
  void aPictureForATabThatIsGoneIsReleased() {
    var second = tabs.openBehind();
    tabs.close(second);
    tabs.show(second, picture(2), Optional.empty());
    assertEquals(1, released.size());
  }

  @Test
  void whatComesBehindIsMarkedUntilItIsLookedAt() {
    var second = tabs.openBehind();
    tabs.load(second, file(2), null, opened -> {}, failures::add);
    ui.runUntil(() -> second.pictureProperty().get().isPresent());
    assertTrue(second.unseenProperty().get());
    assertTrue(viewer.isEmpty(), "the user looks at the first");
    tabs.select(second);
    assertFalse(second.unseenProperty().get());
    rest();
    assertFalse(viewer.frame().isEmpty());
  }

  @Test
  void tabsAreSavedAndRestored() throws Exception {
    tabs.show(tabs.current(), picture(1), Optional.of(file(1)));
    rest();
    tabs.show(tabs.open(), picture(2), Optional.of(file(2)));
    viewer.zoomTo(3000, now);
    rest();
    tabs.open();
    tabs.show(tabs.open(), picture(3), Optional.empty());
    tabs.select(tabs.tabs().get(1));
    var saved = tabs.history().saved();
    assertEquals(2, saved.size(), "what is in no file cannot be found again");
    assertEquals(1, tabs.history().savedCurrent());
    assertEquals(null, saved.getFirst().view(), "the whole is the whole in every window");
    Files.delete(Path.of(saved.getFirst().file()));
    var other =
        new TabsModel(
            viewer,
            engine,
            new PictureHolds(released::add),
            ToldFailures.into(failures),
            background,
            ui);
    other.attach(left -> {}, goes -> {});
    assertTrue(other.history().restore(saved, 1));
    assertEquals("Seed 2", other.current().titleProperty().get());
    ui.runUntil(() -> other.pictureProperty().get().isPresent());
    assertEquals(
        new SavedView(800 / 3000.0, 0.5, 0.5), SavedView.of(viewer.cameraProperty().get()));
    assertEquals(1, other.tabs().size());
    assertFalse(other.history().restore(List.of(), 0));
  }

  @Test
  void aRunOfSeveralLiesOverThePictureAndStaysWhileOneOfItIsOpen() {
    var tab = tabs.current();
    tabs.show(tab, picture(1), Optional.empty());
    var batch = new Batch(recipe(7), 3);
    tabs.show(tab, batch);
    assertEquals("3 × Seed 7", tab.titleProperty().get());
    assertTrue(tab.gridProperty().get());
    var kept = file(8);
    batch.items().get(1).made();
    batch.items().get(1).keptAs(kept);
    tabs.load(tab, kept, null, opened -> {}, failures::add);
    ui.runUntil(() -> "Seed 8".equals(tab.titleProperty().get()));
    assertFalse(tab.gridProperty().get());
    assertTrue(tab.batchProperty().get().isPresent(), "there is a way back");
    tabs.show(tab, picture(9), Optional.empty());
    assertTrue(tab.batchProperty().get().isEmpty());
  }

  @Test
  void aKeyThatIsHeldDownOpensNoEnd() {
    for (int i = 0; i < 2 * TabsModel.MOST; i++) {
      tabs.open();
    }
    assertEquals(TabsModel.MOST, tabs.tabs().size());
  }

  @Test
  void tabsAreMoved() {
    var first = tabs.current();
    var second = tabs.open();
    tabs.move(first, 1);
    assertEquals(List.of(second, first), tabs.tabs());
    assertSame(second, tabs.current());
  }

  @Test
  void aPictureThatComesWhenItsTabIsGoneIsReleased() {
    var there =
        new TabsModel(
            viewer,
            engine,
            new PictureHolds(released::add),
            ToldFailures.into(failures),
            Runnable::run,
            ui);
    var opened = new ArrayList<Picture>();
    there.load(there.openBehind(), file(1), null, opened::add, failures::add);
    there.close(there.tabs().getLast());
    there.load(there.current(), file(2), null, opened::add, failures::add);
    assertTrue(there.stopOpening());
    there.load(there.current(), file(3), null, opened::add, failures::add);
    there.load(there.current(), file(4), null, opened::add, failures::add);
    ui.drain();
    assertEquals(List.of(4L), opened.stream().map(one -> one.recipe().seed()).toList());
    assertEquals(
        List.of(1L, 2L, 3L), engine.released.stream().map(one -> one.recipe().seed()).toList());
    assertTrue(failures.isEmpty());
  }
}
