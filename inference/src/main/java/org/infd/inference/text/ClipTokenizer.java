package org.infd.inference.text;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.infd.inference.Problem;
import org.infd.inference.tensor.LongTensor;

/**
 * The tokenizer of CLIP (docs/spec/clip.md 8): cleans a text, splits it into words, numbers and
 * signs, and encodes each by byte pairs. Every text has tokens. Immutable and thread-safe.
 */
public final class ClipTokenizer {
  private static final String START = "<|startoftext|>";
  private static final String END = "<|endoftext|>";

  /** No released model reads more than 77. */
  private static final int LONGEST_CONTEXT = 1 << 16;

  private static final Pattern SPACES = Pattern.compile("\\p{IsWhite_Space}+");

  private static final Pattern OUTER_SPACES =
      Pattern.compile("^[\\p{IsWhite_Space}\\x1c-\\x1f]+|[\\p{IsWhite_Space}\\x1c-\\x1f]+$");

  /** Possessive, so that a text of any length needs no memory for going back. */
  private static final Pattern PIECES =
      Pattern.compile(
          "<\\|startoftext\\|>|<\\|endoftext\\|>|'(?:s|t|re|ve|m|ll|d)|\\p{L}++|\\p{N}"
              + "|[^\\p{IsWhite_Space}\\p{L}\\p{N}]++",
          Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);

  private final BytePairs pairs;
  private final int contextLength;
  private final boolean endsRepeat;

  private ClipTokenizer(BytePairs pairs, int contextLength, boolean endsRepeat) {
    this.pairs = pairs;
    this.contextLength = contextLength;
    this.endsRepeat = endsRepeat;
  }

  /** The same, whose rows are filled up with the end marker in place of token 0. */
  public ClipTokenizer paddedWithEnd() {
    return new ClipTokenizer(pairs, contextLength, true);
  }

  /**
   * A tokenizer with the merges of a file, gzip or plain text: a header line, then one merge a
   * line. Lines beyond the vocabulary are ignored, as the official reader does.
   *
   * @param name how messages call the file
   * @param merges its bytes
   * @param vocabulary how many tokens the text network knows
   * @param contextLength how many tokens it takes, both markers counted
   * @throws Problem if the file is no list of merges or has too few for the network
   */
  public static ClipTokenizer read(String name, byte[] merges, int vocabulary, int contextLength) {
    if (vocabulary < BytePairs.fixedIds() || contextLength < 2 || contextLength > LONGEST_CONTEXT) {
      throw new Problem(
          "A text network of "
              + vocabulary
              + " tokens and a context of "
              + contextLength
              + " cannot be: every byte and two markers need a token. The model is damaged; import"
              + " it again.");
    }
    int wanted = vocabulary - BytePairs.fixedIds();
    return new ClipTokenizer(BytePairs.read(name, merges, wanted), contextLength, false);
  }

  /**
   * The merges of a file that a vocabulary needs, as plain text in UTF-8: the same bytes for every
   * file that gives the same tokens.
   *
   * @param merges the bytes of a file, gzip or plain
   * @param vocabulary how many tokens the text network knows
   * @throws Problem if the file is no list of merges or has too few
   */
  public static byte[] plainMerges(byte[] merges, int vocabulary) {
    return BytePairs.plain("The list of merges", merges, vocabulary - BytePairs.fixedIds())
        .getBytes(StandardCharsets.UTF_8);
  }

  /** The id of the start marker. */
  public int startId() {
    return pairs.size();
  }

  /** The id of the end marker, the highest of all. */
  public int endId() {
    return pairs.size() + 1;
  }

  /** How many tokens a row has, both markers and padding counted. */
  public int contextLength() {
    return contextLength;
  }

  /**
   * The text that is encoded: repaired, HTML references resolved twice, runs of white space made
   * one space, lower case. The markers may stand in it, spelt out; they become the markers' ids.
   */
  public static String clean(String text) {
    var repaired = TextRepair.repair(text);
    var plain = HtmlReferences.unescape(HtmlReferences.unescape(repaired));
    var spaced = SPACES.matcher(strip(plain)).replaceAll(" ");
    return strip(spaced).toLowerCase(Locale.ROOT);
  }

  private static String strip(String text) {
    return OUTER_SPACES.matcher(text).replaceAll("");
  }

  /**
   * The tokens of a text without markers and limit.
   *
   * @return ids, empty for an empty text
   */
  public int[] ids(String text) {
    var matcher = PIECES.matcher(clean(text));
    var ids = new int[16];
    int count = 0;
    while (matcher.find()) {
      var piece = ids(matcher);
      ids = Arrays.copyOf(ids, Math.max(ids.length, 2 * (count + piece.length)));
      System.arraycopy(piece, 0, ids, count, piece.length);
      count += piece.length;
    }
    return Arrays.copyOf(ids, count);
  }

  /**
   * A word, number or run of signs of a text with its tokens.
   *
   * @param text as it is after cleaning
   * @param ids one or more
   */
  record Word(String text, List<Integer> ids) {}

  /** The words of a text, whose tokens one behind the other are {@link #ids(String)}. */
  List<Word> words(String text) {
    var matcher = PIECES.matcher(clean(text));
    var words = new ArrayList<Word>();
    while (matcher.find()) {
      words.add(new Word(matcher.group(), Arrays.stream(ids(matcher)).boxed().toList()));
    }
    return words;
  }

  /**
   * The row of a text. What is too long is cut, and said in the result.
   *
   * @param text any text; may be empty
   */
  public Tokens encode(String text) {
    var cleaned = clean(text);
    var matcher = PIECES.matcher(cleaned);
    var row = new long[contextLength];
    row[0] = startId();
    int used = 1;
    var cut = "";
    while (cut.isEmpty() && matcher.find()) {
      var piece = ids(matcher);
      int room = contextLength - 1 - used;
      for (int i = 0; i < Math.min(room, piece.length); i++) {
        row[used++] = piece[i];
      }
      if (piece.length > room) {
        cut = cleaned.substring(matcher.start());
      }
    }
    row[used++] = endId();
    if (endsRepeat) {
      Arrays.fill(row, used, contextLength, endId());
    }
    return new Tokens(LongTensor.of(row, 1, contextLength), used, cut);
  }

  private int[] ids(java.util.regex.Matcher piece) {
    return switch (piece.group()) {
      case START -> new int[] {startId()};
      case END -> new int[] {endId()};
      case String other -> pairs.encode(other);
    };
  }
}
