package org.infd.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What sources and documents refer to is there: files by links, sections by their numbers. */
class DocumentsTest {
  private static final Path ROOT = Path.of(System.getProperty("infd.root", "../.."));
  private static final List<String> SOURCES =
      List.of("inference/src", "exporter/src", "app/src", "src/test/java", "src/bench/java");

  /** A document, and the sections that follow its name: {@code docs/spec/clip.md 5.1, 5.2}. */
  private static final Pattern REFERENCE =
      Pattern.compile(
          "docs/([\\w/-]+\\.md)((?:,? (?:and )?(?:section )?\\d+(?:\\.\\d+)*(?=[\\s,;.:)]))*)");

  private static final Pattern NUMBER = Pattern.compile("\\d+(?:\\.\\d+)*");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ (?:Section )?(\\d+(?:\\.\\d+)*)");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)(?:#[^)]*)?\\)");

  private static List<Path> files(Path folder, String ending) throws IOException {
    try (var walk = Files.walk(folder)) {
      return walk.filter(file -> file.toString().endsWith(ending))
          .filter(file -> !file.toString().contains("target"))
          .sorted()
          .toList();
    }
  }

  @Test
  void everySectionThatSourcesNameIsThere() throws IOException {
    var wrong = new ArrayList<String>();
    Map<String, Set<String>> sections = new HashMap<>();
    int seen = 0;
    for (var folder : SOURCES) {
      for (var file : files(ROOT.resolve(folder), ".java")) {
        // a reference may be broken by the end of a line of a comment
        var text = Files.readString(file).replaceAll("\\n\\s*(?:\\*|//) ?", " ");
        var matcher = REFERENCE.matcher(text);
        while (matcher.find()) {
          if (file.endsWith("DocumentsTest.java")) {
            continue;
          }
          seen++;
          var document = ROOT.resolve("docs").resolve(matcher.group(1));
          if (!Files.isRegularFile(document)) {
            wrong.add(file.getFileName() + ": no " + matcher.group());
            continue;
          }
          var there = sections.computeIfAbsent(matcher.group(1), _ -> headings(document));
          var numbers = NUMBER.matcher(matcher.group(2));
          while (numbers.find()) {
            if (!there.contains(numbers.group())) {
              wrong.add(file.getFileName() + ": no section in " + matcher.group());
            }
          }
        }
      }
    }
    assertEquals(List.of(), wrong);
    assertTrue(seen > 80, "only " + seen + " references were found");
  }

  private static Set<String> headings(Path document) {
    try {
      var found = new HashSet<String>();
      var matcher = HEADING.matcher(Files.readString(document));
      while (matcher.find()) {
        found.add(matcher.group(1));
      }
      return found;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void everyLinkOfTheDocumentsLeadsSomewhere() throws IOException {
    var documents = new ArrayList<>(files(ROOT.resolve("docs"), ".md"));
    documents.addAll(files(ROOT.resolve("assets"), ".md"));
    documents.add(ROOT.resolve("README.md"));
    documents.add(ROOT.resolve("CONTRIBUTING.md"));
    var wrong = new ArrayList<String>();
    for (var document : documents) {
      var matcher = LINK.matcher(Files.readString(document));
      while (matcher.find()) {
        if (!Files.exists(document.resolveSibling(matcher.group(1)))) {
          wrong.add(ROOT.relativize(document) + ": " + matcher.group(1));
        }
      }
    }
    assertEquals(List.of(), wrong);
  }
}
