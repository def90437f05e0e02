package org.infd.app.tab;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import org.infd.app.engine.Engine;
import org.infd.app.engine.Invention;
import org.infd.app.viewer.ViewerModel;
import org.infd.app.work.Job;
import org.infd.inference.export.Frame;
import org.infd.inference.field.Viewport;

/**
 * What the user chooses of that which lies below the scale of the picture in sight. Each choice
 * makes the picture anew where the user is, and is kept in its file where that is one of the
 * gallery's. All methods belong to the user interface's thread.
 */
public final class InventionModel {
  private final TabsModel tabs;
  private final TabRemaking remaking;
  private final Engine engine;
  private final ViewerModel viewer;
  private final Predicate<Path> isKept;
  private final LongSupplier seeds;
  private final Job looking;
  private final ReadOnlyObjectWrapper<Optional<Invention>> invention =
      new ReadOnlyObjectWrapper<>(this, "invention", Optional.empty());
  private final ReadOnlyObjectWrapper<Suggestion> suggestion =
      new ReadOnlyObjectWrapper<>(this, "suggestion", Suggestion.NONE);

  /**
   * What is suggested.
   *
   * @param words none before somebody asks
   * @param note what else is to be said, a sentence or empty
   */
  record Suggestion(List<String> words, String note) {
    static final Suggestion NONE = new Suggestion(List.of(), "");
  }

  /**
   * @param viewer where the user is
   * @param isKept whether a file is the gallery's, so that choices may be written into it
   * @param seeds gives seeds that were not there before
   * @param background where the engine is called
   * @param ui where everything else happens
   */
  public InventionModel(
      TabsModel tabs,
      TabRemaking remaking,
      Engine engine,
      ViewerModel viewer,
      Predicate<Path> isKept,
      LongSupplier seeds,
      Executor background,
      Executor ui) {
    this.tabs = tabs;
    this.remaking = remaking;
    this.engine = engine;
    this.viewer = viewer;
    this.isKept = isKept;
    this.seeds = seeds;
    looking = new Job(background, ui);
    tabs.pictureProperty()
        .subscribe(
            shown -> {
              invention.set(shown.flatMap(engine::invention));
              suggestNothing();
            });
  }

  /** What is chosen for the picture in sight; empty where nothing lies below its scale. */
  public ReadOnlyObjectProperty<Optional<Invention>> inventionProperty() {
    return invention.getReadOnlyProperty();
  }

  /** How many levels of invention are in sight; 0 where all is the picture's own. */
  public int depth() {
    return viewer.depth();
  }

  /**
   * How much pieces are like the picture above them.
   *
   * @param pull 0, as the model likes, to 1, as the picture
   */
  public void pull(double pull) {
    choose(now -> now.withPull(pull));
  }

  /** What pieces from the depth in sight on are told to show; blank for what the picture shows. */
  public void prompt(String prompt) {
    choose(now -> now.withPrompt(depth(), prompt));
  }

  /** Words for what is in sight, as far as somebody asked for them. */
  ReadOnlyObjectProperty<Suggestion> suggestionProperty() {
    return suggestion.getReadOnlyProperty();
  }

  /** Asks the model what is in sight, in its own words. */
  public void suggest() {
    var open = tabs.pictureProperty().get();
    var shown = viewer.shownPart();
    if (open.isEmpty() || shown.isEmpty()) {
      return;
    }
    suggestion.set(new Suggestion(List.of(), "Looking …"));
    var region = middle(shown.get());
    looking.start(
        (cancellation, _) -> engine.seenWords(open.get(), region, cancellation),
        words ->
            suggestion.set(
                new Suggestion(words, words.isEmpty() ? "The model has no word for this." : "")),
        sentence -> suggestion.set(new Suggestion(List.of(), sentence)));
  }

  /** Forgets what was suggested. */
  void suggestNothing() {
    looking.cancel();
    suggestion.set(Suggestion.NONE);
  }

  /** The square in the middle of what is in sight. */
  private static Frame.Region middle(Viewport view) {
    double side = view.imageSide();
    int square = Math.min(view.height(), view.width());
    return new Frame.Region(
        (view.row() + (view.height() - square) / 2.0) / side,
        (view.column() + (view.width() - square) / 2.0) / side,
        square / side,
        square / side);
  }

  /** Makes the piece in the middle of the view anew, with another seed. */
  public void anew() {
    var view = viewer.cameraProperty().get();
    choose(
        now ->
            now.anew(
                depth(),
                view.imageY(view.height() / 2.0),
                view.imageX(view.width() / 2.0),
                seeds.getAsLong()));
  }

  /** Takes back all choices. */
  public void usual() {
    tabs.pictureProperty()
        .get()
        .flatMap(engine::usualInvention)
        .ifPresent(usual -> choose(now -> usual));
  }

  private void choose(UnaryOperator<Invention> choice) {
    var now = invention.get();
    if (now.isEmpty() || depth() == 0) {
      return;
    }
    var next = choice.apply(now.get());
    if (next.equals(now.get())) {
      return;
    }
    // what is chosen next goes out from this, also while it is being made
    invention.set(Optional.of(next));
    var file = tabs.current().file().filter(isKept);
    remaking.current(
        (old, watcher, cancellation) -> {
          var made = engine.invent(old, next, watcher, cancellation);
          file.ifPresent(target -> engine.save(made, target));
          return made;
        });
  }
}
