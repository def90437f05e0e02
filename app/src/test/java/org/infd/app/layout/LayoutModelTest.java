package org.infd.app.layout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.infd.app.ToldFailures;
import org.infd.app.control.Handle;
import org.infd.app.work.Notice;
import org.infd.app.work.Notices;
import org.infd.inference.guidance.Guidance;
import org.infd.inference.guidance.GuidanceSettings;
import org.infd.inference.guidance.GuidanceSettings.Depth;
import org.infd.inference.guidance.GuidanceSettings.StepRule;
import org.infd.inference.guidance.Layout;
import org.infd.inference.guidance.LayoutBox;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Boxes, their order and words, and the way back from every change. */
class LayoutModelTest {
  private static final NormalizedBox PLACE = new NormalizedBox(0.1, 0.2, 0.3, 0.4);

  private final Notices notices = new Notices();
  private final LayoutModel model = new LayoutModel(notices);
  private final List<String> told = new ArrayList<>();

  @BeforeEach
  void open() {
    ToldFailures.keep(notices, Notice.Kind.NOTE, told);
    model.openProperty().set(true);
  }

  private long add(NormalizedBox place, String prompt) {
    var box = model.add(place, null).orElseThrow();
    model.change(box.id(), of -> of.withWords(prompt, ""), null);
    return box.id();
  }

  private List<String> prompts() {
    return model.boxes().stream().map(DraftBox::prompt).toList();
  }

  @Test
  void aNewBoxIsSelectedAndHasToBeToldWhatItShows() {
    long id = model.add(PLACE, null).orElseThrow().id();
    assertEquals(id, model.selectedProperty().get().orElseThrow().id());
    assertTrue(model.guidanceProperty().get().isEmpty(), "nothing to follow yet");
    model.change(id, box -> box.withWords(" lake ", ""), null);
    var guidance = model.guidanceProperty().get().orElseThrow();
    assertEquals(List.of(LayoutBox.of(0.1, 0.2, 0.3, 0.4, "lake")), guidance.layout().boxes());
    assertEquals(GuidanceSettings.usual(), guidance.steering());
  }

  @Test
  void hiddenBoxesClosedEditorsAndLayoutsThatAreNotFollowedLeadNothing() {
    long lake = add(PLACE, "lake");
    add(PLACE, "peak");
    model.change(lake, box -> box.withState(false, true), null);
    assertEquals(
        List.of("peak"),
        model.guidanceProperty().get().orElseThrow().layout().boxes().stream()
            .map(LayoutBox::prompt)
            .toList());
    assertEquals(2, model.layout().boxes().size(), "a file keeps both");
    model.followedProperty().set(false);
    assertTrue(model.guidanceProperty().get().isEmpty());
    add(PLACE, "fog");
    assertTrue(model.followedProperty().get(), "who draws wants it followed");
    model.openProperty().set(false);
    assertTrue(model.guidanceProperty().get().isEmpty());
  }

  @Test
  void everythingCanBeUndoneAndRedone() {
    long lake = add(PLACE, "lake");
    long peak = add(new NormalizedBox(0.5, 0.5, 0.2, 0.2), "peak");
    var two = List.copyOf(model.boxes());
    model.reorder(-1);
    assertEquals(List.of("peak", "lake"), prompts());
    model.select(lake);
    model.duplicate();
    model.change(lake, box -> box.withWeight(3).withRange(0.2, 0.6).withState(true, true), null);
    model.steer(new GuidanceSettings(StepRule.DPS, Depth.FULL, 0.3, 2, 1, 1), null);
    model.select(peak);
    model.delete();
    model.promptProperty().set("dusk");
    model.clear();
    var states = new ArrayList<List<DraftBox>>();
    int steps = 0;
    while (model.undoableProperty().get()) {
      states.add(List.copyOf(model.boxes()));
      model.undo();
      steps++;
    }
    assertTrue(states.contains(two));
    assertEquals(List.of(), model.boxes());
    assertEquals("", model.promptProperty().get());
    assertEquals(GuidanceSettings.usual(), model.steeringProperty().get());
    for (int i = steps - 1; i >= 0; i--) {
      assertTrue(model.redoableProperty().get());
      model.redo();
      assertEquals(states.get(i), model.boxes());
    }
    assertFalse(model.redoableProperty().get());
    assertEquals("dusk", model.promptProperty().get());
    assertEquals(StepRule.DPS, model.steeringProperty().get().rule());
  }

