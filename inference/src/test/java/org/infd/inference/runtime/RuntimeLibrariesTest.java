package org.infd.inference.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.infd.inference.Problem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** ONNX Runtime's libraries in processes of their own, with folders as machines have them. */
class RuntimeLibrariesTest {
  @TempDir private Path folder;

  private Path data;
  private Path temporary;
  private Path home;
  private Path working;

  @BeforeEach
  void folders() throws IOException {
    data = folder.resolve("data");
    temporary = Files.createDirectories(folder.resolve("temporary"));
    home = folder.resolve("home");
    working = Files.createDirectories(folder.resolve("working"));
  }

  @Test
  void theyAreUnpackedIntoTheDataFolderOnceAndNothingElsewhere() throws Exception {
    start().mustWork();
    var made = natives();
    var first = Files.getLastModifiedTime(made);
    start().mustWork();
    assertEquals(made, natives());
    assertEquals(first, Files.getLastModifiedTime(made), "unpacked again");
    assertEquals(List.of(), list(temporary));
    assertEquals(2, list(made).size(), () -> "more than the libraries: " + made);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void nothingIsCollectedAboutItsUse(boolean hasCache) throws Exception {
    if (!hasCache) {
      Files.writeString(home, "a file in its place");
    }
    start().mustWork();
    assertEquals(List.of(), list(working), "in the working folder");
    if (hasCache) {
      assertFalse(Files.exists(home), () -> "made in the home folder: " + home);
    }
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void permissionsThatACopyHasLostAreGivenAgain() throws Exception {
    start().mustWork();
    var library = natives().resolve(System.mapLibraryName("onnxruntime"));
    Files.setPosixFilePermissions(
        library, java.nio.file.attribute.PosixFilePermissions.fromString("rw-r--r--"));
    start().mustWork();
    assertTrue(Files.isExecutable(library));
    assertEquals(List.of(), list(temporary), "another copy was made");
  }

  @Test
  void aTemporaryFolderIsNotNeeded() throws Exception {
    Files.delete(temporary);
    start().mustWork();
    // not even with the libraries there
    start().mustWork();
    assertFalse(Files.exists(temporary));
    Files.writeString(temporary, "a file in its place");
    start().mustWork();
  }

  @Test
  void severalStartAtOnce() throws Exception {
    var runs = new ArrayList<Run>();
    for (int i = 0; i < 4; i++) {
      runs.add(start());
    }
    for (var run : runs) {
      run.mustWork();
    }
    assertEquals(2, list(natives()).size());
  }

  @ParameterizedTest
  @ValueSource(strings = {"changed", "cut", "empty", "gone", "longer"})
  void whatIsDamagedIsReplaced(String damage) throws Exception {
    start().mustWork();
    var library = natives().resolve(System.mapLibraryName("onnxruntime"));
    var whole = Files.readAllBytes(library);
    switch (damage) {
      case "changed" -> {
        var bytes = whole.clone();
        bytes[bytes.length / 2] ^= 1;
        Files.write(library, bytes);
      }
      case "cut" -> Files.write(library, Arrays.copyOf(whole, whole.length / 3));
      case "empty" -> Files.write(library, new byte[0]);
      case "longer" -> Files.write(library, Arrays.copyOf(whole, whole.length + 1));
      default -> Files.delete(library);
    }
    start().mustWork();
    assertEquals(-1, Arrays.mismatch(whole, Files.readAllBytes(library)));
  }

  @Test
  void whatAKilledProcessLeftIsSweptAndSoAreOtherVersions() throws Exception {
    start().mustWork();
    var library = natives().resolve(System.mapLibraryName("onnxruntime"));
    Files.write(library, new byte[3]);
    var part = natives().resolve("." + library.getFileName() + "-1f.part");
    Files.write(part, new byte[100]);
    var older =
        Files.createDirectories(data.resolve("natives/onnxruntime-1.20.0-linux-x64-0badcafe"));
    Files.write(older.resolve("libonnxruntime.so"), new byte[100]);
    var left = Files.createDirectory(temporary.resolve("onnxruntime-java123456"));
    Files.write(left.resolve("libonnxruntime.so"), new byte[100]);
    var empty = Files.createDirectory(temporary.resolve("onnxruntime-java78"));
    var fresh = Files.createDirectory(temporary.resolve("onnxruntime-java90"));
    var another = Files.createDirectory(temporary.resolve("onnxruntime-javascript"));
    Files.writeString(another.resolve("notes.txt"), "somebody's own");
    for (var old : List.of(left, empty, another)) {
      Files.setLastModifiedTime(old, FileTime.from(Instant.now().minusSeconds(400_000)));
    }
    start().mustWork();
    assertFalse(Files.exists(part));
    assertFalse(Files.exists(older));
    assertFalse(Files.exists(left));
    assertFalse(Files.exists(empty));
    assertTrue(Files.exists(fresh), "it may be another program that is starting now");
    assertTrue(Files.exists(another.resolve("notes.txt")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"natives", "."})
  void whereTheDataFolderCannotBeUsedTheTemporaryOneIs(String taken) throws Exception {
    var place = data.resolve(taken).normalize();
    Files.createDirectories(place.getParent());
    Files.writeString(place, "a file in its place");
    start().mustWork();
    start().mustWork();
    var there = list(temporary);
    assertEquals(1, there.size(), there::toString);
    assertTrue(there.getFirst().startsWith("infd-studio-"), there::toString);
  }

  @Test
  void whereNoFolderCanBeUsedBothAreNamed() throws Exception {
    Files.createDirectories(data);
    Files.writeString(data.resolve("natives"), "a file in its place");
    Files.delete(temporary);
    Files.writeString(temporary, "a file in its place");
    var run = start();
    var said = run.said();
    assertNotEquals(0, run.process.exitValue());
    assertTrue(said.startsWith("Problem: "), said);
    assertTrue(said.contains(data.resolve("natives").toString()), said);
    assertTrue(said.contains(temporary.toString()), said);
    assertTrue(said.contains("INFD_DATA"), said);
    assertEquals(1, said.lines().count(), said);
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void aFolderInWhichOthersCanWriteIsNotTrusted() throws Exception {
    Files.createDirectories(data);
    Files.writeString(data.resolve("natives"), "a file in its place");
    var user = System.getProperty("user.name").replaceAll("[^A-Za-z0-9._-]", "_");
    var open = Files.createDirectory(temporary.resolve("infd-studio-" + user));
    Files.setPosixFilePermissions(
        open, java.nio.file.attribute.PosixFilePermissions.fromString("rwxrwxrwx"));
    var said = start().said();
    assertTrue(said.startsWith("Problem: "), said);
    assertTrue(said.contains("others can write there"), said);
  }

  @Test
  void aPackageBringsThemAsFiles() throws Exception {
    start().mustWork();
    var mine = folder.resolve("package");
    Files.move(natives(), mine);
    NativePlaces.remove(data.resolve("natives"));
    start("-Donnxruntime.native.path=" + mine).mustWork();
    assertFalse(Files.exists(data.resolve("natives")), "unpacked again");
    start("-Donnxruntime.native.path=" + folder.resolve("nowhere")).mustWork();
    assertTrue(Files.exists(data.resolve("natives")));
  }

  @ParameterizedTest
  @CsvSource({
    "Linux, amd64, linux-x64",
    "Linux, aarch64, linux-aarch64",
    "Mac OS X, aarch64, osx-aarch64",
    "Mac OS X, x86_64, osx-x64",
    "Windows 11, amd64, win-x64",
    "Windows 11, aarch64, win-aarch64",
    "Linux, x86, linux-x86"
  })
  void systemsHaveTheNamesOfTheRuntime(String name, String architecture, String system) {
    assertEquals(system, RuntimeLibraries.system(name, architecture));
  }

  @Test
  void intelMacsAreTold() {
    var said = RuntimeLibraries.unsupported("Mac OS X", "x86_64").getMessage();
    assertTrue(said.contains("Intel processor"), said);
    assertTrue(said.contains("Apple silicon"), said);
    var other = RuntimeLibraries.unsupported("Windows 11", "aarch64").getMessage();
    assertTrue(other.contains("Windows 11 on aarch64"), other);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Windows 11|C:\\x\\onnxruntime.dll: A dynamic link library (DLL) initialization routine failed|Visual C++",
        "Windows 11|C:\\x\\onnxruntime.dll: Can't find dependent libraries|runtime is missing",
        "Windows 10|C:\\x\\onnxruntime.dll: Eine DLL-Initialisierungsroutine ist fehlgeschlagen|msvcp140.dll",
        "Linux|/x/libonnxruntime.so: /lib/libc.so.6: version `GLIBC_2.38' not found|newer release",
        "Linux|/x/libonnxruntime.so: libstdc++.so.6: cannot open shared object file: No such file|missing"
      })
  void whyALibraryIsNotLoadedIsSaid(String system, String error, String words) {
    var said = LibraryFailure.explain(new UnsatisfiedLinkError(error), system).getMessage();
    assertTrue(said.contains(words), said);
    assertFalse(said.contains("temporary folder"), said);
  }

  private Path natives() throws IOException {
    try (var folders = Files.newDirectoryStream(data.resolve("natives"), Files::isDirectory)) {
      var found = new ArrayList<Path>();
      folders.forEach(found::add);
      assertEquals(1, found.size(), found::toString);
      return found.getFirst();
    }
  }

  private static List<String> list(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files.map(f -> f.getFileName().toString()).toList();
    }
  }

  private Run start(String... options) throws IOException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "-XX:TieredStopAtLevel=1",
            "-Djava.io.tmpdir=" + temporary));
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Child.class.getName()));
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.directory(working.toFile());
    builder.environment().put("INFD_DATA", data.toString());
    builder.environment().put("HOME", home.toString());
    builder.environment().remove("XDG_CACHE_HOME");
    builder.environment().remove("ORT_DISABLE_TELEMETRY");
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    return new Run(builder.start());
  }

  private record Run(Process process) {
    String said() throws Exception {
      var text = new String(process.getInputStream().readAllBytes());
      assertTrue(process.waitFor(120, TimeUnit.SECONDS));
      return text.lines()
          .filter(line -> !line.contains("java.io.tmpdir directory does not exist"))
          .reduce("", (a, b) -> a.isEmpty() ? b : a + "\n" + b);
    }

    void mustWork() throws Exception {
      assertTrue(said().startsWith("Runtime 1."), this::toString);
    }
  }

  /** Starts the runtime and says its version. */
  static final class Child {
    private Child() {}

    public static void main(String[] arguments) {
      try {
        Providers.offered();
        System.out.println("Runtime " + OnnxRuntime.version());
      } catch (Problem e) {
        System.out.println("Problem: " + e.getMessage());
        System.exit(1);
      }
    }
  }
}
