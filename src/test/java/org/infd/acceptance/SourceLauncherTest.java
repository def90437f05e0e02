package org.infd.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the source tree's {@code infd} tells Java, with something in Java's place: the cache that a
 * rehearsal leaves is made once, used, and made anew where it no longer fits.
 */
@EnabledOnOs(OS.LINUX)
class SourceLauncherTest {
  private static final Path ROOT = Path.of(System.getProperty("infd.root", "../.."));

  /** Tells its arguments; a rehearsal, which is one that is to leave a cache, leaves one. */
  private static final String JAVA =
      """
      #!/bin/sh
      printf '%s\\n' "$@"
      for argument; do
        case $argument in
          -XX:AOTCacheOutput=*)
            echo "$@" >>"$(dirname "$0")/rehearsals"
            [ -f "$(dirname "$0")/broken" ] && exit 1
            echo learnt >"${argument#*=}"
            ;;
        esac
      done
      """;

  @TempDir private Path folder;
  private Path tree;
  private Path jdk;

  @BeforeEach
  void aBuiltTree() throws IOException {
    tree = folder.resolve("a tree");
    Files.createDirectories(tree.resolve("installers"));
    executable(tree.resolve("infd"), Files.readString(ROOT.resolve("infd")));
    Files.copy(ROOT.resolve("installers/start.sh"), tree.resolve("installers").resolve("start.sh"));
    Files.writeString(tree.resolve("pom.xml"), "");
    for (var module : List.of("inference", "exporter", "app")) {
      Files.createDirectories(tree.resolve(module).resolve("src/main"));
      Files.writeString(tree.resolve(module).resolve("pom.xml"), "");
    }
    var target = Files.createDirectories(tree.resolve("app/target"));
    Files.writeString(target.resolve("app-1.jar"), "");
    Files.writeString(target.resolve("infd.stamp"), "cpu\n");
    jdk = folder.resolve("a jdk");
    Files.createDirectories(jdk.resolve("bin"));
    executable(jdk.resolve("bin/java"), JAVA);
    executable(jdk.resolve("bin/javac"), "#!/bin/sh\n");
    Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"25.0.1\"\n");
    // the rehearsal waits until the start that the user sees is over
    executable(Files.createDirectories(folder.resolve("path")).resolve("sleep"), "#!/bin/sh\n");
  }

  private static void executable(Path file, String text) throws IOException {
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private List<String> started(boolean withCache, String... arguments) throws Exception {
    var command = new ArrayList<>(List.of(tree.resolve("infd").toString()));
    command.addAll(List.of(arguments));
    var process = new ProcessBuilder(command).redirectErrorStream(true);
    var environment = process.environment();
    environment.put("JAVA_HOME", jdk.toString());
    environment.put("LC_ALL", "C.UTF-8");
    environment.put("INFD_DATA", folder.resolve("data").toString());
    environment.put("PATH", folder.resolve("path") + ":" + environment.get("PATH"));
    environment.remove("INFD_CUDA");
    environment.put("INFD_JAVA_OPTS", "-Dmine=1");
    if (!withCache) {
      environment.put("INFD_AOT", "0");
    }
    var running = process.start();
    var said = new String(running.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(running.waitFor(60, TimeUnit.SECONDS));
    assertEquals(0, running.exitValue(), said);
    return said.lines().toList();
  }

  private static boolean usesCache(List<String> said) {
    return said.stream().anyMatch(line -> line.startsWith("-XX:AOTCache="));
  }

  private Path cache() {
    return tree.resolve("app/target/infd.aot");
  }

  /** Waits for the rehearsal in the background. */
  private void rehearsed() throws Exception {
    var told = tree.resolve("app/target/infd.aot.for");
    var trial = tree.resolve("app/target/infd.aot.trial");
    for (int wait = 0; wait < 600 && (!Files.exists(told) || Files.exists(trial)); wait++) {
      TimeUnit.MILLISECONDS.sleep(50);
    }
    assertTrue(Files.exists(told), "no rehearsal came to its end");
  }

  private int rehearsals() throws IOException {
    var told = jdk.resolve("bin/rehearsals");
    return Files.exists(told) ? Files.readAllLines(told).size() : 0;
  }

  @Test
  void argumentsArriveAsTheyAre() throws Exception {
    var said = started(false, "generate", "a  b", "", "--", "*", "-cp");
    int main = said.indexOf("org.infd.app.Main");
    assertEquals(
        List.of("generate", "a  b", "", "--", "*", "-cp"), said.subList(main + 1, said.size()));
    assertTrue(said.indexOf("-Dmine=1") < main);
    var jar = tree.toRealPath() + "/app/target/app-1.jar";
    assertEquals(jar + ":" + tree.toRealPath() + "/app/target/lib/*", said.get(main - 1));
  }

  @Test
  void theFirstStartRehearsesAndTheNextUsesWhatWasLearnt() throws Exception {
    assertFalse(usesCache(started(true, "models")));
    rehearsed();
    assertEquals("learnt\n", Files.readString(cache()));
    var said = started(true, "models");
    assertEquals("-XX:AOTCache=" + cache().toRealPath(), said.getFirst());
    assertEquals("models", said.getLast());
    assertFalse(usesCache(started(false, "models")));
    assertEquals(1, rehearsals());
    // neither window nor data of the user
    assertTrue(Files.readString(jdk.resolve("bin/rehearsals")).contains("Headless"));
    assertFalse(Files.exists(folder.resolve("data")));
  }

  @Test
  void anotherJavaRehearsesAnew() throws Exception {
    started(true, "models");
    rehearsed();
    Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"25.0.2\"\n");
    assertFalse(usesCache(started(true, "models")));
    rehearsed();
    assertTrue(usesCache(started(true, "models")));
    assertEquals(2, rehearsals());
  }

  @Test
  void aRehearsalThatFailsIsNotRepeatedAtEveryStart() throws Exception {
    Files.writeString(jdk.resolve("bin/broken"), "");
    started(true, "models");
    rehearsed();
    assertFalse(Files.exists(cache()));
    assertFalse(usesCache(started(true, "models")));
    assertEquals(1, rehearsals());
  }

  @Test
  void oneThatWasKilledIsBegunAnew() throws Exception {
    var trial = Files.createDirectories(tree.resolve("app/target/infd.aot.trial"));
    // no process has so high a number
    Files.writeString(trial.resolve("process"), "99999999\n");
    started(true, "models");
    rehearsed();
    assertTrue(usesCache(started(true, "models")));
  }

  @Test
  void aFolderThatMayNotBeWrittenIsNoFailure() throws Exception {
    Files.writeString(tree.resolve("app/target/infd.aot.trial"), "a file in its place");
    assertFalse(usesCache(started(true, "models")));
    assertEquals(0, rehearsals());
  }
}
