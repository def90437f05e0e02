package org.infd.exporter;

import java.nio.file.Path;
import org.infd.inference.Problem;

/**
 * A text tower's merges are neither with the model nor named: the user has to say where they are.
 */
public final class MissingMerges extends Problem {
  MissingMerges(Path model) {
    super(
        "The merges by which texts become tokens are not in "
            + model
            + " and not beside it: add --vocab FILE. "
            + VocabularyFile.WHERE);
  }
}
