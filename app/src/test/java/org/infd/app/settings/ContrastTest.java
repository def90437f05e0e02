package org.infd.app.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javafx.scene.paint.Color;
import org.infd.app.layout.BoxColour;
import org.infd.app.window.StudioWindow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The colours of words and icons against what is behind them: WCAG 2.2, level AA. */
class ContrastTest {
  private static final double TEXT = 4.5;
  private static final double ICON = 3;

  /**
   * Something that is read.
   *
   * @param behind what it lies on, the lowest first: the upper ones may be translucent
   */
  private record Pair(String colour, double least, String... behind) {}

  private static final List<Pair> PAIRS =
      List.of(
          new Pair("-color-fg-default", TEXT, "-color-bg-default"),
          new Pair("-color-fg-default", TEXT, "-color-bg-overlay"),
          new Pair("-color-fg-default", TEXT, "-color-bg-inset"),
          new Pair("-color-fg-default", TEXT, "-color-bg-default", "-color-neutral-subtle"),
          new Pair("-color-fg-default", TEXT, "-color-bg-default", "-color-danger-subtle"),
          new Pair("-color-fg-default", TEXT, "-color-bg-default", "-color-accent-subtle"),
          new Pair("-color-fg-muted", TEXT, "-color-bg-default"),
          new Pair("-color-fg-muted", TEXT, "-color-bg-overlay"),
          new Pair("-color-fg-muted", TEXT, "-color-bg-inset"),
          new Pair("-color-fg-muted", TEXT, "-color-bg-default", "-color-neutral-subtle"),
          new Pair("-color-fg-muted", TEXT, "-color-bg-default", "-color-accent-subtle"),
          new Pair("-color-accent-fg", TEXT, "-color-bg-default", "-color-accent-subtle"),
          new Pair("-color-accent-fg", ICON, "-color-bg-overlay"),
          new Pair("-color-warning-fg", TEXT, "-color-bg-default", "-color-warning-subtle"),
          new Pair("-color-warning-fg", ICON, "-color-bg-default"),
          new Pair("-color-danger-fg", TEXT, "-color-bg-default"),
          new Pair("-color-danger-fg", TEXT, "-color-bg-overlay"),
          new Pair("-color-success-fg", TEXT, "-color-bg-default"),
          new Pair("-color-success-fg", ICON, "-color-bg-overlay"),
          new Pair("-color-fg-subtle", ICON, "-color-bg-inset"),
          new Pair("-color-fg-emphasis", TEXT, "-color-accent-emphasis"),
          new Pair("-color-fg-emphasis", TEXT, "-color-danger-emphasis"),
          // over a picture, at worst a white one
          new Pair("white", TEXT, "white", "rgba(20, 22, 26, 0.78)"),
          // the grip between two pictures; while it has the focus
          new Pair("black", ICON, "white"),
          new Pair("white", ICON, "-color-accent-emphasis"));

  /** What the style sheet calls the colours of a box. */
  private static final String OF_BOXES = "-box-text";

  private static List<Pair> pairs() {
    return Stream.concat(
            PAIRS.stream(),
            Arrays.stream(BoxColour.values())
                .map(colour -> new Pair(colour.text(), TEXT, colour.fill())))
        .toList();
  }

  private static String read(Class<?> beside, String name) throws IOException {
    try (var in = beside.getResourceAsStream(name)) {
      assertNotNull(in, name);
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static Map<String, String> colours(Theme theme) throws IOException {
    var css = read(ContrastTest.class, theme.styleSheet().replaceFirst("\\.bss$", ".css"));
    var colours = new HashMap<String, String>();
    var entry = Pattern.compile("(-color-[a-z0-9-]+):\\s*([^;]+);").matcher(css);
    while (entry.find()) {
      colours.putIfAbsent(entry.group(1), entry.group(2).strip());
    }
    return colours;
  }

  private static Color colour(String name, Map<String, String> colours) {
    var value = name;
    while (value.startsWith("-color-")) {
      value = colours.get(value);
      assertNotNull(value, name);
    }
    return Color.web(value);
  }

  private static Color over(Color upper, Color lower) {
    return lower.interpolate(
        new Color(upper.getRed(), upper.getGreen(), upper.getBlue(), 1), upper.getOpacity());
  }

  private static double luminance(Color colour) {
    return 0.2126 * linear(colour.getRed())
        + 0.7152 * linear(colour.getGreen())
        + 0.0722 * linear(colour.getBlue());
  }

  private static double linear(double value) {
    return value <= 0.04045 ? value / 12.92 : Math.pow((value + 0.055) / 1.055, 2.4);
  }

  private static double contrast(Color one, Color other) {
    double a = luminance(one) + 0.05;
    double b = luminance(other) + 0.05;
    return Math.max(a, b) / Math.min(a, b);
  }

  @ParameterizedTest
  @EnumSource
  void everythingCanBeRead(Theme theme) throws IOException {
    assertEquals(21, contrast(Color.BLACK, Color.WHITE), 1e-9);
    var colours = colours(theme);
    var failed = new TreeSet<String>();
    for (var pair : pairs()) {
      var behind = colour(pair.behind()[0], colours);
      for (int i = 1; i < pair.behind().length; i++) {
        behind = over(colour(pair.behind()[i], colours), behind);
      }
      double ratio = contrast(over(colour(pair.colour(), colours), behind), behind);
      if (ratio < pair.least()) {
        failed.add("%s on %s: %.2f".formatted(pair.colour(), List.of(pair.behind()), ratio));
      }
    }
    assertEquals(Set.of(), failed);
  }

  /** Boxes lie over pictures of every brightness: their dark and their coloured line show there. */
  @Test
  void boxesAreSeenOnEveryPicture() {
    for (var colour : BoxColour.values()) {
      var fill = Color.web(colour.fill());
      for (double grey = 0; grey <= 1; grey += 0.05) {
        var picture = Color.gray(grey);
        var dark = over(Color.web("rgba(0, 0, 0, 0.7)"), picture);
        double best = Math.max(contrast(fill, picture), contrast(dark, picture));
        assertTrue(best >= 2 || contrast(fill, dark) >= 3, colour + " on " + picture);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyColourOfTheStyleSheetIsExamined(Theme theme) throws IOException {
    var css = read(StudioWindow.class, "studio.css");
    var used = new TreeSet<String>();
    var entry =
        Pattern.compile("-fx-(?:prompt-text-fill|text-fill|icon-color):\\s*([^;]+);").matcher(css);
    while (entry.find()) {
      used.add(entry.group(1).strip());
    }
    used.remove(OF_BOXES);
    used.removeAll(PAIRS.stream().map(Pair::colour).collect(Collectors.toSet()));
    assertEquals(Set.of(), used);
    assertTrue(colours(theme).size() > 50);
  }
}
