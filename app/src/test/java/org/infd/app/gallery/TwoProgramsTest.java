package org.infd.app.gallery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.infd.app.FakeEngine;
import org.infd.app.ToldFailures;
import org.infd.app.work.Background;
import org.infd.app.work.UndoStack;
import org.infd.inference.generation.Recipe;
import org.infd.inference.generation.Recipe.SamplerKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two programs share a folder of pictures. */
class TwoProgramsTest {
  @TempDir private Path folder;
  private final List<String> failures = new ArrayList<>();
  private final UndoStack undo = new UndoStack();

  private static GalleryModel open(Path folder, List<String> failures, UndoStack undo) {
    var model =
        new GalleryModel(
            folder,
            new Background(Runnable::run),
            Runnable::run,
            Instant::now,
            ToldFailures.into(failures),
            undo);
    model.load();
    return model;
  }

  private GalleryModel open() {
    return open(folder, failures, undo);
  }

  private void write(String... names) throws IOException {
    var made = Instant.parse("2026-11-23T09:00:00Z");
    for (var name : names) {
      var file = folder.resolve(name);
      FakeEngine.write(
          file,
          Recipe.builder("hills", "00").seed(1).steps(9).sampler(SamplerKind.DPMPP).eta(1).build());
      made = made.plusSeconds(60);
      Files.setLastModifiedTime(file, FileTime.from(made));
    }
  }

  private static KeptPicture picture(GalleryModel model, String name) {
    return model.pictures().stream()
        .filter(kept -> kept.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void starsOfBothStay() throws IOException {
    write("a.infd", "b.infd", "c.infd");
    var one = open();
    var two = open();
    one.switchFavourite(picture(one, "a.infd"));
    two.switchFavourite(picture(two, "b.infd"));
    assertEquals(Set.of("a.infd", "b.infd"), open().favourites());
    assertTrue(two.isFavourite(picture(two, "a.infd")), "it is seen with the next change");
    two.switchFavourite(picture(two, "a.infd"));
    one.switchFavourite(picture(one, "c.infd"));
    assertEquals(Set.of("b.infd", "c.infd"), open().favourites());
    assertEquals(Set.of("b.infd", "c.infd"), one.favourites());
    assertEquals(List.of(), failures);
  }

  @Test
  void makingRoomSparesWhatTheOtherHasStarred() throws IOException {
    write("a.infd", "b.infd", "c.infd");
    var one = open();
    var two = open();
    one.switchFavourite(picture(one, "a.infd"));
    two.limitProperty().set(1);
    assertTrue(Files.exists(folder.resolve("a.infd")));
    assertFalse(Files.exists(folder.resolve("b.infd")));
    assertEquals(
        List.of("c.infd", "a.infd"), two.pictures().stream().map(KeptPicture::name).toList());
    assertTrue(two.isFavourite(picture(two, "a.infd")));
  }

  @Test
  void aStartLeavesWhatAnotherCanBringBack() throws IOException {
    write("a.infd");
    var one = open();
    one.delete(picture(one, "a.infd"));
    open();
    undo.undo();
    assertTrue(Files.exists(folder.resolve("a.infd")));
    assertEquals(List.of(), failures);
  }

  @Test
  void whatASessionDeletedIsFreedWhenItHasEnded() throws IOException {
    write("a.infd");
    var one = open();
    one.delete(picture(one, "a.infd"));
    one.close();
    open();
    assertEquals(List.of(), left());
  }

  @Test
  void whatVersionsBeforeDeletedIsFreed() throws IOException {
    Files.createDirectories(folder.resolve("deleted"));
    write("deleted/a.infd");
    open();
    assertEquals(List.of(), left());
  }

  private List<Path> left() throws IOException {
    try (var files = Files.walk(folder.resolve("deleted"))) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  /** Deletes a picture, and lives until it is killed. */
  static final class Deleter {
    private Deleter() {}

    public static void main(String[] arguments) throws InterruptedException {
      var model = open(Path.of(arguments[0]), new ArrayList<>(), new UndoStack());
      model.delete(picture(model, "a.infd"));
      System.out.println("deleted");
      new CountDownLatch(1).await();
    }
  }

  @Test
  void onlyADeadProgramsDeletionsAreFreed() throws Exception {
    write("a.infd");
    var child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Deleter.class.getName(),
                folder.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (var said =
        new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
      assertEquals("deleted", said.readLine());
      open();
      assertEquals(2, left().size(), "the picture and the lock");
    } finally {
      child.destroyForcibly();
      assertTrue(child.waitFor(60, TimeUnit.SECONDS));
    }
    open();
    assertEquals(List.of(), left());
  }
}
