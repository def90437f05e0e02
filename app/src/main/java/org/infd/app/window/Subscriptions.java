package org.infd.app.window;

import java.util.Optional;
import org.infd.app.engine.Picture;
import org.infd.app.runs.PictureRuns;
import org.infd.app.settings.Below;

/** Subscriptions between models that cannot be given to each other's constructors. */
final class Subscriptions {
  private final StudioModel model;
  private final PictureRuns runs;

  Subscriptions(StudioModel model, PictureRuns runs) {
    this.model = model;
    this.runs = runs;
  }

  /** Lets the models follow one another from now on. */
  void begin() {
    followPreferences();
    var tabs = model.tabs();
    model.catalog().onChange(model.startup()::findModels);
    tabs.attach(left -> model.comparison().stop(), runs::closing);
    tabs.pictureProperty()
        .subscribe(open -> open.map(Picture::image).ifPresent(model.bookmarks()::open));
    tabs.currentProperty().subscribe(tab -> showPreview());
    model.generation().previewProperty().subscribe(preview -> showPreview());
    model.generation().stateProperty().subscribe(state -> endStandIn());
    runs.onMade(model.layouts()::tellOf);
    // a crash in the next moment must not forget an order
    model.exports().queue().revisionProperty().subscribe(model.startup()::autosave);
  }

  private void followPreferences() {
    var preferences = model.preferences();
    preferences
        .cacheBytesProperty()
        .subscribe(bytes -> model.viewer().setCacheBytes(bytes.longValue()));
    preferences
        .previewProperty()
        .subscribe(chosen -> model.generation().previewEveryProperty().set(chosen.steps()));
    preferences.belowProperty().subscribe(kind -> model.viewer().setDeep(kind == Below.INVENTED));
    preferences.reducedProperty().subscribe(reduced -> model.viewer().setReducedMotion(reduced));
    preferences
        .picturesFolderProperty()
        .subscribe(() -> model.gallery().use(preferences.picturesFolder(model.dataFolder())));
  }

  /** The small picture of a sample stands in until its run is over. */
  private void endStandIn() {
    if (!model.generation().isRunning() && !model.tabs().current().openingProperty().get()) {
      model.tabs().standIn(Optional.empty());
    }
  }

  /** Only the tab that a picture is made for shows what it will look like. */
  private void showPreview() {
    var preview = model.generation().previewProperty().get().filter(image -> model.isMakingHere());
    if (preview.isPresent()) {
      model.comparison().stop();
    }
    model.viewer().preview(preview);
  }
}
