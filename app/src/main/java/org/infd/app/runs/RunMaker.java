package org.infd.app.runs;

import java.util.function.Function;
import org.infd.app.engine.Engine;
import org.infd.app.engine.ModelChoice;
import org.infd.app.engine.Picture;
import org.infd.inference.Problem;
import org.infd.inference.generation.Photo;
import org.infd.inference.generation.Recipe;
import org.infd.inference.runtime.Cancellation;

/** Makes the picture of a run with the engine, on the calling thread. Thread-safe. */
final class RunMaker {
  private final Engine engine;
  private final Function<Recipe.Photo, Photo> photos;

  /**
   * @param photos finds the photo that a square is of, or throws a {@link Problem}
   */
  RunMaker(Engine engine, Function<Recipe.Photo, Photo> photos) {
    this.engine = engine;
    this.photos = photos;
  }

  /**
   * Makes a picture; of several the first.
   *
   * @throws Problem if it cannot be made
   * @throws java.util.concurrent.CancellationException soon after {@code cancellation} was asked
   *     for
   */
  Picture make(Run run, Engine.Watcher watcher, Cancellation cancellation) {
    return switch (run) {
      case Run.Sample sample -> engine.generate(sample.recipe(), watcher, cancellation);
      case Run.Batch batch -> engine.generate(batch.recipe(), watcher, cancellation);
      case Run.Vary vary ->
          fromParent(
              vary.parent(),
              cancellation,
              parent -> engine.vary(parent, vary.recipe(), vary.strength(), watcher, cancellation));
      case Run.Redo redo ->
          fromParent(
              redo.parent(),
              cancellation,
              parent -> engine.redo(parent, redo.box(), redo.recipe(), watcher, cancellation));
      case Run.Encode encode ->
          engine.encode(
              photos.apply(encode.square()), encode.square(), model(encode), watcher, cancellation);
    };
  }

  /** A parent that is opened for the run alone is released after it. */
  private Picture fromParent(
      ParentPicture parent, Cancellation cancellation, Function<Picture, Picture> work) {
    var open = parent.open();
    if (open.isPresent()) {
      return work.apply(open.get());
    }
    var file =
        parent
            .file()
            .orElseThrow(() -> new Problem("The picture to go out from is in no file any more."));
    var opened = engine.open(file, Engine.Watcher.NOBODY, cancellation);
    try {
      return work.apply(opened);
    } finally {
      engine.release(opened);
    }
  }

  private ModelChoice model(Run.Encode encode) {
    return engine.models().stream()
        .filter(model -> model.id().equals(encode.model()))
        .findFirst()
        .orElseThrow(
            () ->
                new Problem(
                    "'"
                        + encode.square().file()
                        + "' was to be encoded by the model '"
                        + encode.model()
                        + "', which is not here. Import it, and open the photo again."));
  }
}
