package org.infd.app.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One window for one folder of data. */
class OnlyStudioTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir private Path folder;
  private final BlockingQueue<List<Path>> taken = new LinkedBlockingQueue<>();

  private List<Path> taken() throws InterruptedException {
    return Optional.ofNullable(taken.poll(60, TimeUnit.SECONDS)).orElseThrow();
  }

  @Test
  void aSecondStartHandsItsFilesOver() throws InterruptedException {
    try (var first = OnlyStudio.claim(folder).orElseThrow()) {
      assertTrue(OnlyStudio.claim(folder).isEmpty());
      var early = List.of(folder.resolve("früh ✓.infd"));
      assertTrue(OnlyStudio.handOver(folder, early, LONG), "the window is not there yet");
      first.onHandOver(taken::add);
      assertEquals(early, taken());
      assertTrue(OnlyStudio.handOver(folder, List.of(), LONG));
      assertEquals(List.of(), taken());
      assertTrue(OnlyStudio.handOver(folder, List.of(Path.of("x.infd")), LONG));
      assertEquals(List.of(Path.of("x.infd").toAbsolutePath()), taken(), "seen from there");
    }
    try (var next = OnlyStudio.claim(folder).orElseThrow()) {
      next.onHandOver(taken::add);
      assertTrue(OnlyStudio.handOver(folder, List.of(), LONG));
    }
  }

  @Test
  void nobodyAnswersForOneThatHasEnded() {
    // a socket that is closed while it accepts may accept once more
    for (int round = 0; round < 200; round++) {
      OnlyStudio.claim(folder).orElseThrow().close();
      assertFalse(OnlyStudio.handOver(folder, List.of(), Duration.ZERO), "round " + round);
    }
    assertFalse(OnlyStudio.handOver(folder, List.of(), Duration.ofMillis(300)));
    assertFalse(OnlyStudio.handOver(folder.resolve("none"), List.of(), Duration.ZERO));
  }

  @Test
  void whoDoesNotKnowTheSecretIsNotHeard() throws Exception {
    try (var first = OnlyStudio.claim(folder).orElseThrow()) {
      first.onHandOver(taken::add);
      var address = Files.readString(folder.resolve("studio.json"));
      int port = Integer.parseInt(address.replaceAll("(?s).*\"port\" : (\\d+).*", "$1"));
      for (var said : List.of("GET / HTTP/1.1\r\n\r\n", "", "\0\4abcd\0\0\0\1\0\1x")) {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
          socket.getOutputStream().write(said.getBytes(StandardCharsets.ISO_8859_1));
          socket.shutdownOutput();
          assertEquals(-1, read(socket), said);
        }
      }
      try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        var out = new DataOutputStream(socket.getOutputStream());
        out.writeUTF(address.replaceAll("(?s).*\"secret\" : \"([0-9a-f]+)\".*", "$1"));
        out.writeInt(Integer.MAX_VALUE);
        assertEquals(-1, read(socket), "more files than anybody has");
      }
      assertTrue(OnlyStudio.handOver(folder, List.of(), LONG), "it listens still");
      assertEquals(List.of(), taken());
      assertTrue(taken.isEmpty());
    }
  }

  private static int read(Socket socket) {
    try {
      return socket.getInputStream().read();
    } catch (IOException e) {
      // the other side hung up before it had read all
      return -1;
    }
  }

  /** A studio that lives until it is killed. */
  static final class Child {
    private Child() {}

    public static void main(String[] arguments) throws InterruptedException {
      var only = OnlyStudio.claim(Path.of(arguments[0])).orElseThrow();
      only.onHandOver(files -> System.out.println(files));
      System.out.println("ready");
      new CountDownLatch(1).await();
    }
  }

  @Test
  void oneThatWasKilledIsInNobodysWay() throws Exception {
    var child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Child.class.getName(),
                folder.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (var said =
        new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
      assertEquals("ready", said.readLine());
      assertTrue(OnlyStudio.claim(folder).isEmpty());
      var file = folder.resolve("a.infd");
      assertTrue(OnlyStudio.handOver(folder, List.of(file), LONG));
      assertEquals(List.of(file).toString(), said.readLine());
    } finally {
      child.destroyForcibly();
      assertTrue(child.waitFor(60, TimeUnit.SECONDS));
    }
    assertTrue(Files.exists(folder.resolve("studio.json")), "its address is left");
    try (var next = OnlyStudio.claim(folder).orElseThrow()) {
      next.onHandOver(taken::add);
      assertTrue(OnlyStudio.handOver(folder, List.of(), LONG));
      assertEquals(List.of(), taken());
    }
  }

  @Test
  void whereNothingCanBeWrittenTheStudioOpensAllTheSame() throws IOException {
    var file = Files.writeString(folder.resolve("file"), "");
    try (var alone = OnlyStudio.claim(file).orElseThrow()) {
      alone.onHandOver(taken::add);
    }
  }
}
