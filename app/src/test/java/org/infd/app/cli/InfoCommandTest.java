package org.infd.app.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InfoCommandTest {
  private static final int AFTER_HEADER = 33;

  @TempDir private Path folder;
  private String out = "";
  private String err = "";

  private int run(String... arguments) {
    var results = new StringWriter();
    var problems = new StringWriter();
    var terminal = new Terminal(new PrintWriter(results), new PrintWriter(problems), false);
    var line =
        new CommandLineInterface(
            new FakeServices(folder), (_, _) -> {}, terminal, folder.resolve("logs"));
    int code = line.run(arguments);
    out = results.toString();
    err = problems.toString();
    return code;
  }

  /** A PNG with a text. */
  private Path png(String name, String text) throws IOException {
    var bytes = new ByteArrayOutputStream();
    ImageIO.write(new BufferedImage(2, 2, BufferedImage.TYPE_INT_RGB), "png", bytes);
    var plain = bytes.toByteArray();
    var content = ("tEXtparameters\0" + text).getBytes(StandardCharsets.ISO_8859_1);
    var crc = new CRC32();
    crc.update(content);
    var whole =
        ByteBuffer.allocate(plain.length + content.length + 8)
            .put(plain, 0, AFTER_HEADER)
            .putInt(content.length - 4)
            .put(content)
            .putInt((int) crc.getValue())
            .put(plain, AFTER_HEADER, plain.length - AFTER_HEADER);
    return Files.write(folder.resolve(name), whole.array());
  }

  @Test
  void theWordsOfAnotherProgramAreTold() throws IOException {
    var file =
        png(
            "a.png",
            "a lake\n"
                + "Negative prompt: people\n"
                + "Steps: 28, Sampler: LMS Karras, CFG scale: 6.5, Seed: 9, Model: dream");
    assertEquals(0, run("info", file.toString()), err);
    assertTrue(out.contains("prompt:            a lake"), out);
    assertTrue(out.contains("negative prompt:   people"), out);
    assertTrue(out.contains("seed:              9"), out);
    assertTrue(out.contains("steps:             28"), out);
    assertTrue(out.contains("guidance:          6.5"), out);
    assertTrue(out.contains("means nothing here: Model: dream, sampler: LMS Karras"), out);
  }

  @Test
  void whatSaysNothingAndWhatIsNotThereFail() throws IOException {
    assertEquals(1, run("info", png("b.png", "any text").toString()));
    assertTrue(err.contains("no recipe"), err);
    assertEquals(1, run("info", folder.resolve("nothing.png").toString()));
    assertTrue(err.contains("There is no file"), err);
    assertEquals(2, run("info"));
  }
}
