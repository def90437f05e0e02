package org.infd.inference.export;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.infd.inference.StrictJson;
import tools.jackson.core.JacksonException;

/**
 * Finds the recipe in a folder of tiles of ours: in its description or its page. Trusts nothing.
 */
final class FolderText {
  /** A page with its viewer has a quarter of this, a description far less. */
  private static final int LARGEST = 1 << 20;

  private FolderText() {}

  /**
   * The recipe of a folder.
   *
   * @return empty if nothing in it is ours
   * @throws IOException if it cannot be read
   */
  static Optional<String> recipe(Path folder) throws IOException {
    try (var entries = Files.newDirectoryStream(folder, "{*.dzi,info.json,index.html}")) {
      for (var entry : entries) {
        var found = Files.isRegularFile(entry) ? inDescription(entry) : Optional.<String>empty();
        if (found.isPresent()) {
          return found;
        }
      }
    }
    return Optional.empty();
  }

  /** The recipe of a description or a page, known by its name. */
  static Optional<String> inDescription(Path file) throws IOException {
    var name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    boolean known = name.endsWith(".dzi") || name.endsWith(".html") || name.equals("info.json");
    if (!known || Files.size(file) > LARGEST) {
      return Optional.empty();
    }
    var bytes = Files.readAllBytes(file);
    if (name.endsWith(".dzi")) {
      return DeepZoomLayout.recipe(bytes);
    }
    return name.endsWith(".html") ? ViewerPage.recipe(bytes) : inInfo(bytes);
  }

  private static Optional<String> inInfo(byte[] bytes) {
    try {
      var recipe = StrictJson.lines().readTree(bytes).path("infd");
      return recipe.isObject() ? Optional.of(recipe.toString()) : Optional.empty();
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }
}
