package org.infd.app.models;

import java.nio.file.Path;
import java.util.List;
import org.infd.app.work.Bytes;

/**
 * A model of the catalog, as people are shown it.
 *
 * @param id the bundle's id; the folder's name where the manifest cannot be read
 * @param name what the user is shown
 * @param description what the model is; may be empty
 * @param embedded whether it came with the program; such a model cannot be removed
 * @param folder where it lies
 * @param bytes what it takes on disk
 * @param hash the SHA-256 of its manifest, empty where that cannot be read
 * @param makesPictures whether it can be chosen for making pictures
 * @param facts more to know, each with a name
 * @param problem why it cannot be used, a sentence; empty when it can
 */
public record ModelCard(
    String id,
    String name,
    String description,
    boolean embedded,
    Path folder,
    long bytes,
    String hash,
    boolean makesPictures,
    List<Fact> facts,
    String problem) {
  private static final int SHORT_HASH = 16;

  /** Copies the list. */
  public ModelCard {
    facts = List.copyOf(facts);
  }

  /** Something to know about a model, for example "Licence" and "Apache-2.0". */
  public record Fact(String name, String value) {}

  /** Whether it cannot be used. */
  public boolean isBroken() {
    return !problem.isEmpty();
  }

  /** The model in a line for a report of a fault: id, size, the begin of the hash, its problem. */
  public String summary() {
    return id
        + ", "
        + Bytes.text(bytes)
        + ", "
        + (hash.isEmpty() ? "no manifest" : hash.substring(0, Math.min(SHORT_HASH, hash.length())))
        + (isBroken() ? ", broken: " + problem : "");
  }
}
