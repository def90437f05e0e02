package org.infd.app.recipe;

import java.util.List;
import java.util.Optional;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import org.infd.app.engine.ModelChoice;
import org.infd.inference.generation.Recipe;

/**
 * The models that the next picture can be made with, and the choice among them. All methods belong
 * to the user interface's thread.
 */
public final class ModelChoices {
  private final ObservableList<ModelChoice> models = FXCollections.observableArrayList();
  private final RecipeModel recipe;

  /**
   * @param recipe whose model is chosen
   */
  public ModelChoices(RecipeModel recipe) {
    this.recipe = recipe;
  }

  /** The models to choose from. */
  public ObservableList<ModelChoice> models() {
    return models;
  }

  /** The model of an id, if it is here. */
  public Optional<ModelChoice> find(String id) {
    return models.stream().filter(model -> model.id().equals(id)).findFirst();
  }

  /** Chooses a model; returns whether it is here. */
  public boolean choose(String id) {
    var found = find(id);
    found.ifPresent(model -> recipe.modelProperty().set(Optional.of(model)));
    return found.isPresent();
  }

  /** Models have come or gone: the list follows, and what is chosen stays if it can. */
  public void show(List<ModelChoice> now) {
    // element by element: whoever shows the list keeps what is chosen
    models.retainAll(now);
    for (int i = 0; i < now.size(); i++) {
      if (i >= models.size() || !models.get(i).equals(now.get(i))) {
        models.remove(now.get(i));
        models.add(i, now.get(i));
      }
    }
    if (recipe.modelProperty().get().filter(models::contains).isEmpty()) {
      recipe.modelProperty().set(models.stream().findFirst());
    }
  }

  /** Shows a recipe, and chooses its model if it is here. */
  public void adopt(Recipe made) {
    choose(made.model());
    recipe.adopt(made);
  }
}
