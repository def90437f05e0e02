package org.infd.app.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Windows on one folder do not write over what the others keep. */
class OwnFileTest {
  @TempDir Path folder;

  @Test
  void eachWindowHasItsOwnAndFindsItAgain() {
    var file = folder.resolve("new").resolve("layout.json");
    try (var one = OwnFile.claim(file);
        var two = OwnFile.claim(file)) {
      assertEquals(file, one.path());
      assertEquals(file.resolveSibling("layout-2.json"), two.path());
    }
    try (var again = OwnFile.claim(file)) {
      assertEquals(file, again.path());
    }
  }

  @Test
  void whereNoLockCanBeItIsShared() throws IOException {
    var file = Files.writeString(folder.resolve("file"), "").resolve("layout.json");
    try (var one = OwnFile.claim(file);
        var two = OwnFile.claim(file)) {
      assertEquals(file, one.path());
      assertEquals(file, two.path());
    }
  }

  /** Another program, which holds it until it is killed. */
  public static void main(String[] arguments) throws InterruptedException {
    try (var own = OwnFile.claim(Path.of(arguments[0]))) {
      System.out.println(own.path().getFileName());
      Thread.sleep(60_000);
    }
  }

  @Test
  void aProgramThatIsKilledHoldsNothing() throws IOException, InterruptedException {
    var file = folder.resolve("layout.json");
    var other =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                OwnFileTest.class.getName(),
                file.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (var said = other.inputReader()) {
      assertEquals("layout.json", said.readLine());
      try (var own = OwnFile.claim(file)) {
        assertEquals("layout-2.json", String.valueOf(own.path().getFileName()));
      }
      other.destroyForcibly();
      assertTrue(other.waitFor(20, TimeUnit.SECONDS));
    }
    try (var own = OwnFile.claim(file)) {
      assertEquals(file, own.path());
    }
  }

  private record Names(ArrayList<String> names) {}

  /** Both read, and both write what they read with something more. */
  @Test
  void changesOfTwoThreadsAreBothKept() throws InterruptedException {
    var file = new JsonFile<>(folder.resolve("n.json"), Names.class, 1 << 20, "names");
    var threads = new ArrayList<Thread>();
    for (var name : new String[] {"a", "b", "c", "d"}) {
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (int i = 0; i < 10; i++) {
                      var added = name + i;
                      file.change(there -> with(there, added));
                    }
                  }));
    }
    for (var thread : threads) {
      thread.join();
    }
    assertEquals(40, file.read().map(n -> n.names().size()).orElse(0));
  }

  private static Names with(Optional<Names> there, String added) {
    var names = new ArrayList<>(there.map(Names::names).orElseGet(ArrayList::new));
    names.add(added);
    return new Names(names);
  }
}
