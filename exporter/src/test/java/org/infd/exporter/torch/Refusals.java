package org.infd.exporter.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.infd.inference.Problem;

/** What every bad file must lead to: one sentence and no trace on disk. */
final class Refusals {
  private static final int LONGEST_MESSAGE = 900;

  private Refusals() {}

  /** Runs {@code action}, which must throw a problem that names all {@code fragments}. */
  static void assertRefused(Runnable action, String... fragments) {
    var problem = outcome(action);
    if (problem.isEmpty()) {
      fail("nothing was refused; expected " + String.join(", ", fragments));
      return;
    }
    var message = problem.get();
    for (var fragment : fragments) {
      assertTrue(message.contains(fragment), () -> "no '" + fragment + "' in: " + message);
    }
  }

  /** Runs {@code action}, which may succeed or throw a problem, and gives its sentence. */
  static Optional<String> outcome(Runnable action) {
    try {
      action.run();
      return Optional.empty();
    } catch (Problem problem) {
      var message = String.valueOf(problem.getMessage());
      assertTrue(message.endsWith("."), message);
      assertTrue(message.length() < LONGEST_MESSAGE, message);
      assertEquals(1, message.lines().count(), message);
      return Optional.of(message);
    }
  }

  /** The pickle of these bytes must be refused. */
  static void assertPickleRefused(byte[] pickle, String... fragments) {
    assertRefused(() -> readPickle(pickle), fragments);
  }

  static DataOnlyUnpickler.Result readPickle(byte[] pickle) {
    return DataOnlyUnpickler.read(new SourceLocation(Path.of("model.pth"), "data.pkl"), pickle);
  }

  /** A file with this content must be refused as a checkpoint, naming the file. */
  static void assertFileRefused(Path folder, byte[] content, String... fragments)
      throws IOException {
    assertFileRefused(Checkpoint::open, folder, content, fragments);
  }

  static void assertFileRefused(
      Function<Path, TensorFile> opener, Path folder, byte[] content, String... fragments)
      throws IOException {
    var file = folder.resolve("bad.pth");
    Files.write(file, content);
    var before = files(folder);
    assertRefused(() -> readAll(opener, file), fragments);
    assertRefused(() -> readAll(opener, file), file.toString());
    assertEquals(before, files(folder));
  }

  /** Opens a file and reads every value of every tensor. */
  static void readAll(Function<Path, TensorFile> opener, Path file) {
    try (var opened = opener.apply(file)) {
      for (var tensor : opened.stateDict().values()) {
        tensor.toFloats();
        tensor.verify();
      }
    }
  }

  private static Set<Path> files(Path folder) throws IOException {
    try (var list = Files.walk(folder)) {
      return list.collect(Collectors.toSet());
    }
  }
}
