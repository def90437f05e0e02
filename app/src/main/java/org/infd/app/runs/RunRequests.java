package org.infd.app.runs;

import java.util.Optional;
import java.util.function.Function;
import org.infd.app.engine.ModelChoice;
import org.infd.app.photo.PhotoCrop;
import org.infd.app.photo.PhotoOriginals;
import org.infd.app.recipe.RecipeModel;
import org.infd.app.tab.Tab;
import org.infd.app.tab.TabsModel;
import org.infd.app.work.Notices;
import org.infd.inference.export.Frame;
import org.infd.inference.generation.Recipe;

/**
 * Turns the user's requests into runs, from the recipe that is chosen and the picture in sight. A
 * request also answers the offer to restore what a crash interrupted. All methods belong to the
 * user interface's thread.
 */
public final class RunRequests {
  private final RecipeModel recipe;
  private final GenerateModel generation;
  private final TabsModel tabs;
  private final PhotoOriginals originals;
  private final PictureRuns runs;
  private final TabRecipes recipes;
  private final Notices notices;

  /**
   * @param recipe what is chosen for the next picture
   * @param originals keeps the photos that are encoded
   * @param runs makes the runs
   * @param recipes keeps the choices of each tab
   * @param notices holds the offer
   */
  public RunRequests(
      RecipeModel recipe,
      GenerateModel generation,
      TabsModel tabs,
      PhotoOriginals originals,
      PictureRuns runs,
      TabRecipes recipes,
      Notices notices) {
    this.recipe = recipe;
    this.generation = generation;
    this.tabs = tabs;
    this.originals = originals;
    this.runs = runs;
    this.recipes = recipes;
    this.notices = notices;
  }

  /**
   * Makes as many pictures by the recipe as are asked for, with one seed after the other; after the
   * run in progress, if there is one.
   *
   * @param inNewTab whether a tab of their own is opened for them
   */
  public void generate(boolean inNewTab) {
    if (!generation.isRunning()) {
      notices.offerProperty().set(Optional.empty());
    }
    int count = generation.countProperty().get();
    begin(inNewTab, first -> count == 1 ? new Run.Sample(first) : new Run.Batch(first, count));
  }

  /** The choices stay those of the picture in sight where the new one is shown elsewhere. */
  private void begin(boolean inNewTab, Function<Recipe, Run> run) {
    if (!recipe.isComplete() || !runs.hasRoom()) {
      return;
    }
    var before = tabs.current();
    var where = runs.place(inNewTab);
    if (!before.equals(tabs.current())) {
      recipes.takenAlong(before);
    }
    boolean isHere = where.filter(tabs.current()::equals).isPresent();
    (isHere ? recipe.begin() : recipe.beginAside())
        .ifPresent(
            begun -> {
              runs.make(run.apply(begun), where);
              recipes.showSeedInSight();
            });
  }

  /**
   * Goes out from the picture that is shown, with the prompt and the settings that are chosen.
   *
   * @param inNewTab whether the new picture is shown beside the old one, and not in its place
   */
  public void vary(boolean inNewTab) {
    var parent = tabs.pictureProperty().get();
    if (parent.isPresent() && !tabs.current().gridProperty().get() && !generation.isRunning()) {
      var from = ParentPicture.of(parent.get(), tabs.current().file());
      double strength = recipe.strengthProperty().get();
      begin(inNewTab, asked -> new Run.Vary(from, asked.withGuidance(null), strength));
    }
  }

  /**
   * Makes a box of the picture that is shown anew, and shows the result in its place; the picture
   * itself stays in the gallery.
   *
   * @param asked how the box is made
   */
  public void redo(Frame.Region box, Recipe asked) {
    notices.offerProperty().set(Optional.empty());
    var parent = tabs.pictureProperty().get();
    if (parent.isPresent() && !generation.isRunning()) {
      runs.make(
          new Run.Redo(ParentPicture.of(parent.get(), tabs.current().file()), box, asked),
          runs.place(false));
    }
  }

  /** Opens the square of a photo as a field, in the present tab. */
  public void encode(PhotoCrop crop, ModelChoice model) {
    encode(crop, model, runs.place(false));
  }

  /** Opens the square of a photo as a field in a tab, after the runs that were asked for before. */
  public void encode(PhotoCrop crop, ModelChoice model, Tab tab) {
    encode(crop, model, Optional.of(tab));
  }

  private void encode(PhotoCrop crop, ModelChoice model, Optional<Tab> where) {
    originals.keep(crop.photo());
    runs.make(new Run.Encode(crop.squareProperty().get(), model.id()), where);
  }
}
