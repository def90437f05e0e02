package org.infd.acceptance.hostile;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.infd.inference.Problem;
import org.jspecify.annotations.Nullable;

/**
 * Gives files to their readers, several at a time, and notes what is wrong with how they take them.
 * A reader that does not come back is a fault as well, with the place where it is.
 */
final class Trial {
  /** Of a thread's own processor time, so that a busy machine does not matter. */
  private static final long MOST_NANOS = 2_000_000_000L;

  private static final long MOST_BYTES = 512L << 20;

  /** Waiting takes longer than computing on a busy machine. */
  private static final int WAITING = 6;

  private static final long LOOK_MILLIS = 100;
  private static final int LONGEST_SENTENCE = 2000;

  /** What only a programmer understands, and what does something to a screen. */
  private static final Pattern TECHNICAL =
      Pattern.compile(
          "Cannot invoke|Exception|Feature|\\bnull\\b|java\\.|tools\\.jackson|\\$\\w|[\\x00-\\x1f\\x7f-\\x9f]");

  /** What a sentence quotes is the file's own. */
  private static final Pattern QUOTED = Pattern.compile("'[^'\\x00-\\x1f\\x7f-\\x9f]*'");

  /** Not one of the program's, which are silent meanwhile. */
  private static final System.Logger LOG = System.getLogger("hostile files");

  /** How often a long run says how far it is. */
  private static final int MANY = 5000;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /**
   * A file to be tried.
   *
   * @param seed of the random numbers that it is made with
   * @param mustBeRead whether a refusal is a fault
   */
  record Input(Kind kind, String what, Source source, long seed, boolean mustBeRead) {
    @Override
    public String toString() {
      return kind.title() + ", " + what + ", seed " + seed;
    }
  }

  /** What a worker is at. */
  private record Work(Input input, long cpu, long began) {}

  private final class Worker {
    private final Path folder;
    private final Thread thread;
    private volatile @Nullable Work work;

    Worker(Path folder) {
      this.folder = folder;
      thread = Thread.ofPlatform().daemon().name("hostile files").unstarted(this::run);
    }

    private void run() {
      try {
        for (int i = next.getAndIncrement(); i < inputs.size(); i = next.getAndIncrement()) {
          take(inputs.get(i));
          if (i > 0 && i % MANY == 0) {
            LOG.log(System.Logger.Level.INFO, i + " of " + inputs.size() + ": " + faults);
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } finally {
        done.countDown();
      }
    }

    private void take(Input input) throws IOException {
      var bytes = input.source().make(new Random(input.seed()));
      var place = folder.resolve(input.kind().title());
      if (!Files.exists(place)) {
        Files.createDirectories(place);
        for (var beside : input.kind().beside().entrySet()) {
          Files.write(place.resolve(beside.getKey()), beside.getValue());
        }
      }
      var file = place.resolve(input.kind().name());
      Files.write(file, bytes);
      work = new Work(input, THREADS.getCurrentThreadCpuTime(), System.nanoTime());
      var fault = fault(input.kind().reader(), file, input.mustBeRead());
      work = null;
      if (!fault.isEmpty()) {
        faults.add(input + ": " + fault);
      }
      requireNothingElse(input, bytes, place, file);
    }

    private void requireNothingElse(Input input, byte[] bytes, Path place, Path file)
        throws IOException {
      Set<Path> rest;
      try (var there = Files.list(place)) {
        rest = new HashSet<>(there.toList());
      }
      rest.remove(file);
      for (var name : input.kind().beside().keySet()) {
        rest.remove(place.resolve(name));
      }
      var aside = place.resolve("damaged");
      if (rest.remove(aside)) {
        requireKept(input, bytes, aside);
      }
      for (var left : rest) {
        faults.add(input + ": wrote " + left.getFileName());
        Files.delete(left);
      }
    }

    /** What the studio remembered and cannot read is kept aside as it was, and nothing else is. */
    private void requireKept(Input input, byte[] bytes, Path aside) throws IOException {
      List<Path> kept;
      try (var there = Files.list(aside)) {
        kept = there.toList();
      }
      if (kept.size() != 1 || !Arrays.equals(bytes, Files.readAllBytes(kept.getFirst()))) {
        faults.add(input + ": set aside " + kept);
      }
      for (var file : kept) {
        Files.delete(file);
      }
      Files.delete(aside);
    }

    /** Where a reader is that has not come back; empty while it may still. */
    String lost() {
      var now = work;
      if (now == null) {
        return "";
      }
      long cpu = THREADS.getThreadCpuTime(thread.threadId()) - now.cpu();
      long waited = System.nanoTime() - now.began();
      if (cpu < patience && waited < WAITING * patience) {
        return "";
      }
      var at = new StringBuilder(now.input() + ": has not come back, and is at");
      for (var frame : thread.getStackTrace()) {
        at.append("\n    ").append(frame);
      }
      return at.toString();
    }
  }

  private final List<Input> inputs;
  private final AtomicInteger next = new AtomicInteger();
  private final Queue<String> faults = new ConcurrentLinkedQueue<>();
  private final List<Worker> workers = new ArrayList<>();
  private final CountDownLatch done;
  private final long patience;

  /**
   * @param folder where files are written
   * @param threads how many are read at once
   * @param patience who has computed so long does not come back
   */
  Trial(List<Input> inputs, Path folder, int threads, Duration patience) {
    this.patience = patience.toNanos();
    this.inputs = List.copyOf(inputs);
    for (int i = 0; i < threads; i++) {
      workers.add(new Worker(folder.resolve("worker-" + i)));
    }
    done = new CountDownLatch(threads);
  }

  /** Tries all, and gives what was wrong, a line each. */
  List<String> faults() throws InterruptedException {
    workers.forEach(worker -> worker.thread.start());
    while (!done.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
      var lost = workers.stream().map(Worker::lost).filter(at -> !at.isEmpty()).toList();
      if (!lost.isEmpty()) {
        // the others end when there is nothing more to take
        next.set(inputs.size());
        faults.addAll(lost);
        return List.copyOf(faults);
      }
    }
    if (next.get() < inputs.size()) {
      faults.add("a file could not be written");
    }
    return List.copyOf(faults);
  }

  /** What is wrong with how a reader takes a file; empty if nothing is. */
  private static String fault(Kind.Reader reader, Path file, boolean mustBeRead) {
    long thread = Thread.currentThread().threadId();
    long bytes = THREADS.getThreadAllocatedBytes(thread);
    long nanos = THREADS.getCurrentThreadCpuTime();
    try {
      reader.read(file);
    } catch (Problem e) {
      var said = String.valueOf(e.getMessage());
      if (mustBeRead
          || TECHNICAL.matcher(QUOTED.matcher(said).replaceAll("''")).find()
          || said.length() > LONGEST_SENTENCE) {
        return "said: " + said;
      }
    } catch (IOException e) {
      // a picture that the system does not give is told by who opens it
      if (mustBeRead) {
        return e.toString();
      }
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      var trace = e.getStackTrace();
      return e + " at " + List.of(trace).subList(0, Math.min(6, trace.length));
    }
    nanos = THREADS.getCurrentThreadCpuTime() - nanos;
    bytes = THREADS.getThreadAllocatedBytes(thread) - bytes;
    return nanos > MOST_NANOS || bytes > MOST_BYTES
        ? nanos / 1_000_000 + " ms and " + (bytes >> 20) + " MB"
        : "";
  }
}
