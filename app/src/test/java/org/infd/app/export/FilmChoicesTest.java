package org.infd.app.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.infd.app.viewer.Field;
import org.infd.app.viewer.Landscape;
import org.infd.inference.export.FilmFormat;
import org.infd.inference.export.Frame.Region;
import org.junit.jupiter.api.Test;

class FilmChoicesTest {
  private final FilmChoices choices = choices(true);

  private static FilmChoices choices(boolean hasFfmpeg) {
    var choices =
        new FilmChoices(
            format ->
                format == FilmFormat.MP4 && !hasFfmpeg
                    ? Optional.of("There is none.")
                    : Optional.empty());
    choices.setField(
        Optional.of(
            new Field(
                new Landscape(7), (urgency, stop, work) -> new CompletableFuture<>(), 64, 512)));
    return choices;
  }

  @Test
  void aFilmEndsInWhatIsInSightAllOfIt() {
    choices.secondsProperty().set(4);
    choices.setView(new Region(0.5, 0.25, 0.01, 0.04));
    var shot = choices.shotProperty().get().orElseThrow();
    assertEquals(120, shot.path().frames());
    assertEquals("", choices.errorProperty().get());
    var last = shot.frame(119, false);
    assertEquals(1280 / 0.04, last.side(), 1, "the view's longer side, in the frame's shape");
    var region = last.region();
    assertTrue(region.top() <= 0.5 && region.top() + region.height() >= 0.51);
    assertEquals(0.25, region.left(), 1e-4);
    assertEquals(0.04, region.width(), 1e-4);
    assertEquals(1280, shot.frame(0, false).side(), "the whole picture, as wide as the frame");
  }

  @Test
  void withoutAZoomThereIsNoFilm() {
    choices.setView(Region.WHOLE);
    assertTrue(choices.shotProperty().get().isEmpty());
    assertTrue(choices.errorProperty().get().startsWith("Zoom in"));
    choices.setView(new Region(0, 0, 0.2, 0.2));
    assertTrue(choices.shotProperty().get().isPresent());
    choices.setField(Optional.empty());
    assertTrue(choices.shotProperty().get().isEmpty());
    assertEquals("", choices.errorProperty().get(), "nothing is wrong without a picture");
  }

  @Test
  void aPictureOfOneResolutionIsNotFilmed() {
    choices.setView(new Region(0.2, 0.2, 0.1, 0.1));
    choices.setField(
        Optional.of(
            Field.fixed(
                new Landscape(7), (urgency, stop, work) -> new CompletableFuture<>(), 512)));
    assertTrue(choices.shotProperty().get().isEmpty());
    assertTrue(choices.errorProperty().get().contains("one resolution"));
  }

  @Test
  void whatCannotBeWrittenHereIsSaidAndNotTheFirstChoice() {
    assertEquals(FilmFormat.MP4, choices.formatProperty().get());
    var without = choices(false);
    assertEquals(FilmFormat.AVI, without.formatProperty().get());
    without.setView(new Region(0, 0, 0.1, 0.1));
    assertTrue(without.shotProperty().get().isPresent());
    without.formatProperty().set(FilmFormat.MP4);
    assertEquals("There is none.", without.errorProperty().get());
    assertFalse(without.shotProperty().get().isPresent());
  }

  @Test
  void aPreviewGoesTheSameWay() {
    choices.setView(new Region(0.3, 0.6, 0.02, 0.02));
    var shot = choices.shotProperty().get().orElseThrow();
    var small = FilmPreview.small(shot);
    assertEquals(FilmPreview.FRAMES, small.path().frames());
    assertEquals(256, small.path().width());
    assertEquals(144, small.path().height());
    var end = small.frame(FilmPreview.FRAMES - 1, false).region();
    var whole = shot.frame(shot.path().frames() - 1, false).region();
    assertEquals(whole.top(), end.top(), 1e-3);
    assertEquals(whole.width(), end.width(), 1e-3);
  }
}
