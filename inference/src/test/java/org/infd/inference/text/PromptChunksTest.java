package org.infd.inference.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.stream.Collectors;
import org.infd.inference.tensor.Tensor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Prompts cut into chunks, and states with weights in them. */
class PromptChunksTest {
  private static final int MOST = 16;
  private byte[] merges = {};

  @BeforeEach
  void readMerges() throws IOException {
    merges =
        Files.readAllBytes(Path.of("src/test/resources/clip-tiny/merges.txt.gz").toAbsolutePath());
  }

  private ClipTokenizer tokenizer(int context) {
    return ClipTokenizer.read("merges", merges, 574, context);
  }

  private PromptChunks chunks(String text, int context, int most) {
    return WrittenPrompt.read(text, (choice, sides) -> 0).chunks(tokenizer(context), most);
  }

  /** The letters and signs of each chunk, a chunk in [ ], padding left out. */
  private String told(PromptChunks chunks, int context) {
    var names = new HashMap<Long, String>();
    for (var name : "a b c d e f g h i j k l m n o p q r s t u v w x y z ,".split(" ")) {
      names.put((long) tokenizer(context).ids(name)[0], name);
    }
    return chunks.chunks().stream()
        .map(
            chunk -> {
              var row = chunk.row().toArray();
              assertEquals(context, row.length);
              assertEquals(tokenizer(context).startId(), row[0]);
              assertEquals(tokenizer(context).endId(), row[1 + chunk.tokens()]);
              var told = new StringBuilder("[");
              for (int i = 1; i <= chunk.tokens(); i++) {
                told.append(names.get(row[i]));
              }
              return told.append(']');
            })
        .collect(Collectors.joining());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        // six tokens fit
        "; []",
        "a; [a]",
        "a b c d e f; [abcdef]",
        "a b c d e f g; [abcdef][g]",
        "a b c d e f g h i j k l m; [abcdef][ghijkl][m]",
        // what follows the last comma goes on
        "a, b c d e f; [a,][bcdef]",
        "a, b c d; [a,bcd]",
        "a, b c d e f, g; [a,][bcdef,][g]",
        "a b, c, d e f; [ab,c,][def]",
        // a comma that does not fit any more begins a chunk
        "a b c d e f, g; [abcdef][,g]",
        "a b c d e, f; [abcde,][f]",
        ", , , , , , ,; [,,,,,,][,]",
        // ends of chunks
        "a BREAK b; [a][b]",
        "BREAK a; [][a]",
        "a BREAK; [a]",
        "a BREAK BREAK b; [a][][b]",
        "a, b BREAK c d e f g h i; [a,b][cdefgh][i]",
        "(a BREAK b:1.2) c; [a][bc]"
      })
  void promptsAreCut(String text, String expected) {
    assertEquals(expected, told(chunks(text == null ? "" : text, 8, MOST), 8));
  }

  @Test
  void aCommaFurtherBackThanTwentyTokensCutsNothing() {
    var letters = "a b c d e f g h i j k l m n o p q r s t u v w x y z a b c d e f";
    assertEquals(30, chunks("a, " + letters, 32, MOST).chunks().getFirst().tokens());
    // the comma is the eleventh of thirty tokens: twenty with it
    var near = chunks("a b c d e f g h i j, " + letters, 32, MOST);
    assertEquals(List.of(11, 30, 2), near.chunks().stream().map(PromptChunk::tokens).toList());
    var far = chunks("a b c d e f g h i, " + letters, 32, MOST);
    assertEquals(List.of(30, 12), far.chunks().stream().map(PromptChunk::tokens).toList());
  }

  @Test
  void whatIsTooLongIsCut() {
    var cut = chunks("a b c d e f g h i", 5, 2);
    assertEquals("[abc][def]", told(cut, 5));
    assertEquals("g h i", cut.cut());
    // the last chunk is filled, whether there is a comma in it or not
    assertEquals("[abc][d,e]", told(chunks("a b c d, e f", 5, 2), 5));
    assertEquals("f", chunks("a b c d, e f", 5, 2).cut());
    assertEquals("c", chunks("a BREAK b BREAK c", 5, 2).cut());
    assertEquals("", chunks("a BREAK b BREAK", 5, 2).cut());
    assertEquals("g:1.2) {h|i}", chunks("a b c d e f (g:1.2) {h|i}", 5, 2).cut());
    assertEquals("a b", chunks("a b", 2, MOST).cut());
  }

  @Test
  void onePlainChunkIsTheRowOfTheText() {
    for (var text :
        List.of("", "Snow on the summit, &amp; a Lake", "it's 7:30, 8 peaks!", "schÃ¶n")) {
      var chunks = chunks(text, 77, MOST);
      assertEquals(1, chunks.chunks().size());
      assertArrayEquals(
          tokenizer(77).encode(text).row().toArray(), chunks.chunks().getFirst().row().toArray());
      var states = Tensor.zeros(1, 77, 2);
      assertSame(states, chunks.chunks().getFirst().weighed(states));
    }
  }

  @Test
  void chunksKnowWhereTheyWereWritten() {
    var text = "{x|y} (a:1.2) B c, D e f";
    var chunks = chunks(text, 8, MOST).chunks();
    assertEquals(2, chunks.size());
    assertEquals(1, chunks.getFirst().origin());
    assertEquals(text.indexOf('D'), chunks.getLast().origin());
    assertEquals(-1, chunks("BREAK a", 8, MOST).chunks().getFirst().origin());
  }

  @Test
  void chunksOfNothingFillUp() {
    var filled = chunks("a", 8, MOST).filledUpTo(3, tokenizer(8));
    assertEquals("[a][][]", told(filled, 8));
    assertEquals(1, filled.tokens());
  }

  @Test
  void weightsMultiplyStatesAndTheMeanStays() {
    // start, a, b, end
    var chunk = chunks("(a:2) b", 4, MOST).chunks().getFirst();
    var states = Tensor.of(new float[] {1, 3, 2, 6, 4, 0, 5, 3}, 1, 4, 2);
    // 2 and 6 twice: the sum goes from 24 to 32, and all is scaled by 0.75
    assertArrayEquals(
        new float[] {0.75f, 2.25f, 3, 9, 3, 0, 3.75f, 2.25f},
        chunk.weighed(states).toArray(),
        1e-6f);
    assertArrayEquals(new float[] {1, 3, 2, 6, 4, 0, 5, 3}, states.toArray(), "the input stays");
  }

  @Test
  void everyTokenHasTheWeightOfItsWord() {
    var chunk = chunks("a (b, c:1.5) [d]", 10, MOST).chunks().getFirst();
    var expected = new float[] {1, 1, 1.5f, 1.5f, 1.5f, (float) (1 / 1.1), 1, 1, 1, 1};
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], chunk.weight(i), "position " + i);
    }
  }

  @Test
  void aMeanOfNothingScalesNothing() {
    var chunk = chunks("(a:2) b", 4, MOST).chunks().getFirst();
    var none = Tensor.of(new float[] {1, -1, 2, -2, 0, 0, 0, 0}, 1, 4, 2);
    assertArrayEquals(new float[] {1, -1, 4, -4, 0, 0, 0, 0}, chunk.weighed(none).toArray());
    var vanishing = Tensor.of(new float[] {-4, 0, 1, 1, 0, 0, 0, 0}, 1, 4, 2);
    assertTrue(chunk.weighed(vanishing).isFinite());
  }
}
