package org.infd.acceptance.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every reader of files meets damaged and hostile ones: nothing but a {@link
 * org.infd.inference.Problem} comes out, with little work and memory, and nothing is written.
 * {@code -Dinfd.hostile=100000} tries that many; a failure names the seed of its file.
 */
class HostileFilesTest {
  private static final int INPUTS = Integer.getInteger("infd.hostile", 3600);
  private static final int CUT_EVERY = 97;

  /** Beginnings of a file; in a long run every 97th byte is an end of all but large ones. */
  private static final int MOST_CUTS = Math.max(60, INPUTS / 30);

  /** More would only wait for the disk. */
  private static final int MOST_THREADS = 4;

  private static final int SHOWN = 40;

  /** What is taken as absent is logged, each time. */
  private static final Logger LOGS = Logger.getLogger("org.infd");

  @TempDir Path folder;

  private volatile boolean over;

  @BeforeEach
  void logNothing() {
    LOGS.setLevel(Level.OFF);
  }

  @AfterEach
  void logAgain() {
    LOGS.setLevel(null);
  }

  @Test
  void nothingButProblemsComesOutOfReaders() throws IOException, InterruptedException {
    var kinds = Kinds.all(folder);
    var inputs = new ArrayList<Trial.Input>();
    for (var kind : kinds) {
      inputs.add(new Trial.Input(kind, "sound", _ -> kind.sound(), 0, true));
      cuts(inputs, kind);
      spread(inputs, kind, INPUTS / kinds.size());
    }
    // whoever stops a long run has seen something of all kinds
    Collections.shuffle(inputs, new Random(0));
    int threads = Math.clamp(Runtime.getRuntime().availableProcessors(), 1, MOST_THREADS);
    var faults = new Trial(inputs, folder, threads, Duration.ofSeconds(20)).faults();
    assertTrue(inputs.size() >= INPUTS, "tried " + inputs.size());
    assertTrue(
        faults.isEmpty(),
        () ->
            faults.size()
                + " faults of "
                + inputs.size()
                + ", the first:\n"
                + String.join("\n", faults.subList(0, Math.min(SHOWN, faults.size()))));
  }

  private static void cuts(List<Trial.Input> inputs, Kind kind) {
    int all = Math.ceilDiv(kind.sound().length, CUT_EVERY);
    int step = Math.max(1, all / MOST_CUTS);
    for (int cut = 0; cut < all; cut += step) {
      int end = cut * CUT_EVERY;
      inputs.add(
          new Trial.Input(kind, "cut at " + end, _ -> Arrays.copyOf(kind.sound(), end), 0, false));
    }
  }

  /** Each class of a kind has its share. */
  private static void spread(List<Trial.Input> inputs, Kind kind, int count) {
    double weights = kind.sources().values().stream().mapToDouble(s -> 1.0 / s.oneOf()).sum();
    kind.sources()
        .forEach(
            (what, source) -> {
              for (int seed = 0; seed < count / weights / source.oneOf(); seed++) {
                inputs.add(new Trial.Input(kind, what, source, seed, false));
              }
            });
  }

  @Test
  void whatAReaderMustNotDoIsNoticed() throws IOException, InterruptedException {
    var faults = new ArrayList<String>();
    for (Kind.Reader reader :
        List.<Kind.Reader>of(
            _ -> {
              throw new IllegalStateException("a defect");
            },
            file -> Files.writeString(file.resolveSibling("other"), "x"),
            _ -> allocate(600),
            _ -> descend(1),
            _ -> compute())) {
      var kind = new Kind("kind", "a", new byte[0], Map.of(), Map.of(), reader);
      var place = Files.createTempDirectory(folder, "trial");
      faults.addAll(
          new Trial(
                  List.of(new Trial.Input(kind, "x", _ -> new byte[0], 0, false)),
                  place,
                  1,
                  Duration.ofSeconds(1))
              .faults());
    }
    over = true;
    assertEquals(5, faults.size(), faults.toString());
  }

  private static void allocate(int megabytes) {
    for (int i = 0; i < megabytes; i++) {
      if (new byte[1 << 20].length == i) {
        throw new AssertionError();
      }
    }
  }

  private static int descend(int depth) {
    return depth < 0 ? 0 : descend(depth + 1) + 1;
  }

  private void compute() {
    while (!over) {
      Thread.onSpinWait();
    }
    while (over) {
      LockSupport.park();
    }
  }
}
