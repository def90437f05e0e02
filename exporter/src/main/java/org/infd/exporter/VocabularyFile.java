package org.infd.exporter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.infd.exporter.network.ClipSettings;
import org.infd.exporter.network.ConditionSettings;
import org.infd.exporter.network.InfdGraphs;
import org.infd.inference.Problem;
import org.infd.inference.bundle.Manifest;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.text.ClipTokenizer;
import org.jspecify.annotations.Nullable;

/** The merges by which a model's texts become tokens, on the way from a checkpoint to a bundle. */
final class VocabularyFile {
  private static final String GZIP = "merges.txt.gz";
  private static final String PLAIN = "merges.txt";

  /** What a user who has not got the file should know. */
  static final String WHERE =
      "CLIP's texts become tokens by its list of merges, which model files do not hold: in the"
          + " official program the file clip/bpe_simple_vocab_16e6.txt.gz, on Hugging Face"
          + " merges.txt beside the model; for this project's own recipe clip/merges.txt.gz in the"
          + " work folder.";

  /** The official file has 1.3 MB. */
  private static final long LARGEST = 16 << 20;

  private final byte[] bytes;
  private final int tokens;

  private VocabularyFile(byte[] bytes, int tokens) {
    this.bytes = bytes;
    this.tokens = tokens;
  }

  /**
   * The merges in a checkpoint, after making sure that they belong to its text tower.
   *
   * @return null for a model without texts, or one whose merges are missing, which is told with all
   *     that is missing
   * @throws Problem if they are damaged or of another vocabulary
   */
  static @Nullable VocabularyFile of(ModelSource model, ConditionSettings condition) {
    var text = condition.text();
    var merges = model.merges();
    if (text != null && merges != null) {
      return of(merges, text).plain();
    }
    var tensor = model.contents().get(InfdGraphs.MERGES);
    if (text == null || tensor == null) {
      return null;
    }
    if (tensor.elements() > LARGEST) {
      throw new Problem(
          model.path()
              + " holds merges of "
              + tensor.elements()
              + " bytes, far more than any vocabulary has. Use the file as training wrote it.");
    }
    tensor.verify();
    var values = tensor.toLongs();
    var bytes = new byte[values.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) values[i];
    }
    var vocabulary = new VocabularyFile(bytes, text.vocabulary());
    ClipTokenizer.read(InfdGraphs.MERGES, bytes, text.vocabulary(), text.contextLength());
    return vocabulary;
  }

  /**
   * The merges that a user names for a text tower.
   *
   * @throws Problem if the file cannot be read, is no list of merges, or has too few
   */
  static VocabularyFile of(Path file, ClipSettings.Text text) {
    try {
      if (!Files.isRegularFile(file)) {
        throw new Problem("There is no file " + file + ". " + WHERE);
      }
      if (Files.size(file) > LARGEST) {
        throw new Problem(file + " is far larger than any list of merges. " + WHERE);
      }
      var bytes = Files.readAllBytes(file);
      try {
        ClipTokenizer.read(file.toString(), bytes, text.vocabulary(), text.contextLength());
      } catch (Problem e) {
        throw new Problem(e.getMessage() + " " + WHERE, e);
      }
      return new VocabularyFile(bytes, text.vocabulary());
    } catch (IOException e) {
      throw new Problem(file + " could not be read: " + e.getMessage(), e);
    }
  }

  /**
   * The same merges as the text that all their files hold: without compression, what no token
   * needs, and carriage returns. So a bundle does not depend on where they came from.
   */
  private VocabularyFile plain() {
    return new VocabularyFile(ClipTokenizer.plainMerges(bytes, tokens), tokens);
  }

  private String name() {
    return bytes.length > 1 && bytes[0] == 0x1f ? GZIP : PLAIN;
  }

  /** How the manifest names it under a name of its own. */
  Manifest.Vocabulary entry(String prefix) {
    return new Manifest.Vocabulary(prefix + name(), ModelBundle.sha256(bytes), tokens);
  }

  /** How the manifest names it. */
  Manifest.Vocabulary entry() {
    return new Manifest.Vocabulary(name(), ModelBundle.sha256(bytes), tokens);
  }

  /** Writes it to a file. */
  void write(Path file) throws IOException {
    Files.write(file, bytes);
  }
}
