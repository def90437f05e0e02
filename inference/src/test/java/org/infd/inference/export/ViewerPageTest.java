package org.infd.inference.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import org.infd.inference.StrictJson;
import org.infd.inference.runtime.Cancellation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ViewerPageTest {
  private static final String HOSTILE =
      "</script><script>alert(1)</script> <!-- & \"quotes\" @VIEWER@ @CONFIG@ 山 \u2028 $1 \\";

  @TempDir Path folder;

  private String page() throws IOException {
    var recipe = StrictJson.lines().writeValueAsString(Map.of("prompt", HOSTILE));
    new ViewerPage(HOSTILE, HOSTILE)
        .write(
            folder,
            ViewerPage.Tiles.deepZoom(
                PyramidPlan.toOnePixel(Frame.square(3000), 510, 1), "a b", "jpg"),
            new PngText(Map.of(PngText.PARAMETERS, HOSTILE, PngText.RECIPE, recipe)));
    return Files.readString(folder.resolve("index.html"));
  }

  private static String script(String page, String id) {
    var matcher =
        Pattern.compile(
                "<script type=\"application/json\" id=\"" + id + "\">(.*?)</script>",
                Pattern.DOTALL)
            .matcher(page);
    assertTrue(matcher.find(), id);
    return matcher.group(1);
  }

  @Test
  void whatPeopleWroteIsDataAndNeverMarkup() throws IOException {
    var page = page();
    var config = StrictJson.lines().readTree(script(page, "config"));
    assertEquals(HOSTILE, config.path("title").asString());
    assertEquals(HOSTILE, config.path("prompt").asString());
    assertEquals(3000, config.path("tiles").path("width").asInt());
    assertEquals(12, config.path("tiles").path("largest").asInt());
    assertEquals(
        HOSTILE, StrictJson.lines().readTree(script(page, "infd")).path("prompt").asString());
    assertFalse(page.contains("alert(1)</script>"));
    assertEquals(4, page.split("<script", -1).length - 1, "two of data, the viewer, and ours");
    assertTrue(page.contains("<title>&lt;/script&gt;"));
    assertFalse(Pattern.compile("@[A-Z]+@").matcher(page.replace("&#64;", "")).find());
  }

  @Test
  void thePageNeedsNothingFromElsewhere() throws IOException {
    var page = page();
    assertFalse(
        Pattern.compile("<(script|link|img|iframe|base)\\b[^>]*(src|href)=").matcher(page).find());
    assertFalse(page.contains("sourceMappingURL"));
    assertTrue(page.contains("OpenSeadragon"));
    assertTrue(page.contains("Redistribution and use in source and binary forms"));
  }

  @Test
  void theRecipeIsReadBack() throws IOException {
    page();
    assertEquals(
        HOSTILE,
        StrictJson.lines()
            .readTree(PictureText.recipe(folder.resolve("index.html")).orElseThrow())
            .path("prompt")
            .asString());
  }

  /** The script asks for no tile that is not there. */
  @Test
  void sizesAroundASpotNameTheirTiles() throws IOException {
    var frame = Frame.square(3000);
    var spot = Spot.upTo(frame, 0.5, 1, 12_000);
    var page = new ViewerPage("a", null, spot);
    var settings = new ExportSettings(ExportFormat.DZI, 0.9f, PictureFormat.PNG, false, page, "");
    var target = folder.resolve("deep");
    new ResumableExport(target, settings.layout(frame, target, PngText.NONE), Map.of())
        .run(new FakeRenderer(), PngExport.Progress.NONE, Cancellation.never());
    var tiles =
        StrictJson.lines()
            .readTree(script(Files.readString(target.resolve("index.html")), "config"))
            .path("tiles");
    assertEquals(12_000, tiles.path("width").asInt());
    int largest = tiles.path("largest").asInt();
    assertEquals(2, tiles.path("ranges").size());
    for (var range : tiles.path("ranges")) {
      int level = range.get(0).asInt();
      assertTrue(level > largest - 2, range.toString());
      int there = 0;
      for (int column = range.get(1).asInt(); column <= range.get(3).asInt(); column++) {
        for (int row = range.get(2).asInt(); row <= range.get(4).asInt(); row++) {
          var file = target.resolve("deep_files/" + level + "/" + column + "_" + row + ".png");
          assertTrue(Files.exists(file), file.toString());
          there++;
        }
      }
      try (var files = Files.list(target.resolve("deep_files/" + level))) {
        assertEquals(there, files.count());
      }
    }
    try (var files = Files.list(target.resolve("deep_files/" + (largest - 2)))) {
      assertEquals(36, files.count());
    }
  }
}
