package org.infd.app.bookmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.infd.app.ToldFailures;
import org.infd.app.viewer.SavedView;
import org.infd.app.work.Background;
import org.infd.inference.generation.FieldImage;
import org.infd.inference.generation.Recipe;
import org.infd.inference.generation.Recipe.SamplerKind;
import org.infd.inference.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BookmarksModelTest {
  private static final SavedView PEAK = new SavedView(0.125, 0.42, 0.17);
  private static final SavedView LAKE = new SavedView(0.02, 0.5, 0.8);

  @TempDir private Path folder;
  private final List<String> failures = new ArrayList<>();

  private BookmarksModel model() {
    return new BookmarksModel(
        folder.resolve("bookmarks"),
        new Background(Runnable::run),
        Runnable::run,
        ToldFailures.into(failures));
  }

  private static FieldImage image(float value) {
    return FieldImage.of(
        Tensor.of(new float[] {value, 2}, 1, 2, 1, 1),
        Recipe.builder("hills", "00").seed(7).steps(25).sampler(SamplerKind.DPMPP).eta(1).build());
  }

  @Test
  void placesAreFoundAgainInTheSamePictureOnly() {
    var model = model();
    assertFalse(model.canAdd(), "no picture");
    model.add(PEAK);
    model.open(image(1));
    model.add(PEAK);
    model.add(LAKE);
    assertEquals(
        List.of(new Bookmark("8.0× at 42 %, 17 %", PEAK), new Bookmark("50× at 50 %, 80 %", LAKE)),
        model.marks());
    var kept = List.copyOf(model.marks());
    model.open(image(3));
    assertEquals(List.of(), model.marks());
    var again = model();
    again.open(image(1));
    assertEquals(kept, again.marks());
    assertEquals(List.of(), failures);
  }

  @Test
  void aForgottenPlaceIsGone() throws IOException {
    var model = model();
    model.open(image(1));
    model.add(PEAK);
    model.add(LAKE);
    model.remove(model.marks().getFirst());
    var again = model();
    again.open(image(1));
    assertEquals(List.of(LAKE), again.marks().stream().map(Bookmark::view).toList());
    again.remove(again.marks().getFirst());
    try (var files = Files.list(folder.resolve("bookmarks"))) {
      assertEquals(0, files.count());
    }
  }

  @Test
  void aSlowFileDoesNotComeIntoTheNextPicture() {
    var waiting = new ArrayList<Runnable>();
    var model = model();
    model.open(image(1));
    model.add(PEAK);
    var slow =
        new BookmarksModel(
            folder.resolve("bookmarks"),
            new Background(Runnable::run),
            waiting::add,
            ToldFailures.into(failures));
    slow.open(image(1));
    slow.open(image(3));
    waiting.forEach(Runnable::run);
    assertEquals(List.of(), slow.marks());
  }

  @Test
  void aDamagedFileIsEmptyAndAFullDiskIsTold() throws IOException {
    var file = folder.resolve("bookmarks").resolve(BookmarkFolder.key(image(1)) + ".json");
    Files.createDirectories(file.getParent());
    for (var damaged : List.of("{", "null", "[null, {}]", "7")) {
      Files.writeString(file, damaged);
      var model = model();
      model.open(image(1));
      assertEquals(List.of(), model.marks(), damaged);
    }
    Files.writeString(file, "in the place of the folder");
    var blocked =
        new BookmarksModel(
            file, new Background(Runnable::run), Runnable::run, ToldFailures.into(failures));
    blocked.open(image(1));
    blocked.add(PEAK);
    assertEquals(1, failures.size());
  }
}
