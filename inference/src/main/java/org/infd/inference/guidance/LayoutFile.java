package org.infd.inference.guidance;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.infd.inference.FileReason;
import org.infd.inference.ForeignFile;
import org.infd.inference.Problem;
import org.infd.inference.ShownText;
import org.infd.inference.StrictJson;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Layouts as JSON, see {@code layout.schema.json}. Everything read is checked; an unknown property
 * is refused, because a misspelt one would be lost in silence.
 */
final class LayoutFile {
  private static final long LARGEST_FILE = 4 << 20;

  private static final Set<String> OF_LAYOUT =
      Set.of("version", "prompt", "negativePrompt", "boxes", "$schema");
  private static final Set<String> OF_BOX =
      Set.of(
          "row", "column", "height", "width", "prompt", "negativePrompt", "weight", "start", "end");

  /** The file. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  private record Content(
      int version,
      @Nullable String prompt,
      @Nullable String negativePrompt,
      List<LayoutBox> boxes) {}

  private LayoutFile() {}

  static byte[] toBytes(Layout layout) {
    var content =
        new Content(Layout.VERSION, layout.prompt(), layout.negativePrompt(), layout.boxes());
    return (StrictJson.files().writeValueAsString(content) + "\n").getBytes(StandardCharsets.UTF_8);
  }

  static Layout read(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new Problem("There is no file " + file + ".");
    }
    try {
      if (Files.size(file) > LARGEST_FILE) {
        throw ForeignFile.of(file)
            .filter(found -> !found.isText())
            .map(found -> found.instead(file, "a layout"))
            .orElseGet(() -> new Problem(file + " is far larger than a layout."));
      }
      var bytes = Files.readAllBytes(file);
      return parse(bytes, file);
    } catch (IOException e) {
      throw FileReason.unreadable(file, e);
    }
  }

  private static Layout parse(byte[] bytes, Path file) {
    var foreign = ForeignFile.of(bytes).filter(found -> !found.isText());
    if (foreign.isPresent()) {
      throw foreign.get().instead(file, "a layout");
    }
    try {
      return parse(bytes);
    } catch (Problem e) {
      throw new Problem(file + " cannot be used as a layout. " + e.getMessage(), e);
    }
  }

  static Layout parse(byte[] bytes) {
    var tree = StrictJson.tree(bytes);
    if (!tree.isObject() || tree.path("version").isMissingNode()) {
      throw new Problem("It is no layout: it has no version.");
    }
    if (!tree.path("version").isIntegralNumber()) {
      throw new Problem(
          "Its version is "
              + (tree.path("version").isString()
                  ? "the text '" + StrictJson.shown(tree.path("version")) + "'"
                  : StrictJson.shown(tree.path("version")))
              + "; it has to be the whole number "
              + Layout.VERSION
              + ".");
    }
    var version = tree.path("version").bigIntegerValue();
    var shown = StrictJson.shown(tree.path("version"));
    if (!version.equals(BigInteger.valueOf(Layout.VERSION))) {
      throw new Problem(
          version.signum() > 0
              ? "It was made by a newer INFD Studio (version "
                  + shown
                  + "; this one reads up to "
                  + Layout.VERSION
                  + "). Update it."
              : "There is no version "
                  + shown
                  + " of layouts; this one is "
                  + Layout.VERSION
                  + ".");
    }
    requireKnown("The layout", tree, OF_LAYOUT);
    var list = tree.path("boxes");
    if (!list.isArray()) {
      throw new Problem("It has no list of boxes.");
    }
    if (list.size() > Layout.MOST_BOXES) {
      throw Layout.tooMany(list.size());
    }
    var boxes = new ArrayList<LayoutBox>();
    for (var node : list) {
      try {
        boxes.add(box(node));
      } catch (Problem e) {
        throw new Problem("Box " + (boxes.size() + 1) + ": " + e.getMessage(), e);
      }
    }
    return new Layout(text(tree, "prompt"), text(tree, "negativePrompt"), boxes);
  }

  private static LayoutBox box(JsonNode node) {
    if (!node.isObject()) {
      throw new Problem("It is no object with row, column, height, width and prompt.");
    }
    requireKnown("It", node, OF_BOX);
    return new LayoutBox(
        number(node, "row", null),
        number(node, "column", null),
        number(node, "height", null),
        number(node, "width", null),
        LayoutText.require("prompt", text(node, "prompt")),
        text(node, "negativePrompt"),
        number(node, "weight", 1.0),
        number(node, "start", 0.0),
        number(node, "end", 1.0));
  }

  private static void requireKnown(String what, JsonNode node, Set<String> known) {
    for (var name : node.propertyNames()) {
      if (!known.contains(name)) {
        throw new Problem(
            what
                + " has a property '"
                + ShownText.line(name.substring(0, Math.min(40, name.length())))
                + "', which means nothing here.");
      }
    }
  }

  private static double number(JsonNode node, String name, @Nullable Double usual) {
    var value = node.path(name);
    if (value.isNumber()) {
      return StrictJson.number(value);
    }
    if (value.isMissingNode() && usual != null) {
      return usual;
    }
    throw new Problem(
        value.isMissingNode()
            ? "A box has no " + name + "."
            : "The " + name + " of a box is no number.");
  }

  private static @Nullable String text(JsonNode node, String name) {
    var value = node.path(name);
    if (value.isMissingNode() || value.isNull()) {
      return null;
    }
    if (!value.isString()) {
      throw new Problem("The " + name + " is no text.");
    }
    return value.asString();
  }
}