  @Test
  void aNewChangeEndsTheWayForth() {
    add(PLACE, "lake");
    model.undo();
    assertTrue(model.redoableProperty().get());
    add(PLACE, "peak");
    assertFalse(model.redoableProperty().get());
  }

  @Test
  void lettersOfAWordAndNudgesAreOneStep() {
    long id = model.add(PLACE, null).orElseThrow().id();
    for (var typed : List.of("l", "la", "lak", "lake")) {
      model.change(id, box -> box.withWords(typed, ""), "prompt " + id);
    }
    for (int i = 0; i < 5; i++) {
      model.nudge(0.01, 0);
    }
    assertEquals(0.15, model.boxes().getFirst().place().row(), 1e-9);
    model.undo();
    assertEquals(PLACE, model.boxes().getFirst().place());
    assertEquals(List.of("lake"), prompts());
    model.undo();
    assertEquals(List.of(""), prompts());
    model.undo();
    assertEquals(List.of(), prompts());
    assertFalse(model.undoableProperty().get());
  }

  @Test
  void wordsThatAreTypedElsewhereAreNotUndoneWhileTheEditorIsClosed() {
    model.openProperty().set(false);
    model.promptProperty().set("dusk");
    assertFalse(model.undoableProperty().get());
    model.openProperty().set(true);
    add(PLACE, "lake");
    model.undo();
    model.undo();
    assertEquals("dusk", model.promptProperty().get());
  }

  @Test
  void aLockedBoxStays() {
    long id = add(PLACE, "lake");
    model.change(id, box -> box.withState(true, false), null);
    model.nudge(0.1, 0.1);
    model.delete();
    assertEquals(PLACE, model.boxes().getFirst().place());
    assertEquals("Box 1 is locked. Unlock it first.", told.getLast());
    model.change(id, box -> box.withWords("peak", ""), null);
    assertEquals(List.of("peak"), prompts(), "its words do not");
  }

  @Test
  void aCopyLiesInsideAndIsAsFreeAsANewBox() {
    long id = add(new NormalizedBox(0.7, 0.7, 0.3, 0.3), "lake");
    model.change(id, box -> box.withState(true, false), null);
    model.duplicate();
    var copy = model.selectedProperty().get().orElseThrow();
    assertEquals(new NormalizedBox(0.68, 0.68, 0.3, 0.3), copy.place());
    assertEquals("lake", copy.prompt());
    assertFalse(copy.locked());
    assertEquals(2, model.number(copy.id()));
  }

  @Test
  void theSelectionGoesRoundAndOutlivesItsBox() {
    long first = add(PLACE, "a");
    long second = add(PLACE, "b");
    long third = add(PLACE, "c");
    model.selectNext(1);
    assertEquals(first, model.selectedProperty().get().orElseThrow().id());
    model.selectNext(-1);
    assertEquals(third, model.selectedProperty().get().orElseThrow().id());
    model.delete();
    assertEquals(second, model.selectedProperty().get().orElseThrow().id());
    model.deselect();
    model.delete();
    model.duplicate();
    model.nudge(0.1, 0.1);
    model.reorder(1);
    assertEquals(List.of("a", "b"), prompts(), "nothing was selected");
    model.selectNext(-1);
    assertEquals(second, model.selectedProperty().get().orElseThrow().id());
  }

