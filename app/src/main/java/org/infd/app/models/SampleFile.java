package org.infd.app.models;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.infd.inference.Problem;
import org.infd.inference.ShownText;
import org.infd.inference.StrictJson;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.generation.Recipe;
import org.infd.inference.generation.RecipeDefaults;
import org.infd.inference.generation.RecipeRules;
import org.infd.inference.generation.Seed;
import tools.jackson.databind.JsonNode;

/**
 * The sample recipes of a model: a folder with {@link #NAME}, a JSON list of objects with {@code
 * name}, {@code seed}, {@code prompt} (may be missing) and {@code guidance} (may be missing), and
 * thumbnails beside it. The name of a thumbnail is a hash of the model and the recipe, so that one
 * that was made by another recipe or another version of the model is never shown.
 */
public final class SampleFile {
  /** The name of the list in its folder. */
  public static final String NAME = "samples.json";

  private static final long LARGEST_FILE = 64 << 10;
  private static final int MOST = 24;
  private static final int LONGEST_NAME = 40;
  private static final double LARGEST_GUIDANCE = 10;
  private static final int KEY_LENGTH = 16;

  private SampleFile() {}

  /**
   * Reads the samples of a model.
   *
   * @param folder holds the list and the thumbnails
   * @return empty when the folder has no list
   * @throws Problem if the list is not as it should be
   */
  public static List<Sample> read(Path folder, ModelBundle bundle) {
    var file = folder.resolve(NAME);
    if (!Files.isRegularFile(file)) {
      return List.of();
    }
    var tree = StrictJson.tree(file, LARGEST_FILE);
    if (!tree.isArray() || tree.size() > MOST) {
      throw new Problem(file + " must be a JSON list of at most " + MOST + " samples.");
    }
    var samples = new ArrayList<Sample>();
    var names = new HashSet<String>();
    for (int i = 0; i < tree.size(); i++) {
      var sample = sample(file, i + 1, tree.get(i), folder, bundle);
      if (!names.add(sample.name())) {
        throw wrong(file, i + 1, "has the name of another one, '" + sample.name() + "'");
      }
      samples.add(sample);
    }
    return samples;
  }

  private static Sample sample(
      Path file, int number, JsonNode entry, Path folder, ModelBundle bundle) {
    var name = ShownText.line(entry.path("name").asString("")).strip();
    if (name.isEmpty() || name.length() > LONGEST_NAME) {
      throw wrong(file, number, "needs a 'name' of at most " + LONGEST_NAME + " characters");
    }
    var seed = entry.path("seed");
    var number64 =
        seed.isIntegralNumber()
            ? Seed.parse(seed.bigIntegerValue().toString())
            : Optional.<Long>empty();
    if (number64.isEmpty()) {
      throw wrong(file, number, "needs a 'seed', a whole number");
    }
    var prompt = entry.path("prompt");
    if (!prompt.isMissingNode()
        && (!prompt.isString() || prompt.asString().length() > Recipe.LONGEST_PROMPT)) {
      throw wrong(file, number, "has a 'prompt' that is no text of usable length");
    }
    var guidance = entry.path("guidance");
    double scale = guidance.isMissingNode() ? RecipeDefaults.GUIDANCE : StrictJson.number(guidance);
    if (!(scale >= 1 && scale <= LARGEST_GUIDANCE)) {
      throw wrong(file, number, "has a 'guidance' that is no number from 1 to 10");
    }
    var manifest = bundle.manifest();
    var diffusion = manifest.diffusion();
    var words = prompt.asString("").strip();
    var sampler = RecipeRules.usualSampler(bundle);
    var recipe =
        Recipe.builder(manifest.id(), bundle.hash())
            .sampler(sampler)
            .steps(RecipeDefaults.steps(sampler, RecipeDefaults.LAYOUT_STEPS))
            .seed(number64.get())
            .eta(diffusion == null ? 1 : diffusion.eta())
            .prompt(words.isEmpty() ? null : words)
            .guidanceScale(words.isEmpty() ? 1 : scale)
            .build();
    var thumbnail = thumbnail(folder, recipe);
    return new Sample(
        name, recipe, Files.isRegularFile(thumbnail) ? Optional.of(thumbnail) : Optional.empty());
  }

  private static Problem wrong(Path file, int number, String what) {
    return new Problem("Sample " + number + " of " + file + " " + what + ".");
  }

  /** Where the thumbnail of a recipe lies, if there is one. */
  public static Path thumbnail(Path folder, Recipe recipe) {
    var key =
        ModelBundle.sha256(
            StrictJson.lines().writeValueAsString(recipe).getBytes(StandardCharsets.UTF_8));
    return folder.resolve(key.substring(0, KEY_LENGTH) + ".jpg");
  }
}
