package org.infd.inference.generation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.infd.inference.Problem;
import org.infd.inference.diffusion.PhiloxNoise;
import org.infd.inference.field.Rectangle;
import org.infd.inference.generation.Recipe.SamplerKind;
import org.junit.jupiter.api.io.TempDir;

/** Images and files for tests of field files. */
abstract class FieldFileCase {
  static final byte[] THUMBNAIL = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n', 1, 2, 3};

  @TempDir Path folder;

  static final Recipe PLAIN =
      Recipe.builder("mountains", "0123456789abcdef".repeat(4))
          .seed(-7)
          .steps(50)
          .sampler(SamplerKind.DDIM)
          .eta(0.5)
          .build();
  static final Recipe RICH =
      Recipe.builder("mountains", "0123456789abcdef".repeat(4))
          .seed(Long.MAX_VALUE)
          .steps(25)
          .sampler(SamplerKind.DPMPP)
          .classLabel(3)
          .prompt("a lake under \"Säntis\"")
          .negativePrompt("people")
          .guidanceScale(7.5)
          .build();

  static FieldImage image() {
    return FieldImage.of(new PhiloxNoise(1).start(1, 4, 8, 8), PLAIN);
  }

  static FieldImage layered() {
    return new FieldImage(
        List.of(
            new FieldImage.Layer(new PhiloxNoise(2).start(1, 2, 4, 4), PLAIN, null),
            new FieldImage.Layer(
                new PhiloxNoise(3).start(1, 2, 4, 4), RICH, new Rectangle(1, 0, 2, 3))));
  }

  static final DiveSettings DIVE =
      DiveSettings.of(
          new org.infd.inference.dive.DiveOptions(
              -1,
              0.4,
              0.5,
              8,
              64,
              Map.of(3, "bark of a pine"),
              Map.of(new org.infd.inference.dive.DiveKey(40, 1L << 47, 5), -7L)),
          512);

  static void assertSame(FieldImage expected, FieldImage actual) {
    assertEquals(expected.layers().size(), actual.layers().size());
    for (int i = 0; i < expected.layers().size(); i++) {
      var a = expected.layers().get(i);
      var b = actual.layers().get(i);
      assertArrayEquals(a.z().shape(), b.z().shape());
      assertArrayEquals(a.z().toArray(), b.z().toArray());
      assertEquals(a.recipe(), b.recipe());
      assertEquals(a.mask(), b.mask());
    }
  }

  /** The entries of a good file, to be spoiled. */
  Map<String, byte[]> entries() throws IOException {
    var file = folder.resolve("good.infd");
    FieldFile.write(file, image(), null);
    var entries = new LinkedHashMap<String, byte[]>();
    try (var zip = new ZipFile(file.toFile())) {
      for (var entry : java.util.Collections.list(zip.entries())) {
        try (var in = zip.getInputStream(entry)) {
          entries.put(entry.getName(), in.readAllBytes());
        }
      }
    }
    return entries;
  }

  Path write(Map<String, byte[]> entries) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(bytes)) {
      for (var entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue());
        zip.closeEntry();
      }
    }
    return Files.write(folder.resolve("test.infd"), bytes.toByteArray());
  }

  void assertRefused(Path file, String why) {
    var message = assertThrows(Problem.class, () -> FieldFile.read(file), why).getMessage();
    assertTrue(message.length() < 700 && message.contains("."), message);
    assertFalse(
        message.matches("(?s).*(Exception|Cannot|Feature|`|null|END header|java\\.|\\(\\)).*"),
        message);
  }

  Path withJson(String from, String to) throws IOException {
    var entries = entries();
    var json = new String(entries.get("field.json"), StandardCharsets.UTF_8);
    assertTrue(json.contains(from), json);
    entries.put("field.json", json.replace(from, to).getBytes(StandardCharsets.UTF_8));
    return write(entries);
  }
}
