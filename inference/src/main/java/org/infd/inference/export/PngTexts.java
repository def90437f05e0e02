package org.infd.inference.export;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.InflaterInputStream;
import org.infd.inference.export.PngChunks.Chunk;

/**
 * Reads the texts of PNG files of other programs, compressed ones too. Trusts nothing: a text that
 * is damaged, or longer than any that a person or program writes of a picture, counts as none.
 */
public final class PngTexts {
  /** The JSON of a large graph of nodes is some 100 kB. */
  private static final int LONGEST = 1 << 20;

  private PngTexts() {}

  /**
   * The texts under some keywords; of several under one, the first.
   *
   * @return without those that are not there; empty for anything that is no PNG
   * @throws IOException if the file cannot be read
   */
  public static Map<String, String> read(Path file, Set<String> keywords) throws IOException {
    var texts = new HashMap<String, String>();
    try (var stream = new BufferedInputStream(Files.newInputStream(file))) {
      PngChunks.read(
          stream,
          chunk -> {
            if (chunk.isText() && keywords.contains(chunk.keyword())) {
              text(chunk).ifPresent(text -> texts.putIfAbsent(chunk.keyword(), text));
            }
          });
    }
    return texts;
  }

  private static Optional<String> text(Chunk chunk) {
    var content = chunk.content();
    int at = chunk.keyword().length() + 1;
    return switch (chunk.type()) {
      case "tEXt" -> plain(content, at);
      case "zTXt" ->
          // the only method there is
          has(content, at) && content[at] == 0
              ? inflated(content, at + 1)
                  .map(bytes -> new String(bytes, StandardCharsets.ISO_8859_1))
              : Optional.empty();
      default -> international(content, at);
    };
  }

  /** Latin-1 by the standard; some programs write UTF-8 all the same, which is not mistaken. */
  private static Optional<String> plain(byte[] content, int at) {
    if (at > content.length) {
      return Optional.empty();
    }
    var bytes = Arrays.copyOfRange(content, at, content.length);
    var text = new String(bytes, StandardCharsets.UTF_8);
    return Optional.of(
        text.indexOf('\ufffd') < 0 ? text : new String(bytes, StandardCharsets.ISO_8859_1));
  }

  private static Optional<String> international(byte[] content, int at) {
    if (!has(content, at + 1) || content[at + 1] != 0) {
      return Optional.empty();
    }
    boolean isCompressed = content[at] == 1;
    int text = at + 2;
    // a language and a translated keyword, which may both be empty
    for (int ends = 0; ends < 2; text++) {
      if (!has(content, text)) {
        return Optional.empty();
      }
      ends += content[text] == 0 ? 1 : 0;
    }
    var bytes =
        isCompressed
            ? inflated(content, text)
            : Optional.of(Arrays.copyOfRange(content, text, content.length));
    return bytes.map(found -> new String(found, StandardCharsets.UTF_8));
  }

  private static boolean has(byte[] content, int at) {
    return at < content.length;
  }

  private static Optional<byte[]> inflated(byte[] content, int at) {
    try (var in =
        new InflaterInputStream(new ByteArrayInputStream(content, at, content.length - at))) {
      var bytes = in.readNBytes(LONGEST + 1);
      return bytes.length > LONGEST ? Optional.empty() : Optional.of(bytes);
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
