package org.infd.inference.text;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.infd.inference.Problem;
import org.jspecify.annotations.Nullable;

/**
 * Byte-pair encoding with CLIP's numbering (docs/spec/clip.md 8.1, 8.4): 256 bytes, the same at the
 * end of a word, and one id for each merge. Immutable.
 */
final class BytePairs {
  private static final int BYTES = 256;

  /** Ids before the first merge. */
  private static final int FIRST_MERGE = 2 * BYTES;

  private static final String END_OF_WORD = "</w>";

  /** The official file unpacks to 3 MB, of which the first fifth is used. */
  private static final int LARGEST = 64 << 20;

  /** Id of each byte; the printable ones come first. */
  private static final int[] ID_OF_BYTE = new int[BYTES];

  /** The character that stands for each byte in a merges file. */
  private static final char[] CHARACTER_OF_BYTE = new char[BYTES];

  static {
    int printable = 0;
    int other = 0;
    for (int b = 0; b < BYTES; b++) {
      if (isPrintable(b)) {
        ID_OF_BYTE[b] = printable++;
        CHARACTER_OF_BYTE[b] = (char) b;
      }
    }
    for (int b = 0; b < BYTES; b++) {
      if (!isPrintable(b)) {
        ID_OF_BYTE[b] = printable + other;
        CHARACTER_OF_BYTE[b] = (char) (BYTES + other++);
      }
    }
  }

  /** How two neighbouring symbols become one. */
  private record Merge(int rank, int left, int right, int id) {}

  private final Map<Long, Merge> merges;
  private final int count;

  private BytePairs(Map<Long, Merge> merges, int count) {
    this.merges = merges;
    this.count = count;
  }

  private static boolean isPrintable(int b) {
    return (b >= 33 && b <= 126) || (b >= 161 && b <= 172) || b >= 174;
  }

  /**
   * The merges that are taken of a file, as plain text: a header line, then one a line.
   *
   * @param name how messages call the file
   * @param wanted how many merges to take
   * @throws Problem if it is no such file or holds fewer
   */
  static String plain(String name, byte[] file, int wanted) {
    read(name, file, wanted);
    return lines(name, file).stream()
        .skip(1)
        .filter(line -> !line.isBlank())
        .limit(wanted)
        .map(line -> line.strip() + "\n")
        .collect(Collectors.joining("", "#version: 0.2\n", ""));
  }

  /**
   * Reads a merges file: a header line, then one merge a line, gzip or plain.
   *
   * @param name how messages call the file
   * @param wanted how many merges to take; what follows them is ignored
   * @throws Problem if it is no such file or holds fewer
   */
  static BytePairs read(String name, byte[] file, int wanted) {
    var lines = lines(name, file);
    var pairs = lines.stream().skip(1).filter(line -> !line.isBlank()).limit(wanted).toList();
    if (pairs.size() < wanted) {
      throw new Problem(
          "The vocabulary "
              + name
              + " holds "
              + pairs.size()
              + " merges, and the text network needs "
              + wanted
              + ". Use the file that belongs to the network.");
    }
    var ids = alphabet();
    var halves = pairs.stream().map(pair -> halves(name, pair)).toList();
    for (int rank = 0; rank < wanted; rank++) {
      ids.put(String.join("", halves.get(rank)), FIRST_MERGE + rank);
    }
    var merges = new HashMap<Long, Merge>();
    for (int rank = 0; rank < wanted; rank++) {
      var left = ids.get(halves.get(rank).get(0));
      var right = ids.get(halves.get(rank).get(1));
      var whole = ids.get(String.join("", halves.get(rank)));
      // a merge of symbols that nothing makes can never happen
      if (left != null && right != null && whole != null) {
        merges.put(pair(left, right), new Merge(rank, left, right, whole));
      }
    }
    return new BytePairs(merges, wanted);
  }

  private static List<String> lines(String name, byte[] file) {
    boolean packed = file.length > 2 && file[0] == 0x1f && (file[1] & 0xff) == 0x8b;
    try (InputStream in =
        packed
            ? new GZIPInputStream(new ByteArrayInputStream(file))
            : new ByteArrayInputStream(file)) {
      var text = new String(in.readNBytes(LARGEST), StandardCharsets.UTF_8);
      return Arrays.stream(text.split("\n")).map(BytePairs::withoutReturn).toList();
    } catch (IOException e) {
      throw new Problem(
          "The vocabulary " + name + " is damaged: it cannot be unpacked. Copy the file again.", e);
    }
  }

  private static String withoutReturn(String line) {
    return line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
  }

  private static List<String> halves(String name, String line) {
    var halves = List.of(line.split(" "));
    if (halves.size() != 2 || halves.contains("")) {
      throw new Problem(
          "The vocabulary "
              + name
              + " is no list of merges: '"
              + line.substring(0, Math.min(40, line.length()))
              + "' should be two symbols with a space between. Such files are usually called"
              + " bpe_simple_vocab_16e6.txt.gz or merges.txt.");
    }
    return halves;
  }

  private static Map<String, Integer> alphabet() {
    var ids = new HashMap<String, Integer>();
    for (int b = 0; b < BYTES; b++) {
      var symbol = Character.toString(CHARACTER_OF_BYTE[b]);
      ids.put(symbol, ID_OF_BYTE[b]);
      ids.put(symbol + END_OF_WORD, BYTES + ID_OF_BYTE[b]);
    }
    return ids;
  }

  private static long pair(int left, int right) {
    return (long) left << 32 | right;
  }

  /** How many ids there are without the two markers. */
  int size() {
    return FIRST_MERGE + count;
  }

  /** The ids that vocabularies hold besides their merges: bytes, bytes at an end, two markers. */
  static int fixedIds() {
    return FIRST_MERGE + 2;
  }

  /** The ids of one piece of text, which is the end of a word; at least one. */
  int[] encode(String piece) {
    var bytes = piece.getBytes(StandardCharsets.UTF_8);
    var ids = new int[bytes.length];
    Arrays.setAll(ids, i -> ID_OF_BYTE[bytes[i] & 0xff]);
    ids[ids.length - 1] += BYTES;
    int length = ids.length;
    for (var next = lowest(ids, length); next != null; next = lowest(ids, length)) {
      length = join(ids, length, next);
    }
    return Arrays.copyOf(ids, length);
  }

  /** The merge of lowest rank among all neighbours, or null if none can be joined. */
  private @Nullable Merge lowest(int[] ids, int length) {
    Merge best = null;
    for (int i = 0; i + 1 < length; i++) {
      var merge = merges.get(pair(ids[i], ids[i + 1]));
      if (merge != null && (best == null || merge.rank < best.rank)) {
        best = merge;
      }
    }
    return best;
  }

  /** Joins all occurrences of a pair from left to right; returns the new length. */
  private static int join(int[] ids, int length, Merge merge) {
    int to = 0;
    for (int from = 0; from < length; to++) {
      boolean here = from + 1 < length && ids[from] == merge.left && ids[from + 1] == merge.right;
      ids[to] = here ? merge.id : ids[from];
      from += here ? 2 : 1;
    }
    return to;
  }
}
