package org.infd.app;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import org.infd.app.generate.ExportCost;
import org.infd.app.generate.LayoutSupport;
import org.infd.app.generate.ModelChoice;
import org.infd.app.generate.Picture;
import org.infd.app.generate.RecipeModel;
import org.infd.app.layout.BoxHand;
import org.infd.app.layout.BoxScores;
import org.infd.app.layout.DraftBox;
import org.infd.app.layout.LayoutFiles;
import org.infd.app.layout.LayoutModel;
import org.infd.inference.Problem;
import org.infd.inference.export.Frame;
import org.infd.inference.guidance.Guidance;
import org.infd.inference.guidance.Layout;
import org.infd.inference.studio.Recipe;
import org.infd.inference.studio.Recipe.SamplerKind;

/**
 * The layout that is being edited, and what it has to do with the picture, the recipe and the runs.
 * Belongs to the user interface's thread.
 */
public final class LayoutDesk {
  /** DDIM needs more steps than the usual sampler; so does the command line. */
  private static final int STEPS = 50;

  /** What the user had chosen before layouts asked for another sampler. */
  private record Before(SamplerKind sampler, int steps) {}

  private final StudioModel studio;
  private final LayoutModel model = new LayoutModel();
  private final BoxHand hand = new BoxHand(model);
  private final BoxScores scores = new BoxScores();
  private final LayoutFiles files;
  private final ObservableList<Path> samples = FXCollections.observableArrayList();
  private final ReadOnlyStringWrapper cost = new ReadOnlyStringWrapper(this, "cost", "");
  private Optional<Before> before = Optional.empty();

  LayoutDesk(StudioModel studio, StudioModel.World world, Path dataFolder) {
    this.studio = studio;
    files =
        new LayoutFiles(
            model,
            dataFolder.resolve("layout.json"),
            world.background(),
            world.ui(),
            new LayoutFiles.Teller() {
              @Override
              public void done(String sentence) {
                studio.tell(Notice.Kind.DONE, sentence);
              }

              @Override
              public void failed(String sentence) {
                studio.tell(Notice.Kind.ERROR, sentence);
              }
            });
    var recipe = studio.recipe();
    model.onTell(sentence -> studio.tell(Notice.Kind.NOTE, sentence));
    model.promptProperty().bindBidirectional(recipe.promptProperty());
    model.negativeProperty().bindBidirectional(recipe.negativePromptProperty());
    recipe.layoutProperty().bind(model.guidanceProperty());
    recipe.onAdopt(this::adopt);
    var generation = studio.generation();
    generation.lookProperty().subscribe(look -> look.ifPresent(scores::look));
    model.openProperty().subscribe(open -> followSampler());
    model.followedProperty().subscribe(followed -> followSampler());
    generation
        .stateProperty()
        .subscribe(
            state -> {
              if (!generation.isRunning()) {
                scores.endLooks();
              }
              showCost();
            });
    studio
        .pictureProperty()
        .subscribe(shown -> shown.ifPresent(picture -> scores.show(picture.image())));
    for (var changing :
        List.<javafx.beans.value.ObservableValue<?>>of(
            model.openProperty(),
            model.guidanceProperty(),
            generation.measuredProperty(),
            studio.pictureProperty(),
            recipe.modelProperty(),
            recipe.stepsProperty(),
            recipe.samplerProperty(),
            recipe.guidanceProperty(),
            recipe.promptProperty(),
            recipe.negativePromptProperty())) {
      changing.subscribe(changed -> showCost());
    }
  }

  /** The boxes. */
  public LayoutModel model() {
    return model;
  }

  /** What draws and moves them. */
  public BoxHand hand() {
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
    return cost.getReadOnlyProperty();
  }

  /** The choices for the next picture. */
  public RecipeModel recipe() {
    return studio.recipe();
  }

  /** What the chosen model does with layouts; empty while none is chosen. */
  public Optional<LayoutSupport> support() {
    return studio.recipe().modelProperty().get().map(ModelChoice::layouts);
  }

  /** Opens the editor, or closes it; boxes stay. */
  public void switchOpen() {
    studio.pageProperty().set(StudioModel.Page.PICTURE);
    model.openProperty().set(!model.openProperty().get());
  }

  /** Opens a layout file. */
  public void open(Path file) {
    studio.pageProperty().set(StudioModel.Page.PICTURE);
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
                      && recipe.stepsProperty().get() == STEPS)
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
    studio.recipe().stepsProperty().set(STEPS);
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

