package org.infd.app.layout;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.infd.app.layout.BoxScores.Way;
import org.infd.app.runs.GenerateModel.ClipEvaluation;
import org.infd.inference.field.Rectangle;
import org.infd.inference.generation.FieldImage;
import org.infd.inference.generation.Recipe;
import org.infd.inference.generation.Recipe.SamplerKind;
import org.infd.inference.guidance.Guidance;
import org.infd.inference.guidance.GuidanceSettings;
import org.infd.inference.guidance.Layout;
import org.infd.inference.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** What CLIP says of boxes, while a picture is made and afterwards. */
class BoxScoresTest {
  private static final DraftBox LAKE =
      DraftBox.at(1, new NormalizedBox(0.1, 0.1, 0.3, 0.3)).withWords("lake", "");
  private static final DraftBox PEAK =
      DraftBox.at(2, new NormalizedBox(0.5, 0.5, 0.3, 0.3)).withWords("peak", "");
  private static final Guidance GUIDANCE = guidance(LAKE, PEAK);

  private final BoxScores scores = new BoxScores();

  private static Guidance guidance(DraftBox... boxes) {
    var list = List.of(boxes).stream().map(DraftBox::toLayoutBox).toList();
    return new Guidance(new Layout(null, null, list), GuidanceSettings.usual());
  }

  private static Guidance scored(Guidance of, double guided) {
    return of.withScores(
        of.layout().boxes().stream().map(box -> new Guidance.BoxScore(0.2, guided)).toList());
  }

  private static FieldImage.Layer layer(Guidance guidance, boolean whole) {
    var recipe =
        Recipe.builder("m", "00")
            .seed(1)
            .steps(10)
            .sampler(SamplerKind.DDIM)
            .eta(1)
            .guidance(guidance)
            .build();
    return new FieldImage.Layer(
        Tensor.zeros(1, 4, 8, 8), recipe, whole ? null : Rectangle.whole(4));
  }

  @Test
  void looksTellWhichWayABoxGoes() {
    scores.setSeen(true);
    scores.look(new ClipEvaluation(GUIDANCE, 1, List.of(0.1, 0.3)));
    assertEquals(Optional.empty(), scores.way(LAKE), "one look is no way");
    scores.look(new ClipEvaluation(GUIDANCE, 2, List.of(0.15, 0.2)));
    assertEquals(Optional.of(Way.RISING), scores.way(LAKE));
    assertEquals(Optional.of(Way.FALLING), scores.way(PEAK));
    scores.look(new ClipEvaluation(GUIDANCE, 3, List.of(0.126, Double.NaN)));
    assertEquals(Optional.of(Way.STILL), scores.way(LAKE));
    assertEquals(List.of(0.3, 0.2), scores.evaluations(PEAK), "not looked at");
    scores.look(new ClipEvaluation(GUIDANCE, 1, List.of(0.5, 0.5)));
    assertEquals(List.of(0.5), scores.evaluations(LAKE), "another run");
    scores.endLooks();
    assertEquals(List.of(), scores.evaluations(LAKE));
  }

  @Test
  void aBoxThatWasChangedHasNoScoreAndOneThatWasHiddenNeither() {
    scores.show(new FieldImage(List.of(layer(scored(GUIDANCE, 0.6), true))));
    assertEquals(0.6, scores.score(LAKE).orElseThrow().guided());
    assertEquals(Optional.empty(), scores.score(LAKE.withWords("sea", "")));
    assertEquals(Optional.empty(), scores.score(LAKE.withPlace(PEAK.place())));
    assertEquals(Optional.empty(), scores.score(LAKE.withState(false, true)));
    assertEquals(0.6, scores.score(LAKE.withState(true, false)).orElseThrow().guided());
    scores.show(new FieldImage(List.of(layer(GUIDANCE, true))));
    assertEquals(Optional.empty(), scores.score(LAKE), "another picture");
  }

  @Test
  void aRedoneBoxHasTheScoreOfItsOwnLayer() {
    scores.show(
        new FieldImage(
            List.of(
                layer(scored(GUIDANCE, 0.6), true), layer(scored(guidance(PEAK), 0.9), false))));
    assertEquals(0.6, scores.score(LAKE).orElseThrow().guided());
    assertEquals(0.9, scores.score(PEAK).orElseThrow().guided());
  }

  @Test
  void theWholeIsSummedUp() {
    assertEquals(Optional.empty(), BoxScores.summary(GUIDANCE));
    assertEquals(Optional.of("2 of 2 boxes rose."), BoxScores.summary(scored(GUIDANCE, 0.6)));
    assertEquals(
        Optional.of("The box did not rise."), BoxScores.summary(scored(guidance(LAKE), 0.1)));
  }

  @Test
  void marksOfAPictureInTheMakingAreNotShownAtAnother() {
    scores.setSeen(true);
    scores.look(new ClipEvaluation(GUIDANCE, 1, List.of(0.1, 0.3)));
    scores.look(new ClipEvaluation(GUIDANCE, 2, List.of(0.15, 0.2)));
    scores.setSeen(false);
    assertEquals(Optional.empty(), scores.way(LAKE));
    assertEquals(List.of(), scores.evaluations(LAKE));
    scores.setSeen(true);
    assertEquals(Optional.of(Way.RISING), scores.way(LAKE));
  }
}
