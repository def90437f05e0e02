package org.infd.app.layout;

import java.util.List;
import java.util.concurrent.Executor;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import javafx.beans.value.ObservableValue;
import org.infd.app.engine.ModelChoice;
import org.infd.inference.NumberText;
import org.infd.inference.generation.Recipe;

/**
 * What following the layout adds to the next picture, in words, measured while the editor is open
 * and nothing runs. Belongs to the user interface's thread.
 */
final class LayoutCost {
  private final LayoutSession.Studio studio;
  private final Executor ui;
  private final LayoutModel model;
  private final ReadOnlyStringWrapper text = new ReadOnlyStringWrapper(this, "text", "");

  LayoutCost(LayoutSession.Studio studio, LayoutModel model, Executor ui) {
    this.studio = studio;
    this.model = model;
    this.ui = ui;
  }

  /** The words; empty where there is nothing to say. */
  ReadOnlyStringProperty textProperty() {
    return text.getReadOnlyProperty();
  }

  /** Follows what the words depend on. */
  void begin() {
    var recipe = studio.recipe();
    var generation = studio.generation();
    for (var changing :
        List.<ObservableValue<?>>of(
            generation.stateProperty(),
            model.openProperty(),
            model.guidanceProperty(),
            generation.measuredProperty(),
            studio.tabs().pictureProperty(),
            recipe.modelProperty(),
            recipe.stepsProperty(),
            recipe.samplerProperty(),
            recipe.guidanceProperty(),
            recipe.promptProperty(),
            recipe.negativePromptProperty())) {
      changing.subscribe(changed -> show());
    }
  }

  /** Measures no more. */
  void stop() {
    studio.generation().guidanceCost().stop();
  }

  private void show() {
    var recipe = studio.recipe();
    var generation = studio.generation();
    var chosen = recipe.modelProperty().get().filter(choice -> choice.layouts().isThere());
    if (!model.openProperty().get() || chosen.isEmpty() || generation.isRunning()) {
      stop();
      text.set("");
      return;
    }
    // later: what is asked for at the same time comes first
    ui.execute(() -> measure(chosen.get()));
    var draft = recipe.draft().filter(of -> of.guidance() != null);
    var seconds = draft.flatMap(generation::layoutRange);
    int boxes = draft.map(of -> boxes(of)).orElse(0);
    text.set(
        boxes == 0
            ? ""
            : seconds
                .map(
                    range ->
                        NumberText.format(
                            "%s: %s more, with a picture without them to compare",
                            boxes == 1 ? "1 box" : boxes + " boxes", range.text()))
                .orElse("Measuring what boxes cost here"));
  }

  private void measure(ModelChoice choice) {
    var generation = studio.generation();
    if (model.openProperty().get()
        && !generation.isRunning()
        && !studio.tabs().current().openingProperty().get()) {
      generation.guidanceCost().measure(choice);
    }
  }

  private static int boxes(Recipe recipe) {
    var guidance = recipe.guidance();
    return guidance == null ? 0 : guidance.layout().boxes().size();
  }
}
