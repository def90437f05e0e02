package org.infd.app.gallery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.infd.app.FakeEngine;
import org.infd.app.ToldFailures;
import org.infd.app.work.Background;
import org.infd.app.work.UndoStack;
import org.infd.inference.Problem;
import org.infd.inference.generation.Recipe;
import org.infd.inference.generation.Recipe.SamplerKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GalleryModelTest {
  @TempDir private Path folder;
  private final List<String> failures = new ArrayList<>();
  private final UndoStack undo = new UndoStack();
  private Instant now = Instant.parse("2026-11-23T09:00:00Z");

  private GalleryModel open() {
    var model =
        new GalleryModel(
            folder,
            new Background(Runnable::run),
            Runnable::run,
            () -> now,
            ToldFailures.into(failures),
            undo);
    model.load();
    return model;
  }

  @Test
  void aPictureThatMemoryIsTooSmallForIsLetGo() {
    var model = open();
    var ended = new ArrayList<String>();
    model.keep(
        recipe(1, "a lake"),
        file -> {
          throw new OutOfMemoryError("on purpose");
        },
        () -> ended.add("ended"));
    assertEquals(List.of("ended"), ended);
    assertTrue(failures.getFirst().startsWith("There was not enough memory"), failures.toString());
    assertEquals(List.of(), model.pictures());
  }

  private static Recipe recipe(long seed, String prompt) {
    return Recipe.builder("hills", "00")
        .seed(seed)
        .steps(25)
        .sampler(SamplerKind.DPMPP)
        .eta(1)
        .prompt(prompt)
        .build();
  }

  private void keep(GalleryModel model, long seed, String prompt) {
    now = now.plusSeconds(60);
    model.keep(
        recipe(seed, prompt),
        file -> {
          FakeEngine.write(file, recipe(seed, prompt));
          try {
            Files.setLastModifiedTime(file, FileTime.from(now));
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        },
        () -> {});
  }

  private static List<Long> seeds(List<KeptPicture> pictures) {
    return pictures.stream().map(picture -> picture.recipe().seed()).toList();
  }

  @Test
  void keepsAndFindsAgain() throws IOException {
    var model = open();
    assertTrue(model.loadedProperty().get());
    keep(model, 1, null);
    keep(model, 2, "an old lighthouse");
    keep(model, 2, "an old lighthouse");
    assertEquals(List.of(2L, 2L, 1L), seeds(model.pictures()));
    Files.writeString(folder.resolve("other.infd"), "no field");
    Files.writeString(folder.resolve("notes.txt"), "mine");
    var again = open();
    assertEquals(model.pictures(), again.pictures());
    assertEquals(3, again.pictures().stream().map(KeptPicture::name).distinct().count());
    assertEquals(
        again.pictures().stream().mapToLong(KeptPicture::bytes).sum(), again.bytesProperty().get());
    assertEquals(List.of(), failures);
  }

  @Test
  void searches() {
    var model = open();
    keep(model, 17, null);
    keep(model, 2, "an old Lighthouse");
    model.searchProperty().set("light OLD");
    assertEquals(List.of(2L), seeds(model.shown()));
    model.searchProperty().set("seed 17");
    assertEquals(List.of(17L), seeds(model.shown()));
    model.searchProperty().set("hills 2026-11-23");
    assertEquals(List.of(2L, 17L), seeds(model.shown()));
    model.searchProperty().set("nothing like this");
    assertEquals(List.of(), seeds(model.shown()));
    model.searchProperty().set(" ");
    assertEquals(2, model.shown().size());
  }

  @Test
  void favouritesAreRemembered() {
    var model = open();
    keep(model, 1, null);
    keep(model, 2, null);
    model.switchFavourite(model.pictures().getLast());
    model.favouritesOnlyProperty().set(true);
    assertEquals(List.of(1L), seeds(model.shown()));
    var again = open();
    again.favouritesOnlyProperty().set(true);
    assertEquals(List.of(1L), seeds(again.shown()));
    again.switchFavourite(again.shown().getFirst());
    assertEquals(List.of(), seeds(again.shown()));
    assertTrue(open().favourites().isEmpty());
  }

  @Test
  void deletedPicturesAreGone() {
    var model = open();
    for (int seed = 1; seed <= 4; seed++) {
      keep(model, seed, null);
    }
    model.delete(model.pictures().get(1));
    model.delete(model.pictures().get(1));
    assertEquals(List.of(4L, 1L), seeds(model.pictures()));
    assertEquals(List.of(4L, 1L), seeds(open().pictures()));
  }

  @Test
  void deletedPicturesAreRestoredOneByOne() {
    var model = open();
    for (int seed = 1; seed <= 4; seed++) {
      keep(model, seed, null);
    }
    long before = model.bytesProperty().get();
    model.delete(model.pictures().get(1));
    model.delete(model.pictures().get(1));
    undo.undo();
    assertEquals(List.of(4L, 2L, 1L), seeds(model.pictures()));
    undo.undo();
    undo.undo();
    assertEquals(List.of(4L, 3L, 2L, 1L), seeds(model.pictures()));
    assertEquals(before, model.bytesProperty().get());
    assertEquals(List.of(4L, 3L, 2L, 1L), seeds(open().pictures()));
  }

  @Test
  void theOldestMakeRoomButNoFavourites() {
    var model = open();
    keep(model, 1, null);
    model.switchFavourite(model.pictures().getFirst());
    long one = model.bytesProperty().get();
    for (int seed = 2; seed <= 6; seed++) {
      keep(model, seed, null);
    }
    model.limitProperty().set(3 * one + one / 2);
    assertEquals(List.of(6L, 5L, 1L), seeds(model.pictures()));
    keep(model, 7, null);
    assertEquals(List.of(7L, 6L, 1L), seeds(model.pictures()));
    assertTrue(model.bytesProperty().get() <= model.limitProperty().get());
    assertEquals(List.of(7L, 6L, 1L), seeds(open().pictures()));
    model.limitProperty().set(1);
    assertEquals(List.of(7L, 1L), seeds(model.pictures()), "the newest always stays");
  }

  @Test
  void whatALimitWouldDeleteIsKnownBefore() {
    var model = open();
    for (int seed = 1; seed <= 4; seed++) {
      keep(model, seed, null);
    }
    model.switchFavourite(model.pictures().getLast());
    long one = model.bytesProperty().get() / 4;
    assertEquals(List.of(), model.leavingAt(5 * one));
    assertEquals(List.of(2L), seeds(model.leavingAt(3 * one + one / 2)));
    assertEquals(List.of(2L, 3L), seeds(model.leavingAt(1)));
    assertEquals(4, model.pictures().size());
  }

  @Test
  void anotherFolderHasItsOwnPictures() {
    var model = open();
    keep(model, 1, null);
    keep(model, 3, null);
    model.delete(model.pictures().getFirst());
    var other = folder.resolve("elsewhere");
    model.use(other);
    assertEquals(other, model.folder());
    assertEquals(List.of(), seeds(model.pictures()));
    keep(model, 2, null);
    assertEquals(other, model.pictures().getFirst().file().getParent());
    undo.undo();
    assertEquals(List.of(2L), seeds(model.pictures()), "it is back in the folder that it was in");
    model.use(folder);
    assertEquals(List.of(3L, 1L), seeds(model.pictures()));
    model.delete(model.pictures().getFirst());
    model.use(other);
    model.use(folder);
    undo.undo();
    assertEquals(List.of(3L, 1L), seeds(model.pictures()), "to and fro empties nothing");
    assertEquals(List.of(), failures);
  }

  @Test
  void aPictureThatCannotBeDeletedStays() throws IOException {
    var model = open();
    keep(model, 1, null);
    keep(model, 2, null);
    // where deleted pictures go there is a file in the way
    Files.writeString(folder.resolve("deleted"), "");
    model.delete(model.pictures().getFirst());
    assertEquals(1, failures.size());
    assertEquals(List.of(2L, 1L), seeds(model.pictures()));
    undo.undo();
    assertEquals(1, failures.size(), "there is nothing to restore");
  }

  @Test
  void aFailureIsToldAndEnds() {
    var model = open();
    var ended = new ArrayList<String>();
    model.keep(
        recipe(1, null),
        file -> {
          throw new Problem("The disk is full. Make room and try again.");
        },
        () -> ended.add("ended"));
    assertEquals(List.of("The disk is full. Make room and try again."), failures);
    assertEquals(List.of("ended"), ended);
    assertEquals(List.of(), seeds(model.pictures()));
  }

  @Test
  void aDamagedListOfFavouritesIsEmpty() throws IOException {
    for (var damaged : List.of("{", "null", "[null]", "7")) {
      Files.writeString(folder.resolve("favourites.json"), damaged);
      assertTrue(open().favourites().isEmpty(), damaged);
    }
    assertFalse(open().isFavourite(new KeptPicture(folder, recipe(1, null), now, 1)));
  }

  @Test
  void theNewestAreThereFirstAndTheOthersFollow() {
    var model = open();
    for (int seed = 1; seed <= 70; seed++) {
      keep(model, seed, "lake " + seed);
    }
    var waiting = new ArrayDeque<Runnable>();
    var slow =
        new GalleryModel(
            folder,
            new Background(waiting::add),
            Runnable::run,
            () -> now,
            ToldFailures.into(failures),
            undo);
    var sizes = new ArrayList<Integer>();
    slow.pictures().subscribe(() -> sizes.add(slow.pictures().size()));
    slow.load();
    slow.searchProperty().set("67");
    while (!waiting.isEmpty()) {
      waiting.poll().run();
    }
    assertTrue(slow.loadedProperty().get());
    assertEquals(List.of(20, 70), sizes, "the first rows, then the others");
    assertEquals(70, slow.pictures().size());
    assertEquals(seeds(model.pictures()), seeds(slow.pictures()));
    assertEquals(List.of(67L), seeds(slow.shown()));
  }
}
