package org.infd.inference.bundle;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.infd.inference.JsonValue;
import org.infd.inference.NumberText;
import org.infd.inference.Problem;
import org.infd.inference.ShownText;
import org.infd.inference.bundle.Manifest.ConditioningKind;
import org.infd.inference.bundle.Manifest.LatentKind;
import org.infd.inference.bundle.Manifest.RendererKind;
import org.infd.inference.bundle.Manifest.Schedule;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code bundle.json}. Nothing in it is trusted: every value is there, of its kind and within
 * the limits of docs/formats/bundle.md, and no two contradict each other. The limits are those of
 * the importer or wider; they keep a damaged file from taking all memory or all time.
 */
final class ManifestReader {
  private static final int LONGEST_NAME = 1000;
  private static final int LONGEST_TEXT = 20_000;
  private static final int MOST_CHANNELS = 1 << 14;
  private static final int WIDEST_CONTEXT = 1 << 16;
  private static final int LARGEST_SIDE = 1 << 20;
  private static final int MOST_GRAPHS = 256;
  private static final int MOST_PORTS = 512;
  private static final int MOST_AXES = 8;
  private static final int MOST_WORD_GROUPS = 32;
  private static final int MOST_WORDS = 1000;

  /** What a field file can hold of one latent. */
  private static final long MOST_LATENT_ELEMENTS = 16 << 20;

  /** Of φ: 2 GiB. */
  private static final long MOST_FEATURES = 1 << 29;

  /** The end marks and the letters alone. */
  private static final int FEWEST_TOKENS = 514;

  /** The number of steps for which the two ends of the linear schedule are given. */
  private static final double REFERENCE_STEPS = 1000;

