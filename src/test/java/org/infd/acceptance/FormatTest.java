package org.infd.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Every Java file is formatted by google-java-format. Run with {@code -Dinfd.format=fix} to have
 * the files rewritten instead of reported.
 */
class FormatTest {
  private static final List<String> SOURCES =
      List.of(
          "inference/src",
          "exporter/src",
          "app/src",
          "src/test/java",
          "src/bench/java",
          "installers");

  @Test
  void sourcesAreFormatted() throws IOException, FormatterException {
    var root = Path.of(System.getProperty("infd.root", "../.."));
    boolean fix = "fix".equals(System.getProperty("infd.format"));
    var unformatted = new ArrayList<Path>();
    var formatter = new Formatter(JavaFormatterOptions.defaultOptions());
    int seen = 0;
    for (var folder : SOURCES) {
      List<Path> files;
      try (var walk = Files.walk(root.resolve(folder))) {
        files = walk.filter(f -> f.toString().endsWith(".java")).sorted().toList();
      }
      for (var file : files) {
        seen++;
        var text = Files.readString(file);
        var formatted =
            formatter.formatSource(
                RemoveUnusedImports.removeUnusedImports(
                    ImportOrderer.reorderImports(text, JavaFormatterOptions.Style.GOOGLE)));
        if (!formatted.equals(text)) {
          unformatted.add(root.relativize(file));
          if (fix) {
            Files.writeString(file, formatted);
          }
        }
      }
    }
    if (!fix) {
      assertEquals(List.of(), unformatted, "run the formatter: see 'Format' in CONTRIBUTING.md");
    }
    assertEquals(true, seen > 40, "only " + seen + " files were found below " + root);
  }
}
