package org.infd.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.zip.GZIPOutputStream;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.generation.FieldFile;
import org.infd.inference.guidance.Layout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What downloads leave that went wrong, under the names of files that the program reads. */
class ForeignFileTest {
  private static final Map<String, String> DOWNLOADS =
      Map.of(
          "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 3\n",
          "git lfs pull",
          "\n\n <html lang=en><head><title>404",
          "is a web page",
          "<!-- saved -->\r\n<!DOCTYPE html>\r\n<HTML>",
          "is a web page",
          "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>",
          "is an XML text",
          "\0".repeat(4000),
          "nothing but zeros",
          "BZh91AY&SY\u00e4",
          "bzip2");

  @TempDir Path folder;

  @Test
  void everyReaderNamesThem() throws IOException {
    for (var download : DOWNLOADS.entrySet()) {
      var bytes = download.getKey().getBytes(StandardCharsets.UTF_8);
      assertSaid(bytes, download.getValue());
    }
    var packed = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(packed)) {
      gzip.write("{}".getBytes(StandardCharsets.UTF_8));
    }
    assertSaid(packed.toByteArray(), "gzip");
  }

  private void assertSaid(byte[] bytes, String words) throws IOException {
    var field = Files.write(folder.resolve("x.infd"), bytes);
    var layout = Files.write(folder.resolve("layout.json"), bytes);
    Files.write(folder.resolve(ModelBundle.MANIFEST), bytes);
    assertContains(field, FieldFile::read, words, "not a field file");
    assertContains(layout, Layout::read, words, "not a layout");
    assertContains(folder, ModelBundle::open, words, "not the description of a model");
  }

  private static void assertContains(
      Path file, Function<Path, ?> reader, String words, String not) {
    var said = assertThrows(Problem.class, () -> reader.apply(file)).getMessage();
    assertTrue(said.contains(words), said);
    assertTrue(said.contains(not), said);
    assertFalse(said.contains("Import the model again"), said);
  }

  @Test
  void textsAreToldFromJson() {
    assertEquals(Optional.of(ForeignFile.JSON), of(" {\"error\": 1}"));
    assertEquals(Optional.of(ForeignFile.JSON), of("\ufeff[1]"));
    assertEquals(Optional.of(ForeignFile.TEXT), of("Access denied\n"));
    assertEquals(Optional.of(ForeignFile.TEXT), of("Zugriff verweigert: Schlüssel fehlt"));
    assertEquals(Optional.empty(), of(""));
    assertEquals(Optional.empty(), of("\1\2\3"));
    assertEquals(Optional.empty(), of("\0"));
  }

  private static Optional<ForeignFile> of(String text) {
    return ForeignFile.of(text.getBytes(StandardCharsets.UTF_8));
  }
}
