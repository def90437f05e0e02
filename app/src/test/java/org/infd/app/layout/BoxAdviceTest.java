package org.infd.app.layout;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Locale;
import org.infd.app.engine.LayoutSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is said of boxes that may disappoint. */
class BoxAdviceTest {
  /** CLIP of 224 pixels, a renderer up to 2048, a latent of 32: cells of 3 %, crops from 11 %. */
  private static final LayoutSupport SUPPORT = new LayoutSupport("", true, 224, 256, 2048, 32);

  private final Locale usual = Locale.getDefault(Locale.Category.FORMAT);

  @BeforeEach
  void point() {
    Locale.setDefault(Locale.Category.FORMAT, Locale.ROOT);
  }

  @AfterEach
  void back() {
    Locale.setDefault(Locale.Category.FORMAT, usual);
  }

  private static DraftBox box(long id, double row, double side) {
    return DraftBox.at(id, new NormalizedBox(row, 0.1, side, 0.5)).withWords("lake", "");
  }

  private static List<String> said(DraftBox... boxes) {
    return BoxAdvice.of(List.of(boxes), SUPPORT).stream().map(BoxAdvice::sentence).toList();
  }

  @Test
  void ordinaryBoxesNeedNoWords() {
    assertEquals(List.of(), said(box(1, 0.1, 0.2), box(2, 0.25, 0.2)));
  }

  @Test
  void smallBoxesAreToldByWhatTheyAreTooSmallFor() {
    assertEquals(
        List.of("Box 1 is smaller than what CLIP can make out (10.9 % of the image)."),
        said(box(1, 0.1, 0.1)));
    assertEquals(
        List.of(
            "Box 1 is smaller than the model can lead (3.1 % of the image): its surroundings change"
                + " with it."),
        said(box(1, 0.1, 0.01)));
  }

  @Test
  void boxesThatLieOverOneAnotherAreNamed() {
    assertEquals(
        List.of("Box 3 lies over 1, 2: both pull at the same place."),
        said(box(7, 0.1, 0.2), box(8, 0.35, 0.2), box(9, 0.1, 0.5)));
    assertEquals(
        List.of(), said(box(1, 0.1, 0.2), box(2, 0.1, 0.2).withState(false, true)), "hidden");
  }

  @Test
  void aBoxWithoutAPromptIsNotFollowed() {
    assertEquals(
        List.of("Box 1 has no prompt yet, so it is not followed."),
        said(box(1, 0.1, 0.2).withWords(" ", "fog")));
  }
}
