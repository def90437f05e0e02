package org.infd.app.gallery;

import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
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

  /** What a search looks through: prompt, seed, model, sampler and date, in small letters. */
  String searched() {
    return String.join(
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
  }

  /**
   * The words of a search, all of which must be found.
   *
   * @param typed words separated by blanks, in any case
   */
  static List<String> words(String typed) {
    return List.of(typed.toLowerCase(Locale.ROOT).strip().split("\\s+"));
  }
}
