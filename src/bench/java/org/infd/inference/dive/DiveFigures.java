package org.infd.inference.dive;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.export.Frame;
import org.infd.inference.export.PictureExport;
import org.infd.inference.export.PictureFormat;
import org.infd.inference.export.PngText;
import org.infd.inference.field.Rectangle;
import org.infd.inference.field.StatisticsMode;
import org.infd.inference.generation.DiveRules;
import org.infd.inference.generation.ImageEngine;
import org.infd.inference.generation.OpenDive;
import org.infd.inference.generation.OpenImage;
import org.infd.inference.generation.Recipe;
import org.infd.inference.generation.RecipeRules;
import org.infd.inference.generation.RunListener;
import org.infd.inference.generation.SharpnessProbe;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.jspecify.annotations.Nullable;

/**
 * Measures and shows dives of a model: {@code DiveFigures BUNDLE WHAT OPTION=VALUE…}, where WHAT is
 * pictures, measures, depths, times, memory or sharpness.
 */
public final class DiveFigures {
  static final Cancellation GO = Cancellation.never();
  private static final PrintStream OUT = System.out;

  private final ModelBundle bundle;
  private final Settings settings;

  /** What can be chosen. */
  private record Settings(
      long seed,
      @Nullable String prompt,
      double row,
      double column,
      double strength,
      double pull,
      int steps,
      List<Integer> depths,
      int size,
      int rounds,
      Path folder) {
    static Settings of(String[] arguments) {
      var all = new java.util.HashMap<String, String>();
      for (int i = 2; i < arguments.length; i++) {
        int at = arguments[i].indexOf('=');
        all.put(arguments[i].substring(0, at), arguments[i].substring(at + 1));
      }
      return new Settings(
          Long.parseLong(all.getOrDefault("seed", "1")),
          all.get("prompt"),
          Double.parseDouble(all.getOrDefault("row", "0.42")),
          Double.parseDouble(all.getOrDefault("column", "0.61")),
          Double.parseDouble(all.getOrDefault("strength", "0.4")),
          Double.parseDouble(all.getOrDefault("pull", "0.5")),
          Integer.parseInt(all.getOrDefault("steps", "8")),
          java.util.Arrays.stream(all.getOrDefault("depths", "1,3,6").split(","))
              .map(Integer::valueOf)
              .toList(),
          Integer.parseInt(all.getOrDefault("size", "256")),
          Integer.parseInt(all.getOrDefault("rounds", "20")),
          Path.of(all.getOrDefault("folder", ".")));
    }
  }

  private DiveFigures(ModelBundle bundle, Settings settings) {
    this.bundle = bundle;
    this.settings = settings;
  }

  /** See the class. */
  public static void main(String[] arguments) throws IOException {
    var settings = Settings.of(arguments);
    Files.createDirectories(settings.folder);
    new DiveFigures(ModelBundle.open(Path.of(arguments[0])), settings).run(arguments[1]);
    System.exit(0);
  }

  private void run(String what) {
    try (var engine = new ImageEngine(Device::cpu);
        var image = image(engine)) {
      switch (what) {
        case "pictures" -> pictures(engine, image);
        case "measures" -> measures(engine, image);
        case "depths" -> depths(engine, image);
        case "times" -> times(engine, image);
        case "memory" -> memory(engine, image);
        case "sharpness" -> sharpness();
        default ->
            throw new IllegalArgumentException(
                "pictures, measures, depths, times, memory or sharpness, not " + what);
      }
    }
  }

  private void sharpness() {
    for (int side = 2 * bundle.manifest().encoderSide(); side <= 8192; side *= 2) {
      OUT.println(SharpnessProbe.measure(bundle, Device.cpu(), side, GO));
    }
    long begun = System.nanoTime();
    OUT.println(SharpnessProbe.measure(bundle, Device.cpu(), 0, GO));
    OUT.printf(Locale.ROOT, "%.2f s%n", (System.nanoTime() - begun) / 1e9);
  }

  private OpenImage image(ImageEngine engine) {
    var recipe =
        Recipe.builder(bundle.manifest().id(), bundle.hash())
            .seed(settings.seed)
            .steps(20)
            .sampler(Recipe.SamplerKind.DPMPP)
            .prompt(settings.prompt)
            .guidanceScale(RecipeRules.usualGuidance(bundle, settings.prompt, null))
            .build();
    return engine.generate(bundle, recipe, StatisticsMode.INTERPOLATED, RunListener.none(), GO);
  }

  private OpenDive dive(ImageEngine engine, OpenImage image, double strength) {
    var usual = DiveRules.usual(bundle, image.image().base().recipe());
    return engine.dive(
        image,
        new DiveOptions(
            usual.seed(),
            strength,
            settings.pull,
            settings.steps,
            usual.anchor(),
            usual.prompts(),
            usual.seeds()));
  }

  /** The part in sight of a picture of a side. */
  private DiveRectangle view(long side, int size) {
    return new DiveRectangle(
        Math.clamp((long) (settings.row * side) - size / 2, 0, side - size),
        Math.clamp((long) (settings.column * side) - size / 2, 0, side - size),
        size,
        size);
  }

  private void pictures(ImageEngine engine, OpenImage image) {
    try (var open = dive(engine, image, settings.strength)) {
      for (int depth : settings.depths) {
        long side = open.dive().lattice().finestSide(depth);
        var shown = view(side, settings.size);
        long start = System.nanoTime();
        var rgb = open.dive().picture().render(side, shown, GO);
        var name = "depth-" + depth + ".png";
        PictureExport.write(
            settings.folder.resolve(name),
            PictureExport.Encoding.of(PictureFormat.PNG),
            (n, at, stop) -> DiveMeasures.cut(rgb, at),
            new Frame(settings.size, Rectangle.whole(settings.size)),
            PngText.NONE,
            (done, all) -> {},
            GO);
        say("%s: %.1f s, %d children", name, seconds(start), open.dive().latents().size());
      }
    }
  }