  private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
  private static final Pattern FILE = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9_.-]{0,127}");
  private static final Pattern RESPACING =
      Pattern.compile(
          "\\s*(?:[dD][dD][iI][mM]\\d{1,6}|leading\\d{1,6}(?:\\+\\d{1,6})?"
              + "|\\d{1,6}(?:\\s*,\\s*\\d{1,6}){0,999})?\\s*");
  private static final Pattern LEADING =
      Pattern.compile("\\s*leading(\\d{1,6})(?:\\+(\\d{1,6}))?\\s*");
  private static final Pattern COUNT = Pattern.compile("\\d{1,6}");
  private static final Pattern EXTENT = Pattern.compile("\\d{1,10}|[A-Za-z0-9_*]{1,100}");

  private ManifestReader() {}

  /**
   * Reads a manifest.
   *
   * @param file its name, for sentences
   * @param bytes its content
   * @throws Problem if anything in it cannot be, or it was made by a newer version
   */
  static Manifest read(Path file, byte[] bytes) {
    try {
      var root = JsonValue.parse(bytes);
      // what a newer version means by the rest is not known
      int format = root.get("format").whole(1, Integer.MAX_VALUE);
      if (format > Manifest.FORMAT) {
        throw new NewerFormat(
            file
                + " has bundle format "
                + format
                + "; this version reads up to "
                + Manifest.FORMAT
                + ". Update INFD Studio or import the model again.");
      }
      return read(root);
    } catch (NewerFormat e) {
      throw e;
    } catch (Problem e) {
      throw damaged(file, String.valueOf(e.getMessage()), e);
    }
  }

  private static final class NewerFormat extends Problem {
    NewerFormat(String message) {
      super(message);
    }
  }

  /**
   * What is said of a manifest that cannot be used.
   *
   * @param sentence what is wrong
   */
  static Problem damaged(Path file, String sentence, @Nullable Throwable cause) {
    return new Problem(
        file
            + " is damaged: "
            + Character.toLowerCase(sentence.charAt(0))
            + sentence.substring(1)
            + " Import the model again.",
        cause);
  }

  private static Manifest read(JsonValue root) {
    var latent = latent(root.object("latent"));
    var featureMap = featureMap(root.object("featureMap"));
    var conditioning = conditioning(root.object("conditioning"));
    var graphs = graphs(root.get("graphs"));
    var diffusion = root.get("diffusion");
    var scale = root.get("trainedScale");
    var sharp = root.get("sharpScale");
    var clip = root.get("clip");
    var words = root.get("words");
    int encoderSide = root.get("encoderSide").whole(1, LARGEST_SIDE);
    return new Manifest(
        Manifest.FORMAT,
        matching(root.get("id"), ID, "up to 64 letters, digits, '-', '.' and '_'"),
        shown(root.get("name"), LONGEST_NAME),
        shown(root.get("description"), LONGEST_TEXT),
        shown(root.get("licence"), LONGEST_TEXT),
        source(root.object("source")),
        shown(root.get("exporter"), LONGEST_NAME),
        root.get("storage").word(Manifest.Storage.class),
        latent,
        featureMap,
        encoderSide,
        renderer(root.object("renderer")),
        scale.isAbsent() ? null : trainedScale(root.object("trainedScale")),
        sharp.isAbsent() ? null : sharpScale(root.object("sharpScale"), encoderSide),
        diffusion.isAbsent() ? null : diffusion(root.object("diffusion")),
        conditioning,
        clip.isAbsent() ? null : clip(root.object("clip"), graphs),
        words.isAbsent() ? null : words(words),
        graphs);
  }

  /** A text that is shown: it must not do anything to a screen. */
  private static String shown(JsonValue value, int longest) {
    return ShownText.line(value.text(longest));
  }

  private static String matching(JsonValue value, Pattern pattern, String allowed) {
    var text = value.text(LONGEST_TEXT);
    if (!pattern.matcher(text).matches()) {
      throw value.wrong(allowed);
    }
    return text;
  }

  private static String file(JsonValue value) {
    return matching(value, FILE, "the name of a file in the folder of the model");
  }

  private static Manifest.Source source(JsonValue value) {
    var iteration = value.get("iteration");
    return new Manifest.Source(
        shown(value.get("file"), LONGEST_NAME),
        shown(value.get("sha256"), LONGEST_NAME),
        iteration.isAbsent() ? null : iteration.count());
  }

  private static Manifest.Latent latent(JsonValue value) {
    var kind = value.get("kind").word(LatentKind.class);
    boolean quantised = kind == LatentKind.QUANTISED;
    var latent =
        new Manifest.Latent(
            value.get("channels").whole(1, 1024),
            value.get("height").whole(1, 1024),
            value.get("width").whole(1, 1024),
            kind,
            value.get("codebook").whole(quantised ? 1 : 0, quantised ? 1 << 24 : 0),
            value.get("scale").isAbsent() ? null : value.get("scale").number(1e-6, 1e6));
    requireSize(value, latent.channels(), latent.height(), latent.width(), MOST_LATENT_ELEMENTS);
    return latent;
  }

  private static Manifest.FeatureMap featureMap(JsonValue value) {
    var map =
        new Manifest.FeatureMap(
            value.get("channels").whole(1, MOST_CHANNELS),
            value.get("height").whole(1, LARGEST_SIDE),
            value.get("width").whole(1, LARGEST_SIDE));
    requireSize(value, map.channels(), map.height(), map.width(), MOST_FEATURES);
    return map;
  }

  private static void requireSize(
      JsonValue value, long channels, int height, int width, long most) {
    long elements = channels * height * width;
    if (elements > most) {
      throw new Problem(
          value.path()
              + " has "
              + elements
              + " values in all ("
              + channels
              + "×"
              + height
              + "×"
              + width
              + "); at most "
              + most
              + " are possible.");
    }
  }

  private static Manifest.Renderer renderer(JsonValue value) {
    var kind = value.get("kind").word(RendererKind.class);
    boolean fixed = kind == RendererKind.FIXED;
    return new Manifest.Renderer(
        kind,
        value.get("receptiveRadius").whole(0, 1024),
        value.get("hiddenChannels").whole(fixed ? 0 : 1, fixed ? 0 : MOST_CHANNELS),
        value.get("norms").items(64).stream().map(ManifestReader::norm).toList());
  }

  private static Manifest.Norm norm(JsonValue value) {
    var name = shown(value.get("name"), LONGEST_NAME);
    int channels = value.get("channels").whole(1, MOST_CHANNELS);
    int groups = value.get("groups").whole(1, channels);
    if (channels % groups != 0) {
      throw value.get("groups").wrong("a divisor of the " + channels + " channels");
    }
    return new Manifest.Norm(name, channels, groups);
  }

  private static Manifest.TrainedScale trainedScale(JsonValue value) {
    int min = value.get("min").whole(1, LARGEST_SIDE);
    return new Manifest.TrainedScale(
        min, value.get("max").whole(min, LARGEST_SIDE), shown(value.get("source"), LONGEST_NAME));
  }

  private static Manifest.SharpScale sharpScale(JsonValue value, int encoderSide) {
    int side = value.get("side").whole(1, LARGEST_SIDE);
    if (side % encoderSide != 0
        || side == encoderSide
        || Integer.bitCount(side / encoderSide) != 1) {
      throw value.get("side").wrong("encoderSide, " + encoderSide + ", times 2, 4, 8 and so on");
    }
    return new Manifest.SharpScale(
        side, value.get("kept").number(0, 1000), shown(value.get("source"), LONGEST_NAME));
  }

  private static Map<String, List<String>> words(JsonValue value) {
    var groups = new LinkedHashMap<String, List<String>>();
    value
        .entries(MOST_WORD_GROUPS)
        .forEach(
            (group, words) ->
                groups.put(
                    ShownText.line(group),
                    words.items(MOST_WORDS).stream()
                        .map(word -> shown(word, LONGEST_NAME))
                        .toList()));
    return groups;
  }

  private static Manifest.Diffusion diffusion(JsonValue value) {
    int steps = value.get("steps").whole(1, 100_000);
    var schedule = value.get("schedule").word(Schedule.class);
    double start = beta(value.get("betaStart"), schedule, steps);
    double end = beta(value.get("betaEnd"), schedule, steps);
    if (schedule != Schedule.COSINE && start > end) {
      throw value.get("betaStart").wrong("at most betaEnd, " + end);
    }
    return new Manifest.Diffusion(
        steps,
        schedule,
        start,
        end,
        value.get("prediction").word(Manifest.Prediction.class),
        value.get("eta").number(0, 1),
        respacing(value.get("respacing"), steps),
        optional(value.get("lastAlpha"), Manifest.LastAlpha.class),
        value.get("guidanceScale").isAbsent() ? null : value.get("guidanceScale").number(0, 100),
        optional(value.get("sampler"), Manifest.Sampler.class));
  }

  private static <E extends Enum<E>> @Nullable E optional(JsonValue value, Class<E> type) {
    return value.isAbsent() ? null : value.word(type);
  }

  /** Counts that are written well may still not exist. */
  private static String respacing(JsonValue value, int steps) {
    var text = matching(value, RESPACING, "ddimN, leadingN+1, some counts with commas, or nothing");
    var leading = LEADING.matcher(text);
    if (leading.matches()) {
      int count = Integer.parseInt(leading.group(1));
      int offset = leading.group(2) == null ? 0 : Integer.parseInt(leading.group(2));
      if (count < 1 || count > steps || (count - 1) * (steps / count) + offset >= steps) {
        throw value.wrong("one that the " + steps + " steps can be taken by");
      }
      return text;
    }
    var counts = COUNT.matcher(text).results().mapToInt(c -> Integer.parseInt(c.group())).toArray();
    boolean isDdim = !text.isBlank() && !Character.isDigit(text.strip().charAt(0));
    for (int section = 0; section < counts.length; section++) {
      int length = steps / counts.length + (section < steps % counts.length ? 1 : 0);
      int count = counts[section];
      if (count < 1 || count > length || (isDdim && !isDdimCount(count, steps))) {
        throw value.wrong("one that the " + steps + " steps can be taken by");
      }
    }
    return text;
  }

  /** Whether every i-th of all steps makes this count for some i below their number. */
  private static boolean isDdimCount(int count, int steps) {
    int stride = Math.ceilDiv(steps, count);
    return Math.ceilDiv(steps, stride) == count && (stride == 1 || stride < steps);
  }

  /**
   * An end of a linear schedule, which is a share of noise, scaled to the count of steps or not.
   */
  private static double beta(JsonValue value, Schedule schedule, int steps) {
    double beta = value.number(0, 1);
    double scaled = schedule == Schedule.LINEAR ? beta * REFERENCE_STEPS / steps : beta;
    if (schedule != Schedule.COSINE && !(scaled > 0 && scaled < 1)) {
      throw value.wrong(
          NumberText.format(
              "more than 0 and less than %s",
              schedule == Schedule.LINEAR ? steps / REFERENCE_STEPS : 1));
    }
    return beta;
  }

  private static Manifest.Conditioning conditioning(JsonValue value) {
    var kind = value.get("kind").word(ConditioningKind.class);
    boolean none = kind == ConditioningKind.NONE;
    boolean classes = kind == ConditioningKind.CLASS;
    int least = none ? 0 : 1;
    int most = none ? 0 : WIDEST_CONTEXT;
    var vocabulary = value.get("vocabulary");
    return new Manifest.Conditioning(
        kind,
        value.get("classes").whole(classes ? 1 : 0, classes ? 1 << 20 : 0),
        value.get("contextWidth").whole(least, most),
        value.get("contextLength").whole(least, most),
        value.get("unconditionalTrained").flag(),
        kind != ConditioningKind.TEXT && vocabulary.isAbsent() ? null : vocabulary(value),
        optional(value.get("padding"), Manifest.Padding.class));
  }

  private static Manifest.Vocabulary vocabulary(JsonValue owner) {
    var value = owner.object("vocabulary");
    return new Manifest.Vocabulary(
        file(value.get("file")),
        shown(value.get("sha256"), LONGEST_NAME),
        value.get("tokens").whole(FEWEST_TOKENS, 1 << 24));
  }

  private enum Activation {
    QUICK_GELU,
    GELU
  }

  private static Manifest.Clip clip(JsonValue value, Map<String, Manifest.GraphEntry> graphs) {
    var text = value.get("textGraph").text(LONGEST_NAME);
    if (!graphs.containsKey(text)) {
      throw value.get("textGraph").wrong("the name of one of the graphs");
    }
    return new Manifest.Clip(
        value.get("side").whole(1, 1 << 14),
        value.get("embedding").whole(1, WIDEST_CONTEXT),
        value.get("activation").word(Activation.class).name().toLowerCase(java.util.Locale.ROOT),
        text,
        value.get("contextLength").whole(3, WIDEST_CONTEXT),
        vocabulary(value),
        source(value.object("source")));
  }

  private static Map<String, Manifest.GraphEntry> graphs(JsonValue value) {
    var graphs = new LinkedHashMap<String, Manifest.GraphEntry>();
    value.entries(MOST_GRAPHS).forEach((name, graph) -> graphs.put(name, graph(value, name)));
    return graphs;
  }

  private static Manifest.GraphEntry graph(JsonValue graphs, String name) {
    var value = graphs.object(name);
    var weights = value.get("weights");
    return new Manifest.GraphEntry(
        file(value.get("file")),
        shown(value.get("sha256"), LONGEST_NAME),
        weights.isAbsent() ? null : file(weights),
        weights.isAbsent() ? null : shown(value.get("weightsSha256"), LONGEST_NAME),
        shown(value.get("form"), LONGEST_NAME),
        ports(value.get("inputs")),
        ports(value.get("outputs")));
  }

  private static List<Manifest.Port> ports(JsonValue value) {
    return value.items(MOST_PORTS).stream()
        .map(
            port ->
                new Manifest.Port(
                    port.get("name").text(LONGEST_NAME),
                    port.get("type").text(LONGEST_NAME),
                    port.get("shape").items(MOST_AXES).stream()
                        .map(extent -> matching(extent, EXTENT, "a number or a letter, as text"))
                        .toList()))
        .toList();
  }
}
