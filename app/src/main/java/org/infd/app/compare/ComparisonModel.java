package org.infd.app.compare;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Function;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.value.ObservableValue;
import org.infd.app.engine.Engine;
import org.infd.app.engine.Picture;
import org.infd.app.photo.PhotoOriginals;
import org.infd.app.viewer.CompareView;
import org.infd.app.viewer.Field;
import org.infd.app.work.Job;
import org.infd.app.work.Notice;
import org.infd.app.work.Notices;
import org.infd.inference.generation.Photo;
import org.infd.inference.generation.Recipe;

/**
 * A second picture over the one that is open: one of the gallery, the photo that it was, or the
 * same as the published code renders it. All methods belong to the user interface's thread.
 */
public final class ComparisonModel {
  private final Engine engine;
  private final Executor background;
  private final ObservableValue<Optional<Picture>> picture;
  private final PhotoOriginals originals;
  private final Notices notices;
  private final Job opening;
  private final ReadOnlyObjectWrapper<Optional<Comparison>> comparison =
      new ReadOnlyObjectWrapper<>(this, "comparison", Optional.empty());

  /**
   * @param picture the open one
   * @param originals finds the photo that a picture was
   * @param notices hears what the user should know and what went wrong
   */
  public ComparisonModel(
      Engine engine,
      Executor background,
      Executor ui,
      ObservableValue<Optional<Picture>> picture,
      PhotoOriginals originals,
      Notices notices) {
    this.engine = engine;
    this.background = background;
    this.picture = picture;
    this.originals = originals;
    this.notices = notices;
    opening = new Job(background, ui);
  }

  /** The second picture; empty while the open one is looked at alone. */
  public ReadOnlyObjectProperty<Optional<Comparison>> comparisonProperty() {
    return comparison.getReadOnlyProperty();
  }

  /** Looks at the picture of a field file over the open one. */
  public void withFile(Path file) {
    withFile(file, opened -> names(opened.title()));
  }

  /** Looks at what the open picture was before a box of it was made anew. */
  public void withBefore(Path file) {
    withFile(file, opened -> new CompareView.Names("Now", "Before"));
  }

  private void withFile(Path file, Function<Picture, CompareView.Names> names) {
    opening.start(
        (cancellation, _) -> engine.open(file, Engine.Watcher.NOBODY, cancellation),
        opened -> show(names.apply(opened), opened),
        notices::fail,
        engine::release);
  }

  private CompareView.Names names(String second) {
    return new CompareView.Names(
        Notice.shortened(picture.getValue().map(Picture::title).orElse("")),
        Notice.shortened(second));
  }

  private void show(CompareView.Names names, Picture second) {
    var open = picture.getValue();
    if (open.isEmpty()) {
      release(second);
      return;
    }
    stop();
    comparison.set(Optional.of(new Comparison(names, second.field(), Optional.of(second))));
  }

  /** Why there is no picture without a layout to compare with; empty where there is. */
  public String whyNotUnguided() {
    return picture.getValue().filter(open -> open.recipe().guidance() != null).isPresent()
        ? ""
        : "it follows no layout";
  }

  /** Looks at the picture of the same seed without the layout. */
  public void withUnguided() {
    picture
        .getValue()
        .ifPresent(
            open ->
                opening.start(
                    (cancellation, ui) ->
                        engine.unguided(
                            open, note -> ui.execute(() -> notices.note(note)), cancellation),
                    second -> show(new CompareView.Names("With the boxes", "Without them"), second),
                    notices::fail,
                    engine::release));
  }

  /** Why the original of an encoded photo cannot be shown; empty when it can. */
  public String whyNoPhoto() {
    var source = picture.getValue().map(open -> open.recipe().photo());
    if (source.isEmpty()) {
      return "this picture was none";
    }
    return originals.knows(source.get())
        ? ""
        : "open '" + Notice.shortened(source.get().file()) + "' again first";
  }

  /** Looks at the original of an encoded photo. */
  public void withPhoto() {
    var open = picture.getValue();
    var square = open.map(shown -> shown.recipe().photo());
    if (square.isPresent()) {
      opening.start(
          (_, _) -> originals.find(square.get()),
          original -> showOriginal(open.get(), original, square.get()),
          notices::fail);
    }
  }

  private void showOriginal(Picture open, Photo original, Recipe.Photo square) {
    stop();
    comparison.set(
        Optional.of(
            new Comparison(
                new CompareView.Names("Encoded", "Photo"),
                new Field(
                    original.field(square),
                    (priority, cancellation, work) ->
                        CompletableFuture.supplyAsync(() -> called(work), background),
                    open.field().featureSide(),
                    0),
                Optional.empty())));
  }

  private static <T> T called(Callable<T> work) {
    try {
      return work.call();
    } catch (Exception e) {
      throw new CompletionException(e);
    }
  }

  /** Why the published tiling would show nothing else; empty when it would. */
  public String whyNotPublished() {
    return picture.getValue().filter(Picture::hasNorms).isPresent()
        ? ""
        : "this model renders without seams anyway";
  }

  /** Looks at the open picture as the published code renders it. */
  public void withPublished() {
    picture
        .getValue()
        .ifPresent(
            open ->
                opening.start(
                    (cancellation, _) -> engine.published(open, cancellation),
                    second -> show(names("Published tiling"), second),
                    notices::fail,
                    engine::release));
  }

  /** Looks at the open picture alone again. */
  public void stop() {
    opening.cancel();
    var old = comparison.get();
    comparison.set(Optional.empty());
    old.flatMap(Comparison::owned).ifPresent(this::release);
  }

  /** Waits for the pieces in progress, so not on the user interface's thread. */
  private void release(Picture left) {
    background.execute(() -> engine.release(left));
  }
}
