package org.infd.inference.export;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.infd.inference.StrictJson;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * IIIF Image API 3, level 0: files under the names that the protocol gives to its answers, so that
 * any web server is an image server. The recipe stands in {@code info.json}.
 */
final class IiifLayout implements PictureLayout.OfFolder {
  private static final int TILE = 512;

  private final PyramidPlan plan;
  private final TileCoding coding;
  private final String address;
  private final PngText text;
  private final @Nullable ViewerPage page;

  /**
   * @param address where the folder will be found on the web
   * @param page what shows it in a browser, or null
   */
  IiifLayout(
      Frame frame, TileCoding coding, String address, PngText text, @Nullable ViewerPage page) {
    plan = PyramidPlan.toOneTile(frame, TILE);
    this.coding = coding;
    this.address = address;
    this.text = text;
    this.page = page;
  }

  /** A size of the whole picture. */
  private record Size(int width, int height) {}

  /** The size of tiles, and how many pixels of the picture one of theirs stands for. */
  private record Tiles(int width, int height, List<Integer> scaleFactors) {}

  @Override
  public PyramidPlan plan() {
    return plan;
  }

  @Override
  public Encoded encode(PyramidPlan.Tile tile, byte[] rgb) throws IOException {
    return new Encoded(coding.encode(rgb, tile.area().height(), tile.area().width()), 0);
  }

  @Override
  public String place(PyramidPlan.Tile tile) {
    var whole = plan.levels().getFirst();
    var area = tile.area();
    int step = tile.level().step();
    int left = area.column() << step;
    int top = area.row() << step;
    return left
        + ","
        + top
        + ","
        + Math.min(area.width() << step, whole.width() - left)
        + ","
        + Math.min(area.height() << step, whole.height() - top)
        + "/"
        + area.width()
        + ","
        + area.height()
        + "/0/default."
        + coding.ending();
  }

  @Override
  public void finish(Path folder) throws IOException {
    var smallest = plan.tile(plan.count() - 1);
    var size = smallest.area().width() + "," + smallest.area().height();
    // the whole picture as the one size that is a single file, and as the largest there is
    for (var name : List.of(size, "max")) {
      var copy = folder.resolve("full/" + name + "/0/default." + coding.ending());
      Files.createDirectories(copy.resolveSibling("."));
      Files.write(copy, Files.readAllBytes(folder.resolve(place(smallest))));
    }
    Files.writeString(folder.resolve("info.json"), description() + "\n");
    if (page != null) {
      page.write(folder, ViewerPage.Tiles.iiif(plan, coding.ending()), text);
    }
  }

  private String description() {
    var whole = plan.levels().getFirst();
    var smallest = plan.levels().getLast();
    var factors = new ArrayList<Integer>();
    plan.levels().forEach(level -> factors.add(1 << level.step()));
    var info = new LinkedHashMap<String, Object>();
    info.put("@context", "http://iiif.io/api/image/3/context.json");
    info.put("id", address);
    info.put("type", "ImageService3");
    info.put("protocol", "http://iiif.io/api/image");
    info.put("profile", "level0");
    info.put("width", whole.width());
    info.put("height", whole.height());
    info.put("maxWidth", TILE);
    info.put("maxHeight", TILE);
    info.put("sizes", List.of(new Size(smallest.width(), smallest.height())));
    info.put("tiles", List.of(new Tiles(TILE, TILE, factors)));
    if (coding.format() != PictureFormat.JPEG) {
      info.put("preferredFormats", List.of(coding.ending()));
      info.put("extraFormats", List.of(coding.ending()));
    }
    var recipe = text.texts().get(PngText.RECIPE);
    if (recipe != null) {
      info.put("infd", tree(recipe));
    }
    return StrictJson.files().writeValueAsString(info);
  }

  private static Object tree(String json) {
    try {
      return StrictJson.lines().readTree(json);
    } catch (JacksonException e) {
      throw new IllegalArgumentException("a recipe that is no JSON", e);
    }
  }
}
