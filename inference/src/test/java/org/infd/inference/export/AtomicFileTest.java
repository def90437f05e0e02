package org.infd.inference.export;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import org.infd.inference.Problem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AtomicFileTest {
  private static final byte[] OLD = {1, 2, 3};
  private static final byte[] NEW = new byte[300_000];

  @TempDir Path folder;

  @Test
  void writesANewFileAndLeavesNothingElse() throws IOException {
    AtomicFile.write(folder.resolve("a.bin"), out -> out.write(NEW));
    assertArrayEquals(NEW, Files.readAllBytes(folder.resolve("a.bin")));
    assertEquals(List.of("a.bin"), names());
  }

  @Test
  void theTargetKeepsItsOldBytesUntilTheCommit() throws IOException {
    var target = old();
    try (var file = AtomicFile.open(target)) {
      file.stream().write(NEW);
      assertArrayEquals(OLD, Files.readAllBytes(target));
      file.commit();
    }
    assertArrayEquals(NEW, Files.readAllBytes(target));
    assertEquals(List.of("old.bin"), names());
  }

  @Test
  void withoutACommitNothingHappens() throws IOException {
    var target = old();
    try (var file = AtomicFile.open(target)) {
      file.stream().write(NEW);
    }
    assertArrayEquals(OLD, Files.readAllBytes(target));
    assertEquals(List.of("old.bin"), names());
  }

  @Test
  void cancellingPassesThroughAndLeavesNothing() throws IOException {
    var target = old();
    var cancelled = new CancellationException("stop");
    var thrown =
        assertThrows(
            CancellationException.class,
            () ->
                AtomicFile.write(
                    target,
                    out -> {
                      out.write(NEW);
                      throw cancelled;
                    }));
    assertSame(cancelled, thrown);
    assertArrayEquals(OLD, Files.readAllBytes(target));
    assertEquals(List.of("old.bin"), names());
  }

  enum Fault {
    OPEN,
    FIRST_WRITE,
    LATE_WRITE,
    FORCE,
    MOVE
  }

  @ParameterizedTest
  @EnumSource
  void anInjectedFaultLeavesTheOldFileAndNothingElse(Fault fault) throws IOException {
    var target = old();
    var problem =
        assertThrows(
            Problem.class,
            () ->
                AtomicFile.write(
                    target,
                    out -> {
                      for (byte value : NEW) {
                        out.write(value);
                      }
                    },
                    new FaultyDisk(fault)));
    assertTrue(problem.getMessage().startsWith("The disk is full"), problem.getMessage());
    assertTrue(problem.getMessage().contains("old.bin"), problem.getMessage());
    assertArrayEquals(OLD, Files.readAllBytes(target));
    assertEquals(List.of("old.bin"), names());
  }

  @Test
  void whatTheSystemSaysBecomesASentence() {
    var target = Path.of("a.png");
    var denied = new java.nio.file.AccessDeniedException("/x/.infd-0123456789abcdef.part");
    assertEquals(
        "a.png could not be written: the place is read-only for you. Choose another.",
        AtomicFile.explain(target, denied).getMessage());
    assertEquals(
        "a.png could not be written: the disk or the connection to it failed. Nothing was left"
            + " behind.",
        AtomicFile.explain(target, new IOException("Input/output error")).getMessage());
    var gone = new java.nio.file.NoSuchFileException("/x/.infd-0123456789abcdef.part");
    assertEquals(
        "a.png could not be written: its folder is gone, or takes no files. Choose another. Nothing"
            + " was left behind.",
        AtomicFile.explain(target, gone).getMessage());
    assertTrue(
        AtomicFile.explain(target, new IOException("Disk quota exceeded"))
            .getMessage()
            .startsWith("Your disk quota"));
  }

  @Test
  void aPlaceThatCannotTakeAFileIsToldBeforeTheWork() throws IOException {
    assertSentence(folder.resolve("no/such/a.png"), "There is no folder");
    assertSentence(folder, "is a folder");
    assertSentence(old().resolve("a.png"), "is not a folder");
    assertSentence(Path.of(""), "is empty");
    var longest = folder.resolve("ü".repeat(300) + ".png");
    assertSentence(longest, "is too long for this disk");
    var readOnly = Files.createDirectory(folder.resolve("locked"));
    assumeTrue(readOnly.toFile().setWritable(false));
    try {
      assumeTrue(!Files.isWritable(readOnly), "root may write everywhere");
      assertSentence(readOnly.resolve("a.png"), "read-only");
    } finally {
      assertTrue(readOnly.toFile().setWritable(true));
    }
  }

  @Test
  void aLinkIsFollowedNotReplaced() throws IOException {
    var target = old();
    var link = Files.createSymbolicLink(folder.resolve("link.bin"), target);
    AtomicFile.write(link, out -> out.write(NEW));
    assertTrue(Files.isSymbolicLink(link));
    assertArrayEquals(NEW, Files.readAllBytes(target));
  }

  @Test
  void sweepRemovesOnlyWhatACrashLeft() throws IOException {
    Files.write(folder.resolve(".infd-0123456789abcdef.part"), OLD);
    Files.write(folder.resolve(".infd-mine.part"), OLD);
    Files.write(folder.resolve("infd-0123456789abcdef.part"), OLD);
    Files.write(folder.resolve(".infd-0123456789abcdef.part.png"), OLD);
    try (var file = AtomicFile.open(folder.resolve("a.bin"))) {
      assertEquals(0, AtomicFile.sweep(folder), "opening swept already, and spares itself");
      file.stream().write(NEW);
      file.commit();
    }
    assertEquals(
        List.of(
            ".infd-0123456789abcdef.part.png",
            ".infd-mine.part",
            "a.bin",
            "infd-0123456789abcdef.part"),
        names());
    assertEquals(0, AtomicFile.sweep(folder.resolve("no such folder")));
  }

  @Test
  void anotherProcessIsSparedWhileItWritesAndSweptAfterItsDeath() throws Exception {
    var process =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("java.class.path"),
                Writer.class.getName(),
                folder.resolve("other.bin").toString())
            .redirectErrorStream(true)
            .start();
    try {
      assertEquals('!', process.getInputStream().read(), "the other process writes now");
      assertEquals(0, AtomicFile.sweep(folder));
      assertEquals(1, names().size());
    } finally {
      process.destroyForcibly();
      assertTrue(process.waitFor(120, TimeUnit.SECONDS));
    }
    assertEquals(1, AtomicFile.sweep(folder), "killed without a chance to clean up");
    assertEquals(List.of(), names());
  }

  /** Starts a file and never ends. */
  static final class Writer {
    private Writer() {}

    public static void main(String[] arguments) throws Exception {
      try (var file = AtomicFile.open(Path.of(arguments[0]))) {
        file.stream().write(NEW);
        System.out.print('!');
        System.out.flush();
        Thread.sleep(60_000);
      }
    }
  }

  private void assertSentence(Path target, String part) {
    var problem =
        assertThrows(Problem.class, () -> AtomicFile.write(target, out -> out.write(NEW)), part);
    assertTrue(problem.getMessage().contains(part), problem.getMessage());
    assertFalse(problem.getMessage().contains("Exception"), problem.getMessage());
  }

  private Path old() throws IOException {
    return Files.write(folder.resolve("old.bin"), OLD);
  }

  private List<String> names() throws IOException {
    try (var entries = Files.list(folder)) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    }
  }

  private static final class FaultyDisk implements AtomicFile.Disk {
    private final Fault fault;
    private int writes;

    FaultyDisk(Fault fault) {
      this.fault = fault;
    }

    private void fail(Fault at) throws IOException {
      if (at == fault) {
        throw new IOException("No space left on device");
      }
    }

    @Override
    public FileChannel open(Path file) throws IOException {
      fail(Fault.OPEN);
      return AtomicFile.Disk.super.open(file);
    }

    @Override
    public void write(FileChannel channel, ByteBuffer bytes) throws IOException {
      fail(writes++ == 0 ? Fault.FIRST_WRITE : Fault.LATE_WRITE);
      AtomicFile.Disk.super.write(channel, bytes);
    }

    @Override
    public void force(FileChannel channel) throws IOException {
      fail(Fault.FORCE);
      AtomicFile.Disk.super.force(channel);
    }

    @Override
    public void move(Path from, Path to) throws IOException {
      fail(Fault.MOVE);
      AtomicFile.Disk.super.move(from, to);
    }
  }
}
