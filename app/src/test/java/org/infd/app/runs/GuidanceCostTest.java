package org.infd.app.runs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import org.infd.app.FakeEngine;
import org.infd.app.engine.Choices;
import org.infd.app.engine.LayoutSupport;
import org.infd.app.engine.ModelChoice;
import org.infd.app.engine.ModelChoice.Prompts;
import org.infd.app.work.Notices;
import org.infd.inference.generation.Recipe;
import org.infd.inference.generation.Recipe.SamplerKind;
import org.infd.inference.guidance.Guidance;
import org.infd.inference.guidance.GuidanceSettings;
import org.infd.inference.guidance.GuidanceSettings.Depth;
import org.infd.inference.guidance.GuidanceSettings.StepRule;
import org.infd.inference.guidance.Layout;
import org.infd.inference.guidance.LayoutBox;
import org.junit.jupiter.api.Test;

/** What a layout costs, before it runs. The fake engine says what each part takes. */
class GuidanceCostTest {
  private static final int STEPS = 11;
  private static final ModelChoice ABLE =
      Choices.of("m", "M", "00", 0, 1, Prompts.GUIDED, new LayoutSupport("", true, 64, 64, 0, 32));
  private static final ModelChoice UNABLE = Choices.of("n", "N", "01", 0, 1, Prompts.NONE);

  private final GenerateModel generation =
      new GenerateModel(new FakeEngine(), Runnable::run, Runnable::run, () -> 0, new Notices());

  private static Recipe recipe(int boxes, GuidanceSettings steering) {
    var layout =
        new Layout(
            null, null, Collections.nCopies(boxes, LayoutBox.of(0.1, 0.1, 0.5, 0.5, "lake")));
    return Recipe.builder("m", "00")
        .seed(1)
        .steps(STEPS)
        .sampler(SamplerKind.DDIM)
        .eta(1)
        .guidance(new Guidance(layout, steering))
        .build();
  }

  private static GuidanceSettings steering(Depth depth, int every) {
    return new GuidanceSettings(StepRule.DSG, depth, 0.5, every, 0, 1);
  }

  @Test
  void itIsUnknownUntilItIsMeasured() {
    var asked = recipe(1, steering(Depth.FAST, 1));
    assertEquals(-1, generation.secondsFor(asked));
    assertEquals(-1, generation.layoutSeconds(asked));
    generation.guidanceCost().measure(UNABLE);
    assertFalse(generation.guidanceCost().knows(UNABLE));
    generation.guidanceCost().measure(ABLE);
    assertTrue(generation.guidanceCost().knows(ABLE));
    assertTrue(generation.measuredProperty().get().isPresent());
    // 11 steps of half a second twice; at 10 of them a look of 0.25 s and a crop of 64 × 64 pixels
    double crop = 0.01 + 64 * 64 * 1e-6;
    assertEquals(2 * 5.5 + 10 * (0.25 + crop), generation.secondsFor(asked), 1e-9);
    assertEquals(5.5 + 10 * (0.25 + crop), generation.layoutSeconds(asked), 1e-9);
    assertEquals(5.5, generation.secondsFor(asked.withGuidance(null)), 1e-9);
    assertEquals(
        4 * 10 * crop,
        generation.layoutSeconds(recipe(5, steering(Depth.FAST, 1)))
            - generation.layoutSeconds(asked),
        1e-9);
    assertEquals(
        10.0,
        generation.layoutSeconds(recipe(1, steering(Depth.FULL, 1)))
            - generation.layoutSeconds(asked),
        1e-9,
        "a second more per look through the network");
    assertEquals(
        5.5 + 5 * (0.25 + crop),
        generation.layoutSeconds(recipe(1, steering(Depth.FAST, 2))),
        1e-9,
        "each second step");
  }

  @Test
  void aRunCorrectsWhatWasMeasured() {
    var asked = recipe(1, steering(Depth.FAST, 1));
    generation.guidanceCost().measure(ABLE);
    double parts = generation.layoutSeconds(asked) - 5.5;
    generation.guidanceCost().correct(asked, 3 * parts);
    assertEquals(5.5 + 3 * parts, generation.layoutSeconds(asked), 1e-9);
    generation.guidanceCost().correct(asked, -1);
    generation.guidanceCost().correct(asked, 1e6 * parts);
    assertEquals(5.5 + 10 * parts, generation.layoutSeconds(asked), 1e-9, "within reason");
  }
}
