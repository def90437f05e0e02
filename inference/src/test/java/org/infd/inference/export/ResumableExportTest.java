package org.infd.inference.export;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.infd.inference.Problem;
import org.infd.inference.field.FieldRenderer;
import org.infd.inference.runtime.Cancellation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ResumableExportTest {
  private static final PngText TEXT =
      new PngText(Map.of(PngText.PARAMETERS, "Seed: 7", PngText.RECIPE, "{\"seed\":7}"));

  @TempDir Path folder;

  private static ResumableExport export(Path target, ExportFormat format, int side, String field) {
    var settings =
        new ExportSettings(
            format, 0.9f, PictureFormat.PNG, false, new ViewerPage("A & <b>", null), "");
    return new ResumableExport(
        target,
        settings.layout(Frame.square(side), target, TEXT),
        Map.of("field", field, "size", side + "x" + side, "format", settings.inWords()));
  }

  private static void run(ResumableExport export) {
    export.run(new FakeRenderer(), PngExport.Progress.NONE, new Cancellation());
  }

  /** Every file below a place, or the file itself, by its name there. */
  private static Map<String, byte[]> bytes(Path target) throws IOException {
    var found = new TreeMap<String, byte[]>();
    try (Stream<Path> walk = Files.walk(target)) {
      for (var file : walk.filter(Files::isRegularFile).toList()) {
        found.put(target.relativize(file).toString(), Files.readAllBytes(file));
      }
    }
    return found;
  }

  private static void assertSame(Map<String, byte[]> expected, Path target) throws IOException {
    var found = bytes(target);
    assertEquals(expected.keySet(), found.keySet());
    for (var name : expected.keySet()) {
      assertArrayEquals(expected.get(name), found.get(name), name);
    }
  }

  private List<String> names() throws IOException {
    try (var files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @ParameterizedTest
  @EnumSource
  void stoppedAnywhereItGoesOnToTheSameBytes(ExportFormat format) throws IOException {
    // 1201 is odd: the smaller sizes are means, and lie in a scratch file meanwhile
    int side = 1201;
    var whole = Files.createDirectories(folder.resolve("whole")).resolve("a");
    run(export(whole, format, side, "one"));
    var expected = bytes(whole);
    var target = folder.resolve("a");
    for (int stop : new int[] {0, 1, 2, 5, 9, 14}) {
      var cancellation = new Cancellation();
      var calls = new AtomicInteger();
      FieldRenderer stopping =
          (imageSide, rectangle, stopped) -> {
            if (calls.getAndIncrement() == stop) {
              cancellation.cancel();
            }
            return new FakeRenderer().render(imageSide, rectangle, Cancellation.never());
          };
      assertThrows(
          CancellationException.class,
          () ->
              export(target, format, side, "one")
                  .run(stopping, PngExport.Progress.NONE, cancellation));
      assertFalse(Files.exists(target), "nothing unfinished has the final name");
      assertTrue(Files.exists(ResumableExport.journal(target)));
    }
    run(export(target, format, side, "one"));
    assertSame(expected, target);
    assertEquals(List.of("a", "whole"), names());
  }

  @ParameterizedTest
  @EnumSource(names = {"PNG", "BIGTIFF", "DZI"})
  void whatIsDoneIsNotRenderedAgain(ExportFormat format) {
    var target = folder.resolve("a");
    var first = new FakeRenderer();
    var cancellation = new Cancellation();
    assertThrows(
        CancellationException.class,
        () ->
            export(target, format, 1400, "one")
                .run(
                    first,
                    (done, total) -> {
                      if (done > total * 0.9) {
                        cancellation.cancel();
                      }
                    },
                    cancellation));
    var second = new FakeRenderer();
    export(target, format, 1400, "one").run(second, PngExport.Progress.NONE, new Cancellation());
    assertTrue(second.tiles.get() < first.tiles.get(), second.tiles + " of " + first.tiles);
  }

  @Test
  void whatTheDiskLostIsMadeAgain() throws IOException {
    var target = folder.resolve("a");
    var whole = folder.resolve("whole");
    for (var format : new ExportFormat[] {ExportFormat.BIGTIFF, ExportFormat.DZI}) {
      Files.createDirectories(whole);
      run(export(whole.resolve("a"), format, 1201, "one"));
      stopLate(target, format);
      var part = folder.resolve("a.part");
      if (format == ExportFormat.DZI) {
        var tile = part.resolve("a_files/11/1_1.png");
        Files.write(tile, new byte[] {1, 2, 3});
      } else {
        var bytes = Files.readAllBytes(part);
        bytes[bytes.length / 2] ^= 1;
        Files.write(part, bytes);
      }
      // and half a line of the journal
      var journal = folder.resolve("a.journal");
      var lines = Files.readAllBytes(journal);
      Files.write(journal, java.util.Arrays.copyOf(lines, lines.length - 7));
      run(export(target, format, 1201, "one"));
      assertSame(bytes(whole.resolve("a")), target);
      delete(target);
      delete(whole);
    }
  }

  private static void stopLate(Path target, ExportFormat format) {
    var cancellation = new Cancellation();
    assertThrows(
        CancellationException.class,
        () ->
            export(target, format, 1201, "one")
                .run(
                    new FakeRenderer(),
                    (done, total) -> {
                      if (done > total * 0.98) {
                        cancellation.cancel();
                      }
                    },
                    cancellation));
  }

  private static void delete(Path root) throws IOException {
    try (Stream<Path> walk = Files.walk(root)) {
      for (var file : walk.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @Test
  void aJournalOfAnotherExportIsRefused() throws IOException {
    var target = folder.resolve("a.png");
    stopLate(target, ExportFormat.PNG);
    var other =
        assertThrows(Problem.class, () -> run(export(target, ExportFormat.PNG, 1201, "two")));
    assertTrue(other.getMessage().contains("interrupted: another field."), other.getMessage());
    var larger =
        assertThrows(Problem.class, () -> run(export(target, ExportFormat.TIFF, 1300, "one")));
    assertTrue(larger.getMessage().contains("another size"), larger.getMessage());
    assertTrue(larger.getMessage().contains("another format"), larger.getMessage());
    var again = export(target, ExportFormat.PNG, 1201, "two");
    again.forget();
    run(again);
    assertEquals(List.of("a.png"), names());
    Files.writeString(ResumableExport.journal(target), "something else");
    var foreign = assertThrows(Problem.class, () -> run(again));
    assertTrue(foreign.getMessage().contains("is in the way"), foreign.getMessage());
    assertEquals("something else", Files.readString(ResumableExport.journal(target)));
    Files.writeString(ResumableExport.journal(target), "infd-exp");
    run(again);
    assertEquals(List.of("a.png"), names());
  }

  @Test
  void whatIsNotOursIsLeftAlone() throws IOException {
    Files.writeString(folder.resolve("a.png.part"), "of a friend");
    var file =
        assertThrows(
            Problem.class, () -> run(export(folder.resolve("a.png"), ExportFormat.PNG, 64, "one")));
    assertTrue(file.getMessage().contains("is in the way"), file.getMessage());
    assertEquals("of a friend", Files.readString(folder.resolve("a.png.part")));
    Files.createDirectories(folder.resolve("b/c"));
    var full =
        assertThrows(
            Problem.class, () -> run(export(folder.resolve("b"), ExportFormat.DZI, 64, "one")));
    assertTrue(full.getMessage().contains("holds something already"), full.getMessage());
    Files.createDirectories(folder.resolve("empty"));
    run(export(folder.resolve("empty"), ExportFormat.DZI, 64, "one"));
    assertTrue(Files.exists(folder.resolve("empty/empty.dzi")));
    assertEquals(List.of("a.png.part", "b", "empty"), names());
  }

  @Test
  void twoAtATimeAreRefused() throws IOException {
    var target = folder.resolve("a.png");
    var second = new Problem[1];
    export(target, ExportFormat.PNG, 300, "one")
        .run(
            new FakeRenderer(),
            (done, total) -> {
              if (second[0] == null) {
                second[0] =
                    assertThrows(
                        Problem.class, () -> run(export(target, ExportFormat.PNG, 300, "one")));
              }
            },
            new Cancellation());
    assertTrue(second[0].getMessage().contains("by another export"), second[0].getMessage());
    assertEquals(List.of("a.png"), names());
  }

  /** Between the final name and the end of the journal there is an instant. */
  @Test
  void endedBehindTheFinalNameItIsDone() throws IOException {
    for (var format : new ExportFormat[] {ExportFormat.PNG, ExportFormat.DZI}) {
      var target = folder.resolve("x" + format);
      stopLate(target, format);
      var journal = Files.readAllBytes(ResumableExport.journal(target));
      run(export(target, format, 1201, "one"));
      var expected = bytes(target);
      Files.write(ResumableExport.journal(target), journal);
      try (var open =
          ExportJournal.open(
              ResumableExport.journal(target),
              identity(format),
              export(target, format, 1201, "one").pieces())) {
        for (int piece = open.entries().size();
            piece < export(target, format, 1201, "one").pieces();
            piece++) {
          open.add(piece, new ExportJournal.Entry(1, 1, 1));
        }
        open.finishing();
      }
      var renderer = new FakeRenderer();
      export(target, format, 1201, "one")
          .run(renderer, PngExport.Progress.NONE, new Cancellation());
      assertEquals(0, renderer.tiles.get());
      assertSame(expected, target);
      assertFalse(Files.exists(ResumableExport.journal(target)));
    }
  }

  private static Map<String, String> identity(ExportFormat format) {
    var settings = new ExportSettings(format, 0.9f, PictureFormat.PNG, false, null, "");
    return Map.of("field", "one", "size", "1201x1201", "format", settings.inWords());
  }

  @ParameterizedTest
  @EnumSource(names = {"PNG", "BIGTIFF", "DZI"})
  void killedAtTenMomentsItEndsInTheSameBytes(ExportFormat format) throws Exception {
    var whole = Files.createDirectories(folder.resolve("whole")).resolve("a");
    run(export(whole, format, Child.SIDE, "one"));
    var target = folder.resolve("a");
    var random = new Random(format.ordinal());
    int kills = 0;
    for (int i = 0; i < 10; i++) {
      var child = child(target, format);
      // from before the first piece to behind the last
      if (child.waitFor(200 + random.nextInt(700), TimeUnit.MILLISECONDS)) {
        assertEquals(0, child.exitValue());
        break;
      }
      child.destroyForcibly().waitFor();
      kills++;
      if (Files.exists(target)) {
        // what has the final name is whole
        assertSame(bytes(whole), target);
        break;
      }
    }
    if (!Files.exists(target) || Files.exists(ResumableExport.journal(target))) {
      assertEquals(0, child(target, format).waitFor());
    }
    assertTrue(kills > 0);
    assertSame(bytes(whole), target);
    assertEquals(List.of("a", "whole"), names());
  }

  private static Process child(Path target, ExportFormat format) throws IOException {
    return new ProcessBuilder(
            ProcessHandle.current().info().command().orElseThrow(),
            "-Xshare:auto",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            Child.class.getName(),
            target.toString(),
            format.name())
        .inheritIO()
        .start();
  }

  /** An export in a process of its own, slow enough to be killed in its middle. */
  static final class Child {
    static final int SIDE = 2602;

    private Child() {}

    public static void main(String[] arguments) {
      export(Path.of(arguments[0]), ExportFormat.valueOf(arguments[1]), SIDE, "one")
          .run(
              (side, rectangle, cancellation) -> {
                java.util.concurrent.locks.LockSupport.parkNanos(5_000_000);
                return new FakeRenderer().render(side, rectangle, cancellation);
              },
              PngExport.Progress.NONE,
              new Cancellation());
    }
  }
}
