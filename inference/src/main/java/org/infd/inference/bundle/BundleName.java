package org.infd.inference.bundle;

import java.nio.file.Path;
import java.util.Locale;

/** How a new bundle is called: a name for people and an id, which is the name of its folder. */
public final class BundleName {
  private static final int LONGEST_ID = 60;

  private BundleName() {}

  /** The name of a checkpoint's file without its ending: "My Model.pth" becomes "My Model". */
  public static String of(Path checkpoint) {
    var name = String.valueOf(checkpoint.getFileName());
    var plain = name.replaceFirst("\\.[A-Za-z0-9]{1,11}$", "").strip();
    return plain.isEmpty() ? "Model" : plain;
  }

  /**
   * An id from a name: "My Model" becomes "my-model".
   *
   * @return 1 to 60 of the characters a-z, 0-9 and -; "model" where the name has none of them
   */
  public static String id(String name) {
    var plain =
        name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-+|-+$", "");
    var id = plain.substring(0, Math.min(LONGEST_ID, plain.length()));
    return id.isEmpty() ? "model" : id;
  }
}
