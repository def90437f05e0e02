package org.infd.inference.guidance;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.infd.inference.Problem;
import org.jspecify.annotations.Nullable;

/**
 * What should be seen where: a prompt for the whole picture and boxes with prompts of their own.
 * The order of the boxes is the order in which people see them; it does not affect the picture
 * beyond rounding.
 *
 * @param prompt what the whole should show, or null for anything
 * @param negativePrompt what the whole should not show, or null for nothing
 * @param boxes at most {@link #MOST_BOXES}; may overlap
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Layout(
    @Nullable String prompt, @Nullable String negativePrompt, List<LayoutBox> boxes) {
  /** The version of the file format that this program writes, and the newest that it reads. */
  public static final int VERSION = 1;

  /** Every box costs crops at each step: more would never end. */
  public static final int MOST_BOXES = 64;

  private static final long MOST_CHARACTERS = 100_000;

  /**
   * Checks the texts and the number of boxes.
   *
   * @throws Problem if something is impossible
   */
  public Layout {
    prompt = LayoutText.optional("prompt", prompt);
    negativePrompt = LayoutText.optional("negative prompt", negativePrompt);
    boxes = List.copyOf(boxes);
    if (boxes.size() > MOST_BOXES) {
      throw tooMany(boxes.size());
    }
    requireKeepable(prompt, negativePrompt, boxes);
  }

  private static void requireKeepable(
      @Nullable String prompt, @Nullable String negativePrompt, List<LayoutBox> boxes) {
    long characters = length(prompt) + length(negativePrompt);
    for (var box : boxes) {
      characters += length(box.prompt()) + length(box.negativePrompt());
    }
    if (characters > MOST_CHARACTERS) {
      throw new Problem(
          "The prompts of the layout have "
              + characters
              + " characters together; at most "
              + MOST_CHARACTERS
              + " can be kept in a picture. Shorten them.");
    }
  }

  private static long length(@Nullable String text) {
    return text == null ? 0 : text.length();
  }

  static Problem tooMany(int count) {
    return new Problem(
        "The layout has " + count + " boxes; at most " + MOST_BOXES + " can be guided.");
  }

  /**
   * Reads a layout file.
   *
   * @throws Problem if it cannot be read, is no layout, is of a newer version, or holds something
   *     impossible
   */
  public static Layout read(Path file) {
    return LayoutFile.read(file);
  }

  /** The content of a layout file. */
  public byte[] toBytes() {
    return LayoutFile.toBytes(this);
  }

  /**
   * The boxes that CLIP scores: those of the layout, and one for the prompt of the whole where the
   * network itself takes no text.
   *
   * @param takesText whether the network is conditioned on texts
   */
  public List<LayoutBox> scored(boolean takesText) {
    if (takesText || prompt == null || boxes.size() == MOST_BOXES) {
      return boxes;
    }
    var all = new ArrayList<>(boxes);
    all.add(new LayoutBox(0, 0, 1, 1, prompt, negativePrompt, 1, 0, 1));
    return List.copyOf(all);
  }
}