  @Test
  void thereAreAtMostAsManyBoxesAsCanBeGuided() {
    for (int i = 0; i < Layout.MOST_BOXES; i++) {
      add(PLACE, "lake");
    }
    assertTrue(model.add(PLACE, null).isEmpty());
    model.duplicate();
    assertEquals(Layout.MOST_BOXES, model.boxes().size());
    assertTrue(told.getLast().startsWith("A layout has at most 64 boxes."));
  }

  @Test
  void moreWordsThanAPictureKeepsAreToldAndNothingBreaks() {
    for (int i = 0; i < 12; i++) {
      add(PLACE, "x".repeat(20_000));
    }
    assertEquals(10_000, model.boxes().getFirst().prompt().length(), "cut to what is kept");
    assertTrue(model.guidanceProperty().get().isEmpty());
    assertTrue(told.getLast().contains("Shorten them."), told.getLast());
    add(PLACE, "half \ud800 of a character");
    assertEquals("half \ufffd of a character", prompts().getLast());
  }

  @Test
  void placesAreBroughtIntoTheImage() {
    assertEquals(new NormalizedBox(0.6, 0.9, 0.4, 0.1), new NormalizedBox(0.8, 1.5, 0.4, 0.1));
    assertEquals(new NormalizedBox(0, 0, 1, LayoutBox.SMALLEST), new NormalizedBox(-3, -0.1, 7, 0));
    assertEquals(
        new NormalizedBox(0, 0, 0.001, 0.001),
        new NormalizedBox(Double.NaN, Double.NEGATIVE_INFINITY, -1, Double.NaN));
    var random = new Random(3);
    for (int i = 0; i < 2000; i++) {
      var place =
          new NormalizedBox(
              random.nextGaussian(),
              random.nextGaussian(),
              random.nextGaussian(),
              random.nextGaussian());
      for (var handle : Handle.values()) {
        var pulled = place.pulled(handle, random.nextGaussian(), random.nextGaussian());
        // a layout takes it as it is
        var box = DraftBox.at(1, pulled).withWords("x", "").toLayoutBox();
        assertEquals(pulled, DraftBox.of(1, box).place(), "and gives it back");
      }
    }
  }

  @Test
  void anEdgePulledOverTheOtherGoesOnBeyondIt() {
    assertEquals(new NormalizedBox(0.4, 0.2, 0.2, 0.4), PLACE.pulled(Handle.TOP, 0.5, 0.1));
    assertEquals(new NormalizedBox(0.1, 0.6, 0.3, 0.2), PLACE.pulled(Handle.LEFT, 0, 0.6));
    assertEquals(new NormalizedBox(0, 0.1, 0.3, 0.4), PLACE.pulled(Handle.INSIDE, -0.5, -0.1));
  }

  @Test
  void anotherLayoutTakesThePlaceAndCanBeTakenBack() {
    add(PLACE, "lake");
    model.promptProperty().set("dusk");
    var box = new LayoutBox(0, 0, 0.5, 0.5, "peak", "fog", 2, 0.1, 0.9);
    model.replace(new Layout(null, null, List.of(box)), GuidanceSettings.usual());
    assertEquals("dusk", model.promptProperty().get(), "it says nothing of the whole");
    assertEquals(List.of(box), model.layout().boxes());
    assertTrue(model.selectedProperty().get().isEmpty());
    model.replace(new Layout("dawn", "rain", List.of()), GuidanceSettings.usual());
    assertEquals("dawn", model.promptProperty().get());
    assertEquals("rain", model.negativeProperty().get());
    model.undo();
    model.undo();
    assertEquals(List.of("lake"), prompts());
    assertEquals("dusk", model.promptProperty().get());
  }

  @Test
  void guidanceIsAnnouncedOncePerChange() {
    long id = add(PLACE, "lake");
    var seen = new ArrayList<Guidance>();
    model.guidanceProperty().subscribe(of -> of.ifPresent(seen::add));
    seen.clear();
    model.select(id);
    model.deselect();
    assertEquals(List.of(), seen, "looking changes nothing");
    model.change(id, box -> box.withWeight(2), null);
    assertEquals(1, seen.size());
  }
}
