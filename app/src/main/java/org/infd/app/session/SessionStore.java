package org.infd.app.session;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.infd.app.work.Background;
import org.infd.app.work.JsonFile;
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

  private final Path file;
  private final JsonFile<Kept> json;
  private final Executor disk;
  private @Nullable Session last;
  private boolean ended;
  private boolean left;

  /**
   * @param file where the session is kept; its folder is made when needed
   * @param background where the file is written, one version after the other
   */
  public SessionStore(Path file, Background background) {
    this.file = file;
    json = new JsonFile<>(file, Kept.class, LARGEST_FILE, "session");
    disk = background.files();
  }

  /** The session that an earlier program left behind. Never throws. */
  public Optional<Left> left() {
    return read()
        .filter(kept -> !isAlive(kept))
        .map(kept -> new Left(kept.session(), kept.wanted()));
  }

  private Optional<Kept> read() {
    return json.read().filter(SessionStore::isWhole);
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
    var other = read().filter(there -> there.process() != kept.process());
    if (other.filter(SessionStore::isAlive).isPresent()) {
      return;
    }
    json.write(kept);
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
    disk.execute(
        () -> {
          try {
            long own = ProcessHandle.current().pid();
            if (read().filter(kept -> kept.process() == own).isPresent()) {
              Files.deleteIfExists(file);
            }
          } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "session not ended in " + file, e);
          }
        });
  }

  /** The user does not want what a crash left behind. Never throws. */
  public void forget() {
    last = null;
    disk.execute(
        () -> {
          try {
            if (read().filter(SessionStore::isAlive).isEmpty()) {
              Files.deleteIfExists(file);
            }
          } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "session not forgotten in " + file, e);
          }
        });
  }
}
