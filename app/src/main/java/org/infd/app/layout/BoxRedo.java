package org.infd.app.layout;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.infd.app.engine.ModelChoice;
import org.infd.app.engine.Picture;
import org.infd.app.runs.Run;
import org.infd.app.tab.Tab;
import org.infd.app.work.Notice;
import org.infd.app.work.UndoStack;
import org.infd.inference.NumberText;
import org.infd.inference.Problem;
import org.infd.inference.export.Frame;
import org.infd.inference.generation.Recipe;
import org.infd.inference.generation.Recipe.SamplerKind;
import org.infd.inference.generation.RecipeDefaults;
import org.infd.inference.guidance.Guidance;
import org.infd.inference.guidance.Layout;

/**
 * Makes a box of the open picture anew by its own words, the rest staying as it is. Belongs to the
 * user interface's thread.
 */
public final class BoxRedo {
  /**
   * The last box that was made anew.
   *
   * @param tab where it is shown
   * @param made the picture with it
   * @param boxes the boxes at that time
   */
  private record Redone(Tab tab, Picture made, List<DraftBox> boxes, UndoStack.Act act) {
    boolean isShown() {
      return tab.pictureProperty().get().filter(made::equals).isPresent();
    }
  }

  private final LayoutSession.Studio studio;
  private final LayoutModel model;
  private final BoxScores scores;
  private final Runnable showPicture;
  private Optional<Redone> last = Optional.empty();

  BoxRedo(LayoutSession.Studio studio, LayoutModel model, BoxScores scores, Runnable showPicture) {
    this.showPicture = showPicture;
    this.studio = studio;
    this.model = model;
    this.scores = scores;
  }

  /** Why a box of the open picture cannot be made anew now; empty where it can. */
  public String whyNot() {
    var picture = studio.tabs().pictureProperty().get();
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
    var picture = studio.tabs().pictureProperty().get();
    var reason = whyNot();
    if (box.isEmpty() || picture.isEmpty() || !reason.isEmpty()) {
      studio.notices().note(reason.isEmpty() ? "Choose a box first." : reason);
      return;
    }
    try {
      studio
          .recipe()
          .beginAside()
          .map(begun -> redoing(begun, box.get(), picture.get()))
          .ifPresent(asked -> studio.requests().redo(region(box.get()), asked));
    } catch (Problem e) {
      studio.notices().fail(String.valueOf(e.getMessage()));
    }
  }

  /** There is a way back to the picture that was there before, which lies in a file. */
  private void remember(Picture made, Path before) {
    studio.tabs().tabs().stream()
        .filter(tab -> tab.pictureProperty().get().filter(made::equals).isPresent())
        .findFirst()
        .ifPresent(
            tab -> {
              var act =
                  studio
                      .undo()
                      .push(
                          () -> tab.pictureProperty().get().filter(made::equals).isPresent(),
                          () -> goBack(tab, before));
              last = Optional.of(new Redone(tab, made, List.copyOf(model.boxes()), act));
            });
  }

  private void goBack(Tab tab, Path before) {
    last = Optional.empty();
    showPicture.run();
    var tabs = studio.tabs();
    tabs.select(tab);
    tabs.load(
        tab,
        before,
        tabs.viewOf(tab).orElse(null),
        opened -> studio.notices().done("The picture from before the box was made anew is back."),
        studio.notices()::fail);
  }

  /**
   * Goes back to the picture from before a box was made anew, if that is what was done last in the
   * open tab: no box has changed since.
   *
   * @return whether it was
   */
  boolean undo() {
    var done =
        last.filter(Redone::isShown)
            .filter(of -> of.tab() == studio.tabs().current())
            .filter(of -> of.boxes().equals(List.copyOf(model.boxes())));
    done.ifPresent(of -> of.act().undo());
    return done.isPresent();
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
    return Recipe.builder(begun.model(), begun.modelHash())
        .seed(begun.seed())
        .steps(begun.sampler() == SamplerKind.DDIM ? begun.steps() : RecipeDefaults.LAYOUT_STEPS)
        .sampler(SamplerKind.DDIM)
        .eta(begun.eta())
        .classLabel(picture.recipe().classLabel())
        .prompt(choice.takesPrompts() ? wanted : null)
        .negativePrompt(guided ? unwanted : null)
        .guidanceScale(guided && asked ? studio.recipe().guidanceProperty().get() : 1)
        .guidance(
            led
                ? new Guidance(
                    new Layout(null, null, List.of(box.toLayoutBox())),
                    model.steeringProperty().get())
                : null)
        .build();
  }

  /** How a box has come out, with a way to see what was there before, and one back to it. */
  public void tellOf(Run.Redo redo, Picture made) {
    redo.parent().file().ifPresent(file -> remember(made, file));
    var box = model.boxes().stream().filter(one -> region(one).equals(redo.box())).findFirst();
    var score = box.flatMap(one -> scores.score(one));
    studio
        .notices()
        .tell(
            new Notice(
                Notice.Kind.DONE,
                NumberText.format(
                    "%s was made anew.%s",
                    box.map(one -> "Box " + model.number(one.id())).orElse("A box"),
                    score.map(BoxRedo::inWords).orElse("")),
                redo.parent()
                    .file()
                    .map(
                        file ->
                            new Notice.Action(
                                "Compare", () -> studio.comparison().withBefore(file)))));
  }

  private static String inWords(Guidance.BoxScore score) {
    return NumberText.format(
        " CLIP says %.2f of it, and %.2f without its guidance.", score.guided(), score.unguided());
  }
}
