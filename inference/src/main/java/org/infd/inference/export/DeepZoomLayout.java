package org.infd.inference.export;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Deep Zoom: a description {@code NAME.dzi} and a folder of tiles for each size, from one pixel up.
 * Tiles share a pixel with their neighbours, without which viewers show hairlines between them. The
 * recipe stands in the description as a comment.
 */
final class DeepZoomLayout implements PictureLayout.OfFolder {
  /** With the pixel that is shared on each side, a stored tile has 512. */
  static final int TILE = 510;

  static final int OVERLAP = 1;

  /** How the comment begins that holds the recipe. */
  private static final String RECIPE_MARK = "<!-- infd ";

  private static final String COMMENT_END = " -->";

  private final PyramidPlan plan;
  private final String name;
  private final TileCoding coding;
  private final PngText text;
  private final @Nullable ViewerPage page;

  /**
   * @param name of the description and of the folder beside it
   * @param page what shows it in a browser, or null
   */
  DeepZoomLayout(
      Frame frame, String name, TileCoding coding, PngText text, @Nullable ViewerPage page) {
    var spot = page == null ? null : page.spot();
    plan =
        spot == null
            ? PyramidPlan.toOnePixel(frame, TILE, OVERLAP)
            : PyramidPlan.around(spot, frame, TILE, OVERLAP);
    this.name = name;
    this.coding = coding;
    this.text = text;
    this.page = page;
  }

  @Override
  public PyramidPlan plan() {
    return plan;
  }

  @Override
  public Encoded encode(PyramidPlan.Tile tile, byte[] rgb) throws IOException {
    return new Encoded(coding.encode(rgb, tile.area().height(), tile.area().width()), 0);
  }

  /** Deep Zoom counts sizes from the smallest. */
  private int number(PyramidPlan.Level level) {
    return plan.levels().size() - 1 - level.step();
  }

  @Override
  public String place(PyramidPlan.Tile tile) {
    return name
        + "_files/"
        + number(tile.level())
        + "/"
        + tile.column()
        + "_"
        + tile.row()
        + "."
        + coding.ending();
  }

  @Override
  public void finish(Path folder) throws IOException {
    Files.writeString(folder.resolve(name + ".dzi"), description());
    if (page != null) {
      page.write(folder, ViewerPage.Tiles.deepZoom(plan, name, coding.ending()), text);
    }
  }

  private String description() {
    var whole = plan.levels().getFirst();
    var recipe = text.texts().get(PngText.RECIPE);
    return String.format(
            Locale.ROOT,
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <Image xmlns="http://schemas.microsoft.com/deepzoom/2008" Format="%s" Overlap="%d" TileSize="%d">
              <Size Width="%d" Height="%d"/>
            </Image>
            """,
            coding.ending(),
            OVERLAP,
            TILE,
            whole.width(),
            whole.height())
        // in JSON a hyphen can only stand in a text, where it may be written by its number
        + (recipe == null
            ? ""
            : RECIPE_MARK + recipe.replace("--", "\\u002d\\u002d") + COMMENT_END + "\n");
  }

  /** The recipe in a description, JSON. */
  static Optional<String> recipe(byte[] description) {
    var text = new String(description, StandardCharsets.UTF_8);
    int start = text.indexOf(RECIPE_MARK);
    int end = start < 0 ? -1 : text.indexOf(COMMENT_END, start);
    return end < 0
        ? Optional.empty()
        : Optional.of(text.substring(start + RECIPE_MARK.length(), end));
  }
}
