package org.infd.app.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import org.infd.inference.Problem;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.dive.DiveOptions;
import org.infd.inference.generation.DiveRules;
import org.infd.inference.generation.FieldImage;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How what lies below an image's scale is made. */
final class DiveWishes {
  @Option(
      names = "--strength",
      paramLabel = "0…1",
      description =
          "How much is made anew at each depth; 0 only sharpens what is in sight (default: the"
              + " model's, usually 0.4).")
  private @Nullable Double strength;

  @Option(
      names = "--pull",
      paramLabel = "0…1",
      description = "0 as the model likes, 1 as the picture above (default: 0.5).")
  private @Nullable Double pull;

  @Option(
      names = "--depth-prompt",
      paramLabel = "N=TEXT",
      description =
          "What there is to be seen from depth N on, until the next such depth; may be given"
              + " several times (default: what the image itself shows).")
  private Map<Integer, String> prompts = new LinkedHashMap<>();

  /**
   * The options for an image.
   *
   * @throws Problem if the model has no deeper pictures, or the options cannot be
   */
  DiveOptions options(ModelBundle bundle, FieldImage image) {
    var options = DiveRules.of(bundle, image);
    if (strength != null) {
      options = options.withStrength(strength);
    }
    if (pull != null) {
      options = options.withPull(pull);
    }
    if (prompts.isEmpty()) {
      return options;
    }
    DiveRules.requirePrompts(bundle);
    return options.withPrompts(prompts);
  }
}
