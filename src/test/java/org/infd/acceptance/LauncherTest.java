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
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The launcher of an application folder, with something in Java's place that tells how it is
 * called.
 */
@EnabledOnOs(OS.LINUX)
class LauncherTest {
  private static final Path INSTALLERS =
      Path.of(System.getProperty("infd.root", "../..")).resolve("installers");

  @TempDir private Path folder;

  private Path application(String name) throws IOException {
    var image = folder.resolve(name);
    var app = Files.createDirectories(image.resolve("lib/app"));
    var launcher = Files.createDirectories(image.resolve("bin")).resolve("INFD Studio");
    Files.copy(INSTALLERS.resolve("launcher"), launcher);
    executable(launcher);
    Files.copy(INSTALLERS.resolve("start.sh"), app.resolve("start.sh"));
    Files.writeString(
        app.resolve("INFD Studio.cfg"),
        """
        [Application]
        app.classpath=$APPDIR/a.jar
        app.classpath=$APPDIR/b.jar
        app.mainclass=org.infd.Main

        [JavaOptions]
        java-options=-Done=a b
        java-options=-Dhome=$APPDIR\
        """);
    var java = Files.createDirectories(image.resolve("lib/runtime/bin")).resolve("java");
    Files.writeString(
        java,
        """
        #!/bin/sh
        echo "$0"
        LC_ALL=${LC_ALL:-${LC_CTYPE:-$LANG}} locale charmap
        printf '%s\\n' "$@"
        """);
    executable(java);
    Files.writeString(
        Files.createDirectories(image.resolve("lib/runtime/lib")).resolve("modules"), "modules");
    return launcher;
  }

  private static void executable(Path file) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private List<String> started(Path launcher, String locale, String... arguments)
      throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of(launcher.toString()));
    command.addAll(List.of(arguments));
    var process = new ProcessBuilder(command).redirectErrorStream(true);
    process.environment().put("LC_ALL", locale);
    process.environment().put("INFD_DATA", folder.resolve("data").toString());
    var running = process.start();
    var said = new String(running.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(running.waitFor(60, TimeUnit.SECONDS));
    assertEquals(0, running.exitValue(), said);
    return said.lines().toList();
  }

  @ParameterizedTest
  @CsvSource({"plain, C", "'with space $x ''q''', C.UTF-8", "ünï 山, C", "ünï, xx_YY.ISO-8859-1"})
  void javaIsStartedInUtf8(String name, String locale) throws Exception {
    var said = started(application(name), locale, "generate", "a  b", "", "*");
    var app = folder.resolve(name).toRealPath().resolve("lib/app");
    assertEquals("UTF-8", said.get(1));
    assertEquals("-Done=a b", said.get(2));
    assertEquals("-Dhome=" + app, said.get(3));
    int classes = said.indexOf("-cp");
    assertEquals(app + "/a.jar:" + app + "/b.jar", said.get(classes + 1));
    assertEquals(
        List.of("org.infd.Main", "generate", "a  b", "", "*"),
        said.subList(classes + 2, said.size()));
  }

  @Test
  void aColonIsGoneAround() throws Exception {
    var launcher = application("co:lon ü");
    for (int start = 0; start < 2; start++) {
      var said = started(launcher, "C", "models");
      assertFalse(said.getFirst().contains(":"), said.getFirst());
      int classes = said.indexOf("-cp");
      var jar = said.get(classes + 1).split(":")[0];
      assertEquals(2, said.get(classes + 1).split(":").length);
      assertTrue(jar.endsWith("/lib/app/a.jar"), jar);
      assertEquals("models", said.getLast());
    }
  }

  @Test
  void aNewJavaReplacesTheOldOne() throws Exception {
    var launcher = application("co:lon");
    var java = started(launcher, "C").getFirst();
    var image = folder.resolve("co:lon");
    // as an update does it
    Files.delete(image.resolve("lib/runtime/lib/modules"));
    Files.writeString(image.resolve("lib/runtime/lib/modules"), "newer modules");
    assertEquals(java, started(launcher, "C").getFirst());
    assertEquals("newer modules", Files.readString(Path.of(java).resolveSibling("../lib/modules")));
  }

  /** What was made for a folder goes with it, and what another program has stays. */
  @Test
  void whatWasMadeForAFolderThatIsGoneIsSwept() throws Exception {
    var java = Path.of(started(application("co:lon"), "C").getFirst());
    var other = application("o:ther");
    started(other, "C");
    var data = folder.resolve("data");
    var copy = java.getParent().getParent();
    assertEquals(data, copy.getParent());
    // a copy that was interrupted: no process has so high a number
    Files.createDirectories(data.resolve("program-12-java.99999999/lib"));
    var mine = Files.createDirectories(data.resolve("program-mine-java"));
    try (var files = Files.walk(folder.resolve("co:lon"))) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
    started(other, "C");
    assertFalse(Files.exists(copy));
    assertFalse(Files.exists(data.resolve("program-12-java.99999999")));
    assertTrue(Files.isDirectory(mine));
    try (var files = Files.list(data)) {
      assertEquals(3, files.filter(f -> f.getFileName().toString().startsWith("program-")).count());
    }
    // the program was put where it needs neither
    try (var files = Files.walk(folder.resolve("o:ther"))) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
    started(application("plain"), "C");
    try (var files = Files.list(data)) {
      assertEquals(List.of(mine), files.toList());
    }
  }

  @Test
  void aLinkLeadsToIt() throws Exception {
    var link = folder.resolve("läunch");
    // jpackage's names stay: the launcher is known by that of its file
    Files.createSymbolicLink(link, application("ünï"));
    assertEquals("models", started(link, "C", "models").getLast());
  }
}
