package org.infd.app.tab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.SimpleObjectProperty;
import javafx.scene.Node;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import org.infd.app.engine.Thumbnails;
import org.infd.inference.generation.Recipe;
import org.infd.inference.generation.Recipe.SamplerKind;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.testfx.api.FxToolkit;
import org.testfx.util.WaitForAsyncUtils;

/** The grid of a run of several, without its window. */
class BatchPaneTest {
  private final Batch batch =
      new Batch(
          Recipe.builder("hills", "00").seed(5).steps(25).sampler(SamplerKind.DPMPP).eta(1).build(),
          3);
  private final ObjectProperty<Optional<Batch>> shown =
      new SimpleObjectProperty<>(Optional.of(batch));
  private BatchPane pane;

  @BeforeEach
  void open() throws TimeoutException {
    FxToolkit.registerPrimaryStage();
    pane =
        ask(
            () ->
                new BatchPane(
                    shown, new Thumbnails(Runnable::run), (item, tab) -> {}, () -> {}, () -> {}));
  }

  private static <T> T ask(Callable<T> question) {
    return WaitForAsyncUtils.waitForAsyncFx(60_000, question);
  }

  private boolean show(Optional<Batch> next) {
    return ask(
        () -> {
          shown.set(next);
          return true;
        });
  }

  /** Each change of tabs shows a run anew: what was shown of it before must not pile up. */
  @Test
  void whatIsNotShownAnyMoreIsForgotten() throws TimeoutException {
    var cells = new WeakReference<Node>(ask(() -> ((ScrollPane) pane.getCenter()).getContent()));
    show(Optional.empty());
    WaitForAsyncUtils.waitFor(
        60,
        TimeUnit.SECONDS,
        () -> {
          System.gc();
          return cells.refersTo(null);
        });
    Reference.reachabilityFence(batch);
  }

  @Test
  void itFollowsTheRunWhenItIsShownAgain() {
    show(Optional.empty());
    show(Optional.of(batch));
    ask(
        () -> {
          batch.items().getFirst().begin();
          batch.items().getFirst().made();
          return true;
        });
    assertEquals("1 of 3", ask(() -> ((Label) pane.lookup("#batch-progress")).getText()));
  }

  @Test
  void fewPicturesAreLargeAndManyAreScrolled() {
    assertTrue(BatchPane.side(4, 1000, 700) > 290, "two by two");
    assertTrue(BatchPane.side(3, 1200, 500) > 370, "side by side");
    assertEquals(512, BatchPane.side(1, 2000, 1500));
    assertEquals(160, BatchPane.side(64, 800, 600));
  }
}
