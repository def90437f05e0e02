package org.infd.app.gallery;

import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.infd.app.engine.Picture;
import org.infd.inference.generation.Recipe;

/**
 * A picture of the gallery.
 *
 * @param file its field file
 * @param recipe how it was made
 * @param made when the file was written
 * @param bytes the size of the file
 */
public record KeptPicture(Path file, Recipe recipe, Instant made, long bytes) {
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm", Locale.ROOT);

  /** The name of the file, by which favourites are kept. */
  public String name() {
    return String.valueOf(file.getFileName());
  }

  /** Whether it lies in a folder. */
  boolean isIn(Path folder) {
    return folder.equals(file.getParent());
  }

  /** What it shows, in a line: its prompt, its seed where there is none, the name of a photo. */
  public String title() {
    return Picture.subject(recipe);
  }

  /** When it was made, in the local time, for example "2026-11-23 09:45". */
  public String date() {
    return DATE.format(made.atZone(ZoneId.systemDefault()));
  }

  /**
   * Whether every word of a search is found in prompt, seed, model, sampler or date.
   *
   * @param words separated by blanks, in any case
   */
  boolean matches(String words) {
    var text =
        String.join(
                " ",
                title(),
                "seed",
                recipe.seedText(),
                recipe.photo() == null ? "" : "photo",
                recipe.variation() == null ? "" : "variation",
                recipe.model(),
                recipe.sampler().name(),
                date())
            .toLowerCase(Locale.ROOT);
    for (var word : words.toLowerCase(Locale.ROOT).strip().split("\\s+")) {
      if (!text.contains(word)) {
        return false;
      }
    }
    return true;
  }
}
