package org.infd.app.layout;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.infd.app.engine.ModelChoice;
import org.infd.app.engine.Picture;
import org.infd.app.notice.Notice;
import org.infd.inference.Problem;
import org.infd.inference.export.Frame;
import org.infd.inference.generation.Recipe;
import org.infd.inference.generation.Recipe.SamplerKind;
import org.infd.inference.guidance.Guidance;
import org.infd.inference.guidance.Layout;

/**
 * Makes a box of the open picture anew by its own words, the rest staying as it is. Belongs to the
 * user interface's thread.
 */
public final class BoxRedo {
  private final LayoutSession.Studio studio;
  private final LayoutModel model;
  private final BoxScores scores;

  BoxRedo(LayoutSession.Studio studio, LayoutModel model, BoxScores scores) {
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
    var before = studio.tabs().current().file();
    try {
      studio
          .recipe()
          .begin()
          .map(begun -> redoing(begun, box.get(), picture.get()))
          .ifPresent(
              asked ->
                  studio.requests().redo(region(box.get()), asked, () -> tellOfRedone(id, before)));
    } catch (Problem e) {
      studio.notices().fail(String.valueOf(e.getMessage()));
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
        begun.sampler() == SamplerKind.DDIM ? begun.steps() : LayoutSession.STEPS,
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
        .notices()
        .tell(
            new Notice(
                Notice.Kind.DONE,
                "Box %d was made anew.%s"
                    .formatted(model.number(id), score.map(BoxRedo::inWords).orElse("")),
                before.map(
                    file ->
                        new Notice.Action("Compare", () -> studio.comparison().withBefore(file)))));
  }

  private static String inWords(Guidance.BoxScore score) {
    return " CLIP says %.2f of it, and %.2f without its guidance."
        .formatted(score.guided(), score.unguided());
  }
}
