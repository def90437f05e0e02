package org.infd.inference.export;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.infd.inference.StrictJson;
import org.jspecify.annotations.Nullable;

/**
 * A page that shows a folder of tiles in any browser, also without a server: one file with the
 * viewer (OpenSeadragon) in it. What people wrote is data in it, never markup.
 *
 * @param title what is said of the picture
 * @param prompt what the picture was made of, or null
 * @param spot where one can go deeper than the picture has sizes as a whole, or null
 */
public record ViewerPage(String title, @Nullable String prompt, @Nullable Spot spot) {
  /** A page of a picture that is there as a whole. */
  public ViewerPage(String title, @Nullable String prompt) {
    this(title, prompt, null);
  }

  /** The name of the page in its folder. */
  static final String FILE = "index.html";

  private static final String JAR = "META-INF/resources/webjars/openseadragon/";
  private static final String JAR_VERSION =
      "META-INF/maven/org.webjars.npm/openseadragon/pom.properties";
  private static final String RECIPE_START = "<script type=\"application/json\" id=\"infd\">";
  private static final String SCRIPT_END = "</script>";

  /**
   * Where the tiles lie.
   *
   * @param kind "dzi" or "iiif": how they are named
   * @param name of a Deep Zoom picture, else empty
   * @param ending of the tiles' names, without a dot
   * @param width columns of the whole picture
   * @param height rows of the whole picture
   * @param tile the side of a tile
   * @param overlap pixels that tiles share
   * @param smallest the number of the smallest size that has tiles
   * @param largest the number of the largest
   * @param imageSide the side of the whole image that the picture is a part of
   * @param ranges the tiles of sizes that are not whole: number of the size, first column, first
   *     row, last column, last row
   */
  record Tiles(
      String kind,
      String name,
      String ending,
      int width,
      int height,
      int tile,
      int overlap,
      int smallest,
      int largest,
      int imageSide,
      List<List<Integer>> ranges) {
    static Tiles deepZoom(PyramidPlan plan, String name, String ending) {
      return of("dzi", name, ending, plan);
    }

    static Tiles iiif(PyramidPlan plan, String ending) {
      return of("iiif", "", ending, plan);
    }

    private static Tiles of(String kind, String name, String ending, PyramidPlan plan) {
      var whole = plan.levels().getFirst();
      return new Tiles(
          kind,
          name,
          ending,
          whole.width(),
          whole.height(),
          plan.tileWidth(),
          plan.overlap(),
          0,
          plan.levels().size() - 1,
          whole.imageSide(),
          sparse(plan));
    }
  }

  private static List<List<Integer>> sparse(PyramidPlan plan) {
    var ranges = new ArrayList<List<Integer>>();
    for (var level : plan.levels()) {
      if (!plan.isWhole(level)) {
        ranges.add(
            List.of(
                plan.levels().size() - 1 - level.step(),
                level.firstColumn(),
                level.firstRow(),
                level.firstColumn() + level.columns() - 1,
                level.firstRow() + level.rows() - 1));
      }
    }
    return ranges;
  }

  /** What the page's script is given. */
  private record Config(Tiles tiles, String title, @Nullable String prompt, String about) {}

  /** Writes the page into the folder of the tiles. */
  void write(Path folder, Tiles tiles, PngText text) throws IOException {
    var config =
        new Config(tiles, title, prompt, text.texts().getOrDefault(PngText.PARAMETERS, ""));
    var version = version();
    Files.writeString(
        folder.resolve(FILE),
        resource("page.html")
            .replace("@TITLE@", escaped(title))
            .replace("@CONFIG@", inScript(StrictJson.lines().writeValueAsString(config)))
            .replace("@RECIPE@", inScript(text.texts().getOrDefault(PngText.RECIPE, "null")))
            .replace("@VERSION@", version)
            .replace("@LICENCE@", licence(version))
            .replace("@VIEWER@", viewer(version)));
  }

  /** JSON that may stand in a script of a page: nothing in it can end the script. */
  private static String inScript(String json) {
    return json.replace("<", "\\u003c").replace("@", "\\u0040");
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("@", "&#64;");
  }

  /** The recipe in a page of ours, JSON. */
  static Optional<String> recipe(byte[] page) {
    var text = new String(page, StandardCharsets.UTF_8);
    int start = text.indexOf(RECIPE_START);
    int end = start < 0 ? -1 : text.indexOf(SCRIPT_END, start);
    return end < 0
        ? Optional.empty()
        : Optional.of(text.substring(start + RECIPE_START.length(), end).strip())
            .filter(json -> !json.equals("null"));
  }

  private static String resource(String name) throws IOException {
    try (var stream = ViewerPage.class.getResourceAsStream(name)) {
      return text(stream, name);
    }
  }

  private static String text(@Nullable InputStream stream, String name) throws IOException {
    if (stream == null) {
      throw new IllegalStateException(name + " is not in the product");
    }
    return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
  }

  private static String inJar(String name) throws IOException {
    try (var stream = ViewerPage.class.getClassLoader().getResourceAsStream(name)) {
      return text(stream, name);
    }
  }

  private static String version() throws IOException {
    var properties = new Properties();
    properties.load(new java.io.StringReader(inJar(JAR_VERSION)));
    return properties.getProperty("version", "");
  }

  private static String viewer(String version) throws IOException {
    var script = inJar(JAR + version + "/build/openseadragon/openseadragon.min.js");
    var lines = new ArrayList<String>();
    // a map of its sources is not in the folder
    script.lines().filter(line -> !line.startsWith("//# sourceMappingURL")).forEach(lines::add);
    return String.join("\n", lines);
  }

  private static String licence(String version) throws IOException {
    return inJar(JAR + version + "/LICENSE.txt").replace("--", "- -");
  }
}
