package org.infd.inference.bundle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.infd.inference.Problem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Imports that meet at one place or are killed there. */
class BundlePlaceTest {
  @TempDir Path folder;

  private Path model(String name, String content) throws IOException {
    var model = Files.createDirectories(folder.resolve(name));
    Files.writeString(model.resolve("content"), content);
    return model;
  }

  private String content(String name) throws IOException {
    return Files.readString(folder.resolve(name).resolve("content"));
  }

  private List<String> names() throws IOException {
    var names = new TreeSet<String>();
    try (var files = Files.list(folder)) {
      files.forEach(file -> names.add(file.getFileName().toString()));
    }
    return List.copyOf(names);
  }

  private Path trace(String ending) throws IOException {
    try (var files = Files.list(folder)) {
      return files
          .filter(f -> f.getFileName().toString().startsWith(".infd-import-"))
          .filter(f -> f.toString().endsWith(ending))
          .findFirst()
          .orElseThrow();
    }
  }

  @Test
  void oneAtATime() throws IOException {
    var target = folder.resolve("m");
    try (var first = BundlePlace.take(target)) {
      var problem = assertThrows(Problem.class, () -> BundlePlace.take(target).close());
      assertTrue(String.valueOf(problem.getMessage()).contains("Another import"));
      BundlePlace.take(folder.resolve("other")).close();
      BundlePlace.recover(folder);
      Files.writeString(first.fresh().resolve("content"), "first");
      assertTrue(first.commit(target).isEmpty());
    }
    BundlePlace.take(target).close();
    assertEquals("first", content("m"));
    assertEquals(List.of("m"), names());
  }

  @Test
  void replacesWhatLiesThere() throws IOException {
    var target = model("m", "old");
    try (var place = BundlePlace.take(target)) {
      Files.writeString(place.fresh().resolve("content"), "new");
      assertTrue(place.commit(target).isEmpty());
    }
    assertEquals("new", content("m"));
    assertEquals(List.of("m"), names());
  }

  /** Another process that takes the place and is killed at a step of its work. */
  private Process child(String step) throws IOException, InterruptedException {
    var child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Child.class.getName(),
                folder.resolve("m").toString(),
                step)
            .inheritIO()
            .redirectOutput(ProcessBuilder.Redirect.PIPE)
            .start();
    assertEquals('!', child.getInputStream().read(), "the child has the place");
    return child;
  }

  @ParameterizedTest
  @ValueSource(strings = {"filling", "moved"})
  void whatIsKilledLeavesTheOldModel(String step) throws Exception {
    model("m", "old");
    var child = child(step);
    try {
      var before = names();
      BundlePlace.recover(folder);
      assertEquals(before, names(), "a running import is left alone");
      assertThrows(Problem.class, () -> BundlePlace.take(folder.resolve("m")).close());
    } finally {
      child.destroyForcibly();
      assertTrue(child.waitFor(30, TimeUnit.SECONDS));
    }
    BundlePlace.recover(folder);
    assertEquals("old", content("m"));
    assertEquals(List.of("m"), names());
  }

  @Test
  void whatIsKilledAfterTheMoveLeavesTheNewModel() throws Exception {
    model("m", "old");
    var child = child("done");
    child.destroyForcibly();
    assertTrue(child.waitFor(30, TimeUnit.SECONDS));
    assertTrue(Files.exists(trace(".old")));
    BundlePlace.take(folder.resolve("m")).close();
    assertEquals("new", content("m"));
    assertEquals(List.of("m"), names());
  }

  /** {@link BundlePlace#commit} step by step, stopping where it is told to. */
  static final class Child {
    private Child() {}

    public static void main(String[] arguments) throws Exception {
      var target = Path.of(arguments[0]);
      var step = arguments[1];
      try (var place = BundlePlace.take(target)) {
        Files.writeString(place.fresh().resolve("content"), "new");
        var old = Path.of(place.fresh().toString().replaceAll("new$", "old"));
        if (!step.equals("filling")) {
          Files.move(target, old, StandardCopyOption.ATOMIC_MOVE);
        }
        if (step.equals("done")) {
          Files.move(place.fresh(), target, StandardCopyOption.ATOMIC_MOVE);
        }
        System.out.print('!');
        System.out.flush();
        Thread.sleep(120_000);
      }
    }
  }

  @Test
  void strangersAreLeftAlone() throws IOException {
    model(".infd-import-notes", "mine");
    model(".infd-import-0123456789abcdef.old", "no model");
    Files.writeString(folder.resolve(".infd-import-0123456789abcdef.lock"), "../../etc");
    BundlePlace.recover(folder);
    assertEquals("mine", content(".infd-import-notes"));
    assertEquals("no model", content(".infd-import-0123456789abcdef.old"));
  }

  @Test
  void leftoversWithoutALockGo() throws IOException {
    model(".infd-import-0123456789abcdef.new", "half");
    BundlePlace.recover(folder);
    assertEquals(List.of(), names());
    BundlePlace.recover(folder.resolve("missing"));
    assertFalse(Files.exists(folder.resolve("missing")));
  }

  @Test
  void theCatalogPutsAModelBack() throws Exception {
    var models = Files.createDirectories(folder.resolve("models"));
    var target = models.resolve("m");
    Files.createDirectories(target);
    Files.writeString(target.resolve(ModelBundle.MANIFEST), "{}");
    var place = BundlePlace.take(target);
    Files.move(target, Path.of(place.fresh().toString().replaceAll("new$", "old")));
    var catalog = new BundleCatalog(null, folder);
    assertEquals(0, catalog.list().size(), "it is being replaced");
    place.close();
    assertEquals(1, catalog.list().size());
    assertTrue(Files.exists(target.resolve(ModelBundle.MANIFEST)));
  }
}