  private void showCost() {
    var recipe = studio.recipe();
    var generation = studio.generation();
    var chosen = recipe.modelProperty().get().filter(choice -> choice.layouts().isThere());
    if (!model.openProperty().get() || chosen.isEmpty() || generation.isRunning()) {
      generation.guidanceCost().stop();
      cost.set("");
      return;
    }
    // later: what is asked for at the same time comes first
    studio.ui().execute(() -> measure(chosen.get()));
    var draft = recipe.draft().filter(of -> of.guidance() != null);
    double seconds = draft.map(generation::layoutSeconds).orElse(-1.0);
    int boxes = draft.map(of -> boxes(of)).orElse(0);
    cost.set(
        boxes == 0
            ? ""
            : seconds < 0
                ? "Measuring what boxes cost here"
                : "+%s for %s, with a picture without them to compare"
                    .formatted(
                        ExportCost.duration(seconds), boxes == 1 ? "1 box" : boxes + " boxes"));
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

  /** Tells how the boxes of a picture have come out. */
  void tellOf(Picture made) {
    var guidance = made.recipe().guidance();
    if (guidance != null) {
      BoxScores.summary(guidance)
          .ifPresent(
              sentence ->
                  studio
                      .noticeProperty()
                      .set(
                          Optional.of(
                              new Notice(
                                  Notice.Kind.DONE,
                                  sentence,
                                  Optional.of(
                                      new Notice.Action(
                                          "Compare", studio.comparison()::withUnguided))))));
    }
  }

  /** Why a box of the open picture cannot be made anew now; empty where it can. */
  public String whyNoRedo() {
    var picture = studio.pictureProperty().get();
    if (picture.isEmpty()) {
      return "There is no picture yet.";
    }
    if (studio.generation().isRunning()) {
      return "A picture is being made.";
    }
    var made = picture.get().recipe().model();
    return studio.recipe().modelProperty().get().filter(of -> of.id().equals(made)).isPresent()
        ? ""
        : "The picture was made with the model '" + made + "'. Choose it.";
  }

  /** Makes a box of the open picture anew, by its prompt. */
  public void redo(long id) {
    var box = model.box(id);
    var picture = studio.pictureProperty().get();
    var reason = whyNoRedo();
    if (box.isEmpty() || picture.isEmpty() || !reason.isEmpty()) {
      studio.tell(Notice.Kind.NOTE, reason.isEmpty() ? "Choose a box first." : reason);
      return;
    }
    var before = studio.tabs().current().file();
    try {
      studio
          .recipe()
          .begin()
          .map(begun -> redoing(begun, box.get(), picture.get()))
          .ifPresent(
              asked -> studio.redo(region(box.get()), asked, () -> tellOfRedone(id, before)));
    } catch (Problem e) {
      studio.tell(Notice.Kind.ERROR, String.valueOf(e.getMessage()));
    }
  }

  private static Frame.Region region(DraftBox box) {
    var place = box.place();
    return new Frame.Region(place.row(), place.column(), place.height(), place.width());
  }

  /** The box's own words lead it, by the network where that takes words and by CLIP where it is. */
  private Recipe redoing(Recipe begun, DraftBox box, Picture picture) {
    var choice = studio.recipe().modelProperty().get().orElseThrow();
    var wanted = box.prompt().isBlank() ? null : box.prompt().strip();
    var unwanted = box.negative().isBlank() ? null : box.negative().strip();
    boolean guided = choice.prompts() == ModelChoice.Prompts.GUIDED;
    boolean asked = wanted != null || (guided && unwanted != null);
    boolean led = wanted != null && choice.layouts().isThere();
    return new Recipe(
        begun.model(),
        begun.modelHash(),
        begun.seed(),
        begun.sampler() == SamplerKind.DDIM ? begun.steps() : STEPS,
        SamplerKind.DDIM,
        begun.eta(),
        picture.recipe().classLabel(),
        choice.takesPrompts() ? wanted : null,
        guided ? unwanted : null,
        guided && asked ? studio.recipe().guidanceProperty().get() : 1,
        led
            ? new Guidance(
                new Layout(null, null, List.of(box.toLayoutBox())), model.steeringProperty().get())
            : null);
  }

  /** How it has come out, with a way to see what was there before. */
  private void tellOfRedone(long id, Optional<Path> before) {
    var score = model.box(id).flatMap(scores::score);
    studio
        .noticeProperty()
        .set(
            Optional.of(
                new Notice(
                    Notice.Kind.DONE,
                    "Box %d was made anew.%s"
                        .formatted(model.number(id), score.map(LayoutDesk::inWords).orElse("")),
                    before.map(
                        file ->
                            new Notice.Action(
                                "Compare", () -> studio.comparison().withBefore(file))))));
  }

  private static String inWords(Guidance.BoxScore score) {
    return " CLIP says %.2f of it, and %.2f without its guidance."
        .formatted(score.guided(), score.unguided());
  }

  /** Nothing is done any more. */
  void close() {
    files.end();
    studio.generation().guidanceCost().stop();
  }
}
