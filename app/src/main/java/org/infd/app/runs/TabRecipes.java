package org.infd.app.runs;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.infd.app.engine.Picture;
import org.infd.app.recipe.ModelChoices;
import org.infd.app.recipe.RecipeDraft;
import org.infd.app.recipe.RecipeModel;
import org.infd.app.tab.Tab;
import org.infd.app.tab.TabsModel;
import org.infd.app.work.Notices;
import org.infd.inference.generation.Recipe;

/**
 * Keeps what is chosen for the next picture with the tab that is looked at: each has choices of its
 * own, which begin with those that its picture was made by. What the user has typed since stays;
 * the seed is that of the picture in sight until another one is typed. All methods belong to the
 * user interface's thread.
 */
public final class TabRecipes {
  /**
   * The choices of a tab that is not looked at.
   *
   * @param recipe of the picture that was in sight with them; empty for none
   */
  private record Kept(RecipeDraft draft, Optional<Recipe> recipe) {}

  private final RecipeModel recipe;
  private final ModelChoices choices;
  private final TabsModel tabs;
  private final PictureRuns runs;
  private final Notices notices;
  private final Map<Tab, Kept> kept = new HashMap<>();
  private Tab current;

  /** The picture that the choices are shown with. */
  private Optional<Recipe> seen = Optional.empty();

  /**
   * @param recipe shows the choices
   * @param choices finds the model of a picture
   * @param runs knows what is being made for a tab
   * @param generation says what the user should know of a run's choices
   * @param notices says it where the choices are not seen
   */
  public TabRecipes(
      RecipeModel recipe,
      ModelChoices choices,
      TabsModel tabs,
      PictureRuns runs,
      GenerateModel generation,
      Notices notices) {
    this.notices = notices;
    this.recipe = recipe;
    this.choices = choices;
    this.tabs = tabs;
    this.runs = runs;
    current = tabs.current();
    tabs.currentProperty().subscribe(this::switchTo);
    tabs.pictureProperty().subscribe(this::show);
    runs.tabProperty().subscribe(tab -> showSeedInSight());
    generation.onNote(this::note);
  }

  /** What is said of choices stands beside them, where they are seen. */
  private void note(String sentence) {
    if (runs.tabProperty().get().equals(Optional.of(tabs.current()))) {
      recipe.noteProperty().set(sentence);
    } else {
      notices.note(sentence);
    }
  }

  private void switchTo(Tab tab) {
    if (tab.equals(current)) {
      return;
    }
    kept.keySet().retainAll(tabs.tabs());
    if (tabs.tabs().contains(current)) {
      kept.put(current, new Kept(recipe.keep(), seen));
    }
    current = tab;
    var own = Optional.ofNullable(kept.remove(tab));
    own.map(Kept::draft)
        .ifPresentOrElse(recipe::show, tab.isEmpty() ? recipe::settle : recipe::forgetTyped);
    recipe.noteProperty().set("");
    seen = own.flatMap(Kept::recipe);
    show(tab.pictureProperty().get());
  }

  /** A picture is in sight: its recipe is shown unless the user has typed something else since. */
  private void show(Optional<Picture> shown) {
    var made = shown.map(Picture::recipe);
    if (!tabs.current().equals(current) || made.isEmpty() || made.equals(seen)) {
      return;
    }
    seen = made;
    if (recipe.isEdited()) {
      showSeedInSight();
    } else {
      choices.choose(made.get().model());
      recipe.recall(made.get());
    }
  }

  /** What is shown belongs to the tab that is looked at, whatever its picture was made by. */
  public void keepShown() {
    recipe.edit();
  }

  /**
   * What was typed in a tab that was left for a new one, where the picture of it is made: the tab
   * shows its own picture's recipe again.
   */
  void takenAlong(Tab left) {
    if (left.pictureProperty().get().isPresent() || left.file().isPresent()) {
      kept.remove(left);
    }
  }

  /** The seed of a run that is shown elsewhere, or that was stopped, is not the one in sight. */
  void showSeedInSight() {
    runs.recipeOf(tabs.current())
        .or(() -> tabs.pictureProperty().get().map(Picture::recipe))
        .filter(made -> made.photo() == null)
        .ifPresent(made -> recipe.showUsedSeed(made.seed()));
  }
}