  private void measures(ImageEngine engine, OpenImage image) {
    try (var open = dive(engine, image, settings.strength);
        var again = dive(engine, image, settings.strength)) {
      var measures = new DiveMeasures(open.dive());
      for (int depth : settings.depths) {
        long side = open.dive().lattice().finestSide(depth);
        var shown = view(side, settings.size);
        var rgb = open.dive().picture().render(side, shown, GO);
        say("depth %d", depth);
        say("  %s", measures.anchors(depth, shown));
        say("  %s", measures.steps(depth, shown, rgb));
        say("  %s", measures.siblings(depth, shown));
        say("  %s", measures.mismatch(depth, shown));
        say("  %s", measures.colour(depth, shown));
      }
      say("zooming out: %s", measures.zoomingOut(image.renderer(), settings.depths));
      var hashes = new java.util.ArrayList<String>();
      var back = new java.util.ArrayList<String>();
      for (int depth : settings.depths) {
        long side = open.dive().lattice().finestSide(depth);
        hashes.add(DiveMeasures.hash(open.dive().picture().render(side, view(side, 64), GO)));
      }
      for (int depth : settings.depths.reversed()) {
        long side = open.dive().lattice().finestSide(depth);
        back.addFirst(DiveMeasures.hash(again.dive().picture().render(side, view(side, 64), GO)));
      }
      say("visits from above %s, from below %s: %s", hashes, back, hashes.equals(back));
    }
  }

  private void depths(ImageEngine engine, OpenImage image) {
    try (var open = dive(engine, image, settings.strength);
        var first = dive(engine, image, 0);
        var none = dive(engine, image, settings.strength)) {
      say("gradient energy (mean step of luminance, grey levels) at the finest side of a depth");
      var chain = new DiveChain(bundle, image, settings.strength);
      for (int depth : settings.depths) {
        long side = open.dive().lattice().finestSide(depth);
        var shown = view(side, settings.size);
        say(
            "depth %d: dive %.2f, first answers only %.2f, no dive %.2f, a chain without compositor"
                + " %.2f",
            depth,
            DiveMeasures.gradient(open.dive().picture().render(side, shown, GO)),
            DiveMeasures.gradient(first.dive().picture().render(side, shown, GO)),
            DiveMeasures.gradient(none.dive().sight().render(side, shown, GO)),
            DiveMeasures.gradient(chain.at(depth, settings.row, settings.column, settings.size)));
      }
    }
  }

  private void times(ImageEngine engine, OpenImage image) {
    try (var open = dive(engine, image, settings.strength)) {
      var dive = open.dive();
      var firsts = new java.util.ArrayList<Double>();
      var fulls = new java.util.ArrayList<Double>();
      var keys = dive.lattice().meeting(1, new DiveRectangle(0, 0, 512, 512));
      dive.make(keys.getLast(), DiveStage.FULL, GO);
      for (var key : keys.subList(0, Math.min(settings.rounds, keys.size() - 1))) {
        long start = System.nanoTime();
        dive.make(key, DiveStage.FIRST, GO);
        // what is shown is decoded, too
        var square = dive.lattice().square(key);
        var at = new DiveRectangle(2 * square.row() + 200, 2 * square.column() + 200, 8, 8);
        dive.sight().render(2 * dive.lattice().baseSide(1), at, GO);
        firsts.add(seconds(start));
        start = System.nanoTime();
        dive.make(key, DiveStage.FULL, GO);
        dive.sight().render(2 * dive.lattice().baseSide(1), at, GO);
        fulls.add(seconds(start));
      }
      say("first answers %s s, then full %s s", sorted(firsts), sorted(fulls));
    }
  }

  private static List<String> sorted(List<Double> seconds) {
    return seconds.stream()
        .sorted()
        .map(value -> String.format(Locale.ROOT, "%.2f", value))
        .toList();
  }

  private void memory(ImageEngine engine, OpenImage image) {
    var random = new java.util.Random(settings.seed);
    try (var open = dive(engine, image, settings.strength)) {
      for (int round = 1; round <= settings.rounds; round++) {
        int depth = 1 + random.nextInt(3);
        long side = open.dive().lattice().finestSide(depth);
        var at =
            new DiveRectangle(
                (long) (random.nextDouble() * (side - 16)),
                (long) (random.nextDouble() * (side - 16)),
                16,
                16);
        open.dive().picture().render(side, at, GO);
        if (round % Math.max(1, settings.rounds / 10) == 0) {
          System.gc();
          var runtime = Runtime.getRuntime();
          say(
              "%d dives: %d children, %d open, heap %d MB, process %s",
              round,
              open.dive().latents().size(),
              open.dive().openChildren(),
              (runtime.totalMemory() - runtime.freeMemory()) >> 20,
              resident());
        }
      }
    }
  }

  private static String resident() {
    try {
      return Files.readAllLines(Path.of("/proc/self/status")).stream()
          .filter(line -> line.startsWith("VmRSS"))
          .map(line -> line.replaceAll("\\s+", " "))
          .findFirst()
          .orElse("unknown");
    } catch (IOException e) {
      return "unknown";
    }
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) / 1e9;
  }

  @SuppressWarnings("AnnotateFormatMethod") // the annotation would be a library more
  private static void say(String format, Object... values) {
    OUT.println(String.format(Locale.ROOT, format, values));
  }
}
