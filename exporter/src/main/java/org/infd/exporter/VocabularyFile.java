package org.infd.exporter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.infd.exporter.network.ConditionSettings;
import org.infd.exporter.network.InfdGraphs;
import org.infd.exporter.torch.Checkpoint;
import org.infd.inference.Problem;
import org.infd.inference.bundle.Manifest;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.text.ClipTokenizer;
import org.jspecify.annotations.Nullable;

/** The merges by which a model's texts become tokens, on the way from a checkpoint to a bundle. */
final class VocabularyFile {
  private static final String GZIP = "merges.txt.gz";
  private static final String PLAIN = "merges.txt";

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
  static @Nullable VocabularyFile of(Checkpoint checkpoint, ConditionSettings condition) {
    var text = condition.text();
    var tensor = checkpoint.stateDict().get(InfdGraphs.MERGES);
    if (text == null || tensor == null) {
      return null;
    }
    if (tensor.elements() > LARGEST) {
      throw new Problem(
          checkpoint.path()
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

  private String name() {
    return bytes.length > 1 && bytes[0] == 0x1f ? GZIP : PLAIN;
  }

  /** How the manifest names it. */
  Manifest.Vocabulary entry() {
    return new Manifest.Vocabulary(name(), ModelBundle.sha256(bytes), tokens);
  }

  /** Writes it into a bundle. */
  void write(Path folder) throws IOException {
    Files.write(folder.resolve(name()), bytes);
  }
}
