package org.infd.app.session;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.infd.app.work.Background;
import org.infd.app.work.JsonFile;
import org.infd.app.work.OwnFile;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the {@link Session} of a running program in a small file, which a program that ends as it
 * should takes away again: one that is found was left by a crash. The file says whose it is; while
 * that process lives, another one leaves it alone. All methods belong to one thread, but for {@link
 * #left}.
 */
public final class SessionStore {
  private static final System.Logger LOG = System.getLogger(SessionStore.class.getName());

  /** A full queue of the longest prompts; anything larger is not ours. */
  private static final long LARGEST_FILE = 16 << 20;

  /** The version of what is written; files of earlier ones are read. */
  private static final int VERSION = 2;

  /**
   * What is in the file.
   *
   * @param version of the format: 2; 0 is version 1, which did not say so and knew of its runs only
   *     recipe and count
   * @param process the number of the process that wrote it
   * @param started when that process began, as text; null where the system does not say
   * @param wanted whether the user wants it to go on without being asked
   */
  private record Kept(
      int version, long process, @Nullable String started, boolean wanted, Session session) {}

  /**
   * What an earlier program left.
   *
   * @param wanted whether the user wants it to go on without being asked; else it was a crash
   */
  public record Left(Session session, boolean wanted) {}

  private final List<Path> files;
  private final Executor disk;

  /** What an earlier program left, and is gone on with. */
  private volatile Optional<Path> adopted = Optional.empty();

  private @Nullable Session last;
  private boolean ended;
  private boolean left;

  /**
   * @param file where the session is kept; its folder is made when needed. Where another living
   *     program has it, the next one beside it is taken, with a number in its name
   * @param background where the file is written, one version after the other
   */
  public SessionStore(Path file, Background background) {
    files = OwnFile.row(file).toList();
    disk = background.files();
  }

  private static JsonFile<Kept> json(Path file) {
    return new JsonFile<>(file, Kept.class, LARGEST_FILE, "session");
  }

  /** The session that an earlier program left behind. Never throws. */
  public Optional<Left> left() {
    for (var file : files) {
      var dead = read(file).filter(kept -> !isAlive(kept));
      if (dead.isPresent()) {
        adopted = Optional.of(file);
        return dead.map(kept -> new Left(kept.session(), kept.wanted()));
      }
    }
    return Optional.empty();
  }

  private static Optional<Kept> read(Path file) {
    var kept = json(file).readKept();
    if (kept.isPresent() && !isWhole(kept.get())) {
      if (!isAlive(kept.get())) {
        // of a newer version, which wants to find it again, or not a session at all
        json(file).setAside();
      }
      return Optional.empty();
    }
    return kept;
  }

  /** Whether another program keeps its session in a file. */
  private static boolean isTaken(Path file) {
    long own = ProcessHandle.current().pid();
    // also if it is of a newer version
    return json(file).read().filter(kept -> kept.process() != own && isAlive(kept)).isPresent();
  }

  private static boolean isWhole(Kept kept) {
    return kept.version() <= VERSION
        && kept.session() != null
        && kept.session().recipe() != null
        && kept.session().recipe().model() != null
        && kept.session().recipe().sampler() != null;
  }

  private static boolean isAlive(Kept kept) {
    return ProcessHandle.of(kept.process())
        .filter(ProcessHandle::isAlive)
        .filter(process -> isSame(kept.started(), started(process)))
        .isPresent();
  }

  /** The system gives the numbers of dead processes to new ones. */
  private static boolean isSame(@Nullable String kept, @Nullable String now) {
    return now == null || now.equals(kept);
  }

  private static @Nullable String started(ProcessHandle process) {
    return process.info().startInstant().map(Instant::toString).orElse(null);
  }

  /** Keeps a session unless it is the one that is kept already. Never throws. */
  public void keep(Session session) {
    if (ended || session.equals(last)) {
      return;
    }
    last = session;
    write(session, false);
  }

  /** The program ends, and the next one goes on with what it was doing. Never throws. */
  public void leave(Session session) {
    left = true;
    ended = true;
    write(session, true);
  }

  private void write(Session session, boolean wanted) {
    var own = ProcessHandle.current();
    var kept = new Kept(VERSION, own.pid(), started(own), wanted, session);
    disk.execute(() -> write(kept));
  }

  private void write(Kept kept) {
    var free = files.stream().filter(file -> !isTaken(file)).findFirst();
    free.ifPresent(file -> json(file).write(kept));
    // what was left is in the new one by now
    adopted.filter(old -> !free.equals(Optional.of(old))).ifPresent(this::delete);
    adopted = Optional.empty();
  }

  private void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "session not deleted: " + file, e);
    }
  }

  /**
   * The program ends as it should: there is nothing to restore, unless it was {@link #leave left}.
   * The file goes after what is being written to it. Never throws.
   */
  public void end() {
    if (left) {
      return;
    }
    ended = true;
    long own = ProcessHandle.current().pid();
    disk.execute(
        () ->
            files.stream()
                .filter(file -> read(file).filter(kept -> kept.process() == own).isPresent())
                .forEach(this::delete));
  }

  /** The user does not want what a crash left behind. Never throws. */
  public void forget() {
    last = null;
    disk.execute(
        () ->
            files.stream()
                .filter(file -> Files.exists(file) && !isTaken(file))
                .findFirst()
                .ifPresent(this::delete));
  }
}
