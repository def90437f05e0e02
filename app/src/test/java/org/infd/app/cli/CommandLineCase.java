package org.infd.app.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiConsumer;
import javax.imageio.ImageIO;
import org.infd.inference.runtime.Cancellation;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The command line with services that do nothing, for tests of commands. */
abstract class CommandLineCase {
  @TempDir Path folder;
  FakeServices services;
  Path work;
  Path logs;
  String out = "";
  String err = "";
  boolean interactive;
  BiConsumer<StudioStart, Cancellation> studio = (_, _) -> {};

  @BeforeEach
  void install() throws IOException {
    var data = Files.createDirectory(folder.resolve("data"));
    services = new FakeServices(data);
    services.install("mountains", 0);
    work = Files.createDirectory(folder.resolve("work with spaces"));
    logs = folder.resolve("logs");
  }

  int run(String... arguments) {
    var outText = new StringWriter();
    var errText = new StringWriter();
    var terminal = new Terminal(new PrintWriter(outText), new PrintWriter(errText), interactive);
    int code = new CommandLineInterface(services, studio, terminal, logs).run(arguments);
    out = outText.toString();
    err = errText.toString();
    return code;
  }

  void assertFails(int code, String part, String... arguments) {
    assertEquals(code, run(arguments), err);
    assertTrue(err.contains(part), err);
    assertFalse(err.contains("\tat "), err);
    assertFalse(err.contains("null"), err);
    assertFalse(out.contains("Usage"), out);
  }

  void assertSame(BufferedImage expected, String file) throws IOException {
    var actual = ImageIO.read(work.resolve(file).toFile());
    assertEquals(expected.getWidth(), actual.getWidth());
    assertEquals(expected.getHeight(), actual.getHeight());
    for (int row = 0; row < expected.getHeight(); row++) {
      for (int column = 0; column < expected.getWidth(); column++) {
        assertEquals(expected.getRGB(column, row), actual.getRGB(column, row));
      }
    }
  }

  String path(String name) {
    return work.resolve(name).toString();
  }

  List<String> names() throws IOException {
    try (var entries = Files.list(work)) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    }
  }
}
