package org.infd.app.session;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.infd.app.work.JsonFile;
import org.jspecify.annotations.Nullable;

/**
 * One window for one folder of data. The first studio holds a lock, which the system takes away
 * from a process that dies, and listens on a port of this machine alone; a second start hands it
 * its files. Port and secret lie in the folder, so that whoever may not read the folder is not
 * heard. Thread-safe.
 */
public final class OnlyStudio implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(OnlyStudio.class.getName());
  private static final String LOCK = "studio.lock";
  private static final String ADDRESS = "studio.json";
  private static final int MOST_FILES = 1000;

  /** Longer ones are no address of ours. */
  private static final long LARGEST_ADDRESS = 10_000;

  /** The answer comes at once, unless the machine is very busy. */
  private static final Duration ANSWER = Duration.ofSeconds(3);

  private static final Duration RETRY = Duration.ofMillis(100);

  /** Where a studio listens. */
  private record Address(int port, String secret) {}

  private final @Nullable FileChannel held;
  private final @Nullable ServerSocket server;
  private final String secret;
  private @Nullable Consumer<List<Path>> opener;
  private boolean ended;
  private final List<List<Path>> early = new ArrayList<>();

  private OnlyStudio(@Nullable FileChannel held, @Nullable ServerSocket server, String secret) {
    this.held = held;
    this.server = server;
    this.secret = secret;
  }

  /**
   * Becomes the studio of a folder, and listens. Where the system gives no lock or no port, it is
   * one that nobody finds.
   *
   * @return empty where another one is
   */
  public static Optional<OnlyStudio> claim(Path folder) {
    FileChannel channel = null;
    try {
      Files.createDirectories(folder);
      channel =
          FileChannel.open(
              folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (lock(channel).isPresent()) {
        var server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        var only = new OnlyStudio(channel, server, newSecret());
        address(folder).write(new Address(server.getLocalPort(), only.secret));
        Thread.ofPlatform().daemon().name("second-starts").start(() -> only.listen(server));
        return Optional.of(only);
      }
      close(channel);
      return Optional.empty();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "no lock or no port in " + folder, e);
      close(channel);
      return Optional.of(new OnlyStudio(null, null, ""));
    }
  }

  private static Optional<FileLock> lock(FileChannel channel) throws IOException {
    try {
      return Optional.ofNullable(channel.tryLock());
    } catch (OverlappingFileLockException e) {
      // by another one in this process
      return Optional.empty();
    }
  }

  private static JsonFile<Address> address(Path folder) {
    return new JsonFile<>(folder.resolve(ADDRESS), Address.class, LARGEST_ADDRESS, "address");
  }

  private static String newSecret() {
    var bytes = new byte[16];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private static void close(@Nullable AutoCloseable open) {
    try {
      if (open != null) {
        open.close();
      }
    } catch (Exception e) {
      LOG.log(System.Logger.Level.DEBUG, "not closed", e);
    }
  }

  /**
   * Hands files to the studio that has claimed a folder. One that is just starting is waited for.
   *
   * @param files to be opened; with none, its window comes to the front
   * @param most the longest time to wait
   * @return whether they were taken; false where nobody answers
   */
  public static boolean handOver(Path folder, List<Path> files, Duration most) {
    long end = System.nanoTime() + most.toNanos();
    while (true) {
      var found = address(folder).read().filter(to -> to.secret() != null);
      if (found.isPresent() && send(found.get(), files)) {
        return true;
      }
      if (System.nanoTime() > end) {
        return false;
      }
      try {
        Thread.sleep(RETRY);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
  }

  private static boolean send(Address to, List<Path> files) {
    try (var socket = new Socket()) {
      int patience = (int) ANSWER.toMillis();
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), to.port()), patience);
      socket.setSoTimeout(patience);
      var out = new DataOutputStream(socket.getOutputStream());
      out.writeUTF(to.secret());
      out.writeInt(files.size());
      for (var file : files) {
        out.writeUTF(file.toAbsolutePath().toString());
      }
      out.flush();
      return socket.getInputStream().read() == 1;
    } catch (IOException | IllegalArgumentException e) {
      // it was killed, and its address stayed
      LOG.log(System.Logger.Level.DEBUG, "nobody at port " + to.port(), e);
      return false;
    }
  }

  /** Says who opens what second starts hand over; called on a thread of its own. */
  public void onHandOver(Consumer<List<Path>> taker) {
    List<List<Path>> waiting;
    synchronized (this) {
      opener = taker;
      waiting = List.copyOf(early);
      early.clear();
    }
    waiting.forEach(taker);
  }

  private void listen(ServerSocket at) {
    while (!at.isClosed()) {
      try (var socket = at.accept()) {
        socket.setSoTimeout((int) ANSWER.toMillis());
        read(new DataInputStream(socket.getInputStream())).ifPresent(files -> take(files, socket));
      } catch (IOException e) {
        // somebody else knocked, or this studio ends
        LOG.log(System.Logger.Level.DEBUG, "not heard", e);
      }
    }
  }

  private Optional<List<Path>> read(DataInputStream in) throws IOException {
    var said = in.readUTF().getBytes(StandardCharsets.UTF_8);
    if (!MessageDigest.isEqual(said, secret.getBytes(StandardCharsets.UTF_8))) {
      return Optional.empty();
    }
    int count = in.readInt();
    if (count < 0 || count > MOST_FILES) {
      return Optional.empty();
    }
    var files = new ArrayList<Path>();
    for (int i = 0; i < count; i++) {
      try {
        files.add(Path.of(in.readUTF()));
      } catch (InvalidPathException e) {
        LOG.log(System.Logger.Level.WARNING, "not a file", e);
      }
    }
    return Optional.of(files);
  }

  private static void answer(Socket socket) {
    try {
      socket.getOutputStream().write(1);
      socket.getOutputStream().flush();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "not answered", e);
    }
  }

  private void take(List<Path> files, Socket from) {
    Consumer<List<Path>> taker;
    synchronized (this) {
      if (ended) {
        // a socket that is closed while it accepts may accept once more
        return;
      }
      answer(from);
      taker = opener;
      if (taker == null) {
        // the window is not there yet
        early.add(files);
        return;
      }
    }
    taker.accept(files);
  }

  /** Listens no more, and lets another one be the studio of the folder. */
  @Override
  public void close() {
    synchronized (this) {
      ended = true;
    }
    close(server);
    close(held);
  }
}
