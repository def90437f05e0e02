package org.infd.inference.text;

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
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.infd.inference.Problem;
import org.junit.jupiter.api.Test;

/** Against what the official tokenizer made of many texts. */
class ClipTokenizerTest {
  private static final Path OWN = Path.of("src/test/resources/clip-tiny").toAbsolutePath();

  @Test
  void agreesWithTheOfficialTokenizer() throws IOException {
    var result = TokenizerCases.check(OWN);
    System.out.println(result.summary());
    assertTrue(result.demanded() > 0);
    assertEquals(List.of(), result.wrong());
    assertTrue(result.repaired() >= result.repairs() - 1, "all but the one of a wrong code page");
  }

  private static byte[] merges() throws IOException {
    return Files.readAllBytes(OWN.resolve("merges.txt.gz"));
  }

  private static ClipTokenizer tokenizer(int context) throws IOException {
    return ClipTokenizer.read("merges", merges(), 574, context);
  }

  @Test
  void whatDoesNotFitIsSaid() throws IOException {
    var tokens = tokenizer(6).encode("Snow on the summit, &amp; a Lake");
    assertArrayEquals(new long[] {572, 544, 540, 513, 571, 573}, tokens.row().toArray());
    assertEquals(6, tokens.used());
    assertEquals(", & a lake", tokens.cut());
    var fitting = tokenizer(6).encode("snow on the summit");
    assertFalse(fitting.isCut());
    assertEquals("", tokenizer(7).encode("snow on the summit").cut());
    assertEquals(0, tokenizer(7).encode("snow on the summit").row().toArray()[6]);
    // half of a word fits: the word is named whole
    assertEquals("xyxyxyxy", tokenizer(6).encode("snow xyxyxyxy").cut());
    assertArrayEquals(new long[] {572, 573}, tokenizer(2).encode("snow").row().toArray());
  }

  @Test
  void theEndMarkerMayFillTheRow() throws IOException {
    var padded = tokenizer(8).paddedWithEnd().encode("snow");
    assertArrayEquals(new long[] {572, 544, 573, 573, 573, 573, 573, 573}, padded.row().toArray());
    assertEquals(3, padded.used());
  }

  @Test
  void mergesHaveOneTextWhateverFileTheyCameIn() throws IOException {
    var plain = ClipTokenizer.plainMerges(merges(), 574);
    var lines = new String(plain, StandardCharsets.UTF_8).lines().toList();
    assertEquals("#version: 0.2", lines.getFirst());
    assertEquals(574 - 514 + 1, lines.size());
    assertArrayEquals(plain, ClipTokenizer.plainMerges(plain, 574));
    var windows =
        new String(plain, StandardCharsets.UTF_8)
            .replace("#version: 0.2", "\"other header\"")
            .replace("\n", "\r\n");
    assertArrayEquals(
        plain,
        ClipTokenizer.plainMerges((windows + "x y\n").getBytes(StandardCharsets.UTF_8), 574));
    assertThrows(Problem.class, () -> ClipTokenizer.plainMerges(plain, 600));
  }

  @Test
  void halfASurrogatePairIsReplaced() throws IOException {
    var tokenizer = tokenizer(77);
    var expected = tokenizer.ids("lake \ufffd");
    assertArrayEquals(expected, tokenizer.ids("lake \ud83c"));
    assertArrayEquals(expected, tokenizer.ids("lake \udfd4"));
    assertArrayEquals(expected, tokenizer.ids("lake &#xd83c;"));
    assertArrayEquals(tokenizer.ids("\ufffd\ufffd"), tokenizer.ids("\ud83c\u0000\udfd4"));
  }

  @Test
  void anyTextHasTokens() throws IOException {
    var tokenizer = tokenizer(77);
    var random = new java.util.Random(4);
    for (int round = 0; round < 300; round++) {
      var text = new StringBuilder();
      for (int i = 0; i < 40; i++) {
        text.append((char) (random.nextInt(4) == 0 ? random.nextInt(65536) : random.nextInt(128)));
      }
      var ids = tokenizer.ids(text.toString());
      assertTrue(Arrays.stream(ids).allMatch(id -> id >= 0 && id <= tokenizer.endId()));
    }
    var long1 = "mountain".repeat(20_000);
    assertTrue(tokenizer.encode(long1).isCut());
    assertTrue(tokenizer.encode("<" + "!".repeat(100_000)).isCut());
  }

  @Test
  void theLanguageOfTheMachineDoesNotMatter() throws IOException {
    var usual = java.util.Locale.getDefault();
    try {
      java.util.Locale.setDefault(java.util.Locale.of("tr"));
      assertEquals("mist i\u0307 \u03bf\u03c3\u03c2", ClipTokenizer.clean("MIST İ ΟΣΣ"));
    } finally {
      java.util.Locale.setDefault(usual);
    }
  }

  @Test
  void plainTextAndLinesBeyondTheVocabularyAreTaken() throws IOException {
    String text;
    try (var in = new GZIPInputStream(Files.newInputStream(OWN.resolve("merges.txt.gz")))) {
      text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    var sentence = "it's the hiker's rope on the mountain";
    var expected = tokenizer(77).ids(sentence);
    for (var variant :
        List.of(
            text, text + "\n", text.replace("\n", "\r\n"), text + "\nz z\nz z z not two fields")) {
      var bytes = variant.getBytes(StandardCharsets.UTF_8);
      assertArrayEquals(expected, ClipTokenizer.read("m", bytes, 574, 77).ids(sentence));
    }
  }

  @Test
  void aWrongVocabularyIsASentence() throws IOException {
    var more = problem(merges(), 49_408);
    assertTrue(more.contains("holds 60 merges") && more.contains("48894"), more);
    var prose = "A header\nand a line of words".getBytes(StandardCharsets.UTF_8);
    assertTrue(problem(prose, 515).contains("no list of merges"));
    assertTrue(problem(Arrays.copyOf(merges(), 100), 574).contains("cannot be unpacked"));
    assertTrue(problem(new byte[0], 515).contains("holds 0 merges"));
    assertTrue(problem(merges(), 200).contains("200 tokens"));
    var bomb = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(bomb)) {
      for (int i = 0; i < 1100; i++) {
        gzip.write(new byte[1 << 16]);
      }
    }
    assertTrue(problem(bomb.toByteArray(), 515).contains("holds 0 merges"));
  }

  private static String problem(byte[] file, int vocabulary) {
    return assertThrows(Problem.class, () -> ClipTokenizer.read("vocab.gz", file, vocabulary, 77))
        .getMessage();
  }
}
