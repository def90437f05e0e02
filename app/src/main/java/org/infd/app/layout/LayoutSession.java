package org.infd.app.layout;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Executor;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import org.infd.app.compare.ComparisonModel;
import org.infd.app.engine.LayoutSupport;
import org.infd.app.engine.ModelChoice;
import org.infd.app.engine.Picture;
import org.infd.app.recipe.RecipeModel;
import org.infd.app.runs.GenerateModel;
import org.infd.app.runs.PictureRuns;
import org.infd.app.runs.Run;
import org.infd.app.runs.RunRequests;
import org.infd.app.tab.TabsModel;
import org.infd.app.work.Background;
import org.infd.app.work.Notice;
import org.infd.app.work.Notices;
import org.infd.app.work.UndoStack;
import org.infd.inference.generation.Recipe;
import org.infd.inference.generation.Recipe.SamplerKind;
import org.infd.inference.generation.RecipeDefaults;

/**
 * Joins the layout that is being edited with the picture, the recipe and the runs. Belongs to the
 * user interface's thread.
 */
public final class LayoutSession {
  /**
   * What a layout is edited for.
   *
   * @param recipe the choices for the next picture, which follows the layout
   * @param generation the run in progress, which tells what CLIP says of the boxes
   * @param runs knows which tab the run in progress is for
   * @param tabs the open pictures
   * @param requests makes boxes anew
   * @param comparison shows what was there before
   * @param notices what the user is told
   * @param undo takes back a box that was made anew
   */
  public record Studio(
      RecipeModel recipe,
      GenerateModel generation,
      PictureRuns runs,
      TabsModel tabs,
      RunRequests requests,
      ComparisonModel comparison,
      Notices notices,
      UndoStack undo) {}

  /** What the user had chosen before layouts asked for another sampler. */
  private record Before(SamplerKind sampler, int steps) {}

  private final Studio studio;
  private final Runnable showPicture;
  private final LayoutModel model;
  private final BoxDragController hand;
  private final BoxScores scores = new BoxScores();
  private final LayoutFiles files;
  private final ObservableList<Path> samples = FXCollections.observableArrayList();
  private final LayoutCost cost;
  private final BoxRedo redo;
  private Optional<Before> before = Optional.empty();

  public LayoutSession(
      Studio studio, Path draft, Runnable showPicture, Background background, Executor ui) {
    this.studio = studio;
    this.showPicture = showPicture;
    model = new LayoutModel(studio.notices());
    hand = new BoxDragController(model);
    files = new LayoutFiles(model, draft, background, ui, studio.notices());
    cost = new LayoutCost(studio, model, ui);
    redo = new BoxRedo(studio, model, scores, showPicture);
    var recipe = studio.recipe();
    model.promptProperty().bindBidirectional(recipe.promptProperty());
    model.negativeProperty().bindBidirectional(recipe.negativePromptProperty());
    recipe.layoutProperty().bind(model.guidanceProperty());
    recipe.onAdopt(this::adopt);
    var generation = studio.generation();
    generation.evaluationProperty().subscribe(look -> look.ifPresent(scores::look));
    model.openProperty().subscribe(open -> followSampler());
    model.followedProperty().subscribe(followed -> followSampler());
    generation
        .stateProperty()
        .subscribe(
            state -> {
              if (!generation.isRunning()) {
                scores.endLooks();
              }
            });
    studio
        .tabs()
        .pictureProperty()
        .subscribe(
            shown -> shown.ifPresentOrElse(picture -> scores.show(picture.image()), scores::clear));
    studio.runs().tabProperty().subscribe(tab -> seeScores());
    studio.tabs().currentProperty().subscribe(tab -> seeScores());
    cost.begin();
  }

  private void seeScores() {
    var current = studio.tabs().current();
    scores.setSeen(studio.runs().tabProperty().get().filter(current::equals).isPresent());
  }

  /** The boxes. */
  public LayoutModel model() {
    return model;
  }

  /** What draws and moves them. */
  public BoxDragController hand() {
    return hand;
  }

  /** What CLIP says of them. */
  public BoxScores scores() {
    return scores;
  }

  /** Where they are kept. */
  public LayoutFiles files() {
    return files;
  }

  /** Layouts to begin with. */
  public ObservableList<Path> samples() {
    return samples;
  }

  /** What the layout costs, in words; empty where there is nothing to say. */
  public ReadOnlyStringProperty costProperty() {
    return cost.textProperty();
  }

  /** Takes back what was done last: a box that was made anew, or else a change of the boxes. */
  public void undo() {
    if (!redo.undo()) {
      model.undo();
    }
  }

  /** What makes a box of the open picture anew. */
  public BoxRedo redo() {
    return redo;
  }

  /** What the layout is edited for. */
  Studio studio() {
    return studio;
  }

  /** What the chosen model does with layouts; empty while none is chosen. */
  public Optional<LayoutSupport> support() {
    return studio.recipe().modelProperty().get().map(ModelChoice::layouts);
  }

  /** Opens the editor, or closes it; boxes stay. */
  public void switchOpen() {
    showPicture.run();
    model.openProperty().set(!model.openProperty().get());
  }

  /** Opens a layout file. */
  public void open(Path file) {
    showPicture.run();
    files.open(file);
  }

  /** Layouts are followed by DDIM only, which shows in the recipe as long as one is. */
  private void followSampler() {
    var recipe = studio.recipe();
    boolean wanted = model.openProperty().get() && model.followedProperty().get();
    if (wanted && recipe.samplerProperty().get() != SamplerKind.DDIM) {
      before =
          Optional.of(new Before(recipe.samplerProperty().get(), recipe.stepsProperty().get()));
      useDdim();
    } else if (!wanted) {
      before
          .filter(
              of ->
                  recipe.samplerProperty().get() == SamplerKind.DDIM
                      && recipe.stepsProperty().get() == RecipeDefaults.LAYOUT_STEPS)
          .ifPresent(
              of -> {
                recipe.samplerProperty().set(of.sampler());
                recipe.stepsProperty().set(of.steps());
              });
      before = Optional.empty();
    }
  }

  /** Chooses the sampler that follows layouts. */
  public void useDdim() {
    studio.recipe().samplerProperty().set(SamplerKind.DDIM);
    studio.recipe().stepsProperty().set(RecipeDefaults.LAYOUT_STEPS);
  }

  private void adopt(Recipe recipe) {
    var guidance = recipe.guidance();
    if (guidance == null) {
      model.followedProperty().set(false);
      return;
    }
    model.openProperty().set(true);
    model.replace(guidance.layout(), guidance.steering());
    files.forgetFile();
  }

  /** Tells how the boxes of a run have come out. */
  public void tellOf(Run run, Picture made) {
    switch (run) {
      case Run.Sample _, Run.Batch _ -> tellOf(made);
      case Run.Redo again -> redo.tellOf(again, made);
      case Run.Vary _, Run.Encode _ -> {}
    }
  }

  private void tellOf(Picture made) {
    var guidance = made.recipe().guidance();
    if (guidance != null) {
      BoxScores.summary(guidance)
          .ifPresent(
              sentence ->
                  studio
                      .notices()
                      .done(
                          sentence,
                          new Notice.Action("Compare", studio.comparison()::withUnguided)));
    }
  }

  /** Nothing is done any more. */
  public void close() {
    files.end();
    cost.stop();
  }
}
