package org.infd.app.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What arguments may not do: take the place of what is read, be lost, or fill the screen. */
class ArgumentsTest {
  @TempDir Path folder;
  private FakeServices services;
  private Path work;
  private String err = "";
  private Writer results = new StringWriter();

  @BeforeEach
  void install() throws IOException {
    services = new FakeServices(Files.createDirectory(folder.resolve("data")));
    services.install("mountains", 0);
    work = Files.createDirectory(folder.resolve("work"));
  }

  @Test
  void oneFileInTwoWaysOfWritingIsOne() throws IOException {
    Files.writeString(work.resolve("real.png"), "old");
    Files.createSymbolicLink(work.resolve("link.infd"), work.resolve("real.png"));
    for (var other : List.of("./x.png/../real.png", "link.infd")) {
      assertEquals(
          1,
          run(
              "generate",
              "--size=8",
              "--out=" + path("real.png"),
              "--field=" + work + "/" + other));
      assertTrue(err.contains("name the same file"), err);
    }
    assertEquals("old", Files.readString(work.resolve("real.png")));
    assertEquals(List.of(), services.generated);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "encode SOURCE --size 8 --out SOURCE",
        "encode SOURCE --field SOURCE",
        "encode SOURCE --size 8 --out SECOND",
        "vary SOURCE --strength 0.5 --field SOURCE",
        "vary SOURCE --strength 0.5 --size 8 --out SECOND",
        "render SOURCE --size 8 --out SECOND",
        "layout SOURCE --size 8 --out SECOND",
        "layout SOURCE --field SOURCE",
        "redo SOURCE --box 0,0,0.5,0.5 --field other.infd --size 8 --out SECOND"
      })
  void whatIsReadIsNotReplaced(String line) throws IOException {
    var source = Files.writeString(work.resolve("photo.png"), "it is not looked at");
    Files.createSymbolicLink(work.resolve("second.png"), source);
    var whole = Files.readAllBytes(source);
    int code =
        run(
            line.replace("SOURCE", source.toString())
                .replace("SECOND", path("second.png"))
                .replace("other.infd", path("other.infd"))
                .split(" "));
    assertEquals(1, code, err);
    assertTrue(err.contains("would take the place of the file that is read"), err);
    assertArrayEquals(whole, Files.readAllBytes(source));
  }

  @Test
  void lettersThatAreLostAreSaid() throws IOException {
    for (var arguments :
        List.of(
            List.of("generate", "--size=8", "--prompt", "M\ufffdller", "--out=" + path("x.png")),
            List.of("generate", "--size=8", "--out=" + path("M\ufffdller.png")),
            List.of("M\ufffdller.infd"))) {
      assertEquals(2, run(arguments.toArray(String[]::new)));
      assertTrue(err.contains("is not written in UTF-8"), err);
    }
    try (var files = Files.list(work)) {
      assertEquals(0, files.count());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"--seed", "--size", "--steps", "--sampler", "--guidance", "--mistyped"})
  void aLongValueIsNotRepeatedWhole(String option) {
    var digits = "x" + "7".repeat(500);
    assertEquals(2, run("generate", option, digits, "--out", path("x.png")));
    assertTrue(err.length() < 400, err);
    assertTrue(err.contains("x777"), err);
    assertEquals(2, run("generate", option + "=" + digits, "--out", path("x.png")));
    assertTrue(err.length() < 400, err);
  }

  @Test
  void resultsThatReachNobodyAreAFailure() {
    results = new FullWriter();
    assertEquals(1, run("models"));
    assertTrue(err.contains("could not be written"), err);
    assertEquals(1, run("generate", "--help"));
    assertEquals(2, run("generate", "--mistyped"), "what comes first is told");
  }

  /** As a full disk, or a pipe whose reader is gone. */
  private static final class FullWriter extends Writer {
    @Override
    public void write(char[] text, int from, int length) throws IOException {
      throw new IOException("No space left on device");
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  private int run(String... arguments) {
    var text = new StringWriter();
    var terminal = new Terminal(new PrintWriter(results), new PrintWriter(text), false);
    int code =
        new CommandLineInterface(services, (_, _) -> {}, terminal, folder.resolve("logs"))
            .run(arguments);
    err = text.toString();
    return code;
  }

  private String path(String name) {
    return work.resolve(name).toString();
  }
}
